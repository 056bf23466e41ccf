"""The statutory return from the cases here: those that came with a census and were worked on, and those that began here."""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from typing import IO

from django.db import transaction
from django.db.models import Q

from havenline.engines import census
from havenline.engines.census import Content, Fault, Rules
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from havenline.journey.safeguarding.census_events import Happened, carried_on, day
from havenline.journey.safeguarding.models import CaseEvent, Child, ChildCase, ChildNumber, ToldReferral

AT_ONCE = 250  # children
LISTED = 1_000  # faults of each rule
SOURCES: dict[str, str] = {
    AgencyKind.POLICE: "6",
    AgencyKind.SCHOOL: "2A",
    AgencyKind.HEALTH: "3F",
    AgencyKind.SOCIAL_CARE: "5C",
    AgencyKind.LADO: "5B",
}
TOLD_BY: dict[str, str] = {
    ToldReferral.Source.POLICE: "6",
    ToldReferral.Source.SCHOOL: "2A",
    ToldReferral.Source.HEALTH: "3F",
    ToldReferral.Source.FAMILY: "1A",
    ToldReferral.Source.PUBLIC: "1D",
    ToldReferral.Source.ANONYMOUS: "9",
    ToldReferral.Source.ANOTHER_AREA: "5C",
}
OTHER_SOURCE, ABUSE_OR_NEGLECT = "8", "N1"  # what is referred here is abuse, or feared to be
REASONS = {
    ChildCase.Ended.FAMILY_HELP: "RC9",
    ChildCase.Ended.ASSESSED: "RC8",
    ChildCase.Ended.TRANSFERRED: "RC5",
}
AFTER_ASSESSMENT = ("RC8", "RC9")
"""Neither may be said of a case in which there was more than an assessment (census rule 2990)."""
DIED, OTHER_REASON = "RC2", "RC7"
SEX_SINCE = 2025
"""The first year's return that asks the sex and takes no gender for it (census rule 4180)."""
NOT_KNOWN = {"Sex": "U", "Ethnicity": "NOBT", "Disability": ["NONE"]}
"""What the census must say of a child and nobody recorded here: each is counted, so that somebody can ask."""


@dataclass
class Returned:
    """What was written. `taken`: by element, of how many children nothing was known here and the census's word for it was written."""

    children: int = 0
    episodes: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def errors(self) -> int:
        return sum(count for rule, count in self.rules.items() if not rule.endswith("?"))

    def tell(self, faults: list[Fault]) -> None:
        for fault in faults:
            self.rules[fault.rule] += 1
            if self.rules[fault.rule] <= LISTED:
                self.faults.append(fault)


def export_census(
    *, agency: Agency, year: int, local_authority: str, out: IO[str], by: Actor, report: Callable[[int], None] = lambda _children: None
) -> Returned:
    """Write the return of the year that ends on 31 March, from every case of this agency in it. It names children by their numbers.

    Each child is held to the census's rules; what they find is told, and written all the same: nobody is left out of a return.
    """
    said, last = Returned(), date(year, 3, 31)
    rules = Rules(reference=last, calendar=WorkingTogether(), until=moment.today())
    with transaction.atomic(), beyond_need_to_know():

        def checked() -> Iterator[Content]:
            for child in _children(agency, year, said, by):
                said.children += 1
                said.episodes += len(child["CINdetails"])
                said.tell(rules.faults(child))
                report(said.children)
                yield child

        census.write(out, _header(year, local_authority), checked())
        said.tell(rules.faults_of_the_return(year=str(year)))
        ledger.record(by, "exported the census", f"census return {year}", reason=f"{said.children} children")
    return said


def _header(year: int, local_authority: str) -> Content:
    return {
        "Collection": "CIN",
        "Year": str(year),
        "ReferenceDate": f"{year}-03-31",
        "SourceLevel": "L",
        "LEA": local_authority,
        "SoftwareCode": "Havenline",
        "Release": "1",
        "SerialNo": "1",
        "DateTime": moment.now().astimezone(moment.LONDON).strftime("%Y-%m-%dT%H:%M:%S"),
        "CBDSLevel": "Child",
    }


def _children(agency: Agency, year: int, said: Returned, by: Actor) -> Iterator[Content]:
    """Every child with an episode in the year, in the order in which they came here. Each case that leaves has it on the ledger."""
    of_agency = ChildCase.objects.filter(child__agency=agency, record__agency=agency, record__erased_at=None)
    was_open = Q(record__closed_at=None) | Q(record__closed_at__date__gte=date(year - 1, 4, 1)) | Q(census__came_with__year=year)
    in_question = of_agency.filter(was_open, started_on__lte=date(year, 3, 31))
    wanted = in_question.exclude(ended_as=ChildCase.Ended.RETURNED).order_by("child_id").values_list("child_id", flat=True).distinct()
    pks = iter(list(wanted))
    while some := list(islice(pks, AT_ONCE)):
        left: list[ChildCase] = []
        yield from _lot(some, year, said, left)
        if left:
            ledger.record_all(by, "exported in a census", [ledger.Said(case, reason=f"census {year}") for case in left])


def _lot(pks: list[int], year: int, said: Returned, left: list[ChildCase]) -> Iterator[Content]:
    children = Child.objects.select_related("census").prefetch_related("numbers").in_bulk(pks)
    cases = ChildCase.objects.filter(child__in=pks, record__erased_at=None).exclude(ended_as=ChildCase.Ended.RETURNED)
    cases = cases.select_related(
        "record", "referral__from_agency", "referral__told", "record__agency", "census__of_child", "census__came_with"
    )
    of_child: dict[int, list[ChildCase]] = {}
    for case in cases.order_by("started_on", "pk"):
        of_child.setdefault(case.child_id, []).append(case)
    recorded = CaseEvent.objects.filter(child_case__child__in=pks).select_related("corrects").order_by("child_case_id", "id")
    events = {pk: list(rows) for pk, rows in groupby(recorded, key=lambda event: event.child_case_id)}
    for pk in pks:
        content = _child(children[pk], of_child.get(pk, []), events, year, said, left)
        if content is not None:
            yield content


def _child(
    child: Child, cases: list[ChildCase], events: dict[int, list[CaseEvent]], year: int, said: Returned, left: list[ChildCase]
) -> Content | None:
    """A child's return; its cases of the year are added to `left`."""
    told: dict[bool, Content] = {}
    whole: list[tuple[ChildCase, Content, bool]] = []
    last = date(year, 3, 31)
    for case in cases:
        came, of_case = getattr(case, "census", None), events.get(case.pk, [])
        if came is None:
            kept = _begun_here(case)
        else:
            # A child in whom another of the census was found stays what its own census said of it.
            told[came.of_child_id == child.pk], kept = came.contents()
        was_closed = bool(kept.get("CINclosureDate"))
        episode = carried_on(kept, [_until(event, last) for event in of_case if came is None or _recorded_here(event)])
        if not was_closed:
            _close(episode, case, of_case, last)
        whole.append((case, episode, came is not None and came.came_with.year == year))
    _count_plans([episode for _case, episode, _as_it_came in whole])  # also plans that ended before the year
    episodes = []
    for case, episode, as_it_came in whole:
        if of_year := _in_year(episode, year, as_it_came=as_it_came):
            episodes.append(of_year)
            left.append(case)
    if not episodes:
        return None
    return {**_of_child(child, told.get(True) or told.get(False) or {}, episodes, year, said), "CINdetails": episodes}


def _recorded_here(event: CaseEvent) -> bool:
    """What came with the census has nobody here who recorded it, and puts nothing right."""
    return event.by_id is not None or event.corrects_id is not None


@dataclass(frozen=True)
class _TakenBack:
    """Of a step that was put right: that it did not happen by then."""

    step: str
    outcome: str
    happened_on: date
    did_not_happen: bool = True


def _until(event: CaseEvent, last: date) -> tuple[Happened, Happened | None]:
    """A step and the one that it puts right, as they stood on the last day of the year: what happened later had not happened."""
    if event.happened_on <= last:
        return event, event.corrects
    return _TakenBack(event.step, event.outcome, event.happened_on), event.corrects


def _begun_here(case: ChildCase) -> Content:
    return {
        "CINreferralDate": case.started_on.isoformat(),
        "ReferralSource": _source(case),
        "PrimaryNeedCode": ABUSE_OR_NEGLECT,
        "ReferralNFA": "false",
    }


def _source(case: ChildCase) -> str:
    """Who referred, as the census codes it: an agency by its kind, somebody without an account by what they are."""
    told: ToldReferral | None = getattr(case.referral, "told", None)
    return TOLD_BY.get(told.source, OTHER_SOURCE) if told else SOURCES.get(case.referrer.kind, OTHER_SOURCE)


def _close(episode: Content, case: ChildCase, events: list[CaseEvent], last: date) -> None:
    """A referral with no further action has no closure of its own; a case that was closed after the year was open in it."""
    if case.record.closed_at is None or episode.get("ReferralNFA") == "true" or moment.day_of(case.record.closed_at) > last:
        return
    went_on = any(episode.get(name) for name in ("CINPlanDates", "Section47", "ChildProtectionPlans", "DateOfInitialCPC"))
    reason = REASONS.get(ChildCase.Ended(case.ended_as), OTHER_REASON) if case.ended_as else OTHER_REASON
    if went_on and reason in AFTER_ASSESSMENT:
        reason = OTHER_REASON
    if _died(events):
        reason = DIED
    episode["CINclosureDate"], episode["ReasonForClosure"] = moment.day_of(case.record.closed_at).isoformat(), reason


def _died(events: list[CaseEvent]) -> bool:
    """Whether it stands that the plan ended because the child died."""
    put_right = {event.corrects_id for event in events}
    ends = (event for event in events if (event.step, event.outcome) == (path.PLAN_ENDS, "death"))
    return any(event.pk not in put_right and not event.did_not_happen for event in ends)


def _of_child(child: Child, known: Content, episodes: list[Content], year: int, said: Returned) -> Content:
    """What is known of the child: the census's own, then what was recorded here since."""
    content = deepcopy(known)
    numbers = {one.system: one.number for one in child.numbers.all()}
    came = getattr(child, "census", None)
    of_census = content.get("LAchildID") or (came.number if came else "")
    content["LAchildID"] = of_census or numbers.get(ChildNumber.CENSUS) or f"HL{child.pk:08}"
    if child.born_on is not None:
        content["PersonBirthDate"] = child.born_on.isoformat()
        content.pop("ExpectedPersonBirthDate", None)
    elif child.expected_on is not None and not content.get("PersonBirthDate"):
        content["ExpectedPersonBirthDate"] = child.expected_on.isoformat()
    if upn := numbers.get(ChildNumber.UPN):
        content["UPN"] = upn
        content.pop("UPNunknown", None)
    elif not content.get("UPN") and not content.get("UPNunknown"):
        content["UPNunknown"] = _why_no_upn(child, episodes, year)
        said.taken["UPNunknown"] += 1
    if content.get("UPNunknown") == "UN7" and any(one.get("ReferralNFA") != "true" for one in episodes):
        content["UPNunknown"] = _why_no_upn(child, episodes, year)
    for name, word in NOT_KNOWN.items():
        has_sex = name == "Sex" and year < SEX_SINCE and any(content.get(other) for other in ("GenderCurrent", "Gender"))
        if not content.get(name) and not has_sex:
            content[name] = deepcopy(word)
            said.taken[name] += 1
    return content


def _why_no_upn(child: Child, episodes: list[Content], year: int) -> str:
    """Not of school age; a referral with no further action; else the authority could not obtain it."""
    if all(one.get("ReferralNFA") == "true" for one in episodes):
        return "UN7"
    started_school = date(year - 6, 9, 1)  # a child who was not yet five when the school year before the census began
    return "UN1" if child.born_on is None or child.born_on > started_school else "UN4"


def _count_plans(episodes: list[Content]) -> None:
    """A plan that was made here says how many there were before it."""
    before = 0
    plans = (plan for one in episodes for plan in one.get("ChildProtectionPlans", ()))
    for plan in sorted(plans, key=lambda plan: str(plan.get("CPPstartDate", ""))):
        before = int(plan.setdefault("NumberOfPreviousCPP", str(before))) + 1


# Of the year


def _in_year(episode: Content, year: int, *, as_it_came: bool) -> Content | None:
    """What of an episode belongs to the return; None where nothing does. `as_it_came`: it came with this year's census, and all that
    this held stays."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    referral, closed = day(episode, "CINreferralDate"), day(episode, "CINclosureDate")
    ended = closed or (referral if episode.get("ReferralNFA") == "true" else None)
    if referral is None or referral > last or (ended is not None and ended < first and not as_it_came):
        return None
    if as_it_came:
        return episode
    if closed and closed > last:
        del episode["CINclosureDate"]
        episode.pop("ReasonForClosure", None)
    _not_after(episode, last, "DateOfInitialCPC")
    for group, start, *ends in (
        ("Assessments", "AssessmentActualStartDate", "AssessmentAuthorisationDate"),
        ("CINPlanDates", "CINPlanStartDate", "CINPlanEndDate"),
        ("Section47", "S47ActualStartDate", "DateOfInitialCPC"),
        ("ChildProtectionPlans", "CPPstartDate", "CPPendDate"),
    ):
        records = [one for one in episode.get(group, ()) if (day(one, start) or last) <= last]
        for one in records:
            _not_after(one, last, *ends)
        episode[group] = [one for one in records if not _ended_before(one, first, start, *ends)]
        if not episode[group]:
            del episode[group]
    for plan in episode.get("ChildProtectionPlans", ()):
        plan["CPPreviewDate"] = [one for one in plan.get("CPPreviewDate", ()) if date.fromisoformat(one) <= last]
    return episode


def _not_after(record: Content, last: date, *names: str) -> None:
    for name in names:
        if (day(record, name) or last) > last:
            del record[name]


def _ended_before(record: Content, first: date, start: str, end: str) -> bool:
    ended = day(record, end) or (day(record, start) if record.get("ICPCnotRequired") == "true" else None)
    return ended is not None and ended < first
