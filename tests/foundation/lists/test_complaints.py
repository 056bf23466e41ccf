"""A wrongly listed owner can be right: they say so without an account, a person answers on a clock, and they read it by a code."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.lists import actions, queries
from havenline.foundation.lists.actions import NewEntry, complaints
from havenline.foundation.lists.complained_of import listed_of
from havenline.foundation.lists.models import Complaint, KnownList, ListEntry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
SAID = {"address": "http://Shop.Example/sale?", "words": "It is our shop for garden tools.", "contact": "owner@shop.example"}


def complained(token: str = "t" * 43, **more: str) -> tuple[Complaint, str]:
    taken = actions.complain(token=token, **(SAID | more))
    actions.take_in_complaints()
    return Complaint.objects.get(code_hash=actions.hash_of(taken.code)), taken.code


@pytest.fixture
def listed(addresses: KnownList, analyst: Membership) -> list[ListEntry]:
    new = [NewEntry("url", "https://shop.example/sale"), NewEntry("host", "shop.example"), NewEntry("url", "https://shop.example/other")]
    return actions.add_entries(known_list=addresses, new=new, by=analyst).entries


def test_it_is_sealed_and_nothing_of_it_lies_open(hotline: Agency) -> None:
    complaint, code = complained()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM lists_complaint")
        row = str(cursor.fetchall())
    assert "garden" not in row
    assert "shop.example" not in row
    assert code not in row
    assert complaint.said["words"] == SAID["words"]


def test_the_same_form_sent_twice_is_one_complaint_with_one_code(hotline: Agency) -> None:
    first, again = (actions.complain(token="a token", **SAID) for _twice in range(2))
    assert (first.code, first.is_new, again.is_new) == (again.code, True, False)
    assert Complaint.objects.count() == Record.objects.filter(kind="complaint").count() == 1
    assert actions.complain(token="another", **SAID).code != first.code


def test_its_clock_runs_two_working_days_from_its_arrival(hotline: Agency) -> None:
    with moment.standing_at(WEDNESDAY):
        complaint, _code = complained()
    clock = Clock.objects.get(record=complaint.record)
    assert moment.day_of(clock.due_at).isoformat() == "2026-11-20"
    assert clock.started_at == WEDNESDAY


def test_taking_in_twice_starts_one_clock(hotline: Agency) -> None:
    complained()
    assert actions.take_in_complaints() == 0
    assert Clock.objects.count() == 1


def test_upheld_it_is_withdrawn_and_whoever_follows_the_list_is_told(
    addresses: KnownList, listed: list[ListEntry], analyst: Membership
) -> None:
    complaint, code = complained()
    found = listed_of(SAID["address"], by=analyst)
    assert {one.pk for one in found} == {one.pk for one in listed[:2]}
    actions.answer_complaint(complaint=complaint, upheld=True, answer="You were right.", entries=found, by=analyst)
    assert [ListEntry.objects.get(pk=one.pk).withdrawn_because for one in listed] == ["complaint", "complaint", ""]
    assert addresses.changes.filter(what="withdrawn").count() == 2
    stands = queries.stands(code)
    assert stands is not None
    assert (stands.state, stands.answer) == ("upheld", "You were right.")
    assert not Clock.objects.running().exists()


def test_upheld_without_anything_to_withdraw_is_no_answer(analyst: Membership) -> None:
    complaint, _code = complained()
    with pytest.raises(actions.WordsMissing, match="refuse the complaint"):
        actions.answer_complaint(complaint=complaint, upheld=True, answer="You were right.", by=analyst)


def test_refused_it_says_why_and_changes_no_list(listed: list[ListEntry], senior_analyst: Membership) -> None:
    complaint, code = complained()
    with pytest.raises(actions.WordsMissing):
        actions.answer_complaint(complaint=complaint, upheld=False, answer=" ", by=senior_analyst)
    actions.answer_complaint(complaint=complaint, upheld=False, answer="We looked, and it stays.", entries=listed, by=senior_analyst)
    assert ListEntry.objects.live().count() == 3
    assert queries.stands(code.lower().replace("-", " ")).answer == "We looked, and it stays."  # type: ignore[union-attr]


def test_nobody_refuses_what_is_said_of_their_own_word(
    listed: list[ListEntry], analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    complaint, _code = complained()
    assert actions.judges_own_word(complaint, by=analyst)
    page = signed_in(analyst).get(reverse("lists:complaint", args=[complaint.reference])).content.decode()
    assert "somebody else refuses" in page
    assert 'value="refuse"' not in page
    with pytest.raises(actions.YourOwnWord, match="somebody else"):
        actions.answer_complaint(complaint=complaint, upheld=False, answer="It stays.", by=analyst)
    assert 'value="refuse"' in signed_in(senior_analyst).get(reverse("lists:complaint", args=[complaint.reference])).content.decode()
    actions.answer_complaint(complaint=complaint, upheld=False, answer="It stays.", by=senior_analyst)


def test_who_listed_it_may_uphold_it_themselves(listed: list[ListEntry], analyst: Membership, senior_analyst: Membership) -> None:
    complaint, _code = complained()
    answered = actions.answer_complaint(complaint=complaint, upheld=True, answer="You were right.", entries=listed, by=analyst)
    assert answered.state == "upheld"


def test_it_is_answered_once(listed: list[ListEntry], senior_analyst: Membership) -> None:
    complaint, _code = complained()
    actions.answer_complaint(complaint=complaint, upheld=False, answer="No.", by=senior_analyst)
    with pytest.raises(actions.NotWaiting):
        actions.answer_complaint(complaint=complaint, upheld=True, answer="Yes.", entries=listed, by=senior_analyst)


def test_a_letter_says_that_there_is_an_answer_and_nothing_else(analyst: Membership) -> None:
    complaint, code = complained()
    actions.answer_complaint(complaint=complaint, upheld=False, answer="We looked.", by=analyst)
    letter = Letter.objects.get()
    assert letter.to == "owner@shop.example"
    for secret in (code, complaint.reference, "We looked.", "shop.example/sale"):
        assert secret not in letter.body


def test_the_letter_is_in_the_language_in_which_they_wrote(analyst: Membership) -> None:
    with override("ar"):
        complaint, _code = complained()
    actions.answer_complaint(complaint=complaint, upheld=False, answer="We looked.", by=analyst)
    with override("ar"):
        assert Letter.objects.get().subject == gettext("Your message was answered")
    assert Letter.objects.get().subject != "Your message was answered"


def test_without_an_address_no_letter_leaves(analyst: Membership) -> None:
    complaint, _code = complained(contact="")
    actions.answer_complaint(complaint=complaint, upheld=False, answer="We looked.", by=analyst)
    assert not Letter.objects.exists()


def test_another_agency_answers_nothing(hotline: Agency) -> None:
    complaint, _code = complained()
    stranger = factories.member("senior_analyst", factories.agency("hotline", "Westmere Hotline"))
    with pytest.raises(NotPartyToRecord):
        actions.answer_complaint(complaint=complaint, upheld=False, answer="No.", by=stranger)
    assert queries.complaint(reference=complaint.reference, by=stranger) is None


def test_more_than_people_read_wait_a_minute(hotline: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaints, "MOST_A_MINUTE", 2)
    with moment.standing_at(WEDNESDAY):
        for number in range(2):
            actions.complain(token=f"t{number}", **SAID)
        with pytest.raises(actions.TooManyComplaints):
            actions.complain(token="t3", **SAID)
    with moment.standing_at(WEDNESDAY + timedelta(seconds=61)):
        actions.complain(token="t3", **SAID)


def test_an_erased_complaint_says_nothing_any_more(analyst: Membership) -> None:
    from havenline.foundation.sealing import copies

    complaint, code = complained()
    actions.answer_complaint(complaint=complaint, upheld=False, answer="We looked.", by=analyst)
    copies.destroy(complaint.reference, complaint.pk)
    complaint.refresh_from_db()
    assert (bytes(complaint.said_sealed), complaint.answer) == (b"", "")
    assert queries.stands(code).answer == ""  # type: ignore[union-attr]


# The public door


def test_anybody_complains_and_comes_back_with_the_code(client: Client, analyst: Membership) -> None:
    page = client.get(reverse("listed"))
    taken = client.post(reverse("listed"), SAID | {"token": page.context["token"]})
    code = "-".join(taken.context["groups"])
    assert not taken.cookies
    waiting = client.post(reverse("listed_answer"), {"code": code})
    assert "has not been answered yet" in waiting.content.decode()
    actions.take_in_complaints()
    actions.answer_complaint(complaint=Complaint.objects.get(), upheld=False, answer="It is a list of tools.", by=analyst)
    assert "It is a list of tools." in client.post(reverse("listed_answer"), {"code": code}).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"address": ""}, "address", "Enter the address"),
        ({"words": " "}, "words", "Say in a few words"),
        ({"words": "a " * 1500}, "words", "Shorten it to 2000"),
        ({"address": "a" * 401}, "address", "Shorten it to 400"),
        ({"contact": "not an address"}, "contact", "Enter an e-mail address"),
        ({"words": "data:image/png;base64," + "iVBORw0KGgo" + "A1b2" * 40}, "words", "can’t take pictures"),
    ],
)
def test_what_cannot_be_taken_says_so_beside_its_field_and_keeps_the_rest(
    client: Client, hotline: Agency, wrong: dict[str, str], field: str, says: str
) -> None:
    answer = client.post(reverse("listed"), SAID | wrong | {"token": "t"})
    assert answer.status_code == 400
    assert says in str(answer.context["form"].errors[field])
    assert not Complaint.objects.exists()


def test_a_file_that_comes_along_is_dropped(client: Client, hotline: Agency) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client.post(reverse("listed"), SAID | {"token": "t", "file": SimpleUploadedFile("a.png", b"benign bytes")})
    assert answer.status_code == 200
    assert Complaint.objects.get().said_sealed


@pytest.mark.parametrize("code", ["", "ABCD-EFGH", "x" * 60, "2222-2222-2222-2222"])
def test_a_wrong_code_opens_nothing(client: Client, hotline: Agency, code: str) -> None:
    complained()
    answer = client.post(reverse("listed_answer"), {"code": code})
    assert answer.context["stands"] is None
    assert answer.context["form"].errors["code"]


def test_where_nobody_reads_it_says_so(client: Client) -> None:
    assert client.post(reverse("listed"), SAID | {"token": "t"}).status_code == 503


# The desk


def test_the_queue_shows_what_waits_and_what_was_answered(signed_in: SignIn, analyst: Membership, listed: list[ListEntry]) -> None:
    complaint, _code = complained()
    desk = signed_in(analyst)
    assert complaint.reference in desk.get(reverse("lists:complaints")).content.decode()
    page = desk.get(reverse("lists:complaint", args=[complaint.reference]))
    assert SAID["words"] in page.content.decode()
    said: dict[str, Any] = {"decision": "uphold", "answer": "You were right.", "entry": [one.pk for one in page.context["listed"]]}
    assert desk.post(reverse("lists:complaint", args=[complaint.reference]), said).status_code == 302
    assert complaint.reference not in desk.get(reverse("lists:complaints")).content.decode()
    assert complaint.reference in desk.get(reverse("lists:complaints"), {"state": "answered"}).content.decode()
    assert ListEntry.objects.live().count() == 1


def test_what_a_form_names_beside_the_complaint_is_withdrawn_by_nobody(
    signed_in: SignIn, analyst: Membership, listed: list[ListEntry]
) -> None:
    complaint, _code = complained()
    said: dict[str, Any] = {"decision": "uphold", "answer": "You were right.", "entry": [listed[2].pk]}
    answer = signed_in(analyst).post(reverse("lists:complaint", args=[complaint.reference]), said)
    assert answer.status_code == 400
    assert ListEntry.objects.live().count() == 3


def test_oversight_reads_no_complaint(signed_in: SignIn, hotline: Agency, auditor: Membership) -> None:
    complaint, _code = complained()
    assert signed_in(auditor).get(reverse("lists:complaint", args=[complaint.reference])).status_code == 404
