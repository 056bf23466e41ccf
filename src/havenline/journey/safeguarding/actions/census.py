"""A council's own census becomes cases: all of it, or nothing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.engines import linking
from havenline.engines.census import Content, Header, NotUnderstood
from havenline.engines.linking import Described
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.sealing.actions import RecordKey
from havenline.foundation.search import actions as search
from havenline.journey.safeguarding.actions.clocks_of_case import drawn_clocks
from havenline.journey.safeguarding.actions.refusals import AnotherCensus, CannotHoldCensus
from havenline.journey.safeguarding.census_events import Told, dates_of, day, steps_of
from havenline.journey.safeguarding.census_file import CensusFile, FoundChild, FoundEpisode, Refusals
from havenline.journey.safeguarding.models import (
    CaseEvent,
    CensusChild,
    CensusEpisode,
    CensusImport,
    Child,
    ChildCase,
    ChildKey,
    ChildNumber,
    ErasedCensusChild,
)
from havenline.journey.safeguarding.queries.same_child import name_by_number

T = TypeVar("T")
AT_ONCE = 250  # children
ERASED = "begins an episode that was erased here"
HOLDERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
ENDED_AS = {
    "RC5": ChildCase.Ended.TRANSFERRED,
    "RC8": ChildCase.Ended.ASSESSED,
    "RC9": ChildCase.Ended.FAMILY_HELP,
}


@dataclass
class Reading:
    """What a census would bring, or brought. Numbers; `steps` are those that the census tells of.

    `late`: clocks that ran out before they came here; a preview draws none. `differs`: episodes that are here, with other dates than the
    file has: they stay as they are here. `erased`: episodes that were erased here, and are left out.
    """

    digest: str = ""
    header: Header = field(default_factory=Header)
    reference: date = date.min
    children: int = 0
    new_children: int = 0
    episodes: int = 0
    new_episodes: int = 0
    open_episodes: int = 0
    steps: int = 0
    late: int = 0
    differs: int = 0
    differing: list[str] = field(default_factory=list)
    refused: Refusals = field(default_factory=Refusals)
    erased: Refusals = field(default_factory=Refusals)
    not_understood: NotUnderstood = field(default_factory=NotUnderstood)
    already: CensusImport | None = None


Report = Callable[[int], None]
_New = tuple[FoundChild, list[FoundEpisode], CensusChild | None]


def preview(*, file: Path, agency: Agency, report: Report = lambda _read: None) -> Reading:
    """What `import_census` would do. Changes nothing. Raises census.CensusError, OSError."""
    reading = Reading()
    with file.open("rb") as source:
        found = CensusFile(source, today=moment.today(), report=report)
        for _new in _what_is_new(found, agency, reading):
            pass
        _at_the_end(found, agency, reading)
    return reading


@transaction.atomic
def import_census(
    *, file: Path, digest: str, agency: Agency, holder: Membership, by: Actor, report: Report = lambda _read: None
) -> Reading:
    """Make cases of every episode that is not here yet, each with its steps and clocks, held by `holder`. Twice is once.

    `digest`: SHA-256 of the file that was previewed. All in one transaction: broken off, nothing happened. The ledger has one entry
    for the census and one on each case. Raises AnotherCensus, CannotHoldCensus, census.CensusError, OSError.
    """
    if agency.kind != AgencyKind.SOCIAL_CARE or holder.agency_id != agency.pk or holder.role not in HOLDERS:
        raise CannotHoldCensus(_("Cases are held by a social worker or team manager of the children’s social care that takes them in."))
    reading, at = Reading(), moment.now()
    already = CensusImport.objects.select_for_update().filter(agency=agency, digest=digest).first()
    with file.open("rb") as source, beyond_need_to_know():
        found = CensusFile(source, today=moment.today(), report=report)
        came: CensusImport | None = already
        for new in _lots(_what_is_new(found, agency, reading)):
            came = came or CensusImport.objects.create(
                agency=agency, digest=digest, reference_date=found.reference, holder=holder, imported_at=at
            )
            reading.late += _Taking(came, found.reference, by).take(new)
        _at_the_end(found, agency, reading)
        if reading.digest != digest:
            raise AnotherCensus(_("The file is another than the one that was previewed. Preview it again; nothing was changed."))
        came = came or CensusImport.objects.create(
            agency=agency, digest=digest, reference_date=found.reference, holder=holder, imported_at=at
        )
        if came is not already:
            came.local_authority, came.year = reading.header.local_authority[:10], found.year
            came.reference_date = found.reference
            came.children, came.episodes = reading.new_children, reading.new_episodes
            came.save()
            left_out = f"{reading.erased.count} episodes left out as erased here, " if reading.erased.count else ""
            ledger.record(
                by, "imported a census", f"census {came.pk}", reason=f"sha256 {digest}, {left_out}{reading.late} clocks late already"
            )
    return reading


def _lots(every: Iterator[T]) -> Iterator[list[T]]:
    while lot := list(islice(every, AT_ONCE)):
        yield lot


def _at_the_end(found: CensusFile, agency: Agency, reading: Reading) -> None:
    reading.digest, reading.header, reading.reference = found.digest, found.census.header, found.reference
    reading.refused, reading.not_understood = found.refused, found.census.not_understood
    reading.already = CensusImport.objects.filter(agency=agency, digest=found.digest).first()


def _what_is_new(found: CensusFile, agency: Agency, reading: Reading) -> Iterator[_New]:
    """Children with episodes that are not here yet."""
    for some in _lots(found.children()):
        by_number = CensusChild.objects.filter(agency=agency, number__in=[child.number for child in some])
        known = {one.number: one for one in by_number.select_related("child__merged_into")}
        here = {
            (number, referred_on, ordinal): (dates, erased_at is not None)
            for number, referred_on, ordinal, dates, erased_at in CensusEpisode.objects.filter(of_child__in=known.values()).values_list(
                "of_child__number", "referred_on", "ordinal", "dates", "child_case__record__erased_at"
            )
        }
        erased_on = ErasedCensusChild.days(agency, [child.number for child in some])
        for child in some:
            new = []
            for one in child.episodes:
                before_it = one.referred_on <= erased_on.get(child.number, date.min)
                dates, erased = here.get((child.number, one.referred_on, one.ordinal), (None, before_it))
                if erased:
                    reading.erased.tell(child.number, one.line, "CINreferralDate", one.referred_on.isoformat(), ERASED)
                elif dates is None:
                    new.append(one)
                elif dates != dates_of(one.content):
                    reading.differs += 1
                    if len(reading.differing) < Refusals.LISTED:
                        reading.differing.append(child.number)
            _count(reading, child, new, is_known=child.number in known)
            if new:
                yield child, new, known.get(child.number)


def _count(reading: Reading, child: FoundChild, new: list[FoundEpisode], *, is_known: bool) -> None:
    reading.children += 1
    reading.new_children += bool(new) and not is_known
    reading.episodes += len(child.episodes)
    reading.new_episodes += len(new)
    reading.open_episodes += sum(not _is_closed(one.content) for one in new)
    reading.steps += sum(_dates_in(one.content) for one in new)


def _dates_in(content: Content) -> int:
    """Steps that the census tells of: each has a date."""
    of_groups = (one for said in dates_of(content).values() if isinstance(said, list) for one in said)
    dated = sum(len(said) if isinstance(said, list) else 1 for one in of_groups for name, said in one.items() if name != "ICPCnotRequired")
    return dated + sum(name in content for name in ("CINreferralDate", "CINclosureDate", "DateOfInitialCPC"))


def _is_closed(content: Content) -> bool:
    """Closed, or a referral that led to nothing further."""
    went_on = any(content.get(group) for group in ("Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans"))
    return bool(content.get("CINclosureDate")) or (content.get("ReferralNFA") == "true" and not went_on)


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=moment.LONDON)


class _Taking:
    """Some children at once, in a few statements for all of them."""

    def __init__(self, came: CensusImport, reference: date, by: Actor) -> None:
        self.came, self.reference, self.by = came, reference, by
        self.agency, self.holder, self.at = came.agency, came.holder, came.imported_at

    def take(self, some: list[_New]) -> int:
        """How many of their clocks are late already."""
        of_census = self._children(some)
        every = [(child, episode) for child, episodes, _known in some for episode in episodes]
        covers = records.open_records(kind=FileKind.CHILD_CASE, agency=self.agency, number=len(every), owner=self.holder)
        closed = [cover for (_child, episode), (cover, _key) in zip(every, covers, strict=True) if self._close(cover, episode.content)]
        Record.objects.bulk_update(closed, ["closed_at"])
        supervising = Membership.objects.supervising(self.agency).order_by("pk")
        manager = self.holder if self.holder.role == Role.TEAM_MANAGER else supervising.first()
        cases = ChildCase.objects.bulk_create(
            ChildCase(
                record=cover,
                child=of_census[child.number].child.kept_as,
                started_on=episode.referred_on,
                manager=manager,
                ended_as=_ended_as(episode.content) if cover.closed_at else "",
            )
            for (child, episode), (cover, _key) in zip(every, covers, strict=True)
        )
        events: list[CaseEvent] = []
        said: list[ledger.Said] = []
        kept: list[CensusEpisode] = []
        ran: list[Clock] = []
        for (child, episode), (_cover, key), case in zip(every, covers, cases, strict=True):
            of_case = [self._event(case, key, told) for told in steps_of(episode.content, reference=self.reference)]
            events += of_case
            ran += drawn_clocks(case, of_case, closed_at=self.at if case.record.closed_at else None)
            dates = dates_of(episode.content)
            kept.append(
                CensusEpisode(
                    child_case=case,
                    of_child=of_census[child.number],
                    came_with=self.came,
                    referred_on=episode.referred_on,
                    ordinal=episode.ordinal,
                    dates=dates,
                    sealed=key.seal("census", json.dumps([child.content, episode.content], separators=(",", ":"))),
                )
            )
            said.append(ledger.Said(case, changed={"census": self.came.digest, "dates": dates}, seal=key, reason="census"))
        CaseEvent.objects.bulk_create(events)
        CensusEpisode.objects.bulk_create(kept)
        late = [clock for clock in ran if clock.is_running and clock.due_at < self.at]
        for clock in late:
            # Not raised one by one, by the thousand, for what ran out elsewhere: the import tells their number, the team's page each.
            clock.escalated_at = self.at
        clocks.keep(drawn=ran)
        ledger.record_all(self.by, "took a case over from a census", said)
        self._findable([child for child, _episode in every], cases, events)
        return len(late)

    def _children(self, some: list[_New]) -> dict[str, CensusChild]:
        """Those of the census, by their number; with the child of this area that each stands for."""
        new = [child for child, _episodes, known in some if known is None]
        made = Child.objects.bulk_create(
            Child(
                agency=self.agency,
                name=name_by_number(child.number),
                born_on=day(child.content, "PersonBirthDate"),
                expected_on=None if child.content.get("PersonBirthDate") else day(child.content, "ExpectedPersonBirthDate"),
                made_at=self.at,
            )
            for child in new
        )
        numbers, keys = [], []
        for child, one in zip(new, made, strict=True):
            own = {ChildNumber.CENSUS: child.number, ChildNumber.UPN: str(child.content.get("UPN", ""))[:40]}
            numbers += [
                ChildNumber(child=one, system=system, number=number, recorded_at=self.at, recorded_by=self.holder)
                for system, number in own.items()
                if number
            ]
            described = Described(names=(), born_on=one.born_on, age=None, address="", numbers=own)
            keys += [ChildKey(child=one, key=key) for key in sorted(linking.keys_of(described))]
        ChildNumber.objects.bulk_create(numbers)
        ChildKey.objects.bulk_create(keys)
        rows = CensusChild.objects.bulk_create(
            CensusChild(child=one, agency=self.agency, number=child.number) for child, one in zip(new, made, strict=True)
        )
        return {row.number: row for row in (*rows, *(known for _child, _episodes, known in some if known is not None))}

    def _close(self, cover: Record, content: Content) -> bool:
        if not _is_closed(content):
            return False
        cover.closed_at = min(_noon(day(content, "CINclosureDate") or day(content, "CINreferralDate") or self.reference), self.at)
        return True

    def _event(self, case: ChildCase, key: RecordKey, told: Told) -> CaseEvent:
        return CaseEvent(
            child_case=case,
            step=told.step,
            outcome=told.outcome,
            happened_on=told.on,
            recorded_at=self.at,
            note_sealed=key.seal("event", _(told.taken)) if told.taken else None,
        )

    def _findable(self, found: list[FoundChild], cases: list[ChildCase], events: list[CaseEvent]) -> None:
        happened: dict[int, list[date]] = {case.pk: [] for case in cases}
        for event in events:
            happened[event.child_case_id].append(event.happened_on)
        found_by = {case.record: _found_by(child, case.child) for child, case in zip(found, cases, strict=True)}
        search.index_all({case: (text, [*days, *happened[case.pk]]) for case, (text, days) in found_by.items()})


def _found_by(found: FoundChild, known: Child) -> tuple[str, list[date]]:
    """By which words and days a case is found: the child's as they stand here, and those that this census says."""
    words = filter(None, (*known.names, name_by_number(found.number), found.number, found.content.get("UPN")))
    days = [day(found.content, "PersonBirthDate"), day(found.content, "ExpectedPersonBirthDate")]
    return "\n".join(words), [one for one in days if one]


def _ended_as(content: Content) -> str:
    found = ENDED_AS.get(content.get("ReasonForClosure", ""))
    if found is not None:
        return found
    if content.get("ChildProtectionPlans"):
        return ChildCase.Ended.PLAN_ENDED
    if content.get("Section47"):
        return ChildCase.Ended.ENQUIRY_ENDED
    return ChildCase.Ended.ASSESSED if content.get("Assessments") else ChildCase.Ended.NO_FURTHER_ACTION
