"""Step down, transfer and its return, closing, and a case that began before it was entered here."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover import actions as handover
from havenline.foundation.people.models import Agency, Membership, NotYourRole
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.models import ChildCase, StepDown
from havenline.journey.safeguarding.queries import chronology
from havenline.journey.safeguarding.queries.case_page import event_line
from tests import factories
from tests.journey.safeguarding.census_world import contents, given_back
from tests.journey.safeguarding.test_findable import found

SignedIn = Callable[[Membership], Client]


def on(day: date, hour: int = 15):  # type: ignore[no-untyped-def]
    return moment.standing_at(datetime.combine(day, time(hour), tzinfo=moment.LONDON))


def record(child_case: ChildCase, by: Membership, step: str, outcome: str = "") -> None:
    actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=moment.today(), by=by, weekend_confirmed=True)


@pytest.fixture
def planned(child_case: ChildCase, social_worker: Membership, conference_chair: Membership) -> ChildCase:
    """Decided, answered and enquired into on 18 November; a conference on that day made a plan."""
    with on(date(2026, 11, 18)):
        actions.decide(child_case=child_case, outcome="strategy_discussion_now", reason="Near.", answer="Today.", by=social_worker)
        record(child_case, social_worker, "strategy_discussion", "joint_enquiry")
        record(child_case, social_worker, "section_47_enquiry", "conference")
        record(child_case, conference_chair, "initial_child_protection_conference", "plan_neglect")
        record(child_case, social_worker, "child_protection_plan")
        record(child_case, social_worker, "first_core_group")
        record(child_case, social_worker, "single_assessment", "child_protection")
    return child_case


@pytest.fixture
def ended(planned: ChildCase, conference_chair: Membership) -> ChildCase:
    """The first review, on 16 February, ended the plan."""
    with on(date(2027, 2, 16)):
        record(planned, conference_chair, "first_review", "end")
        record(planned, conference_chair, "plan_ends", "by_review")
    return planned


def step_down(child_case: ChildCase, by: Membership, **more: object) -> StepDown:
    said = {"to": "child_in_need", "holder": by, "first_on": date(2027, 2, 24), "words": "A visit each fortnight."} | more
    return actions.step_down(child_case=child_case, by=by, **said)  # type: ignore[arg-type]


# Step down


def test_after_a_plan_the_case_cannot_end_until_it_is_said_what_help_goes_on(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)), pytest.raises(actions.NothingToEnd, match="What help goes on after protection, or why none"):
        actions.close(child_case=ended, reason="Safe.", by=social_worker)


def test_help_has_a_holder_and_a_first_date_whose_clock_is_theirs(
    ended: ChildCase, social_worker: Membership, team_manager: Membership
) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker, holder=team_manager)
        clock = Clock.objects.running().get(record=ended.record, rule="first_date_of_help")
        assert (clock.owner, moment.day_of(clock.due_at)) == (team_manager, date(2027, 2, 24))
        with pytest.raises(actions.NothingToEnd, match=f"with {team_manager.name}"):
            actions.close(child_case=ended, reason="Safe.", by=social_worker)


@pytest.mark.parametrize("missing", [{"holder": None}, {"first_on": None}, {"words": " "}])
def test_help_without_a_holder_a_date_or_words_is_refused(missing: dict[str, object], ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)), pytest.raises(actions.ReasonMissing):
        step_down(ended, social_worker, **missing)


def test_its_first_date_is_still_to_come_and_its_holder_of_this_area(
    ended: ChildCase, social_worker: Membership, elsewhere: Membership, conference_chair: Membership
) -> None:
    with on(date(2027, 2, 16)):
        with pytest.raises(actions.DateNotPossible):
            step_down(ended, social_worker, first_on=date(2027, 2, 16))
        with pytest.raises(actions.NotOfThisCase):
            step_down(ended, social_worker, holder=elsewhere)
        with pytest.raises(NotYourRole):
            step_down(ended, social_worker, holder=conference_chair)


def test_once_it_has_begun_the_case_ends_as_stepped_down(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)):
        row = step_down(ended, social_worker)
    with on(date(2027, 2, 23)):
        actions.help_began(row=row, on=date(2027, 2, 23), by=social_worker)
        closed = actions.close(child_case=ended, reason="Handed on.", by=social_worker)
    assert closed.ended_as == "stepped_down"
    assert not Clock.objects.get(record=ended.record, rule="first_date_of_help").was_late


def test_where_no_help_goes_on_the_reason_stands_and_the_case_ends_as_its_plan(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker, to="nothing", holder=None, first_on=None, words="The family wants none, and none is needed.")
        assert actions.close(child_case=ended, reason="Safe.", by=social_worker).ended_as == "plan_ended"


def test_a_case_from_its_conference_to_its_end_breaks_no_rule_of_the_statutory_return(
    planned: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    with on(date(2026, 12, 1)):
        actions.change_child(child_case=planned, name="Robin Vale", born_on=date(2017, 2, 3), by=social_worker)
        assert not [one for one in given_back(social_worker.agency, year=2027)[0].faults if not one.is_query]
    with on(date(2027, 2, 16)):
        record(planned, conference_chair, "first_review", "end")
        record(planned, conference_chair, "plan_ends", "by_review")
        step_down(planned, social_worker, to="family_help")
    with on(date(2027, 2, 23)):
        actions.help_began(row=planned.steps_down.get(ended_at=None), on=date(2027, 2, 23), by=social_worker)
        actions.close(child_case=planned, reason="Handed on.", by=social_worker)
        said, out = given_back(social_worker.agency, year=2027)
    assert not [one for one in said.faults if not one.is_query]
    assert contents(out)[0]["CINdetails"][0]["ReasonForClosure"] == "RC7"


def test_a_wrong_step_down_is_taken_back_or_said_otherwise_and_only_one_stands(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)):
        first = step_down(ended, social_worker)
        assert step_down(ended, social_worker) == first
        second = step_down(ended, social_worker, to="family_help")
        actions.take_back_step_down(row=second, by=social_worker)
    assert ended.steps_down.count() == 2
    assert not ended.steps_down.filter(ended_at=None).exists()
    assert not Clock.objects.running().filter(record=ended.record, rule="first_date_of_help").exists()


def test_help_after_protection_is_not_said_while_the_plan_runs(planned: ChildCase, social_worker: Membership) -> None:
    with on(date(2026, 12, 1)), pytest.raises(actions.StepNotNext):
        step_down(planned, social_worker)


def test_step_down_on_its_page_keeps_what_was_typed(ended: ChildCase, social_worker: Membership, signed_in: SignedIn) -> None:
    browser = signed_in(social_worker)
    with on(date(2027, 2, 16)):
        page = browser.get(reverse("safeguarding:child_case", args=[ended.reference])).content.decode()
        assert "What help goes on?" in page
        address = reverse("safeguarding:step_down", args=[ended.reference])
        refused = browser.post(address, {"to": "child_in_need", "holder": "", "first_on": "2027-02-24", "words": "A visit each fortnight."})
        assert refused.status_code == 422
        assert "A visit each fortnight." in refused.content.decode()
        said = {"to": "child_in_need", "holder": social_worker.pk, "first_on": "2027-02-24", "words": "A visit each fortnight."}
        assert browser.post(address, said).status_code == 302
    with on(date(2027, 2, 24)):
        browser = signed_in(social_worker)  # a week later
        assert browser.post(reverse("safeguarding:help_began", args=[ended.reference]), {"on": "2027-02-24"}).status_code == 302
    assert ended.steps_down.get().begun_on == date(2027, 2, 24)


# Closing


def test_a_case_with_a_paper_that_says_something_and_is_not_finished_cannot_end(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker, to="nothing", holder=None, first_on=None)
        paper = actions.begin_paper(child_case=ended, code="visit", by=social_worker)
        assert actions.left_to_do(ended) == []
        actions.save_paper(paper=paper, content={"home": "Clean."}, base=1, by=social_worker)
        assert actions.left_to_do(ended) == ["Visit is still being written"]


def test_a_case_on_its_way_to_another_area_cannot_end_here(ended: ChildCase, social_worker: Membership, elsewhere: Membership) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker, to="nothing", holder=None, first_on=None)
        actions.transfer(child_case=ended, to=elsewhere.agency, reason="They move.", by=social_worker)
        with pytest.raises(actions.NothingToEnd, match="The transfer to Eastmere social care is open"):
            actions.close(child_case=ended, reason="Safe.", by=social_worker)


def test_a_case_under_police_protection_cannot_end(child_case: ChildCase, social_worker: Membership) -> None:
    actions.act_in_emergency(
        child_case=child_case, outcome="police_protection", happened_on=date(2026, 11, 18), happened_at=time(9), by=social_worker
    )
    assert "Police protection ends" in actions.left_to_do(child_case)


def test_help_that_began_before_it_could_be_recorded_is_recorded_as_it_was(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 18)):  # the review on Tuesday, the first visit on Wednesday, written down on Thursday
        row = step_down(ended, social_worker, first_on=None, begun_on=date(2027, 2, 17))
        assert (row.first_on, row.begun_on) == (date(2027, 2, 17), date(2027, 2, 17))
        assert not Clock.objects.filter(record=ended.record, rule="first_date_of_help").exists()
        assert actions.close(child_case=ended, reason="Handed on.", by=social_worker).ended_as == "stepped_down"


@pytest.mark.parametrize("day", [date(2027, 2, 15), date(2027, 2, 19)])
def test_help_did_not_begin_before_protection_ended_nor_in_the_future(day: date, ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 18)), pytest.raises(actions.DateNotPossible, match="from the end of protection, 16 February 2027"):
        step_down(ended, social_worker, begun_on=day)


def test_a_first_day_that_was_kept_and_written_down_later_is_not_late(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 18)):
        row = step_down(ended, social_worker)
    with on(date(2027, 2, 26)):
        actions.help_began(row=row, on=date(2027, 2, 17), by=social_worker)
    assert not Clock.objects.get(record=ended.record, rule="first_date_of_help").was_late


def test_whoever_holds_the_help_acts_here_now(ended: ChildCase, social_worker: Membership, team_manager: Membership) -> None:
    with on(date(2027, 2, 16)):
        Membership.objects.filter(pk=team_manager.pk).update(until=moment.now())
        with pytest.raises(actions.NotOfThisCase, match="does not act here any more"):
            step_down(ended, social_worker, holder=team_manager)


def test_the_clock_of_the_help_stays_its_holders_when_the_case_goes_to_somebody_else(
    ended: ChildCase, social_worker: Membership, team_manager: Membership, social_care: Agency
) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker, holder=team_manager)
        actions.name_people(child_case=ended, owner=factories.member("social_worker", social_care, "Noor Hale"), by=team_manager)
        assert Clock.objects.running().get(record=ended.record, rule="first_date_of_help").owner == team_manager


# Transfer


def test_the_clock_of_the_help_runs_again_when_the_case_is_given_back(
    ended: ChildCase, social_worker: Membership, team_manager: Membership, elsewhere: Membership
) -> None:
    with on(date(2027, 2, 17)):
        step_down(ended, social_worker, holder=team_manager)
    running = Clock.objects.running().filter(record=ended.record, rule="first_date_of_help")
    [before] = running.values_list("due_at", "owner")
    with on(date(2027, 2, 18)):
        hand_over = actions.transfer(child_case=ended, to=elsewhere.agency, reason="They move.", by=social_worker)
        actions.take_up(hand_over=hand_over, by=elsewhere)
        assert not running.exists()
    with on(date(2027, 2, 19)):
        hand_over.refresh_from_db()
        handover.give_back(hand_over=hand_over, reason="not_our_area", words="They never came.", by=elsewhere)
        assert list(running.values_list("due_at", "owner")) == [before]


def test_a_case_that_the_other_area_gives_back_after_it_accepted_is_open_here_again_with_its_plan_and_clocks(
    planned: ChildCase, social_worker: Membership, elsewhere: Membership
) -> None:
    with on(date(2026, 12, 1)):
        before = sorted(Clock.objects.running().filter(record=planned.record).values_list("rule", "due_at"))
        hand_over = actions.transfer(child_case=planned, to=elsewhere.agency, reason="They move.", by=social_worker)
        theirs = actions.take_up(hand_over=hand_over, by=elsewhere)
        planned.refresh_from_db()
        assert planned.ended_as == "transferred"
    with on(date(2026, 12, 2)):
        hand_over.refresh_from_db()
        handover.give_back(hand_over=hand_over, reason="not_our_area", words="They never came.", by=elsewhere)
        planned.refresh_from_db()
        planned.record.refresh_from_db()
        theirs.refresh_from_db()
        assert (planned.ended_as, planned.record.closed_at, theirs.ended_as) == ("", None, "returned")
        assert path.plan_runs(planned)
        assert sorted(Clock.objects.running().filter(record=planned.record).values_list("rule", "due_at")) == before


def test_a_transfer_that_is_returned_is_work_for_the_sender_with_the_reason_on_the_case(
    planned: ChildCase, social_worker: Membership, elsewhere: Membership, signed_in: SignedIn
) -> None:
    with on(date(2026, 12, 1)):
        hand_over = actions.transfer(child_case=planned, to=elsewhere.agency, reason="They move.", by=social_worker)
        handover.give_back(hand_over=hand_over, reason="more_needed", words="Which address?", by=elsewhere)
        page = signed_in(social_worker).get(reverse("safeguarding:child_case", args=[planned.reference])).content.decode()
    assert "Eastmere social care gave it back" in page
    assert "Which address?" in page
    assert "Send it again" in page


# A case that began before it was entered here


def test_a_historic_case_runs_under_the_edition_of_its_own_days(
    child_case: ChildCase, social_worker: Membership, conference_chair: Membership
) -> None:
    actions.began_earlier(
        child_case=child_case, began_on=date(2000, 3, 6), answered_on=date(2000, 3, 7), source="Paper file 1207.", by=social_worker
    )
    actions.decide(
        child_case=child_case,
        outcome="strategy_discussion_now",
        reason="As the file says.",
        decided_on=date(2000, 3, 7),
        by=social_worker,
    )
    for step, outcome, day, by in (
        ("strategy_discussion", "joint_enquiry", date(2000, 3, 8), social_worker),
        ("initial_assessment", "core_assessment", date(2000, 3, 15), social_worker),
        ("section_47_enquiry", "conference", date(2000, 3, 22), social_worker),
        ("initial_child_protection_conference", "plan_neglect", date(2000, 3, 30), conference_chair),
    ):
        actions.record_step(child_case=child_case, step=step, outcome=outcome, happened_on=day, by=by)
    clocks = {row.rule: row for row in Clock.objects.filter(record=child_case.record, voided_at=None)}
    assert {row.edition for row in clocks.values()} == {"1999"}
    told = {rule: (moment.day_of(row.due_at), row.was_late) for rule, row in clocks.items()}
    assert told["initial_assessment"] == (date(2000, 3, 15), False)  # 7 working days
    assert told["initial_child_protection_conference"] == (date(2000, 3, 29), True)  # 15 working days
    assert told["first_review"][0] == date(2000, 6, 30)
    assert path.situation(child_case).edition == "1999"


def test_whoever_put_the_first_day_right_is_its_author_and_who_referred_stays_named(
    child_case: ChildCase, social_worker: Membership, investigator: Membership
) -> None:
    actions.began_earlier(child_case=child_case, began_on=date(2000, 3, 6), source="Paper file 1207.", by=social_worker)
    came, right = (event_line(event, child_case) for event in child_case.events.filter(step="referral").order_by("id"))
    assert child_case.referral is not None
    received = f"Referral {child_case.referral.reference} received"
    assert (came.what, came.who) == (received, investigator.short_name)
    assert (right.what, right.who) == (f"Put right: {received} from {investigator.agency.name}", social_worker.short_name)
    assert right.party == "social_care"


def test_both_days_of_a_case_that_began_earlier_stay(child_case: ChildCase, social_worker: Membership) -> None:
    actions.began_earlier(child_case=child_case, began_on=date(2000, 3, 6), source="Paper file 1207.", by=social_worker)
    days = [event.happened_on for event in child_case.events.filter(step="referral").order_by("id")]
    assert days == [date(2026, 11, 18), date(2000, 3, 6)]


@pytest.mark.parametrize("day", [date(1999, 11, 30), date(2026, 11, 19)])
def test_a_case_began_on_no_day_before_the_first_edition_nor_in_the_future(
    day: date, child_case: ChildCase, social_worker: Membership
) -> None:
    with pytest.raises(actions.DateNotPossible):
        actions.began_earlier(child_case=child_case, began_on=day, source="Paper file.", by=social_worker)


def test_a_case_did_not_begin_after_what_is_recorded_of_it(child_case: ChildCase, social_worker: Membership) -> None:
    actions.began_earlier(child_case=child_case, began_on=date(2000, 3, 6), source="Paper file 1207.", by=social_worker)
    actions.decide(child_case=child_case, outcome="assessment", reason="File.", decided_on=date(2000, 3, 7), by=social_worker)
    with pytest.raises(actions.DateNotPossible):
        actions.began_earlier(child_case=child_case, began_on=date(2000, 4, 6), source="Paper file 1207.", by=social_worker)
    again = actions.began_earlier(child_case=child_case, began_on=date(2000, 3, 1), source="Paper file 1207, page 2.", by=social_worker)
    assert again.started_on == date(2000, 3, 1)


def test_where_the_earlier_day_stands_is_said(child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.began_earlier(child_case=child_case, began_on=date(2000, 3, 6), source=" ", by=social_worker)


def test_only_a_case_that_began_earlier_asks_when_it_was_decided(
    child_case: ChildCase, social_worker: Membership, signed_in: SignedIn
) -> None:
    browser, address = signed_in(social_worker), reverse("safeguarding:decide", args=[child_case.reference])
    assert "decided_on" not in browser.get(address).content.decode()
    began = reverse("safeguarding:began_earlier", args=[child_case.reference])
    assert browser.post(began, {"began_on": "2000-03-06", "answered_on": "", "source": "Paper file 1207."}).status_code == 302
    assert "decided_on" in browser.get(address).content.decode()


def test_the_help_that_goes_on_stands_in_the_chronology_and_its_words_are_found(ended: ChildCase, social_worker: Membership) -> None:
    with on(date(2027, 2, 16)):
        step_down(ended, social_worker)
        events = chronology.chronology(chronology.cases_of(ended, by=social_worker), by=social_worker)
        assert [one.words.startswith("A visit each fortnight.") for one in events if one.what == "Support as a child in need"] == [True]
        assert found("fortnight", social_worker) == [ended.reference]
