"""A notice to schools names nobody, asks one question first, and is agreed by another person."""

import pytest
from django.db import IntegrityError, transaction

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record, Silence
from havenline.journey.intake.models import Report
from havenline.journey.investigation.models import Case
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.models import AskedSchool, Campaign, School, SchoolNotice
from havenline.journey.prevention.policies import AGREED
from tests import factories
from tests.journey.investigation.conftest import identify
from tests.journey.prevention.conftest import WORDS, answer, send, write

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "It is about Robin.",
        "It is about ROBIN  vale.",
        "R\u200bobin was asked.",
        "Look out for riverwalk_77.",
        "Look out for River-Walk 77!",
        "The page chat.example/room/31 is meant.",
        "Ask chris@mail.example about it.",
        "Mr Lark told us.",
        "The Larks told us.",
        "Look out for RobinVale.",
        "Look out for @valerobin.",
    ],
)
def test_a_notice_that_names_somebody_of_its_source_is_refused_and_says_what(report: Report, analyst: Membership, words: str) -> None:
    with pytest.raises(actions.NamesSomebody) as refused:
        write(report.record, analyst, words=words)
    assert refused.value.words
    assert refused.value.words[0] in str(refused.value)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "words", [WORDS, "Children in Northmere are asked on chat.example for their school.", "Robins sing near the river."]
)
def test_a_service_a_town_and_other_words_name_nobody(report: Report, analyst: Membership, words: str) -> None:
    assert write(report.record, analyst, words=words).words == words


def test_a_title_that_names_somebody_is_refused_too(report: Report, analyst: Membership) -> None:
    with pytest.raises(actions.NamesSomebody):
        write(report.record, analyst, title="About riverwalk_77")


def test_a_case_knows_its_subject_and_the_children_within_reach(
    case: Case, investigator: Membership, police_supervisor: Membership, social_worker: Membership, officer: Membership
) -> None:
    from havenline.journey.investigation import actions as investigation

    subject = identify(investigation.open_subject(case=case, by=investigator), investigator, police_supervisor)
    investigation.name_subject(subject=subject, name="Jordan Marsh", by=investigator)
    child = {"name": "Kim Fern", "address": "12 Ferry Street, Northmere", "household": "Fern, Ferry Street"}
    investigation.note_child_within_reach(subject=subject, details=child, age=9, how="own_children", by=investigator)
    for words in ("It is Jordan.", "Mr Marsh helps at clubs.", "Kim is safe.", "Somebody in Ferry Street.", "At 12, Ferry street"):
        with pytest.raises(actions.NamesSomebody):
            write(case.record, investigator, words=words)
    assert write(case.record, investigator)


def test_what_the_source_learns_after_the_writing_is_looked_for_again_before_it_goes(
    campaign: Campaign, alder_road: School, report: Report, analyst: Membership, senior_analyst: Membership
) -> None:
    from havenline.foundation.identifiers import actions as identifiers

    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    identifiers.see(record=report.record, kind="device", raw="another app", source="test", by=analyst)
    with pytest.raises(actions.NamesSomebody):
        actions.agree_and_send(campaign=campaign, count=1, by=senior_analyst)
    assert not SchoolNotice.objects.exists()


def test_what_stands_in_a_record_of_somebody_else_is_not_told_by_a_refusal(
    report: Report, analyst: Membership, social_worker: Membership
) -> None:
    hidden = factories.record("child_case", social_worker.agency, arose_from=report.record)
    from havenline.foundation.identifiers import actions as identifiers

    identifiers.see(record=hidden, kind="account", raw="hidden_name_5", source="test", by=social_worker)
    assert write(report.record, analyst, words="Look out for hidden_name_5.")


def test_the_same_form_sent_twice_is_one_draft(report: Report, analyst: Membership) -> None:
    assert write(report.record, analyst) == write(report.record, analyst)
    assert Campaign.objects.count() == 1


def test_a_pattern_has_several_sources_and_each_is_known(report: Report, analyst: Membership) -> None:
    other = factories.report(analyst.agency, answers={"kind": "contact", "happened": "x", "child": {"name": "Kim Fern"}})
    with pytest.raises(actions.NamesSomebody):
        write(report.record, analyst, sources=[report.record, other.record], words="It is about Kim.")
    assert write(report.record, analyst, sources=[report.record, other.record]).sources.count() == 2


def test_a_source_that_the_writer_may_not_see_is_none(report: Report, investigator: Membership, social_worker: Membership) -> None:
    with pytest.raises(NotPartyToRecord):
        write(report.record, investigator)
    with pytest.raises(NotYourRole):
        write(report.record, social_worker)


def test_a_hand_over_is_no_source(case: Case, investigator: Membership) -> None:
    with pytest.raises(actions.NotASource):
        write(HandOver.objects.get().record, investigator)


def test_other_peoples_drafts_do_not_exist(
    campaign: Campaign, analyst: Membership, senior_analyst: Membership, investigator: Membership
) -> None:
    other = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    assert list(queries.campaigns(by=senior_analyst)) == [campaign]
    assert list(queries.campaigns(by=investigator)) == list(queries.campaigns(by=other)) == []


# Silences


def test_a_silence_towards_schools_refuses_and_names_who_lifts_it(report: Report, analyst: Membership, senior_analyst: Membership) -> None:
    records.keep_silent(record=report.record, audience=Silence.Audience.SCHOOL, reason="Not yet.", by=senior_analyst, actor=senior_analyst)
    with pytest.raises(records.Silenced, match="Senior analyst, Northmere Hotline"):
        write(report.record, analyst)


def test_a_silence_agreed_after_the_proposal_stops_the_sending(
    campaign: Campaign, alder_road: School, report: Report, analyst: Membership, senior_analyst: Membership
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    records.keep_silent(record=report.record, audience=Silence.Audience.SCHOOL, reason="Not yet.", by=senior_analyst, actor=senior_analyst)
    with pytest.raises(records.Silenced):
        actions.agree_and_send(campaign=campaign, count=1, by=senior_analyst)
    assert not SchoolNotice.objects.exists()


def test_once_police_have_it_only_police_tell_schools_while_the_silence_stands(case: Case, report: Report, analyst: Membership) -> None:
    with pytest.raises(actions.PoliceMustAgree, match="Northmere Police"):
        write(report.record, analyst)


def test_a_silence_that_the_hotline_agreed_still_leaves_it_to_the_police_on_the_path(
    report: Report, police: object, analyst: Membership, senior_analyst: Membership, investigator: Membership
) -> None:
    records.keep_silent(
        record=report.record, audience=Silence.Audience.SUBJECT, reason="Referred.", by=senior_analyst, actor=senior_analyst
    )
    assert write(report.record, analyst, token="before")
    factories.referral_to_police(report, investigator.agency, senior_analyst)
    with pytest.raises(actions.PoliceMustAgree, match="Northmere Police"):
        write(report.record, analyst, token="after")


def test_police_under_their_own_silence_tell_schools_with_a_supervisors_agreement(
    case: Case, alder_road: School, investigator: Membership, police_supervisor: Membership
) -> None:
    other = factories.member("investigator", investigator.agency, "Lee Castell")
    campaign = write(case.record, investigator)
    answer(campaign, alder_road, "no", investigator)
    actions.propose(campaign=campaign, by=investigator)
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.agree_and_send(campaign=campaign, count=1, by=other)
    actions.agree_and_send(campaign=campaign, count=1, by=police_supervisor)
    assert SchoolNotice.objects.count() == 1


def test_another_force_on_no_path_answers_for_nothing(case: Case, report: Report, senior_analyst: Membership) -> None:
    factories.member("investigator", factories.agency("police", "Southmere Police"))
    with pytest.raises(actions.PoliceMustAgree) as refused:
        write(report.record, senior_analyst)
    assert "Southmere" not in str(refused.value)


# Schools and the question


def test_a_closed_school_is_never_chosen(campaign: Campaign, alder_road: School, analyst: Membership) -> None:
    School.objects.update(status="closed")
    assert actions.choose_schools(campaign=campaign, schools=School.objects.all(), by=analyst) == 0


def test_choosing_a_school_twice_asks_about_it_once(campaign: Campaign, alder_road: School, analyst: Membership) -> None:
    actions.choose_schools(campaign=campaign, schools=[alder_road], by=analyst)
    actions.choose_schools(campaign=campaign, schools=[alder_road], by=analyst)
    assert campaign.asked.count() == 1


def test_nothing_is_proposed_before_each_school_has_its_answer(
    campaign: Campaign, alder_road: School, beech_lane: School, analyst: Membership
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.choose_schools(campaign=campaign, schools=[beech_lane], by=analyst)
    with pytest.raises(actions.AnswerMissing):
        actions.propose(campaign=campaign, by=analyst)


def test_a_notice_without_a_school_to_go_to_is_not_proposed(campaign: Campaign, analyst: Membership) -> None:
    with pytest.raises(actions.AnswerMissing):
        actions.propose(campaign=campaign, by=analyst)


@pytest.mark.parametrize("said", ["yes", "unknown"])
def test_yes_or_unknown_sends_nothing_to_the_school_and_tells_the_designated_officer_at_once(
    campaign: Campaign,
    alder_road: School,
    beech_lane: School,
    analyst: Membership,
    senior_analyst: Membership,
    officer: Membership,
    said: str,
) -> None:
    answer(campaign, beech_lane, said, analyst)
    told = HandOver.objects.get()
    assert (told.purpose, told.state, told.to_agency) == ("told_to_lado", "delivered", officer.agency)
    package = told.contents()
    assert package["school"]["name"] == "Beech Lane School"
    assert package["asked"].startswith("Does the subject or a relative work at")
    assert package["answered"] == {"yes": "Yes", "unknown": "I don’t know"}[said]
    send(campaign, alder_road, by=analyst, second=senior_analyst)
    assert [notice.school for notice in SchoolNotice.objects.all()] == [alder_road]


def test_answering_twice_tells_the_officer_once(campaign: Campaign, alder_road: School, analyst: Membership, officer: Membership) -> None:
    answer(campaign, alder_road, "yes", analyst)
    answer(campaign, alder_road, "yes", analyst)
    assert HandOver.objects.count() == 1


def test_what_the_officer_was_told_is_not_taken_back_by_another_answer(
    campaign: Campaign, alder_road: School, analyst: Membership, officer: Membership
) -> None:
    answer(campaign, alder_road, "unknown", analyst)
    with pytest.raises(actions.OfficerTold):
        answer(campaign, alder_road, "no", analyst)
    with pytest.raises(actions.OfficerTold):
        actions.leave_out(asked=campaign.asked.get(), by=analyst)


def test_without_a_designated_officer_the_error_stands_on_the_notice_until_one_is_told(
    campaign: Campaign, alder_road: School, analyst: Membership
) -> None:
    answer(campaign, alder_road, "yes", analyst)
    asked = campaign.asked.get()
    assert "No designated officer" in asked.problem
    assert Clock.objects.running().get(rule="lado_told")
    factories.member("designated_officer", factories.agency("lado"))
    actions.tell_officer_again(asked=asked, by=analyst)
    asked.refresh_from_db()
    assert (asked.problem, asked.hand_over.state) == ("", "delivered")
    assert not Clock.objects.running().filter(rule="lado_told").exists()


def test_under_a_silence_a_supervisor_tells_the_designated_officer(
    case: Case, alder_road: School, investigator: Membership, police_supervisor: Membership, officer: Membership
) -> None:
    from havenline.foundation.handover import actions as handover

    campaign = write(case.record, investigator)
    answer(campaign, alder_road, "yes", investigator)
    asked = campaign.asked.get()
    assert (asked.hand_over.state, bool(asked.problem)) == ("owed", True)
    with pytest.raises(records.Silenced):
        handover.send(hand_over=asked.hand_over, by=investigator)
    handover.send(hand_over=asked.hand_over, by=police_supervisor)
    asked.refresh_from_db()
    assert (asked.hand_over.state, asked.problem) == ("delivered", "")


def test_the_officer_is_told_no_name_before_a_reviewed_attribution(
    case: Case, alder_road: School, investigator: Membership, police_supervisor: Membership, officer: Membership
) -> None:
    from havenline.journey.investigation import actions as investigation

    investigation.open_subject(case=case, by=investigator)
    campaign = write(case.record, police_supervisor)
    answer(campaign, alder_road, "yes", police_supervisor)
    assert campaign.asked.get().hand_over.contents()["subjects"] == []


def test_the_database_lets_nothing_go_to_a_school_without_a_no(
    campaign: Campaign, alder_road: School, notice: SchoolNotice, analyst: Membership
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AskedSchool.objects.filter(notice=notice).update(answer="unknown")


# A second person


def test_whoever_wrote_it_does_not_agree_it(campaign: Campaign, alder_road: School, analyst: Membership) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    again = Membership.objects.create(person=analyst.person, agency=analyst.agency, role="senior_analyst", since=factories.SINCE)
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.agree_and_send(campaign=campaign, count=1, by=again)


def test_two_who_do_not_supervise_agree_nothing(campaign: Campaign, alder_road: School, analyst: Membership) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.agree_and_send(campaign=campaign, count=1, by=factories.member("analyst", analyst.agency))


def test_a_supervisor_who_left_is_not_the_supervisor_of_the_two(
    report: Report, alder_road: School, analyst: Membership, senior_analyst: Membership
) -> None:
    campaign = write(report.record, senior_analyst)
    answer(campaign, alder_road, "no", senior_analyst)
    actions.propose(campaign=campaign, by=senior_analyst)
    senior_analyst.until = moment.now()
    senior_analyst.save()
    with pytest.raises(actions.AnotherPersonNeeded):
        actions.agree_and_send(campaign=campaign, count=1, by=analyst)


def test_another_number_of_schools_than_typed_sends_nothing(
    campaign: Campaign, alder_road: School, analyst: Membership, senior_analyst: Membership
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.agree_and_send(campaign=campaign, count=2, by=senior_analyst)


def test_a_school_that_closed_since_it_was_answered_for_is_not_counted_and_not_told(
    campaign: Campaign, alder_road: School, analyst: Membership, senior_analyst: Membership
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    School.objects.filter(pk=alder_road.pk).update(status=School.Status.CLOSED)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.agree_and_send(campaign=campaign, count=1, by=senior_analyst)
    assert campaign.going == 0
    assert not SchoolNotice.objects.exists()


def test_a_proposed_notice_has_a_clock_and_is_changed_only_when_given_back(
    campaign: Campaign, alder_road: School, analyst: Membership, senior_analyst: Membership
) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    assert Clock.objects.running().filter(rule=AGREED.code).count() == 1
    assert list(queries.waiting_for_second(by=senior_analyst)) == [campaign]
    assert list(queries.waiting_for_second(by=analyst)) == []
    with pytest.raises(actions.NotADraft):
        actions.rewrite_notice(campaign=campaign, title="Other", words="Other words.", guidance="parents", by=analyst)
    actions.give_back(campaign=campaign, words="Say which app.", by=senior_analyst)
    assert not Clock.objects.running().filter(rule=AGREED.code).exists()
    actions.rewrite_notice(campaign=campaign, title="Other", words="Other words.", guidance="parents", by=analyst)
    campaign.refresh_from_db()
    assert (campaign.words, campaign.given_back) == ("Other words.", "Say which app.")


def test_agreeing_twice_sends_once(notice: SchoolNotice, campaign: Campaign, senior_analyst: Membership) -> None:
    actions.agree_and_send(campaign=campaign, count=1, by=senior_analyst)
    assert SchoolNotice.objects.count() == 1


def test_a_dropped_notice_goes_nowhere(campaign: Campaign, alder_road: School, analyst: Membership, senior_analyst: Membership) -> None:
    answer(campaign, alder_road, "no", analyst)
    actions.propose(campaign=campaign, by=analyst)
    actions.drop(campaign=campaign, by=analyst)
    with pytest.raises(actions.NotADraft):
        actions.agree_and_send(campaign=campaign, count=1, by=senior_analyst)
    assert not Record.objects.filter(kind="school_notice").exists()
