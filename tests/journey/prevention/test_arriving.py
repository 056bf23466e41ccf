"""Accepted by the mail server, opened, acknowledged: three facts. What fails, or is not read, is telephoned."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger.queries import of_records
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.work import queue, rounds
from havenline.journey.intake.models import Report
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.models import Campaign, NoticeLetter, School, SchoolNotice, TelephoneCall
from havenline.journey.prevention.policies import ACKNOWLEDGED
from tests import factories
from tests.conftest import WEDNESDAY
from tests.foundation.post.mail_server import mail_server, no_mail_server, server_that_hangs_up_after_the_text
from tests.journey.prevention.conftest import send, write

pytestmark = pytest.mark.django_db
LATER = WEDNESDAY + timedelta(minutes=40)
FRIDAY_NIGHT = WEDNESDAY + timedelta(days=2, hours=13)
MONDAY = WEDNESDAY + timedelta(days=5)


def only(by: Membership) -> queries.Arrival:
    [arrival] = queries.arrivals(queries.sent_notices(by=by))
    return arrival


def problems(by: Membership) -> list[str]:
    return [one.problem for one in queries.to_telephone(by=by)]


def test_the_mail_names_no_school_no_person_and_nothing_of_the_notice(notice: SchoolNotice) -> None:
    letter = NoticeLetter.objects.get(notice=notice).letter
    for words in ("Alder", "Brook", notice.title, notice.reference, "app", "child"):
        assert words not in letter.subject + letter.body


def test_the_three_facts_come_one_after_the_other_each_with_its_time(
    notice: SchoolNotice, verified: Membership, analyst: Membership
) -> None:
    assert (only(analyst).accepted_at, only(analyst).opened_at, only(analyst).acknowledged_at) == (None, None, None)
    with mail_server():
        queue.drain()
    assert only(analyst).accepted_at == WEDNESDAY
    with moment.standing_at(LATER):
        actions.open_message(notice=notice, by=verified)
    assert (only(analyst).opened_at, only(analyst).acknowledged_at) == (LATER, None)
    with moment.standing_at(LATER + timedelta(minutes=5)):
        actions.acknowledge(notice=notice, did="told_staff", reply="Thank you.", by=verified)
    assert only(analyst).acknowledged_at == LATER + timedelta(minutes=5)
    notice.refresh_from_db()
    assert (notice.acknowledgement.reply, notice.acknowledgement.by) == ("Thank you.", verified)


def test_that_the_mail_server_took_the_letter_stands_on_the_notices_ledger(notice: SchoolNotice) -> None:
    with mail_server():
        queue.drain()
    assert "the mail server accepted the letter to the school" in [said.verb for said in of_records([notice.reference])]


def test_opening_it_stops_no_clock_and_acknowledging_does(notice: SchoolNotice, verified: Membership) -> None:
    actions.open_message(notice=notice, by=verified)
    actions.open_message(notice=notice, by=verified)
    assert Clock.objects.running().filter(record=notice.record, rule=ACKNOWLEDGED.code).exists()
    actions.acknowledge(notice=notice, did="nothing_yet", by=verified)
    assert not Clock.objects.running().filter(record=notice.record).exists()


def test_acknowledging_twice_keeps_the_first(notice: SchoolNotice, verified: Membership) -> None:
    first = actions.acknowledge(notice=notice, did="told_staff", by=verified)
    assert actions.acknowledge(notice=notice, did="nothing_yet", by=verified) == first
    assert first.did == "told_staff"


def test_two_notices_that_wait_at_once_are_one_letter_and_both_learn_how_it_ended(
    notice: SchoolNotice, report: Report, alder_road: School, analyst: Membership, senior_analyst: Membership
) -> None:
    second = write(report.record, analyst, token="t2", title="Gifts in a game")
    send(second, alder_road, by=analyst, second=senior_analyst)
    assert Letter.objects.count() == 1
    with mail_server():
        queue.drain()
    assert [one.accepted_at for one in queries.arrivals(queries.sent_notices(by=analyst))] == [WEDNESDAY, WEDNESDAY]


# To be telephoned


def test_where_nobody_is_verified_no_mail_goes_and_it_is_telephoned_at_once(
    campaign: Campaign, alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    [notice] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    assert not Letter.objects.exists()
    assert problems(analyst) == ["Nobody there is verified: no mail went."]
    assert not queries.messages(by=lead).exists()
    with pytest.raises(NotPartyToRecord):
        actions.open_message(notice=notice, by=lead)


def test_once_the_lead_is_verified_what_waits_goes_to_them_once(
    campaign: Campaign, alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    [notice] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=analyst)
    actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=analyst)
    assert Letter.objects.count() == 1
    assert list(queries.messages(by=lead)) == [notice]
    assert problems(analyst) == []


def test_police_who_verify_the_lead_let_the_hotlines_notice_go(
    campaign: Campaign, alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership, investigator: Membership
) -> None:
    [notice] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=investigator)
    assert list(queries.messages(by=lead)) == [notice]


def test_what_was_silenced_since_waits_although_the_lead_is_verified(
    campaign: Campaign, alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    [notice] = send(campaign, alder_road, by=analyst, second=senior_analyst)
    records.keep_silent(record=notice.record, audience=Silence.Audience.SCHOOL, reason="Wait.", by=senior_analyst, actor=senior_analyst)
    actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=analyst)
    assert not Letter.objects.exists()


def test_what_was_silenced_after_its_letter_left_is_not_opened(
    notice: SchoolNotice, verified: Membership, senior_analyst: Membership
) -> None:
    records.keep_silent(record=notice.record, audience=Silence.Audience.SCHOOL, reason="Wait.", by=senior_analyst, actor=senior_analyst)
    with pytest.raises(records.Silenced):
        actions.open_message(notice=notice, by=verified)


def test_a_letter_that_the_server_refuses_stands_with_the_sender_at_once(notice: SchoolNotice, analyst: Membership) -> None:
    with mail_server("550 No such mailbox"):
        queue.drain()
    assert problems(analyst) == ["The mail server did not take the letter."]
    assert "the letter to the school failed" in [said.verb for said in of_records([notice.reference])]


def test_while_the_mail_server_is_down_it_is_tried_again_and_then_telephoned(notice: SchoolNotice, analyst: Membership) -> None:
    with no_mail_server():
        queue.drain()
        assert problems(analyst) == []
        for hours in range(1, 12):
            with moment.standing_at(WEDNESDAY + timedelta(hours=hours)):
                queue.drain()
    assert problems(analyst) == ["The mail server did not take the letter."]


def test_a_letter_that_may_have_left_is_telephoned_too(notice: SchoolNotice, analyst: Membership) -> None:
    with server_that_hangs_up_after_the_text():
        queue.drain()
    assert problems(analyst) == ["The letter may or may not have left."]


def test_a_letter_that_arrived_at_last_is_not_telephoned(notice: SchoolNotice, analyst: Membership, administrator: Membership) -> None:
    from havenline.foundation.post import actions as post

    with mail_server("550 No such mailbox"):
        queue.drain()
    post.try_again(letter=Letter.objects.get(), by=administrator)
    with mail_server():
        queue.drain()
    assert problems(analyst) == []


def test_unread_after_two_working_days_it_is_late_raised_and_telephoned(
    notice: SchoolNotice, analyst: Membership, senior_analyst: Membership
) -> None:
    with mail_server():
        queue.drain()
    with moment.standing_at(FRIDAY_NIGHT):
        assert problems(analyst) == []
    with moment.standing_at(MONDAY):
        assert problems(analyst) == ["Not opened in time."]
        rounds.run_due()
        assert senior_analyst.short_name in Clock.objects.get(record=notice.record).escalations.get().names


def test_opened_and_not_acknowledged_is_late_too(notice: SchoolNotice, verified: Membership, analyst: Membership) -> None:
    actions.open_message(notice=notice, by=verified)
    with moment.standing_at(MONDAY):
        assert problems(analyst) == ["Opened, and not acknowledged in time."]


def test_only_a_call_that_reached_the_lead_ends_the_duty(notice: SchoolNotice, analyst: Membership) -> None:
    with moment.standing_at(MONDAY):
        for reached, name in (("nobody", ""), ("somebody", "The office")):
            actions.record_call(
                notice=notice,
                called_at=MONDAY - timedelta(minutes=5 + len(name)),
                reached=reached,
                spoke_to=name,
                agreed="Rings back.",
                by=analyst,
            )
            assert problems(analyst) == ["Not opened in time."]
        actions.record_call(notice=notice, called_at=MONDAY, reached="lead", spoke_to="Hana Brook", agreed="Read out.", by=analyst)
        assert problems(analyst) == []
        assert Clock.objects.get(record=notice.record).was_late
    assert [call.agreed for call in notice.calls.all()][-1] == "Read out."


def test_a_call_is_recorded_once_with_a_name_and_a_time_that_was(notice: SchoolNotice, analyst: Membership) -> None:
    for called_at, name in ((LATER, "Hana Brook"), (WEDNESDAY - timedelta(days=1), "Hana Brook"), (WEDNESDAY, "")):
        with pytest.raises(actions.CallMissing):
            actions.record_call(notice=notice, called_at=called_at, reached="lead", spoke_to=name, agreed="Read out.", by=analyst)
    for _twice in range(2):
        actions.record_call(notice=notice, called_at=WEDNESDAY, reached="lead", spoke_to="Hana Brook", agreed="Read out.", by=analyst)
    assert TelephoneCall.objects.count() == 1


# Taken back


def test_until_it_is_opened_a_notice_can_be_taken_back(notice: SchoolNotice, verified: Membership, analyst: Membership) -> None:
    actions.withdraw(notice=notice, words="Sent to the wrong school.", by=analyst)
    assert not queries.messages(by=verified).exists()
    with pytest.raises(NotPartyToRecord):
        actions.open_message(notice=notice, by=verified)
    assert problems(analyst) == []
    assert not Clock.objects.running().filter(record=notice.record).exists()


def test_what_was_opened_is_not_taken_back(notice: SchoolNotice, verified: Membership, analyst: Membership) -> None:
    actions.open_message(notice=notice, by=verified)
    with pytest.raises(actions.OpenedAlready):
        actions.withdraw(notice=notice, words="Too late.", by=analyst)


# Need to know


def test_a_school_sees_its_own_notice_and_nothing_else_of_the_path(
    campaign: Campaign, alder_road: School, beech_lane: School, verified: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    from havenline.foundation.records.models import Record

    other = factories.member("safeguarding_lead", factories.agency("school", "Beech Lane School"), "Tom Ferris")
    assert other.agency is not None
    actions.link_agency(school=beech_lane, agency=other.agency, by=analyst)
    actions.verify_contact(school=beech_lane, membership=other, spoke_to="Office", by=analyst)
    first, second = send(campaign, alder_road, beech_lane, by=analyst, second=senior_analyst)
    assert list(Record.objects.visible_to(verified)) == [first.record]
    assert list(queries.messages(by=other)) == [second]
    with pytest.raises(NotPartyToRecord):
        actions.open_message(notice=second, by=verified)
    with pytest.raises(NotYourRole):
        queries.schools(by=verified)


def test_a_second_lead_of_the_school_reads_nothing_before_being_verified(notice: SchoolNotice, verified: Membership) -> None:
    second = factories.member("safeguarding_lead", verified.agency, "Pat Second")
    assert not queries.messages(by=second).exists()
    with pytest.raises(actions.NotVerified):
        actions.acknowledge(notice=notice, did="told_staff", by=second)


def test_whoever_left_the_school_reads_nothing_more(notice: SchoolNotice, verified: Membership, analyst: Membership) -> None:
    actions.end_contact(contact=verified.school_contacts.get(), by=analyst)
    assert not queries.messages(by=verified).exists()


def test_another_agency_sees_no_notice_and_no_call_to_make(notice: SchoolNotice, investigator: Membership) -> None:
    with moment.standing_at(MONDAY):
        assert queries.to_telephone(by=investigator) == []
    with pytest.raises(NotPartyToRecord):
        actions.record_call(notice=notice, called_at=WEDNESDAY, reached="nobody", spoke_to="", agreed="", by=investigator)


# Verified by telephone


def test_a_person_is_verified_only_by_a_call_to_the_registers_number(alder_road: School, lead: Membership, analyst: Membership) -> None:
    with pytest.raises(actions.WordsMissing):
        actions.verify_contact(school=alder_road, membership=lead, spoke_to=" ", by=analyst)
    School.objects.update(telephone="")
    with pytest.raises(actions.NoNumber):
        actions.verify_contact(school=alder_road, membership=lead, spoke_to="Front office", by=analyst)


def test_only_a_lead_of_that_school_is_verified_and_never_by_themselves(
    alder_road: School, beech_lane: School, lead: Membership, analyst: Membership
) -> None:
    with pytest.raises(actions.NotALead):
        actions.verify_contact(school=beech_lane, membership=lead, spoke_to="Office", by=analyst)
    with pytest.raises(actions.NotALead):
        actions.verify_contact(school=alder_road, membership=analyst, spoke_to="Office", by=analyst)
    with pytest.raises(NotYourRole):
        actions.verify_contact(school=alder_road, membership=lead, spoke_to="Me", by=lead)


def test_who_verified_whom_at_which_number_stays_on_record(verified: Membership, analyst: Membership) -> None:
    contact = verified.school_contacts.get()
    assert (contact.verified_by, contact.telephoned, contact.spoke_to) == (analyst, "01632 960101", "Front office")


def silenced(notice: SchoolNotice, by: Membership) -> None:
    records.keep_silent(record=notice.record, audience=Silence.Audience.SCHOOL, reason="Wait.", by=by, actor=by)


def test_a_letter_that_still_waits_does_not_leave_under_a_silence_agreed_since(
    notice: SchoolNotice, senior_analyst: Membership, analyst: Membership
) -> None:
    silenced(notice, senior_analyst)
    with mail_server() as server:
        queue.drain()
    assert server.letters == []
    assert problems(analyst) == ["The mail server did not take the letter."]


def test_a_letter_that_still_waits_does_not_leave_for_what_was_taken_back(notice: SchoolNotice, analyst: Membership) -> None:
    actions.withdraw(notice=notice, words="Sent too soon.", by=analyst)
    with mail_server() as server:
        queue.drain()
    assert server.letters == []


def test_a_letter_that_still_waits_does_not_leave_to_whoever_left(notice: SchoolNotice, verified: Membership) -> None:
    verified.until = moment.now()
    verified.save()
    with mail_server() as server:
        queue.drain()
    assert server.letters == []


def test_the_title_of_what_was_silenced_before_it_was_opened_is_not_shown(
    notice: SchoolNotice, verified: Membership, senior_analyst: Membership
) -> None:
    silenced(notice, senior_analyst)
    assert not queries.messages(by=verified).exists()


def test_what_was_read_before_a_silence_stays_as_it_was(notice: SchoolNotice, verified: Membership, senior_analyst: Membership) -> None:
    actions.open_message(notice=notice, by=verified)
    silenced(notice, senior_analyst)
    assert list(queries.messages(by=verified)) == [notice]


def test_nobody_verifies_themselves_in_another_role_of_theirs(alder_road: School, analyst: Membership) -> None:
    mine = Membership.objects.create(person=analyst.person, agency=alder_road.agency, role="safeguarding_lead", since=factories.SINCE)
    with pytest.raises(actions.NotALead):
        actions.verify_contact(school=alder_road, membership=mine, spoke_to="Office", by=analyst)


def test_whoever_left_the_school_is_not_verified(alder_road: School, lead: Membership, analyst: Membership) -> None:
    lead.until = moment.now()
    lead.save()
    with pytest.raises(actions.NotALead):
        actions.verify_contact(school=alder_road, membership=lead, spoke_to="Office", by=analyst)


def test_whoever_entered_the_number_does_not_verify_by_it_but_another_person_does(
    alder_road: School, lead: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    actions.correct_telephone(school=alder_road, telephone="01632 960199", by=analyst)
    in_another_role = Membership.objects.create(person=analyst.person, agency=analyst.agency, role="senior_analyst", since=factories.SINCE)
    for by in (analyst, in_another_role):
        with pytest.raises(actions.AnotherPersonNeeded, match="another person must telephone it and verify"):
            actions.verify_contact(school=alder_road, membership=lead, spoke_to="Office", by=by)
    assert actions.verify_contact(school=alder_road, membership=lead, spoke_to="Office", by=senior_analyst).telephoned == "01632 960199"


def test_whoever_added_the_school_with_its_number_does_not_verify_by_it(lead: Membership, analyst: Membership) -> None:
    school = actions.add_school(urn=100009, name="Elm Row School", telephone="01632 960109", by=analyst)
    actions.link_agency(school=school, agency=factories.agency("school", "Elm Row School"), by=analyst)
    school.refresh_from_db()
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.verify_contact(
            school=school, membership=factories.member("safeguarding_lead", school.agency), spoke_to="Office", by=analyst
        )


def test_whoever_typed_the_number_that_stands_already_entered_nothing(alder_road: School, lead: Membership, analyst: Membership) -> None:
    actions.correct_telephone(school=alder_road, telephone=alder_road.telephone, by=analyst)
    assert actions.verify_contact(school=alder_road, membership=lead, spoke_to="Office", by=analyst)
