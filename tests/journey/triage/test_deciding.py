"""The decision: complete, taken back, carried out once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Party, Silence
from havenline.foundation.work import queue
from havenline.foundation.work.models import RefusedTask
from havenline.journey.intake import actions as intake
from havenline.journey.intake.choices import NEUTRAL
from havenline.journey.triage import actions, errors
from havenline.journey.triage.actions import ForChild
from havenline.journey.triage.queue import look, order
from tests import factories

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=2)
KNOWS = {"relation": "knows", "child": {"name": "Robin Vale", "age": 9, "town": "Northmere"}}


def decided(report, by, **more):
    actions.claim(report=report, by=by)
    said = {"reason": "An adult asked to meet the child.", "could_be_read": "no"} | more
    return actions.decide(report=report, by=by, **said)


def carried_out(decision):
    with moment.standing_at(moment.now() + LATER):
        return actions.carry_out(decision=decision)


def test_a_decision_names_everything_that_stands_open(arrives, analyst):
    report = arrives(place={"urls": ["https://chat.example/room"]}, **KNOWS)
    actions.claim(report=report, by=analyst)
    with pytest.raises(errors.NotReadyToDecide) as refused:
        actions.decide(report=report, by=analyst, reason="", could_be_read="")
    assert {where.split("-")[0] for _words, where in refused.value.reasons} == {"item", "child", "decision", "reason", "could_be_read"}


def test_a_refused_decision_settles_no_child(arrives, analyst, social_care):
    report = arrives(**KNOWS)
    actions.claim(report=report, by=analyst)
    duty = report.child_duties.get()
    with pytest.raises(errors.NotReadyToDecide):
        actions.decide(report=report, by=analyst, reason="", could_be_read="no", children={duty.pk: ForChild(refer_to=social_care)})
    duty.refresh_from_db()
    assert duty.settled_at is None


def test_a_referral_leaves_after_its_minute_and_not_before(arrives, analyst, police, investigator):
    decision = decided(arrives(), analyst, police=police)
    actions.carry_out(decision=decision)
    assert not HandOver.objects.exists()
    carried_out(decision)
    assert HandOver.objects.get().state == State.DELIVERED


def test_carrying_out_twice_sends_once(arrives, analyst, police, social_care, investigator, social_worker):
    report = arrives(**KNOWS)
    children = {report.child_duties.get().pk: ForChild(refer_to=social_care)}
    decision = decided(report, analyst, police=police, children=children)
    carried_out(decision)
    carried_out(decision)
    assert sorted(HandOver.objects.values_list("purpose", flat=True)) == ["referral_to_police", "referral_to_social_care"]
    assert report.messages.count() == 1


def test_a_police_referral_keeps_the_report_from_the_person_reported(arrives, analyst, police, investigator):
    report = arrives()
    carried_out(decided(report, analyst, police=police))
    assert report.record.silences.get().audience == Silence.Audience.SUBJECT


def test_taken_back_nothing_leaves_and_the_report_is_the_analysts_again(arrives, analyst, police):
    report = arrives()
    decision = decided(report, analyst, police=police)
    actions.take_back(decision=decision, by=analyst)
    carried_out(decision)
    assert not HandOver.objects.exists()
    assert report.claims.get(ended_at=None).by == analyst


def test_too_late_to_take_back_says_what_can_still_be_done(arrives, analyst, police, investigator):
    decision = decided(arrives(), analyst, police=police)
    carried_out(decision)
    with pytest.raises(errors.TooLateToTakeBack, match="withdrawn"):
        actions.take_back(decision=decision, by=analyst)


@pytest.mark.parametrize("could", ["yes", "unknown"])
def test_where_it_could_be_read_only_the_neutral_wording_goes_and_no_station(arrives, analyst, could):
    report = arrives()
    carried_out(decided(report, analyst, close=True, could_be_read=could, answer="We told the police about your neighbour."))
    assert report.messages.get().words() == str(NEUTRAL)
    report.refresh_from_db()
    assert report.released_station == ""


def test_where_nobody_else_reads_it_own_words_go_and_a_station_is_released(arrives, analyst):
    report = arrives()
    carried_out(decided(report, analyst, close=True, answer="Thank you. You did the right thing."))
    assert report.messages.get().words() == "Thank you. You did the right thing."
    report.refresh_from_db()
    assert report.released_station == "closed"


def test_a_message_that_came_while_deciding_is_read_first(arrives, analyst):
    report = arrives()
    actions.claim(report=report, by=analyst)
    intake.add_message(report=report, words="They wrote again today.", submission="s")
    with pytest.raises(errors.ReportChanged):
        actions.decide(report=report, by=analyst, reason="Known.", could_be_read="no", close=True, seen=0)


def test_a_second_decision_on_a_decided_report_is_refused_by_name(arrives, analyst, second_analyst):
    report = arrives()
    decided(report, analyst, close=True)
    with pytest.raises(errors.AlreadyDecided, match="Osei"):
        actions.decide(report=report, by=second_analyst, reason="Known.", could_be_read="no", close=True)


def test_cannot_wait_is_for_danger_only(arrives, analyst, police):
    address = {"place": {"urls": ["https://chat.example/room"]}}
    with pytest.raises(errors.NotReadyToDecide):
        decided(arrives(**address), analyst, police=police, cannot_wait=True)
    assert decided(arrives(**address, danger="now"), analyst, police=police, cannot_wait=True).cannot_wait


def test_a_returned_referral_brings_the_report_back_and_is_sent_again(arrives, analyst, police, investigator):
    report = arrives()
    carried_out(decided(report, analyst, police=police))
    with moment.standing_at(moment.now() + 2 * LATER):
        handover.give_back(hand_over=HandOver.objects.get(), reason="more_needed", words="Which service was it?", by=investigator)
        places, counts = look(analyst, limit=9)
        assert [place.report_id for place in places] == [report.pk]
        assert (counts.waiting, counts.returned) == (1, 1)
        carried_out(decided(report, analyst, police=police, reason="It was chat.example."))
    assert HandOver.objects.get().state == State.DELIVERED
    assert HandOver.objects.get().contents()["reason"] == "It was chat.example."


def test_a_returned_child_is_sent_to_another_area_and_the_first_referral_ends(arrives, analyst, social_care, social_worker):
    southmere = factories.agency("social_care", "Southmere social care")
    factories.member("social_worker", southmere)
    report = arrives(**KNOWS)
    duty = report.child_duties.get()
    carried_out(decided(report, analyst, children={duty.pk: ForChild(refer_to=social_care)}))
    with moment.standing_at(moment.now() + 2 * LATER):
        first = HandOver.objects.get()
        handover.give_back(hand_over=first, reason="wrong_area", words="The child lives in Southmere.", by=social_worker)
        duty.refresh_from_db()
        assert duty.settled_at is None
        carried_out(decided(report, analyst, children={duty.pk: ForChild(refer_to=southmere)}))
    first.refresh_from_db()
    assert first.state == State.WITHDRAWN
    assert HandOver.objects.exclude(pk=first.pk).get().to_agency == southmere
    duty.refresh_from_db()
    assert duty.hand_over.to_agency == southmere


def test_a_returned_referral_that_is_closed_instead_waits_nowhere(arrives, analyst, police, investigator):
    report = arrives()
    carried_out(decided(report, analyst, police=police))
    with moment.standing_at(moment.now() + 2 * LATER):
        handover.give_back(hand_over=HandOver.objects.get(), reason="not_ours", words="Nothing to act on.", by=investigator)
        carried_out(decided(report, analyst, close=True, reason="Police found nothing to act on."))
    assert HandOver.objects.get().state == State.WITHDRAWN
    assert order(analyst, limit=9) == []


def test_a_second_referral_after_the_first_was_taken_up_reaches_police(arrives, analyst, police, investigator):
    report = arrives()
    carried_out(decided(report, analyst, police=police))
    with moment.standing_at(moment.now() + 2 * LATER):
        handover.accept(hand_over=HandOver.objects.get(), by=investigator)
        intake.add_message(report=report, words="They gave a name today.", submission="s")
        carried_out(decided(report, analyst, police=police, reason="The reporter gave a name."))
    assert HandOver.objects.filter(state=State.DELIVERED).get().contents()["reason"] == "The reporter gave a name."


def test_an_analyst_who_left_decides_nothing_any_more(arrives, analyst, police, second_analyst):
    report = arrives()
    decision = decided(report, analyst, police=police)
    analyst.until = moment.now()
    analyst.save()
    done = carried_out(decision)
    assert not HandOver.objects.exists()
    assert (done.taken_back_at is not None, "R. Osei" in done.problem) == (True, True)
    assert [place.report_id for place in order(second_analyst, limit=9)] == [report.pk]


def test_a_young_reporter_and_the_child_they_name_are_two_duties(arrives):
    report = arrives(who="under_18", relation="knows", child={"name": "Robin Vale"})
    assert sorted(duty.is_reporter for duty in report.child_duties.all()) == [False, True]


def test_a_decision_is_not_carried_out_once_its_hotline_sees_the_report_no_more(arrives, analyst, police, investigator, signed_in):
    """The queued task itself asks, in the worker: nothing leaves, and it stands on the administrator's page, without its record."""
    report = arrives()
    decision = decided(report, analyst, police=police)
    Party.objects.filter(record=report.record).update(until=moment.now())
    with moment.standing_at(moment.now() + LATER):
        queue.drain()
    decision.refresh_from_db()
    assert not HandOver.objects.exists()
    assert "no longer sees this report" in decision.problem
    [entry] = Entry.objects.filter(record=report.reference, body__contains='"verb":"refused to act for somebody"')
    assert '"reason":"not_party"' in entry.body
    page = signed_in(factories.member("administrator", factories.agency("installation"))).get(reverse("work:tasks")).content.decode()
    assert "Their agency no longer sees the record." in page
    assert "A decision of triage" in page
    assert report.reference not in page


def test_a_role_that_was_taken_away_before_the_task_ran_decides_nothing_and_is_refused_once(arrives, analyst, police):
    decision = decided(arrives(), analyst, police=police)
    Membership.objects.filter(pk=analyst.pk).update(until=moment.now())
    for _again in range(2):
        carried_out(decision)
    assert RefusedTask.objects.get().why == "left"
    assert not HandOver.objects.exists()


def test_a_closed_account_decides_nothing(arrives, analyst, police):
    decision = decided(arrives(), analyst, police=police)
    type(analyst.person).objects.filter(pk=analyst.person_id).update(is_active=False)
    carried_out(decision)
    assert not HandOver.objects.exists()
