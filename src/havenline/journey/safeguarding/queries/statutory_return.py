"""The figures that the Children in Need census and the quarterly local data set ask about timeliness, from the cases that a person may see.

Counted by the census's own counting (`engines.census.timeliness`), so that this page and a return that is exported from here say the same.
Decisions and core groups stand beside it: the census does not hold them, so they are counted of steps that were recorded here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from havenline.engines import census, procedure
from havenline.engines.census import Content, Header, NotUnderstood
from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from havenline.journey.safeguarding.census_events import CODES, Happened, carried_on, day
from havenline.journey.safeguarding.models import CaseEvent, CensusEpisode, ChildCase
from havenline.journey.safeguarding.queries.periods import Period

DECISIONS, CORE_GROUPS, REFERRALS = "decisions", "core_groups", "referrals"
FIGURES: dict[str, Any] = {
    DECISIONS: gettext_lazy("Decision on the referral, within 1 working day"),
    "assessment_45": gettext_lazy("Assessment, within 45 working days"),
    "conference_15": gettext_lazy("Initial conference, within 15 working days"),
    CORE_GROUPS: gettext_lazy("First core group, within 10 working days"),
    "first_review": gettext_lazy("First review, within 3 months"),
    "later_review": gettext_lazy("Later review, within 6 months"),
}
STATES: dict[str, Any] = {
    "due": gettext_lazy("Due"),
    "in_time": gettext_lazy("In time"),
    "late": gettext_lazy("Late"),
    "open": gettext_lazy("Open"),
}
SHOWN = 200  # cases behind a figure


@dataclass(frozen=True)
class Step:
    """One step that was due, of one case. `days_late` are working days."""

    case: int
    figure: str
    started: date
    due: date
    happened: date | None
    state: str
    days_late: int


@dataclass(frozen=True)
class Figure:
    """`share` of those that happened or are late, that were in time; None where there are none."""

    code: str
    title: str
    due: int
    in_time: int
    late: int
    open: int

    @property
    def share(self) -> float | None:
        return self.in_time / (self.in_time + self.late) if self.in_time + self.late else None

    @property
    def share_in_words(self) -> str:
        return "–" if self.share is None else f"{100 * self.share:.1f}%"

    @property
    def cells(self) -> list[tuple[str, int, str]]:
        """State, count and the state's title."""
        return [(state, getattr(self, state), str(title)) for state, title in STATES.items()]


@dataclass(frozen=True)
class _Recorded:
    """A recorded step, as `census_events` takes it."""

    pk: int
    step: str
    outcome: str
    happened_on: date
    did_not_happen: bool
    corrects: int | None


class Return:
    """Every step of the cases that this person may see. One of its periods is asked after another without asking again."""

    def __init__(self, *, by: Membership) -> None:
        self.today = moment.today()
        visible: QuerySet[ChildCase] = ChildCase.objects.visible_to(by)
        self._cases = visible.exclude(ended_as=ChildCase.Ended.RETURNED)
        self.started = dict(self._cases.values_list("pk", "started_on"))
        came: dict[int, Content] = dict(CensusEpisode.objects.filter(child_case__in=self._cases).values_list("child_case_id", "dates"))
        recorded, corrected = self._recorded()
        self.steps = [*self._of_census(came, recorded, corrected), *self._recorded_here(came, recorded)]

    def _recorded(self) -> tuple[dict[int, list[_Recorded]], dict[int, Happened]]:
        """By case, what was recorded here, in that order; and what some of it puts right."""
        rows = CaseEvent.objects.filter(child_case__in=self._cases)
        rows = rows.filter(Q(child_case__census=None) | Q(by__isnull=False)).order_by("id")
        named = rows.values_list("child_case_id", "id", "step", "outcome", "happened_on", "did_not_happen", "corrects_id")
        of_case: dict[int, list[_Recorded]] = defaultdict(list)
        for case, pk, step, outcome, on, denied, corrects in named:
            of_case[case].append(_Recorded(pk, step, outcome, on, denied, corrects))
        wrong = CaseEvent.objects.filter(corrected_by__in=rows).values_list("id", "step", "outcome", "happened_on", "did_not_happen")
        return of_case, {pk: _Recorded(pk, step, outcome, on, denied, None) for pk, step, outcome, on, denied in wrong}

    def _of_census(self, came: dict[int, Content], recorded: dict[int, list[_Recorded]], corrected: dict[int, Happened]) -> Iterator[Step]:
        cases = _OwnCases(self.today)
        for pk, started in self.started.items():
            content = came.get(pk) or {"CINreferralDate": started.isoformat()}
            steps = [(one, corrected[one.corrects] if one.corrects else None) for one in recorded.get(pk, ())]
            cases.add(pk, carried_on(content, steps))
        for case in census.timeliness(cases, WorkingTogether()).cases():
            yield Step(int(case.child), case.clock, case.started, case.due, case.happened, case.state, case.working_days_late)

    def _recorded_here(self, came: dict[int, Content], recorded: dict[int, list[_Recorded]]) -> Iterator[Step]:
        for pk, started in self.started.items():
            events = recorded.get(pk, [])
            wrong = {one.corrects for one in events}
            stands = sorted((one for one in events if one.pk not in wrong and not one.did_not_happen), key=lambda one: one.happened_on)
            if pk not in came:
                decided = next((one.happened_on for one in stands if one.step == path.DECISION), None)
                yield self._step(pk, DECISIONS, path.DECISION, started, decided)
            ended = next((one.happened_on for one in stands if one.step == path.PLAN_ENDS), None)
            held = [one.happened_on for one in stands if one.step == "first_core_group"]
            for made in (one for one in stands if one.step in path.CONFERENCES and one.outcome in CODES):
                met = next((on for on in held if on >= made.happened_on), None)
                step = self._step(pk, CORE_GROUPS, "first_core_group", made.happened_on, met)
                if met or ended is None or ended >= step.due:
                    yield step

    def _step(self, case: int, figure: str, code: str, started: date, happened: date | None) -> Step:
        due = procedure.guidance().holding(code, started).due(code, started=started)
        until = happened or self.today
        state = "late" if until > due else "in_time" if happened else "open"
        late = procedure.working_days_between(due, until) if state == "late" else 0
        return Step(case, figure, started, due, happened, state, late)

    # What a screen asks

    def figures(self, period: Period) -> list[Figure]:
        counted: dict[str, dict[str, int]] = {code: dict.fromkeys(STATES, 0) for code in FIGURES}
        for step in self.steps:
            if period.holds(step.due):
                counted[step.figure]["due"] += 1
                counted[step.figure][step.state] += 1
        return [Figure(code, str(title), **counted[code]) for code, title in FIGURES.items()]

    def by_month(self, period: Period) -> list[tuple[Period, list[int]]]:
        """Of the period's year: how many of all steps that were due in each month in time, late, open."""
        counted = {month.code: [0, 0, 0] for month in period.months}
        for step in self.steps:
            if (counts := counted.get(f"month-{step.due:%Y-%m}")) is not None:
                counts[("in_time", "late", "open").index(step.state)] += 1
        return [(month, counted[month.code]) for month in period.months]

    def referrals(self, period: Period) -> list[int]:
        return [pk for pk, started in self.started.items() if period.holds(started)]

    def behind(self, figure: str, state: str, period: Period) -> list[tuple[ChildCase, Step | None]]:
        """The cases behind a figure, the latest first; of a great many the first `SHOWN`."""
        if figure == REFERRALS:
            pks = self.referrals(period)
            cases = self._cases.filter(pk__in=pks[:SHOWN]).select_related("record", "child")
            return [(case, None) for case in cases.order_by("started_on", "pk")]
        found = sorted(self.of_figure(figure, state, period), key=lambda step: (-step.days_late, step.due, step.case))[:SHOWN]
        cases_by_pk = self._cases.select_related("record", "child").in_bulk([step.case for step in found])
        return [(cases_by_pk[step.case], step) for step in found]

    def of_figure(self, figure: str, state: str, period: Period) -> list[Step]:
        return [step for step in self.steps if step.figure == figure and state in ("due", step.state) and period.holds(step.due)]


class _OwnCases:
    """Cases as the census's counting takes a file: each as a child of its own."""

    def __init__(self, today: date) -> None:
        self.header = Header(reference_date=today)
        self.not_understood = NotUnderstood()
        self.count = 0
        self._children: list[census.Child] = []

    def add(self, pk: int, content: Content) -> None:
        self.count += 1
        self._children.append(census.Child(pk, str(pk), [_episode(pk, content)]))

    def children(self) -> Iterator[census.Child]:
        yield from self._children


def _episode(pk: int, content: Content) -> census.Episode:
    return census.Episode(
        pk,
        day(content, "CINreferralDate"),
        [
            census.Assessment(pk, day(one, "AssessmentActualStartDate"), day(one, "AssessmentAuthorisationDate"))
            for one in content.get("Assessments", ())
        ],
        [
            census.Enquiry(pk, day(one, "S47ActualStartDate"), day(one, "DateOfInitialCPC"), one.get("ICPCnotRequired") == "true")
            for one in content.get("Section47", ())
        ],
        [
            census.Plan(
                pk,
                day(one, "CPPstartDate"),
                day(one, "CPPendDate"),
                tuple(date.fromisoformat(review) for review in one.get("CPPreviewDate", ())),
            )
            for one in content.get("ChildProtectionPlans", ())
        ],
    )
