"""A manager's team on one page: clocks by days left, who holds what, what waits, what drifts, and a case that goes to somebody else."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.post.models import Letter
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, Reassignment
from havenline.journey.safeguarding.queries import team as teams
from tests import factories
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def colleague(social_worker: Membership) -> Membership:
    return factories.member("social_worker", social_worker.agency, "Uma Stone")


def late(days: int = 7) -> Any:
    return moment.standing_at(WEDNESDAY + timedelta(days=days))


# The page


def test_what_is_late_stands_first_and_then_what_has_fewest_days_left(child_case: ChildCase, team_manager: Membership) -> None:
    with late():
        rows = teams.team(by=team_manager)["rows"]
        assert [row.left for row in rows] == sorted(row.left for row in rows)
        assert rows[0].band == "late"
        assert rows[0].left == -4
        assert rows[-1].left > 0


def test_filters_narrow_the_clocks_and_say_how_many_each_leaves(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    shown = teams.team(by=team_manager, step="single_assessment")
    assert [row.rule for row in shown["rows"]] == ["single_assessment"]
    assert shown["every"] > 1
    assert teams.team(by=team_manager, whose=str(team_manager.pk))["rows"] == []
    assert len(teams.team(by=team_manager, whose=str(social_worker.pk))["rows"]) == shown["every"]


def test_whoever_holds_most_that_is_late_comes_first(
    child_case: ChildCase, refer: Refer, social_worker: Membership, colleague: Membership, team_manager: Membership
) -> None:
    with late(6):
        actions.take_up(hand_over=refer(name="Kim Brook", age=4), by=colleague)
        loads = teams.team(by=team_manager)["loads"]
        assert [(load.name, load.cases, load.late > 0) for load in loads] == [("S. Lindqvist", 1, True), ("U. Stone", 1, False)]


def test_decisions_and_papers_wait_for_a_manager(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, settings: Any
) -> None:
    from dataclasses import replace

    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, manager_signs_off_decisions=True)
    actions.decide(child_case=child_case, outcome="assessment", reason="To understand more.", by=social_worker)
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    paper.state, paper.finished_at, paper.finished_by = "waits", moment.now(), social_worker
    paper.save()
    waits = teams.team(by=team_manager)["sign_offs"]
    assert [(one.what, one.by, one.own) for one in waits] == [
        ("Decision on the referral", social_worker, False),
        ("Visit", social_worker, False),
    ]


def test_another_areas_manager_sees_nothing_of_the_team(child_case: ChildCase, elsewhere: Membership) -> None:
    shown = teams.team(by=elsewhere)
    assert (shown["rows"], shown["loads"], shown["sign_offs"], shown["drifts"]) == ([], [], [], [])


# Drift


def ended(child_case: ChildCase, by: Membership, *, after: int, rule: str = "single_assessment", amount: int = 45, days: int = 63) -> None:
    """A step of this person's that was done so many days after it began, of a limit of `days` days of the calendar."""
    began = moment.now() - timedelta(days=100)
    Clock.objects.create(
        record=child_case.record, rule=rule, about=f"{Clock.objects.count()}", title="Assessment", edition="2026", started_at=began,
        due_at=began + timedelta(days=days), counted="", source="", amount=amount, unit="working days", agency=by.agency, owner=by,
        stopped_at=began + timedelta(days=after), stopped_by=by.ledger_name,
    )  # fmt: skip


def test_steps_that_are_in_time_and_always_on_the_last_day_are_named(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, team_manager: Membership
) -> None:
    for after in (63, 63, 63, 50, 70):
        ended(child_case, social_worker, after=after)
    for after in (30, 40, 63):
        ended(child_case, colleague, after=after)
    [drift] = teams.team(by=team_manager)["drifts"]
    assert (drift.name, drift.step, drift.in_time, drift.last_day) == ("Sam Lindqvist", "Assessment", 4, 3)
    assert drift.left[0] < 0  # what was late is shown, and is no drift


def test_two_on_the_last_day_are_no_drift_and_a_limit_of_one_day_never_is(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    for _time in range(2):
        ended(child_case, social_worker, after=63)
    for _time in range(5):
        ended(child_case, social_worker, rule="decision_on_referral", amount=1, days=1, after=1)
    assert teams.team(by=team_manager)["drifts"] == []


# Five hundred clocks


@pytest.fixture
def five_hundred(refer: Refer, social_worker: Membership, team_manager: Membership) -> Iterator[datetime]:
    from benchmarks import holding as built

    with moment.standing_at(WEDNESDAY):
        built.fill(agency=social_worker.agency, clocks=500, ended=300)
        yield WEDNESDAY


def test_the_page_of_five_hundred_clocks_asks_fewer_than_fifteen_questions(
    five_hundred: datetime, team_manager: Membership, signed_in: SignedIn
) -> None:
    browser = signed_in(team_manager)
    browser.get(reverse("safeguarding:team"))
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(reverse("safeguarding:team"))
    assert len(answer.context["rows"]) == 500
    questions = [one["sql"] for one in asked.captured_queries if not one["sql"].startswith(NOT_ASKED)]
    by_the_suite = max(0, sum(sql.startswith(DOOR) for sql in questions) - 1)  # it calls `looked` in its actor's name, too
    assert len(questions) - by_the_suite < 15, "\n".join(sql[:160] for sql in questions)


# The ends of a transaction; and, on PostgreSQL, what the suite says itself of who acts (tests.acting), but for the door's own question.
NOT_ASKED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SELECT set_config('havenline.acting'")
DOOR = "SELECT current_setting('havenline.acting', true), havenline_act("


# It goes to somebody else


def test_a_case_goes_to_somebody_else_with_its_clocks_and_a_note_that_waits_for_them(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, team_manager: Membership
) -> None:
    made = actions.reassign(child_case=child_case, to=colleague, words="The grandmother was promised a call on Friday.", by=team_manager)
    child_case.record.refresh_from_db()
    assert child_case.record.owner == colleague
    assert {clock.owner for clock in Clock.objects.running().filter(record=child_case.record)} == {colleague}
    assert (made.held_before, made.to, made.words) == (social_worker, colleague, "The grandmother was promised a call on Friday.")
    assert bytes(made.words_sealed or b"").find(b"grandmother") == -1
    [said] = [one for one in ledger.of_records([child_case.reference]) if one.verb == "reassigned the case"]
    assert said.actor == team_manager.ledger_name


def test_whoever_takes_it_over_is_told_by_a_letter_that_names_nothing(
    child_case: ChildCase, colleague: Membership, team_manager: Membership
) -> None:
    actions.reassign(child_case=child_case, to=colleague, words="A call on Friday.", by=team_manager)
    letter = Letter.objects.get(to=colleague.person.email)
    assert not any(word in letter.subject + letter.body for word in ("Robin", "Vale", child_case.reference, "Friday"))


def test_no_case_goes_to_somebody_else_without_a_note(child_case: ChildCase, colleague: Membership, team_manager: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.reassign(child_case=child_case, to=colleague, words="  ", by=team_manager)
    assert not Reassignment.objects.exists()


def test_the_same_form_twice_makes_one_note_and_one_letter(child_case: ChildCase, colleague: Membership, team_manager: Membership) -> None:
    for _time in range(2):
        actions.reassign(child_case=child_case, to=colleague, words="A call on Friday.", by=team_manager)
    assert (Reassignment.objects.count(), Letter.objects.filter(to=colleague.person.email).count()) == (1, 1)


def test_it_goes_to_nobody_who_holds_it_already_or_of_another_area_or_role(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership, team_manager: Membership, elsewhere: Membership
) -> None:
    for to, refusal in ((social_worker, actions.NotOfThisCase), (elsewhere, actions.NotOfThisCase), (conference_chair, NotYourRole)):
        with pytest.raises(refusal):
            actions.reassign(child_case=child_case, to=to, words="Take it.", by=team_manager)


def test_a_social_worker_gives_no_case_away_and_another_areas_manager_knows_of_none(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, elsewhere: Membership
) -> None:
    with pytest.raises(NotYourRole):
        actions.reassign(child_case=child_case, to=colleague, words="Take it.", by=social_worker)
    with pytest.raises(NotPartyToRecord):
        actions.reassign(child_case=child_case, to=colleague, words="Take it.", by=elsewhere)


def test_a_note_that_nobody_read_gives_way_to_the_next(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, team_manager: Membership
) -> None:
    actions.reassign(child_case=child_case, to=colleague, words="A call on Friday.", by=team_manager)
    actions.reassign(child_case=child_case, to=social_worker, words="Back to you.", by=team_manager)
    assert [one.words for one in Reassignment.objects.filter(read_at=None)] == ["Back to you."]


def test_only_whoever_took_it_over_says_that_the_note_was_read(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, team_manager: Membership
) -> None:
    note = actions.reassign(child_case=child_case, to=colleague, words="A call on Friday.", by=team_manager)
    with pytest.raises(actions.NotOfThisCase):
        actions.note_read(reassignment=note, by=social_worker)
    actions.note_read(reassignment=note, by=colleague)
    actions.note_read(reassignment=note, by=colleague)
    note.refresh_from_db()
    assert note.read_at is not None
    assert len([one for one in ledger.of_records([child_case.reference]) if one.verb == "read a hand-over note"]) == 1


def test_a_restricted_case_goes_to_somebody_who_then_sees_it(
    child_case: ChildCase, colleague: Membership, team_manager: Membership
) -> None:
    sharing.restrict(record=child_case.record, reason="The subject is a colleague.", by=team_manager)
    actions.reassign(child_case=child_case, to=colleague, words="Yours alone.", by=team_manager)
    assert ChildCase.objects.visible_to(colleague).filter(pk=child_case.pk).exists()


def test_the_form_says_what_is_missing_and_keeps_what_was_written(
    child_case: ChildCase, colleague: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    page = reverse("safeguarding:reassign", args=[child_case.reference])
    browser = signed_in(team_manager)
    answer = browser.post(page, {"to": "", "words": "A call on Friday."})
    assert answer.status_code == 422
    assert "Choose who takes it over" in answer.content.decode()
    assert "A call on Friday." in answer.content.decode()
    assert browser.post(page, {"to": colleague.pk, "words": "A call on Friday."}).status_code == 302


# Several at once


@pytest.fixture
def three(child_case: ChildCase, refer: Refer, social_worker: Membership) -> list[ChildCase]:
    more = [
        actions.take_up(hand_over=refer(name=name, age=4), by=social_worker, is_another_child=True) for name in ("Ada Moss", "Kim Brook")
    ]
    return [child_case, *more]


def test_a_manager_gives_several_cases_with_one_note_and_whoever_takes_them_is_told_once(
    three: list[ChildCase], colleague: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    page = reverse("safeguarding:reassign_several")
    browser = signed_in(team_manager)
    assert browser.get(page).content.decode().count("SC-") >= 3
    two = [one.reference for one in three[:2]]
    assert browser.post(page, {"cases": two, "to": colleague.pk, "words": "Both schools await a call."}).status_code == 302
    assert [ChildCase.objects.get(pk=one.pk).record.owner == colleague for one in three] == [True, True, False]
    assert Letter.objects.filter(to=colleague.person.email).count() == 1
    for reference in two:
        assert [one.actor for one in ledger.of_records([reference]) if one.verb == "reassigned the case"] == [team_manager.ledger_name]

    browser, day = signed_in(colleague), reverse("safeguarding:day")
    assert browser.get(day).content.decode().count("Both schools await a call.") == 1
    browser.post(day, {"read": Reassignment.objects.earliest("pk").pk})
    assert not Reassignment.objects.filter(read_at=None).exists()


def test_all_of_them_go_or_none(
    three: list[ChildCase], social_worker: Membership, colleague: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    actions.reassign(child_case=three[1], to=colleague, words="Take it.", by=team_manager)
    said = {"cases": [one.reference for one in three], "to": colleague.pk, "words": "Both schools await a call."}
    answer = signed_in(team_manager).post(reverse("safeguarding:reassign_several"), said)
    assert answer.status_code == 422
    assert "holds this case already" in answer.content.decode()
    assert ChildCase.objects.get(pk=three[0].pk).record.owner == social_worker


def test_several_of_one_person_are_offered_and_what_another_area_holds_is_not(
    three: list[ChildCase], social_worker: Membership, colleague: Membership, team_manager: Membership, elsewhere: Membership
) -> None:
    actions.reassign(child_case=three[0], to=colleague, words="Take it.", by=team_manager)
    offered = teams.to_give_away(by=team_manager, whose=str(social_worker.pk))
    assert [reference for reference, _words in offered["cases"]] == [three[1].reference, three[2].reference]
    assert teams.to_give_away(by=elsewhere)["number"] == 0
    assert teams.chosen([one.reference for one in three], by=elsewhere) == []
