"""*My wellbeing*, *Team load* and the plan, as people meet them. No JavaScript runs here."""

import pytest
from django.urls import reverse

from havenline.journey.triage import actions
from havenline.journey.triage.models import CheckIn, LooksDuty, Wellbeing
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_wednesday")]
MINE, TEAM, PLAN = (f"triage:{name}" for name in ("wellbeing", "team_load", "looks_plan"))


@pytest.fixture
def senior(hotline):
    return factories.member("senior_analyst", hotline, "Noor Field")


@pytest.fixture
def graded(arrives):
    """Somebody looks at so many items, and grades them."""

    def looks(by, number: int = 1) -> None:
        report = arrives(kind="web_page", place={"urls": [f"https://chat.example/{by.pk}/{n}" for n in range(number)]})
        actions.claim(report=report, by=by)
        for item in report.items.all():
            actions.grade(item=item, grade="B", by=by)

    return looks


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_queue_shows_the_meter_with_its_break(analyst, graded, signed_in):
    graded(analyst, 2)
    page = words(signed_in(analyst).get(reverse("triage:queue")))
    assert "2 of 40" in page
    assert "Take a break now" in page
    assert "Only you see this panel" in page


def test_a_break_is_taken_and_ended_without_a_word(analyst, signed_in):
    browser = signed_in(analyst)
    page = words(browser.post(reverse("triage:take_break"), {"keep": "15"}, follow=True))
    assert "On a break since 10:06" in page
    assert "You are on a break" in words(browser.post(reverse("triage:claim_next"), follow=True))
    page = words(browser.post(reverse("triage:end_break"), {"back": "https://elsewhere.example/"}, follow=True))
    assert "Take a break now" in page
    assert "Welcome back" in page


def test_my_wellbeing_shows_my_days_with_their_grades_and_what_was_spared(analyst, graded, signed_in):
    graded(analyst, 3)
    answer = signed_in(analyst).get(reverse(MINE))
    page = words(answer)
    assert "Wed 18 Nov: 3 looks" in page
    assert "3 items looked at" in page
    assert [day.looks for day in answer.context["days"]][-1] == 3


def test_own_limits_that_are_looser_are_refused_with_what_to_enter(analyst, signed_in):
    browser = signed_in(analyst)
    refused = browser.post(reverse("triage:own_limits"), {"looks": "41"})
    assert refused.status_code == 422
    assert "Enter at most 40" in words(refused)
    browser.post(reverse("triage:own_limits"), {"looks": "12", "minutes": "", "between_breaks": ""})
    assert Wellbeing.objects.get().looks_a_day == 12
    assert "0 of 12" in words(browser.get(reverse("triage:queue")))


def test_a_check_in_is_read_on_ones_own_page_alone_and_can_be_erased(analyst, second_analyst, senior, signed_in):
    browser = signed_in(analyst)
    browser.post(reverse("triage:check_in"), {"mood": "2", "words": "A heavy morning."})
    page = words(browser.get(reverse(MINE)))
    assert "A heavy morning." in page
    assert "Tired" in page
    for other in (second_analyst, senior):
        for where in (MINE, *((TEAM,) if other == senior else ())):
            assert "A heavy morning." not in words(signed_in(other).get(reverse(where)))
    browser = signed_in(analyst)
    browser.post(reverse("triage:erase_check_ins"), {"check_in": "all"})
    assert "A heavy morning." not in words(browser.get(reverse(MINE)))


def test_an_empty_check_in_says_what_to_do(analyst, signed_in):
    refused = signed_in(analyst).post(reverse("triage:check_in"), {"words": ""})
    assert (refused.status_code, CheckIn.objects.count()) == (422, 0)
    assert "Choose how you are" in words(refused)


def test_a_supervisor_sees_load_by_name_and_nothing_else(analyst, second_analyst, senior, graded, signed_in):
    graded(analyst, 3)
    actions.set_own_limits(by=analyst, looks=3, minutes=None, between_breaks=None)
    actions.set_not_taken(by=analyst, kinds=["conversation"], grades=["A"])
    answer = signed_in(senior).get(reverse(TEAM))
    page = words(answer)
    assert "3 of 40" in page  # of the agency's limit, not of their own
    assert [one.membership.name for one in answer.context["load"].people] == ["Ash Brook", "Noor Field", "Robin Osei"]
    assert "Conversation" not in page


def test_an_analyst_has_no_team_load(analyst, signed_in):
    browser = signed_in(analyst)
    assert browser.get(reverse(TEAM)).status_code == 404
    assert browser.post(reverse("triage:look_limits"), {}).status_code == 404


def test_a_supervisor_sets_the_limits_and_a_senseless_one_is_refused(senior, signed_in):
    browser = signed_in(senior)
    numbers = {"looks": "30", "minutes": "90", "between_breaks": "40", "of_a_break": "15"}
    assert browser.post(reverse("triage:look_limits"), numbers | {"of_a_break": "1"}).status_code == 422
    page = words(browser.post(reverse("triage:look_limits"), numbers, follow=True))
    assert "Set by N. Field" in page
    assert "0 of 30" in page


def test_a_supervisor_fills_in_what_is_suggested_and_decides(analyst, senior, graded, signed_in):
    graded(analyst, 5)
    browser = signed_in(senior)
    page = words(browser.get(reverse(PLAN), {"fill": ""}))
    assert "checked" in page
    browser.post(reverse(PLAN), {"2026-11-18-pm": [str(analyst.pk)]})
    assert [(str(duty.day), duty.half, duty.membership) for duty in LooksDuty.objects.all()] == [("2026-11-18", "pm", analyst)]
    assert "R. Osei" in words(signed_in(analyst).get(reverse(PLAN)))


def test_an_analyst_changes_no_plan(analyst, signed_in):
    signed_in(analyst).post(reverse(PLAN), {"2026-11-18-pm": [str(analyst.pk)]})
    assert not LooksDuty.objects.exists()


def test_who_has_looked_enough_and_is_alone_with_a_child_in_danger_finds_the_press(arrives, analyst, senior, graded, signed_in):
    actions.set_limits(by=senior, looks=1, minutes=60, between_breaks=50, of_a_break=10)
    graded(analyst)
    report = arrives(kind="web_page", danger="now", place={"urls": ["https://chat.example/room"]})
    actions.claim(report=report, by=analyst)
    browser = signed_in(analyst)
    refused = browser.post(reverse("triage:look", args=[report.reference, 1]))
    assert refused.status_code == 422
    assert "Go on with this report" in words(refused)
    assert "https://chat.example/room" not in words(refused)
    browser.post(reverse("triage:go_on", args=[report.reference]))
    assert "https://chat.example/room" in words(browser.post(reverse("triage:look", args=[report.reference, 1])))
