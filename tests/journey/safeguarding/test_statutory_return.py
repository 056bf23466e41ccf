"""The statutory return's page: the census's own counting over the cases that a person may see, each figure opening its cases."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from benchmarks.census import Maker
from django.test import Client
from django.urls import reverse

from havenline.engines.census import Census, timeliness
from havenline.foundation import moment
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.census_calendar import WorkingTogether
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries.periods import Period, period_of, periods, year_of
from havenline.journey.safeguarding.queries.statutory_return import FIGURES, Return, Step
from tests.census_files import assessment, child, enquiry, episode, message, plan

SignIn = Callable[[Membership], Client]

YEAR = Period("year", date(2026, 4, 1))
LAST_YEAR = Period("year", date(2025, 4, 1))


def figures(by: Membership, period: Period = YEAR) -> dict[str, tuple[int, int, int, int]]:
    return {one.code: (one.due, one.in_time, one.late, one.open) for one in Return(by=by).figures(period)}


# Periods


def test_a_year_begins_on_1_april_and_its_quarters_with_it() -> None:
    chosen = periods(date(2026, 11, 18))
    assert chosen["year"][0] == Period("year", date(2026, 4, 1))
    assert chosen["year"][0].last == date(2027, 3, 31)
    assert chosen["quarter"][0] == Period("quarter", date(2026, 10, 1))
    assert chosen["quarter"][0].last == date(2026, 12, 31)
    assert [one.first for one in chosen["month"][:2]] == [date(2026, 11, 1), date(2026, 10, 1)]
    assert year_of(date(2026, 3, 31)).first == date(2025, 4, 1)


def test_a_period_that_cannot_be_chosen_is_the_year_that_runs() -> None:
    assert period_of("month-1999-02", today=date(2026, 11, 18)) == YEAR
    assert period_of("quarter-2026-07", today=date(2026, 11, 18)).words == "1 Jul 2026 to 30 Sep 2026"


# Figures


def test_a_case_that_began_here_counts_its_decision_and_what_runs(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    assert figures(team_manager)["decisions"] == (1, 0, 0, 1)
    actions.decide(child_case=child_case, outcome="assessment", reason="Near.", by=social_worker)
    assert figures(team_manager)["decisions"] == (1, 1, 0, 0)
    assert figures(team_manager)["assessment_45"] == (0, 0, 0, 0)  # as the census: from when it is begun
    actions.record_step(child_case=child_case, step="single_assessment", happened_on=moment.today(), by=social_worker)
    assert figures(team_manager)["assessment_45"] == (1, 0, 0, 1)


def test_a_decision_of_the_second_working_day_is_late_by_one(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    with moment.standing_at(datetime(2026, 11, 20, 9, tzinfo=moment.LONDON)):
        actions.decide(child_case=child_case, outcome="assessment", reason="Near.", by=social_worker)
        assert figures(team_manager)["decisions"] == (1, 0, 1, 0)
        [(case, step)] = Return(by=team_manager).behind("decisions", "late", YEAR)
    assert case == child_case
    assert step is not None
    assert (step.due, step.happened, step.days_late) == (date(2026, 11, 19), date(2026, 11, 20), 1)


def test_conference_and_core_group_count_from_what_began_them(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, conference_chair: Membership
) -> None:
    record = lambda step, outcome, on, by: actions.record_step(  # noqa: E731
        child_case=child_case, step=step, outcome=outcome, happened_on=on, by=by
    )
    actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", by=social_worker)
    record("strategy_discussion", "joint_enquiry", date(2026, 11, 18), social_worker)
    assert figures(team_manager)["conference_15"] == (1, 0, 0, 1)
    with moment.standing_at(datetime(2026, 12, 10, 12, tzinfo=moment.LONDON)):
        record("section_47_enquiry", "conference", date(2026, 12, 9), social_worker)
        record("initial_child_protection_conference", "plan_neglect", date(2026, 12, 10), conference_chair)
        told = figures(team_manager)
    assert told["conference_15"] == (1, 0, 1, 0)  # due on 9 December
    assert told["core_groups"] == (1, 0, 0, 1)
    assert told["first_review"] == (1, 0, 0, 1)


def test_the_page_counts_an_imported_census_as_the_census_itself_is_counted(
    on_wednesday: datetime, tmp_path: Any, team_manager: Membership, conference_chair: Membership
) -> None:
    text = io.StringIO()
    planted = Maker(seed=9).write(text, 150)
    _import(text.getvalue(), tmp_path, team_manager)
    as_of_today = text.getvalue().replace("<ReferenceDate>2026-03-31", "<ReferenceDate>2026-11-18")
    judged = timeliness(Census(io.BytesIO(as_of_today.encode())), WorkingTogether())
    found = Return(by=team_manager)
    ours, theirs = (
        Counter(map(key, found.steps)),
        Counter((case.clock, case.started, case.due, case.happened, case.state) for case in judged.cases()),
    )
    assert ours == theirs
    assert sum(planted.counts["assessment_45"].values()) == judged.count("assessment_45").due


def key(step: Step) -> tuple[Any, ...]:
    return step.figure, step.started, step.due, step.happened, step.state


def _import(text: str, tmp_path: Any, holder: Membership) -> actions.Reading:
    file = tmp_path / "cin.xml"
    file.write_text(text, encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return actions.import_census(file=file, digest=digest, agency=holder.agency, holder=holder, by=INSTALLATION)


def test_what_was_taken_from_what_followed_counts_in_no_figure(on_wednesday: datetime, tmp_path: Any, team_manager: Membership) -> None:
    _import(
        message(child("A1", episode(enquiry("2026-01-05", "2026-01-20"), plan("2026-01-20"), referral="2026-01-05"))),
        tmp_path,
        team_manager,
    )
    told = figures(team_manager, LAST_YEAR)
    assert told["decisions"] == told["core_groups"] == (0, 0, 0, 0)
    assert told["conference_15"] == (1, 1, 0, 0)


def test_what_is_recorded_here_moves_an_imported_cases_figures(on_wednesday: datetime, tmp_path: Any, team_manager: Membership) -> None:
    _import(message(child("A1", episode(assessment("2026-10-01"), referral="2026-09-30"))), tmp_path, team_manager)
    assert figures(team_manager)["assessment_45"] == (1, 0, 0, 1)
    case = ChildCase.objects.get()
    actions.record_step(child_case=case, step="single_assessment", outcome="child_in_need", happened_on=date(2026, 11, 17), by=team_manager)
    assert figures(team_manager)["assessment_45"] == (1, 1, 0, 0)
    wrong = case.events.get(step="single_assessment", by=team_manager)
    actions.correct(event=wrong, by=team_manager, reason="Not signed.", did_not_happen=True)
    assert figures(team_manager)["assessment_45"] == (1, 0, 0, 1)


# Who sees what


def test_another_areas_manager_counts_nothing_of_it(child_case: ChildCase, elsewhere: Membership) -> None:
    assert figures(elsewhere) == dict.fromkeys(FIGURES, (0, 0, 0, 0))
    assert Return(by=elsewhere).behind("referrals", "due", YEAR) == []


def test_a_restricted_case_counts_for_a_supervisor_and_for_no_chair(
    child_case: ChildCase, team_manager: Membership, conference_chair: Membership
) -> None:
    child_case.record.restricted_at = moment.now()
    child_case.record.save()
    assert figures(team_manager)["decisions"][0] == 1
    assert figures(conference_chair)["decisions"][0] == 0


# The screens


@pytest.fixture
def desk(signed_in: SignIn, team_manager: Membership) -> Client:
    return signed_in(team_manager)


def test_the_page_links_each_figure_to_its_cases(child_case: ChildCase, desk: Client) -> None:
    page = desk.get(reverse("safeguarding:return"))
    address = f"{reverse('safeguarding:return_cases')}?figure=decisions&state=open"
    assert f"{address}&period=year-2026-04" in unescape(page.content.decode())
    cases = desk.get(address)
    assert child_case.reference in cases.content.decode()


def test_a_look_at_the_figures_and_one_at_the_cases_stand_on_the_ledger(
    child_case: ChildCase, desk: Client, team_manager: Membership
) -> None:
    for name in ("return", "return_cases", "return_csv"):
        before = Entry.objects.count()
        desk.get(reverse(f"safeguarding:{name}"))
        said = [ledger.read(entry) for entry in Entry.objects.order_by("pk")[before:]]
        assert [one.look and one.reason for one in said] == ["downloaded" if name == "return_csv" else "list"]


def test_the_file_has_the_figures_of_the_period_and_of_each_month(child_case: ChildCase, desk: Client) -> None:
    answer = desk.get(reverse("safeguarding:return_csv"), {"period": "quarter-2026-10"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "First day,Last day,Figure,Due,In time,Late,Open"
    assert len(lines) == 1 + 13 * (len(FIGURES) + 1)
    assert "2026-11-01,2026-11-30,Referrals,1,,," in lines


def test_a_figure_that_does_not_exist_is_not_found(desk: Client, on_wednesday: datetime) -> None:
    assert desk.get(f"{reverse('safeguarding:return_cases')}?figure=nothing&state=due").status_code == 404
    assert desk.get(f"{reverse('safeguarding:return_cases')}?figure=decisions&state=nothing").status_code == 404


def test_with_no_case_the_page_says_what_brings_figures(desk: Client, on_wednesday: datetime) -> None:
    assert "Figures show once a referral is taken up" in desk.get(reverse("safeguarding:return")).content.decode()


def test_a_social_worker_is_not_shown_the_return(signed_in: SignIn, child_case: ChildCase, social_worker: Membership) -> None:
    assert signed_in(social_worker).get(reverse("safeguarding:return")).status_code == 404
