"""A social worker's day."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase, PaperVersion
from havenline.journey.safeguarding.queries import day as days
from havenline.journey.safeguarding.queries.messages import messages
from tests import factories
from tests.census_files import assessment, child, episode, message
from tests.conftest import WEDNESDAY
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def colleague(social_worker: Membership) -> Membership:
    return factories.member("social_worker", social_worker.agency, "Uma Stone")


def test_a_social_worker_lands_on_their_day(social_worker: Membership, signed_in: SignedIn) -> None:
    assert signed_in(social_worker).get(reverse("desk_home"))["Location"] == reverse("safeguarding:day")


def test_a_team_manager_lands_on_the_team(team_manager: Membership, signed_in: SignedIn) -> None:
    assert signed_in(team_manager).get(reverse("desk_home"))["Location"] == reverse("safeguarding:team")


def test_the_day_shows_what_is_theirs_by_when_it_is_due_and_nothing_of_a_colleagues(
    child_case: ChildCase, refer: Refer, social_worker: Membership, colleague: Membership
) -> None:
    actions.take_up(hand_over=refer(name="Kim Brook", age=4), by=colleague)
    with moment.standing_at(WEDNESDAY + timedelta(days=2)):
        shown = days.day(by=social_worker)
        assert [code for code, _title, _rows, _number in shown["bands"]] == ["late", "later"]
        assert {row.of.pk for _code, _title, rows, _number in shown["bands"] for row in rows} == {child_case.pk}
        assert [one.case for one in shown["children"]] == [child_case]
        assert shown["children"][0].late == len(shown["bands"][0][2])


def test_the_answer_to_whoever_referred_is_theirs_too_though_it_runs_on_the_referral(
    child_case: ChildCase, social_worker: Membership, colleague: Membership
) -> None:
    def titles(by: Membership) -> set[str]:
        return {row.title for _code, _title, rows, _number in days.day(by=by)["bands"] for row in rows}

    assert "Answer to the referrer" in titles(social_worker)
    assert "Answer to the referrer" not in titles(colleague)


def test_what_they_cover_is_theirs_too(child_case: ChildCase, social_worker: Membership, colleague: Membership) -> None:
    actions.name_people(child_case=child_case, cover=colleague, by=social_worker)
    shown = days.day(by=colleague)
    assert [(one.case, one.covers) for one in shown["children"]] == [(child_case, True)]
    assert shown["bands"]


def test_a_child_whom_nobody_has_seen_is_a_visit_to_plan_and_one_seen_lately_is_not(
    child_case: ChildCase, social_worker: Membership
) -> None:
    assert [one.ago for one in days.day(by=social_worker)["visits"]] == [None]
    actions.record_seen(child_case=child_case, happened_on=moment.today(), view="Fine.", by=social_worker)
    assert days.day(by=social_worker)["visits"] == []
    with moment.standing_at(WEDNESDAY + timedelta(days=28)):
        assert [one.ago for one in days.day(by=social_worker)["visits"]] == [20]


def test_a_finished_paper_of_a_visit_says_that_the_child_was_seen(child_case: ChildCase, social_worker: Membership) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    said = {"on": "2026-11-18", "child_seen": "yes", "seen_alone": "yes"}
    actions.save_paper(paper=paper, content=said, base=1, by=social_worker)
    assert days.day(by=social_worker)["visits"]  # it is not finished
    content = PaperVersion.objects.filter(paper=paper).latest("number").content()
    for one in paper.form.fields:
        if one.needed and one.is_empty(content.get(one.name)):
            content[one.name] = "What was said."
    actions.save_paper(paper=paper, content=content, base=2, by=social_worker)
    actions.finish_paper(paper=paper, by=social_worker, seen=PaperVersion.objects.filter(paper=paper).latest("number").number)
    assert days.day(by=social_worker)["visits"] == []


def test_a_hand_over_note_waits_on_the_day_until_it_was_read(
    child_case: ChildCase, colleague: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    actions.reassign(child_case=child_case, to=colleague, words="The grandmother was promised a call.", by=team_manager)
    browser = signed_in(colleague)
    page = reverse("safeguarding:day")
    assert "The grandmother was promised a call." in browser.get(page).content.decode()
    [note] = days.notes_to_read(by=colleague)
    assert browser.post(page, {"read": note.pk}).status_code == 302
    assert "grandmother" not in browser.get(page).content.decode()


def test_nobody_reads_away_somebody_elses_note(
    child_case: ChildCase, social_worker: Membership, colleague: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    note = actions.reassign(child_case=child_case, to=colleague, words="A call.", by=team_manager)
    for pk in (str(note.pk), "0", "x"):
        answer = signed_in(social_worker).post(reverse("safeguarding:day"), {"read": pk}, follow=True)
        assert "does not wait for you" in answer.content.decode()
    note.refresh_from_db()
    assert note.read_at is None


def test_what_a_manager_gave_back_and_what_is_half_written_stand_on_the_day(child_case: ChildCase, social_worker: Membership) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    assert days.day(by=social_worker)["papers"] == [paper]
    paper.finished_by, paper.given_back_sealed = social_worker, paper.ledger_seal().seal("given back", "Who was there?")
    paper.save()
    assert [(one["what"], one["words"]) for one in days.given_back(by=social_worker)] == [("Visit", "Who was there?")]


def test_a_day_with_nothing_on_it_says_so(social_worker: Membership, signed_in: SignedIn) -> None:
    page = signed_in(social_worker).get(reverse("safeguarding:day")).content.decode()
    for words in ("No clock runs for you", "You hold no case", "Nothing is half written"):
        assert words in page


def test_an_emergency_waits_on_the_day_of_whoever_was_told_until_they_say_that_they_have_it(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: SignedIn
) -> None:
    event = actions.act_in_emergency(
        child_case=child_case, outcome="police_protection", happened_on=WEDNESDAY.date(), happened_at=time(9), note="", by=team_manager
    )
    page, browser = reverse("safeguarding:day"), signed_in(social_worker)
    assert "Emergency: say that you have it" in browser.get(page).content.decode()
    actions.say_i_have_it(told=event.told_at_once.get(person=social_worker), by=social_worker)
    assert "Emergency: say that you have it" not in browser.get(page).content.decode()


def test_what_another_area_answered_and_what_came_back_are_messages_of_whoever_holds_the_case(
    referral: HandOver, social_worker: Membership, colleague: Membership, elsewhere: Membership, signed_in: SignedIn
) -> None:
    asked = actions.ask_another_area(referral=referral, area=elsewhere.agency, by=social_worker)
    handover.accept(hand_over=asked, by=elsewhere)
    handover.answer(hand_over=asked, outcome="acted", words="A plan in 2024.", by=elsewhere)
    [answer] = messages(by=social_worker)
    assert (answer.about, answer.words) == ("Robin Vale", "A plan in 2024.")
    assert messages(by=colleague) == []
    case = actions.take_up(hand_over=referral, by=colleague)
    assert [one.words for one in messages(by=colleague)] == ["A plan in 2024."]
    moved = actions.transfer(child_case=case, to=elsewhere.agency, reason="They moved.", by=colleague)
    handover.give_back(hand_over=moved, reason="wrong_area", words="They never arrived.", by=elsewhere)
    assert "They never arrived." in [one.words for one in messages(by=colleague)]
    page = signed_in(colleague).get(reverse("safeguarding:day")).content.decode()
    assert "A plan in 2024." in page
    assert "They never arrived." in page
    with moment.standing_at(WEDNESDAY + timedelta(days=15)):
        assert messages(by=social_worker) == []


def test_a_reply_to_an_invitation_is_a_message_until_the_meeting_was_held(child_case: ChildCase, social_worker: Membership) -> None:
    nurse = factories.member("health_practitioner", factories.agency("health"), "Ola Venn")
    booking = actions.book(
        child_case=child_case, step="strategy_discussion", booked_for=WEDNESDAY.date() + timedelta(days=1), by=social_worker
    )
    invitation = actions.invite(booking=booking, to_agency=nurse.agency, name="Ola Venn", by=social_worker)
    assert messages(by=social_worker) == []
    handover.answer(hand_over=HandOver.objects.get(invitation=invitation), outcome="not_coming", words="On a ward.", by=nurse)
    [reply] = messages(by=social_worker)
    assert (reply.what, reply.words) == ("Ola Venn: Cannot come. Strategy discussion", "On a ward.")
    with moment.standing_at(WEDNESDAY + timedelta(days=2)):
        assert messages(by=social_worker) == []


def test_whoever_holds_a_whole_census_sees_the_most_pressing_and_how_many_there_are(
    take: Any, holder: Membership, signed_in: SignedIn
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            assert browser.get(reverse("safeguarding:day")).status_code == 200
        return len(questions)

    browser = signed_in(holder)
    take(message(*(child(f"A{number}", episode(assessment("2025-04-02"))) for number in range(days.SHOWN))))
    browser.get(reverse("safeguarding:day"))
    before = asked()
    more = [child("B1", episode(assessment("2026-11-02"), referral="2026-11-02")), child("B2", episode(assessment("2025-04-02")))]
    take(message(*more), name="b.xml")
    assert asked() <= before
    shown = days.day(by=holder)
    assert (len(shown["children"]), shown["held"]) == (days.SHOWN, days.SHOWN + 2)
    assert all(one.late for one in shown["children"])
    [(_code, _title, rows, number), _later] = shown["bands"]
    assert (len(rows), number) == (days.SHOWN, days.SHOWN + 1)
    page = browser.get(reverse("safeguarding:day")).content.decode()
    assert f"The first {days.SHOWN} of {days.SHOWN + 1}." in page
    assert f"The {days.SHOWN} most pressing of {days.SHOWN + 2}" in page
