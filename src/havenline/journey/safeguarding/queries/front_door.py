"""The front door: what waits to be taken up and decided, who is on duty, and what is known of a child before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover import queries as hand_overs
from havenline.foundation.handover.forms import SAID
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import CONCERN_FROM_SCHOOL, ENQUIRY, REFERRAL_TO_SOCIAL_CARE, TO_ANOTHER_AREA
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role, Team
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Child, ChildCase, Household, ToldReferral
from havenline.journey.safeguarding.queries import acts, other_areas, same_child
from havenline.journey.safeguarding.queries.reading import day, local_day_and_time
from havenline.journey.safeguarding.queries.same_child import Candidate

DECIDE = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
REFERRALS = tuple(purpose.code for purpose in (REFERRAL_TO_SOCIAL_CARE, CONCERN_FROM_SCHOOL, TO_ANOTHER_AREA))


@dataclass(frozen=True)
class Duty:
    """Who answers the door now. `until`: when that changes, in words; "" where the office is open day and night."""

    is_open: bool
    team: str
    people: list[Membership]
    until: str


def on_duty(agency: Agency) -> Duty:
    """The front door in the agency's office hours (data, in London), the emergency duty team outside them."""
    is_open = handover.office_hours(agency)
    team = Team.FRONT_DOOR if is_open else Team.EMERGENCY_DUTY
    people = list(Membership.objects.current().filter(agency=agency, team=team).select_related("person").order_by("person__name"))
    changes = _next_change(agency, is_open)
    return Duty(is_open, str(team.label), people, local_day_and_time(changes) if changes else "")


def _next_change(agency: Agency, is_open: bool) -> datetime | None:
    if agency.opens is None or agency.closes is None:
        return None
    now = moment.now().astimezone(moment.LONDON)
    if is_open:
        return _at(now, agency.closes)
    opens_on = now if procedure.is_working_day(now.date()) and now.time() < agency.opens else now + timedelta(days=1)
    while not procedure.is_working_day(opens_on.date()):
        opens_on += timedelta(days=1)
    return _at(opens_on, agency.opens)


def _at(on: datetime, hour: time) -> datetime:
    return datetime.combine(on.date(), hour, tzinfo=moment.LONDON)


def born_in_words(told: Mapping[str, Any]) -> str:
    """What a referral tells of the child's birth: a date, the day that it is expected, or what was said beside its range."""
    days = {key: same_child.day_in(told, key) for key in ("born_on", "born_earliest", "born_latest", "expected_on")}
    if days["born_on"] is not None:
        return day(days["born_on"])
    if days["expected_on"] is not None:
        return _("unborn, expected %(day)s") % {"day": day(days["expected_on"])}
    ends = [date_format(end, "j M Y") for end in (days["born_earliest"], days["born_latest"]) if end is not None]
    return ", ".join(filter(None, [str(told.get("born_about") or ""), "–".join(ends)]))


@dataclass(frozen=True)
class Waiting:
    """One line of the front door's list. `url`: where whoever looks can do what waits, or else read of it."""

    hand_over: HandOver
    child_case: ChildCase | None
    sender: str
    clock: Clock | None
    url: str


def waiting(*, by: Membership) -> dict[str, list[Waiting]]:
    """What waits to be taken up, to be decided, and to be answered, each with its clock; urgent first, then the oldest."""
    received = hand_overs.rows(hand_overs.received(by=by).filter(purpose__in=REFERRALS))
    told = {one.hand_over_id: one for one in ToldReferral.objects.filter(hand_over__in=[row.hand_over.pk for row in received])}
    cases: dict[int, list[ChildCase]] = {}
    visible = ChildCase.objects.visible_to(by).filter(referral__in=[row.hand_over.pk for row in received], record__closed_at=None)
    for child_case in visible.select_related("record", "child"):
        cases.setdefault(child_case.referral_id, []).append(child_case)
    of_case = [one.pk for some in cases.values() for one in some]
    deciding = {clock.record_id: clock for clock in Clock.objects.running().filter(record__in=of_case, rule=path.DECISION)}
    found: dict[str, list[Waiting]] = {"to_take_up": [], "to_decide": [], "to_answer": []}
    for row in received:
        own = told.get(row.hand_over.pk)
        sender = str(own.get_source_display()) if own else row.hand_over.from_agency.name
        if row.hand_over.state != State.ACCEPTED:
            page = "safeguarding:take_up" if by.role in row.hand_over.what_for.received_by else "handover:show"
            found["to_take_up"].append(Waiting(row.hand_over, None, sender, row.clock, reverse(page, args=[row.hand_over.reference])))
        for child_case in cases.get(row.hand_over.pk, []):
            clock = deciding.get(child_case.pk)
            page = "safeguarding:answer" if not clock else "safeguarding:decide" if by.role in DECIDE else "safeguarding:child_case"
            url = reverse(page, args=[child_case.reference])
            found["to_decide" if clock else "to_answer"].append(Waiting(row.hand_over, child_case, sender, clock or row.clock, url))
    return found


@dataclass(frozen=True)
class KnownCase:
    """A case of a child here, as far as this person may see it."""

    child_case: ChildCase
    stage: str
    has_plan: bool
    owner: str


@dataclass(frozen=True)
class Known:
    """A child of this area who may be the one that is told of, or lives at the same address."""

    child: Child
    strength: str
    why: str
    against: str
    cases: list[KnownCase]

    @property
    def homes(self) -> list[Household]:
        return [home for home in (self.child.household, self.child.other_household) if home is not None]


def known(told: Mapping[str, Any], *, by: Membership) -> list[Known]:
    """For a referral that nobody took up: who here may be the child, or lives there, with numbers, both households, cases and plans."""
    return _known(same_child.children_alike(told, by=by), by=by)


def known_of(child_case: ChildCase, *, by: Membership) -> list[Known]:
    """For a case that waits for its decision: the child itself, and who may be the same."""
    child = child_case.child
    found = _known(same_child.offered(child, by=by), by=by)
    cases = [one for one in _cases([child], by=by).get(child.pk, []) if one.child_case.pk != child_case.pk]
    return [Known(child, str(_("This child")), "", "", cases), *found]


def _known(candidates: list[Candidate], *, by: Membership) -> list[Known]:
    cases = _cases([one.child for one in candidates], by=by)
    return [
        Known(one.child, one.strength or str(_("Same address")), one.why, one.against, cases.get(one.child.pk, [])) for one in candidates
    ]


def _cases(children: list[Child], *, by: Membership) -> dict[int, list[KnownCase]]:
    found: dict[int, list[KnownCase]] = {}
    visible = ChildCase.objects.visible_to(by).filter(child__in=[one.pk for one in children])
    for case in visible.select_related("record__owner__person", "manager__person").prefetch_related("events").order_by("-started_on"):
        now = path.situation(case)
        owner = next((one.short_name for one in (case.record.owner, case.manager) if one is not None and acts(one)), str(_("Nobody")))
        found.setdefault(case.child_id, []).append(KnownCase(case, now.stage, path.plan_runs(case) and case.ended_as == "", owner))
    return found


@dataclass(frozen=True)
class Asked:
    """Another area that was asked, and what came back."""

    hand_over: HandOver
    area: str
    asked_at: str
    answer: str
    answered_at: str
    clock: Clock | None


def asked(referral: HandOver, *, by: Membership) -> list[Asked]:
    """The areas that were asked whether they know the child, and their answers; what has not come yet says so by its clock."""
    mine = HandOver.objects.visible_to(by).filter(source=referral.record_id, purpose=ENQUIRY.code, from_agency=by.agency_id)
    found = []
    for row in hand_overs.rows(mine.select_related("record", "to_agency").order_by("owed_at")):
        one = row.hand_over
        step = one.steps.filter(state__in=[State.ANSWERED, State.RETURNED]).last()
        words = ". ".join(filter(None, [str(SAID.get(step.reason, "")), step.words])) if step else ""
        at = local_day_and_time(step.at) if step else ""
        found.append(Asked(one, one.to_agency.name, local_day_and_time(one.sent_at or one.owed_at), words, at, row.clock))
    return found


def areas_to_ask(referral: HandOver, *, by: Membership) -> list[Agency]:
    """Areas that were not asked yet."""
    already = HandOver.objects.filter(source=referral.record_id, purpose=ENQUIRY.code, from_agency=by.agency_id).values("to_agency")
    return list(other_areas(by=by).exclude(pk__in=already))
