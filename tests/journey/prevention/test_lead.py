"""The safeguarding lead's day: messages, a conversation looked at, a concern raised."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.handover.actions import CallMissing
from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership, NotYourRole
from havenline.foundation.records.models import Record
from havenline.journey.intake.models import Report
from havenline.journey.intake.pictures import PictureRefused
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.actions.conversations import screen_conversation, send_to_hotline
from havenline.journey.prevention.models import Concern, SchoolNotice
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
TEXT = "Lamp: keep this between us\nMe: why\nLamp: which app do you use? let's move there"
CONCERN: dict[str, Any] = {
    "token": "c1",
    "child": {"name": "Kim Reed", "age": 8, "town": "Northmere", "address": "", "household": ""},
    "concern": "A pupil said that an adult asked to meet.",
    "why": "The adult knows the school.",
    "parents_told": "not_yet",
}


def test_a_message_is_read_with_its_guidance_and_acknowledged_on_its_page(
    notice: SchoolNotice, verified: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(verified)
    listed = browser.get("/desk/school/messages/").content.decode()
    assert notice.title in listed
    page = browser.get(f"/desk/school/messages/{notice.reference}/").content.decode()
    assert notice.words in page
    assert "Asks for secrecy." in page
    address = f"/desk/school/messages/{notice.reference}/acknowledge/"
    assert browser.post(address, {"reply": "x"}).status_code == 422
    for _twice in range(2):
        assert browser.post(address, {"did": "told_parents", "reply": "Sent home."}).status_code == 302
    notice.refresh_from_db()
    assert (notice.acknowledgement.did, notice.opened_by) == ("told_parents", verified)


def test_looking_at_the_list_opens_nothing(notice: SchoolNotice, verified: Membership, signed_in: SignIn) -> None:
    signed_in(verified).get("/desk/school/messages/")
    notice.refresh_from_db()
    assert notice.opened_at is None


def test_a_lead_who_is_not_verified_sees_why_nothing_stands_there(notice: SchoolNotice, alder_road: object, signed_in: SignIn) -> None:
    second = factories.member("safeguarding_lead", factories.agency("school"), "Pat Second")
    browser = signed_in(second)
    page = browser.get("/desk/school/messages/").content.decode()
    assert "You are not verified yet" in page
    assert notice.title not in page
    assert browser.get(f"/desk/school/messages/{notice.reference}/").status_code == 404


def test_the_senders_page_of_a_notice_leads_the_lead_to_their_own(notice: SchoolNotice, verified: Membership, signed_in: SignIn) -> None:
    answer = signed_in(verified).get(f"/desk/schools/notices/{notice.reference}/")
    assert answer.headers["Location"] == f"/desk/school/messages/{notice.reference}/"


def test_a_sheet_for_parents_bears_nothing_of_any_message(notice: SchoolNotice, verified: Membership, signed_in: SignIn) -> None:
    page = signed_in(verified).get("/desk/school/sheets/parents/").content.decode()
    assert "Nine warning signs" in page
    for words in (notice.title, notice.words, notice.reference):
        assert words not in page


# A conversation


def test_looking_at_a_conversation_keeps_nothing(verified: Membership, hotline: Agency, signed_in: SignIn) -> None:
    browser = signed_in(verified)
    before = (Record.objects.count(), Entry.objects.count())
    page = browser.post("/desk/school/screen/", {"text": TEXT}).content.decode()
    assert (Record.objects.count(), Entry.objects.count()) == before
    assert "never proof" in page
    assert "line 1" in page
    assert "line 3" in page


def test_each_finding_shows_its_line_and_its_reason(verified: Membership, signed_in: SignIn) -> None:
    screened = screen_conversation(TEXT)
    page = signed_in(verified).post("/desk/school/screen/", {"text": TEXT}).content.decode()
    assert {finding.sign.value for finding in screened.findings} >= {"asks_for_secrecy", "asks_to_move"}
    for finding in screened.findings:
        assert finding.reason.replace("'", "&#x27;") in page
        assert f"<mark>{finding.text}".replace("'", "&#x27;") in page


def test_a_picture_in_disguise_is_refused_and_not_shown_again(verified: Membership, signed_in: SignIn) -> None:
    with pytest.raises(PictureRefused):
        screen_conversation("data:image/png;base64," + "iVBORw0KGgo" * 20)
    answer = signed_in(verified).post("/desk/school/screen/", {"text": "data:image/png;base64," + "iVBORw0KGgo" * 20})
    assert answer.status_code == 422


def test_nothing_is_sent_before_each_finding_is_decided(verified: Membership, hotline: Agency) -> None:
    with pytest.raises(actions.Undecided):
        send_to_hotline(token="t", text=TEXT, stands={0: True}, words="Worried.", danger="no", by=verified)
    assert not Report.objects.exists()


def test_what_is_sent_is_a_sealed_report_with_the_leads_decisions(verified: Membership, hotline: Agency) -> None:
    count = len(screen_conversation(TEXT).findings)
    stands = {at: at == 0 for at in range(count)}
    said = {"token": "t", "text": TEXT, "words": "A pupil showed this.", "danger": "no", "app": "chat.example"}
    received = send_to_hotline(stands=stands, by=verified, **said)
    answers = received.report.answers()
    assert (answers["who"], answers["kind"], answers["place"]["conversation"]) == ("works_with_children", "conversation", TEXT)
    assert "Line 1, Asks for secrecy: stands." in answers["happened"]
    assert "does not stand." in answers["happened"]
    assert TEXT.encode() not in bytes(received.report.sealed)
    again = send_to_hotline(stands=stands, by=verified, **said)
    assert (again.receipt, Report.objects.count()) == (received.receipt, 1)


def test_sent_from_the_page_the_receipt_is_shown_once(verified: Membership, hotline: Agency, signed_in: SignIn) -> None:
    browser = signed_in(verified)
    page = browser.post("/desk/school/screen/", {"text": TEXT}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    said = {"text": TEXT, "act": "report", "token": token[1], "words": "A pupil showed this.", "danger": "no"}
    assert browser.post("/desk/school/screen/", said).status_code == 422
    decided = {f"finding-{at}": "stands" for at in range(len(screen_conversation(TEXT).findings))}
    answer = browser.post("/desk/school/screen/", said | decided)
    assert answer.status_code == 200
    assert "The hotline has it" in answer.content.decode()
    assert Report.objects.count() == 1


def test_nothing_is_an_answer_too_and_keeps_nothing(verified: Membership, hotline: Agency, signed_in: SignIn) -> None:
    answer = signed_in(verified).post("/desk/school/screen/", {"text": TEXT, "act": "nothing"})
    assert "Nothing was kept" in answer.content.decode()
    assert "keep this between us" not in answer.content.decode()
    assert not Report.objects.exists()


def test_a_conversation_without_a_sign_is_no_proof_that_all_is_well(verified: Membership, signed_in: SignIn) -> None:
    page = signed_in(verified).post("/desk/school/screen/", {"text": "Me: good match today"}).content.decode()
    assert "That is no proof that all is well" in page
    assert "says nothing about whether this conversation is safe" in page


def test_beside_signs_the_page_says_that_lines_not_listed_may_matter_too(verified: Membership, signed_in: SignIn) -> None:
    page = signed_in(verified).post("/desk/school/screen/", {"text": TEXT}).content.decode()
    assert "that a line is not listed says nothing about whether it is harmless" in page


# A concern


def test_a_concern_is_recorded_with_its_reason_and_handed_to_social_care_once(lead: Membership, social_worker: Membership) -> None:
    first = actions.raise_concern(by=lead, **CONCERN)
    assert actions.raise_concern(by=lead, **CONCERN) == first
    [told] = HandOver.objects.all()
    assert (told.purpose, told.to_agency, told.state) == ("concern_from_school", social_worker.agency, "delivered")
    assert told.contents()["child"]["school"] == "Alder Road School"
    assert first.told()["why"] == "The adult knows the school."


def test_social_care_takes_a_concern_up_as_a_childs_case(lead: Membership, social_worker: Membership, team_manager: Membership) -> None:
    from havenline.journey.safeguarding import actions as safeguarding

    actions.raise_concern(by=lead, **CONCERN)
    assert safeguarding.take_up(hand_over=HandOver.objects.get(), by=social_worker).child.name == "Kim Reed"


def test_a_concern_without_a_child_or_a_reason_is_none(lead: Membership, social_worker: Membership) -> None:
    for part in ("concern", "why"):
        with pytest.raises(actions.WordsMissing):
            actions.raise_concern(by=lead, **CONCERN | {part: " "})
    with pytest.raises(actions.WordsMissing):
        actions.raise_concern(by=lead, **CONCERN | {"child": {"name": ""}})


def test_an_urgent_concern_is_telephoned_too(lead: Membership, social_worker: Membership) -> None:
    with pytest.raises(CallMissing):
        actions.raise_concern(by=lead, urgent=True, **CONCERN)
    assert not Concern.objects.exists()
    actions.raise_concern(by=lead, urgent=True, called_name="Ray Okafor", **CONCERN)
    assert HandOver.objects.get().called_name == "Ray Okafor"


def test_where_no_social_care_is_set_up_the_lead_is_told_to_telephone(lead: Membership) -> None:
    with pytest.raises(actions.NotASource, match="Telephone them"):
        actions.raise_concern(by=lead, **CONCERN)


def test_a_concern_is_the_schools_own(lead: Membership, social_worker: Membership, analyst: Membership) -> None:
    other = factories.member("safeguarding_lead", factories.agency("school", "Beech Lane School"))
    raised = actions.raise_concern(by=lead, **CONCERN)
    assert list(queries.concerns(by=lead)) == [raised]
    assert list(queries.concerns(by=other)) == []
    with pytest.raises(NotYourRole):
        actions.raise_concern(by=analyst, **CONCERN)


def test_raised_on_its_page_it_says_where_it_went(lead: Membership, social_care: Agency, signed_in: SignIn) -> None:
    browser = signed_in(lead)
    assert browser.post("/desk/school/concerns/raise/", {"name": "Kim Reed"}).status_code == 422
    said = {**CONCERN["child"], **{part: CONCERN[part] for part in ("token", "concern", "why", "parents_told")}}
    answer = browser.post("/desk/school/concerns/raise/", said, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0].startswith("/desk/school/concerns/CN-")
    assert "has nobody in a role" in page  # a silent no-op would say that all is well


def test_sending_a_screened_conversation_names_everything_that_is_missing_at_once(verified: Membership, signed_in: SignIn) -> None:
    said = {"text": "sunny4: keep this between us", "act": "report", "token": "a" * 20}
    answer = signed_in(verified).post("/desk/school/screen/", said)
    assert (answer.status_code, set(answer.context["decide"].errors)) == (422, {"words", "danger", "finding-0"})
    assert "Line 1: say whether the sign stands" in answer.content.decode()
