"""Danger now that nobody claims, and who is on call."""

from datetime import timedelta

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.post.models import Letter
from havenline.journey.triage import actions, errors, queries
from havenline.journey.triage.models import Alarm

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_call(analyst, senior_analyst):
    at = moment.now()
    return actions.add_shift(membership=analyst, since=at - timedelta(hours=1), until=at + timedelta(hours=9), by=senior_analyst)


def after(minutes):
    with moment.standing_at(moment.now() + timedelta(minutes=minutes)):
        return actions.raise_alarms()


def test_danger_now_unclaimed_for_five_minutes_reaches_on_call_and_control_room(arrives, on_call, analyst, police, investigator):
    arrives(danger="now")
    assert after(4) == []
    [alarm] = after(6)
    assert (alarm.on_call, alarm.problem) == (analyst, "")
    assert alarm.hand_over.to_agency == police
    assert alarm.hand_over.contents()["assessed"] is False


def test_whoever_is_on_call_gets_a_letter_that_names_nothing(arrives, on_call, analyst, police, investigator):
    report = arrives(danger="now")
    after(6)
    letter = Letter.objects.get(to=analyst.person.email)
    assert report.reference not in letter.subject + letter.body
    assert "danger" not in (letter.subject + letter.body).lower()


def test_a_claimed_report_raises_no_alarm(arrives, analyst, police):
    report = arrives(danger="now")
    with moment.standing_at(moment.now() + timedelta(minutes=4)):
        actions.claim(report=report, by=analyst)
    assert after(6) == []


def test_a_claim_that_was_set_aside_does_not_hide_the_danger(arrives, analyst, police):
    report = arrives(danger="now")
    actions.claim(report=report, by=analyst)
    actions.release(report=report, by=analyst)
    assert len(after(6)) == 1


def test_an_alarm_is_raised_once_for_a_group_until_a_person_confirms(arrives, analyst, police):
    for _ in range(3):
        arrives(danger="now", happened="The same words in each of these reports.")
    assert len(after(6)) == 1
    assert after(7) == []
    actions.confirm_alarm(alarm=Alarm.objects.get(), by=analyst)
    assert len(after(8)) == 1


def test_claiming_the_report_confirms_the_alarm(arrives, analyst, police):
    report = arrives(danger="now")
    after(6)
    actions.claim(report=report, by=analyst)
    assert Alarm.objects.get().confirmed_by == analyst


def test_police_who_take_the_alarm_up_confirm_it(arrives, police, investigator):
    arrives(danger="now")
    [alarm] = after(6)
    with moment.standing_at(moment.now() + timedelta(minutes=8)):
        handover.accept(hand_over=alarm.hand_over, by=investigator)
    alarm.refresh_from_db()
    assert alarm.confirmed_by == investigator


def test_an_alarm_that_reached_nobody_says_so_on_the_desk(arrives, senior_analyst, signed_in):
    arrives(danger="now")
    [alarm] = after(6)
    assert "Nobody is on call" in alarm.problem
    assert "No police" in alarm.problem
    assert "Nobody is on call" in signed_in(senior_analyst).get(reverse("triage:queue")).content.decode()


def test_gaps_in_the_rota_are_found_and_shown(hotline, on_call, senior_analyst, signed_in):
    [gap] = queries.rota_gaps(7)
    assert gap.since == on_call.until
    assert "Nobody is on call" in signed_in(senior_analyst).get(reverse("triage:on_call")).content.decode()


def test_a_covered_week_has_no_gap(hotline, analyst, senior_analyst):
    at = moment.now()
    actions.add_shift(membership=analyst, since=at - timedelta(days=1), until=at + timedelta(days=8), by=senior_analyst)
    assert queries.rota_gaps(7) == []


def test_a_shift_of_somebody_who_left_covers_nothing(hotline, on_call, analyst):
    analyst.until = moment.now()
    analyst.save()
    assert queries.rota_gaps(7)[0].until > on_call.until


def test_a_senior_analyst_changes_the_rota_and_an_analyst_does_not(analyst, senior_analyst, signed_in):
    shift = {"membership": analyst.pk, "since": "2030-11-19T08:00", "until": "2030-11-19T20:00"}
    signed_in(senior_analyst).post(reverse("triage:on_call"), shift)
    assert analyst.on_call.count() == 1
    backwards = {**shift, "until": "2030-11-19T07:00"}
    assert "after the start" in signed_in(senior_analyst).post(reverse("triage:on_call"), backwards).content.decode()
    assert signed_in(analyst).post(reverse("triage:on_call"), {**shift, "until": "2030-11-19T21:00"}).status_code == 422
    assert analyst.on_call.count() == 1
    signed_in(senior_analyst).post(reverse("triage:remove_shift", args=[analyst.on_call.get().pk]))
    assert analyst.on_call.count() == 0


def test_a_shift_that_ends_before_it_begins_is_refused(analyst, senior_analyst):
    at = moment.now()
    with pytest.raises(errors.NotOnRota):
        actions.add_shift(membership=analyst, since=at, until=at, by=senior_analyst)
