"""The hold for police: it ends by a person's word, and time alone never sends."""

from datetime import date, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Escalation
from havenline.foundation.lists import keeping_back
from havenline.foundation.people.models import NotPartyToRecord, NotYourRole
from havenline.foundation.post.models import Letter
from havenline.foundation.work import queue, rounds
from havenline.journey.takedown import actions, errors, queries
from havenline.journey.takedown.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db
State = Notice.State


def hold_clock(notice):
    return notice.record.clocks.running().get(rule="hold_for_police")


def test_what_was_listed_from_a_report_is_kept_back_while_a_notice_of_it_is_held(held):
    assert held.report_id in keeping_back.kept_back({held.report_id})
    Notice.objects.filter(pk=held.pk).update(state=State.WITHDRAWN)
    held.report.record.silences.update(lifted_at=moment.now())
    assert keeping_back.kept_back({held.report_id}) == set()


def test_the_police_of_the_decision_are_made_party_and_see_it(held, investigator):
    assert held.police == investigator.agency
    assert queries.notice(held.reference, by=investigator) == held


def test_police_who_are_not_party_see_nothing(held):
    other = factories.member("investigator", factories.agency("police", "Southmere Police"))
    assert queries.notice(held.reference, by=other) is None
    with pytest.raises(NotPartyToRecord):
        actions.release_hold(notice=held, reason="It may leave.", by=other)


def test_what_is_held_is_not_sent(held, analyst):
    with pytest.raises(errors.HeldForPolice, match="Northmere Police; a senior analyst of Northmere Hotline"):
        actions.send_notice(notice=held, by=analyst)


def test_an_analyst_does_not_release_a_hold(held, analyst):
    with pytest.raises(errors.NotYoursToRelease, match="Northmere Police"):
        actions.release_hold(notice=held, reason="I want it gone.", by=analyst)


@pytest.mark.parametrize("who", ["investigator", "police_supervisor", "senior_analyst"])
def test_police_or_a_senior_analyst_release_it_with_a_reason_and_a_person_sends_it(held, analyst, mail, who, request):
    by = request.getfixturevalue(who)
    with pytest.raises(errors.WordsMissing):
        actions.release_hold(notice=held, reason=" ", by=by)
    released = actions.release_hold(notice=held, reason="The account is secured.", by=by)
    assert (released.state, released.release_reason) == (State.DRAFTED, "The account is secured.")
    assert not held.record.clocks.running().filter(rule="hold_for_police").exists()
    queue.drain()
    held.refresh_from_db()
    assert held.state == State.DRAFTED  # nothing leaves by itself once something kept it
    actions.send_notice(notice=held, by=analyst)
    assert held.record.clocks.running().get(rule="notice_leaves")


def test_releasing_twice_changes_nothing(held, investigator, senior_analyst):
    actions.release_hold(notice=held, reason="The account is secured.", by=investigator)
    again = actions.release_hold(notice=held, reason="Another reason.", by=senior_analyst)
    assert (again.released_by, again.release_reason) == (investigator, "The account is secured.")


def test_time_alone_never_sends_a_held_notice(held, mail):
    queue.drain()
    before = Letter.objects.count()
    assert before == 1  # the request to preserve
    start = moment.now()
    for days in range(0, 60, 3):
        with moment.standing_at(start + timedelta(days=days)):
            queue.drain()
            rounds.run_due()
            queue.drain()
    held.refresh_from_db()
    assert (held.state, Letter.objects.count()) == (State.HELD, before)


def test_a_hold_that_runs_out_is_raised_to_both_sides_supervisors(held, police, hotline, police_supervisor, senior_analyst):
    with moment.standing_at(hold_clock(held).due_at + timedelta(minutes=1)):
        rounds.run_due()
    raised = {(one.agency, one.reached) for one in Escalation.objects.filter(clock=hold_clock(held))}
    assert raised == {(police, 1), (hotline, 1)}


@pytest.mark.usefixtures("on_wednesday")
def test_police_keep_it_held_until_a_day_and_the_clock_begins_anew(held, investigator):
    day = moment.today() + timedelta(days=14)
    actions.extend_hold(notice=held, until=day, reason="An arrest is planned.", by=investigator)
    clock = hold_clock(held)
    assert moment.day_of(clock.due_at) == day
    assert "as police asked" in clock.counted


@pytest.mark.usefixtures("on_wednesday")
def test_a_hold_ends_on_a_working_day_so_no_other_is_taken(held, investigator):
    saturday = date(2026, 11, 28)
    with pytest.raises(errors.HoldDate, match="Saturday 28 November is no working day"):
        actions.extend_hold(notice=held, until=saturday, reason="An arrest is planned.", by=investigator)
    assert "as police asked" not in hold_clock(held).counted


@pytest.mark.usefixtures("on_wednesday")
@pytest.mark.parametrize("days", [-1, 0, 29])
def test_a_hold_is_kept_for_four_weeks_at_most(held, investigator, days):
    with pytest.raises(errors.HoldDate):
        actions.extend_hold(notice=held, until=moment.today() + timedelta(days=days), reason="An arrest is planned.", by=investigator)


def test_only_police_say_how_long_it_stays_held(held, senior_analyst):
    with pytest.raises(errors.NotYoursToRelease):
        actions.extend_hold(notice=held, until=moment.today() + timedelta(days=7), reason="Wait.", by=senior_analyst)


def test_without_police_the_hold_says_so_and_its_clock_is_the_hotlines(graded, decide, contact, hotline):
    [notice] = decide(graded(), link="yes")
    assert "no police agency" in notice.problem
    assert hold_clock(notice).agency == hotline


def test_an_analyst_chooses_police_where_none_are_known(graded, decide, contact, analyst, investigator):
    factories.agency("police", "Southmere Police")  # two forces and no place: nobody is chosen by chance
    [notice] = decide(graded(), link="unknown")
    assert notice.police is None
    chosen = actions.choose_police(notice=notice, police=investigator.agency, by=analyst)
    assert (chosen.problem, hold_clock(chosen).agency) == ("", investigator.agency)
    actions.release_hold(notice=notice, reason="It may leave.", by=investigator)


def test_only_police_are_chosen_to_release(held, analyst, social_care):
    with pytest.raises(errors.NotPolice):
        actions.choose_police(notice=held, police=social_care, by=analyst)


def test_a_person_holds_what_has_not_left(drafted, analyst, police):
    with pytest.raises(errors.WordsMissing):
        actions.hold_for_police(notice=drafted, reason="", by=analyst)
    notice = actions.hold_for_police(notice=drafted, reason="Police asked by telephone.", police=police, by=analyst)
    assert (notice.state, notice.held_because, notice.police) == (State.HELD, "typed", police)
    assert not notice.record.clocks.running().filter(rule="notice_leaves").exists()


def test_what_has_left_is_not_held_any_more(sent, analyst):
    with pytest.raises(errors.NotThatState, match="withdrawn"):
        actions.hold_for_police(notice=sent, reason="Police asked.", by=analyst)


def test_the_database_refuses_what_was_not_released(held, contact):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=held.pk).update(state=State.SENT, contact=contact)


def test_investigators_do_nothing_else_with_a_notice(held, investigator):
    for act in (actions.send_notice, actions.confirm_look_up):
        with pytest.raises((NotYourRole, TypeError)):
            act(notice=held, by=investigator)
    with pytest.raises(NotYourRole):
        actions.withdraw(notice=held, reason="No.", by=investigator)
