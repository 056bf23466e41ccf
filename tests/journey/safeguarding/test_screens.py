"""The screens: who sees them, what leads them, and what they say when something is refused."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import ChildCase
from tests import factories
from tests.journey.safeguarding.conftest import Refer

SignIn = Callable[[Membership], Client]


def at(name: str, child_case: ChildCase, *more: Any) -> str:
    return reverse(f"safeguarding:{name}", args=[child_case.reference, *more])


PAGES = [
    "child_case",
    "print",
    "decide",
    "answer",
    "record",
    "change_child",
    "household",
    "seen",
    "tell",
    "note",
    "people",
    "transfer",
    "close",
]


@pytest.mark.parametrize("page", PAGES)
def test_another_council_finds_nothing(page: str, child_case: ChildCase, elsewhere: Membership, signed_in: SignIn) -> None:
    assert signed_in(elsewhere).get(at(page, child_case)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_case_opens_for_its_social_worker(
    page: str, child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    answer = signed_in(social_worker).get(at(page, child_case))
    assert answer.status_code == 200
    assert "Robin Vale" in answer.content.decode()


def test_police_and_the_administrator_find_no_childs_case(
    child_case: ChildCase, investigator: Membership, administrator: Membership, signed_in: SignIn
) -> None:
    for person in (investigator, administrator):
        assert signed_in(person).get(at("child_case", child_case)).status_code == 404


def test_opening_a_case_is_on_the_ledger(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    signed_in(social_worker).get(at("child_case", child_case))
    looks = [said for said in of_records([child_case.reference], looks=True) if said.look]
    assert [(said.actor, said.reason) for said in looks] == [(social_worker.ledger_name, "assigned")]


def test_the_referrals_page_takes_up_by_one_post(referral: HandOver, social_worker: Membership, signed_in: SignIn) -> None:
    answer = signed_in(social_worker).post(reverse("safeguarding:take_up", args=[referral.reference]))
    child_case = ChildCase.objects.get(referral=referral)
    assert answer.url == at("child_case", child_case)  # type: ignore[attr-defined]


def test_where_a_child_looks_known_a_person_is_asked(
    child_case: ChildCase, refer: Refer, social_worker: Membership, signed_in: SignIn
) -> None:
    second, browser = refer(), signed_in(social_worker)
    where = reverse("safeguarding:take_up", args=[second.reference])
    assert "nothing is merged by itself" in browser.post(where).content.decode()
    assert "Choose the child, or say" in browser.post(where, {"asked": "1"}).content.decode()
    assert not ChildCase.objects.filter(referral=second).exists()
    browser.post(where, {"asked": "1", "which": f"child-{child_case.child.pk}"})
    assert ChildCase.objects.get(referral=second).child == child_case.child


def test_another_councils_referral_is_not_there(referral: HandOver, elsewhere: Membership, signed_in: SignIn) -> None:
    assert signed_in(elsewhere).post(reverse("safeguarding:take_up", args=[referral.reference])).status_code == 404
    assert not ChildCase.objects.exists()


def test_a_decision_and_its_answer_are_one_form(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    browser = signed_in(social_worker)
    browser.post(at("decide", child_case), {"outcome": "assessment", "reason": "More must be known.", "answer": "We assess.", "seen": 1})
    child_case.referral.refresh_from_db()
    assert child_case.referral.answer == "assessment"


def test_an_answer_that_is_late_leads_the_case_page_in_red(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    browser = signed_in(social_worker)
    with moment.standing_at(datetime(2026, 11, 24, 10, 0, tzinfo=moment.LONDON)):
        page = browser.get(at("child_case", child_case)).content.decode()
        assert "Late: tell the police your decision" in page
        assert "Late by 3 working days" in page
        browser.post(at("answer", child_case), {"words": "We assess."})
        page = browser.get(at("child_case", child_case)).content.decode()
    assert "Late: tell the police your decision" not in page
    assert "Done 3 working days late" in page


def test_a_date_says_how_it_was_counted_and_what_was_not_checked(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    page = signed_in(social_worker).get(at("child_case", child_case)).content.decode()
    assert "from the referral, Wed 18 Nov (day 0). Skips 25 Dec (Christmas Day)" in page
    assert "as remembered, not yet checked against its text" in page
    assert "Working Together to Safeguard Children 2026" in page


def test_a_date_that_moved_by_a_proclaimed_bank_holiday_says_what_it_was_and_why(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    procedure.proclaim([procedure.BankHoliday(date(2026, 12, 18), "Day of national mourning", "Royal Proclamation")])
    try:
        list(clocks.count_again())
        page = signed_in(social_worker).get(at("child_case", child_case)).content.decode()
    finally:
        procedure.proclaim([])
    assert "It was due Mon 25 Jan 2027 until it was counted again on Wed 18 Nov: Day of national mourning, 18 Dec 2026." in page
    assert "Due in 45 working days" in page
    assert "18 Dec (Day of national mourning)" in page


def test_what_was_done_keeps_the_date_that_held_then_when_a_bank_holiday_is_proclaimed(
    child_case: ChildCase, social_worker: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="More must be known.", by=social_worker)
    procedure.proclaim([procedure.BankHoliday(date(2026, 11, 19), "Day of national mourning", "Royal Proclamation")])
    try:
        list(clocks.count_again())
        page = signed_in(social_worker).get(at("child_case", child_case)).content.decode()
        row = Clock.objects.get(record=child_case.record, rule="decision_on_referral")
        assert moment.day_of(row.due_at) == date(2026, 11, 19)
    finally:
        procedure.proclaim([])
    assert "From Wed 18 Nov, due Thu 19 Nov." in page


def test_a_stale_form_says_who_recorded_what_and_keeps_what_was_typed(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=team_manager)
    form = {"outcome": "joint_enquiry", "happened_on": "2026-11-18", "note": "Met at nine.", "seen": "1"}
    answer = signed_in(social_worker).post(at("record_step", child_case, "strategy_discussion"), form)
    assert answer.status_code == 409
    assert "K. Ndiaye recorded “Decision on the referral”" in answer.content.decode()
    assert "Met at nine." in answer.content.decode()


def test_a_form_sent_twice_records_once(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    browser = signed_in(social_worker)
    form = {"outcome": "joint_enquiry", "happened_on": "2026-11-18", "note": "", "seen": "1"}
    for _twice in range(2):
        assert browser.post(at("record_step", child_case, "strategy_discussion"), form).status_code == 302
    assert child_case.events.filter(step="strategy_discussion").count() == 1


def test_only_what_may_follow_is_offered(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    page = signed_in(social_worker).get(at("record", child_case)).content.decode()
    assert at("decide", child_case) in page
    assert at("record_step", child_case, "initial_child_protection_conference") not in page


def test_a_conference_on_a_weekend_asks_before_it_is_booked(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    actions.record_step(
        child_case=child_case, step="strategy_discussion", outcome="joint_enquiry", happened_on=date(2026, 11, 18), by=social_worker
    )
    browser, where = signed_in(social_worker), at("book", child_case, "initial_child_protection_conference")
    answer = browser.post(where, {"booked_for": "2026-12-05"})
    assert "Saturday 5 December 2026 is a weekend" in answer.content.decode()
    assert browser.post(where, {"booked_for": "2026-12-05", "weekend_confirmed": "on"}).status_code == 302


def test_inviting_parents_under_a_silence_is_refused_and_names_who_can_lift_it(
    child_case: ChildCase, social_worker: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    records.keep_silent(record=child_case.referral.source, audience="subject", reason="Before arrest.", by=investigator, actor=investigator)
    form = {"whom": "household", "words": "Please come.", "happened_on": "2026-11-18"}
    answer = signed_in(social_worker).post(at("tell", child_case), form)
    assert answer.status_code == 422
    assert "Police supervisor, Northmere Police" in answer.content.decode()
    assert not child_case.notes.exists()


def test_late_and_soon_due_steps_lead_the_managers_screen_by_owner(
    child_case: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    with moment.standing_at(datetime(2026, 11, 20, 10, 0, tzinfo=moment.LONDON)):
        refer(name="Kim Brook")
        page = signed_in(team_manager).get(reverse("safeguarding:clocks")).content.decode()
    assert page.index('id="band-late"') < page.index('id="band-soon"') < page.index('id="band-later"')
    assert page.index("Decision on the referral") < page.index("Single assessment")
    assert "Referral to children’s social care from Northmere Police" in page
    assert "S. Lindqvist" in page
    assert "Nobody yet" in page


def test_a_social_worker_begins_with_their_own_clocks_and_what_nobody_holds(
    child_case: ChildCase, team_manager: Membership, refer: Refer, social_worker: Membership, signed_in: SignIn
) -> None:
    other = actions.take_up(hand_over=refer(name="Kim Brook"), by=team_manager, owner=team_manager)
    browser = signed_in(social_worker)
    assert at("child_case", other) not in browser.get(reverse("safeguarding:clocks")).content.decode()
    assert at("child_case", other) in browser.get(reverse("safeguarding:clocks") + "?whose=all").content.decode()


def test_another_councils_clocks_are_empty(child_case: ChildCase, elsewhere: Membership, signed_in: SignIn) -> None:
    page = signed_in(elsewhere).get(reverse("safeguarding:clocks")).content.decode()
    assert "No clock runs for you" in page
    assert child_case.reference not in page


def test_the_list_of_cases_shows_stage_and_what_is_late(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    browser = signed_in(social_worker)
    with moment.standing_at(datetime.combine(date(2026, 11, 20), time(10), tzinfo=moment.LONDON)):
        page = browser.get(reverse("safeguarding:cases")).content.decode()
    assert "Referral received" in page
    assert "2 late" in page


def test_a_print_says_who_printed_it_and_its_entry(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    page = signed_in(social_worker).get(at("print", child_case)).content.decode()
    assert "Printed by S. Lindqvist" in page
    (look,) = [said for said in of_records([child_case.reference], looks=True) if said.look]
    assert look.reason == "printed"
    assert f"ledger entry {look.sequence:,}" in page
    assert "Not witnessed:" in page
    bears = re.search(r"sha256 ([0-9a-f]{64})", page)
    assert bears
    found = Client().post("/check/", {"digest": bears[1]}).content.decode()
    assert f"Entry {look.sequence}" in found


def test_recorded_rows_name_their_entry_in_the_ledger(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    from havenline.foundation.ledger.actions import append_committed
    from havenline.journey.safeguarding.queries.case_page import recorded

    actions.decide(child_case=child_case, outcome="assessment", reason="Because.", by=social_worker)
    append_committed()
    assert all(row.entry for row in recorded(child_case))


def test_a_duty_of_somebody_who_left_is_nobodys_and_everyone_sees_it(
    child_case: ChildCase, social_worker: Membership, team_manager: Membership, signed_in: SignIn
) -> None:
    second = factories.member("social_worker", social_worker.agency, "Lee Marlow")
    for one in (social_worker, team_manager):
        one.until = moment.now()
        one.save()
    browser = signed_in(second)
    assert "Nobody yet" in browser.get(reverse("safeguarding:clocks")).content.decode()
    page = browser.get(at("child_case", child_case)).content.decode()
    assert "Nobody holds it: name one" in page
    assert "no manager: name one" in page


def test_police_protection_runs_out_at_its_hour(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    actions.record_step(
        child_case=child_case,
        step="emergency_action",
        outcome="police_protection",
        happened_on=date(2026, 11, 18),
        happened_at=time(9, 30),
        by=social_worker,
    )
    browser = signed_in(social_worker)
    with moment.standing_at(datetime(2026, 11, 21, 10, 0, tzinfo=moment.LONDON)):
        page = browser.get(at("child_case", child_case)).content.decode()
    assert "Runs out Sat 21 Nov, 09:30." in page
    assert "Late by 30 minutes" in page


def test_how_a_case_ends_is_said_once_nothing_is_left_to_do(child_case: ChildCase, social_worker: Membership, signed_in: SignIn) -> None:
    browser, page = signed_in(social_worker), reverse("safeguarding:close", args=[child_case.reference])
    assert "It ends as" not in browser.get(page).content.decode()
    actions.decide(child_case=child_case, outcome="no_further_action", reason="No risk was found.", by=social_worker)
    actions.answer_referrer(child_case=child_case, words="No further action.", by=social_worker)
    assert "It ends as: No further action" in browser.get(page).content.decode()
