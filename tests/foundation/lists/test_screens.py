"""The desk's screens of lists: what each shows, and to whom."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import actions, queries
from havenline.foundation.lists.actions import NewEntry
from havenline.foundation.lists.models import KnownList, ListEntry, ListImport
from havenline.foundation.people.models import Membership
from havenline.foundation.work import queue
from tests import factories
from tests.foundation.lists.conftest import pdq, random_pdq

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]


def text(client: Client, name: str, *args: object, **asked: str) -> str:
    return client.get(reverse(name, args=args), asked).content.decode()


def told(client: Client, name: str, /, *args: object, **said: object) -> str:
    """What the page says after a form was sent."""
    return client.post(reverse(name, args=args), said, follow=True).content.decode()


def test_the_first_page_says_of_each_list_how_it_stands(
    signed_in: SignIn, senior_analyst: Membership, hashes: KnownList, foreign: KnownList, entry: ListEntry
) -> None:
    actions.hold_list(known_list=foreign, reason="Wait.", by=senior_analyst)
    page = text(signed_in(senior_analyst), "lists:lists")
    for words in ("Our hashes", "Southern hotline", "Another hotline", "Held", "Matched", "change 1"):
        assert words in page


def test_without_a_list_it_says_who_makes_one(signed_in: SignIn, analyst: Membership) -> None:
    assert "There is no list yet" in text(signed_in(analyst), "lists:lists")


def test_a_list_is_made_and_told_apart(signed_in: SignIn, senior_analyst: Membership) -> None:
    desk = signed_in(senior_analyst)
    said = {"name": "Benign hashes", "kind": "hash", "origin": "own", "is_matched": "on"}
    assert "The list is made" in told(desk, "lists:new", **said)
    assert "has the short name" in told(desk, "lists:new", **said)
    assert KnownList.objects.get().slug == "benign-hashes"


def test_entries_are_found_by_value_however_it_is_written_by_signal_and_by_state(
    signed_in: SignIn, analyst: Membership, hashes: KnownList
) -> None:
    value = random_pdq()
    entries = actions.add_entries(
        known_list=hashes, new=[NewEntry("pdq", value), NewEntry("md5", "ab" * 16), NewEntry("pdq", "0" * 64)], by=analyst
    ).entries
    desk = signed_in(analyst)

    def shown(**asked: str) -> set[int]:
        answer = desk.get(reverse("lists:list", args=[hashes.slug]), asked)
        return {one.pk for one in answer.context["page"]}

    assert shown() == {one.pk for one in entries}
    assert shown(find=value.upper()) == {entries[0].pk}
    assert shown(find=value[:9]) == {entries[0].pk}
    assert shown(find="%") == set()
    assert shown(signal="md5") == {entries[1].pk}
    assert shown(state="never_matched") == {entries[2].pk}
    actions.withdraw(entry=entries[1], by=analyst)
    assert shown(state="withdrawn") == shown(find="AB" * 16) == {entries[1].pk}


def test_entries_are_paged(signed_in: SignIn, analyst: Membership, listed: Callable[[int], list[ListEntry]], hashes: KnownList) -> None:
    listed(60)
    answer = signed_in(analyst).get(reverse("lists:list", args=[hashes.slug]), {"page": "2"})
    assert len(answer.context["page"].object_list) == 10


def test_an_entry_shows_its_history_from_the_ledger(signed_in: SignIn, analyst: Membership, entry: ListEntry) -> None:
    actions.grade(entry=entry, grade="B", by=analyst)
    other = actions.add_entries(known_list=entry.known_list, new=[pdq()], by=analyst).entries[0]
    actions.withdraw(entry=other, by=analyst)
    assert [one.verb for one in queries.history(entry)] == ["added to a list", "graded a listed entry"]
    page = text(signed_in(analyst), "lists:entry", entry.pk)
    assert "graded a listed entry" in page
    assert "withdrew a listed entry" not in page


def test_an_entry_says_why_it_is_never_matched_by_itself(signed_in: SignIn, analyst: Membership, hashes: KnownList) -> None:
    [entry] = actions.add_entries(known_list=hashes, new=[pdq(quality=30)], by=analyst).entries
    assert "Its quality is below 50" in text(signed_in(analyst), "lists:entry", entry.pk)


def test_one_click_withdraws_and_a_reason_lists_it_again(signed_in: SignIn, analyst: Membership, entry: ListEntry) -> None:
    desk = signed_in(analyst)
    assert "whoever follows the list is told" in told(desk, "lists:act_on_entry", entry.pk, "withdraw")
    assert "Say why the withdrawal is taken back" in told(desk, "lists:act_on_entry", entry.pk, "take-back")
    assert "Listed again" in told(desk, "lists:act_on_entry", entry.pk, "take-back", reason="Looked at again.")
    assert ListEntry.objects.live().get().value == entry.value


@pytest.mark.parametrize("because", ["complaint", "nothing"])
def test_a_reason_that_is_none_withdraws_nothing(signed_in: SignIn, analyst: Membership, entry: ListEntry, because: str) -> None:
    answer = signed_in(analyst).post(reverse("lists:act_on_entry", args=[entry.pk, "withdraw"]), {"because": because})
    assert answer.status_code == 404
    assert ListEntry.objects.live().exists()


def test_a_claim_reads_claimed_by_its_source_until_it_is_confirmed(signed_in: SignIn, analyst: Membership, foreign: KnownList) -> None:
    [entry] = actions.add_entries(known_list=foreign, new=[pdq(claimed_grade="B2")], by=analyst).entries
    desk = signed_in(analyst)
    assert "claimed by Southern hotline" in text(desk, "lists:list", foreign.slug)
    assert "Confirmed: it is our own word now" in told(desk, "lists:act_on_entry", entry.pk, "confirm", grade="B")
    assert "claimed by Southern hotline" not in text(desk, "lists:list", foreign.slug)


def test_the_page_of_an_entry_says_where_it_was_matched_once_a_room_tells(
    signed_in: SignIn, analyst: Membership, entry: ListEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_matched", [lambda _entry, _by: [{"title": "HL-2222-2222", "url": "/desk/", "at": moment.now()}]])
    assert "HL-2222-2222" in text(signed_in(analyst), "lists:entry", entry.pk)


def test_an_entry_is_added_by_hand_and_a_wrong_one_says_what_is_expected(signed_in: SignIn, analyst: Membership, hashes: KnownList) -> None:
    desk = signed_in(analyst)
    assert "64 hexadecimal digits; this has 3 signs" in told(desk, "lists:add", hashes.slug, signal="pdq", value="abc")
    value = random_pdq()
    assert "It is listed" in told(desk, "lists:add", hashes.slug, signal="pdq", value=value, quality="77")
    assert "stands on the list already" in told(desk, "lists:add", hashes.slug, signal="pdq", value=value)


def test_pasted_lines_are_read_shown_and_applied_in_the_background(
    signed_in: SignIn, senior_analyst: Membership, hashes: KnownList
) -> None:
    desk = signed_in(senior_analyst)
    wrong = desk.post(reverse("lists:bring", args=[hashes.slug]), {"lines": "signal,value\nmd5,ab\npdq,\n"})
    assert wrong.status_code == 400
    assert [number for number, _why in wrong.context["errors"]] == [2, 3]
    lines = "signal,value,quality\n" + "".join(f"pdq,{random_pdq()},90\n" for _one in range(30))
    page = told(desk, "lists:bring", hashes.slug, lines=lines)
    assert "What this import would do" in page
    imported = ListImport.objects.get()
    assert not hashes.entries.exists()
    assert "being applied in the background" in told(desk, "lists:settle_import", imported.pk, "apply")
    while task := queue.take("here"):
        queue.run(task)
    assert hashes.entries.live().count() == 30
    assert "What this import did" in text(desk, "lists:import", imported.pk)


def test_a_hundred_thousand_digits_that_are_no_picture_are_taken(signed_in: SignIn, senior_analyst: Membership, hashes: KnownList) -> None:
    lines = "signal,value\n" + "".join(f"pdq,{random_pdq()}\n" for _one in range(1_500))
    assert "What this import would do" in told(signed_in(senior_analyst), "lists:bring", hashes.slug, lines=lines)


def test_what_is_held_is_applied_with_a_reason_or_refused(
    signed_in: SignIn, senior_analyst: Membership, hashes: KnownList, listed: Callable[[int], list[ListEntry]]
) -> None:
    standing = listed(30)
    desk = signed_in(senior_analyst)
    told(desk, "lists:bring", hashes.slug, lines=f"signal,value\npdq,{standing[0].value}\n", is_whole="on")
    imported = ListImport.objects.get()
    assert "It would withdraw 96% of the list" in text(desk, "lists:held")
    assert "Say why it is right" in told(desk, "lists:settle_import", imported.pk, "apply")
    assert "It is refused" in told(desk, "lists:settle_import", imported.pk, "refuse", reason="The source is broken.")
    assert hashes.entries.live().count() == 30


def test_readers_are_let_in_and_out(signed_in: SignIn, senior_analyst: Membership, hashes: KnownList) -> None:
    platform = factories.agency("platform")
    desk = signed_in(senior_analyst)
    assert "Choose what the agency may do" in told(desk, "lists:readers", hashes.slug, agency=platform.pk)
    assert "From now on it may" in told(desk, "lists:readers", hashes.slug, agency=platform.pk, may_match="on")
    assert "reads the list no more" in told(desk, "lists:end_reader", hashes.slug, hashes.readers.get().pk)


def test_an_analyst_lets_nobody_in(signed_in: SignIn, analyst: Membership, hashes: KnownList) -> None:
    platform = factories.agency("platform")
    told(signed_in(analyst), "lists:readers", hashes.slug, agency=platform.pk, may_match="on")
    assert not hashes.readers.exists()


def test_a_list_is_held_released_and_closed(signed_in: SignIn, senior_analyst: Membership, hashes: KnownList) -> None:
    desk = signed_in(senior_analyst)
    assert "Say why the list is held" in told(desk, "lists:act", hashes.slug, "hold")
    assert "The list is held." in told(desk, "lists:act", hashes.slug, "hold", reason="Broken into.")
    assert "The list is released" in told(desk, "lists:act", hashes.slug, "release")
    assert "The list is closed" in told(desk, "lists:act", hashes.slug, "close")
    assert "This list is closed" in told(desk, "lists:act", hashes.slug, "hold", reason="Again.")


def test_terms_are_changed(signed_in: SignIn, senior_analyst: Membership, hashes: KnownList) -> None:
    told(signed_in(senior_analyst), "lists:terms", hashes.slug, name="Ours", licence="Members", sharing_terms="No onward sharing")
    hashes.refresh_from_db()
    assert (hashes.name, hashes.licence, hashes.is_matched) == ("Ours", "Members", False)


def test_a_list_is_taken_out_as_csv_and_the_ledger_vouches_for_the_copy(signed_in: SignIn, analyst: Membership, entry: ListEntry) -> None:
    import hashlib

    answer = signed_in(analyst).get(reverse("lists:export", args=[entry.known_list.slug]))
    assert answer.content.decode().splitlines()[1].startswith(f"pdq,{entry.value},add,90,A,")
    assert hashlib.sha256(answer.content).hexdigest() in Entry.objects.filter(body__contains='"verb":"exported a list"').get().body


def test_oversight_reads_and_changes_nothing(signed_in: SignIn, auditor: Membership, entry: ListEntry) -> None:
    desk = signed_in(auditor)
    page = text(desk, "lists:entry", entry.pk)
    assert entry.value in page
    assert "Withdraw" not in page
    assert desk.post(reverse("lists:act_on_entry", args=[entry.pk, "withdraw"])).status_code == 404
    assert ListEntry.objects.live().exists()


def test_a_list_of_another_agency_does_not_exist(signed_in: SignIn, entry: ListEntry) -> None:
    desk = signed_in(factories.member("senior_analyst", factories.agency("hotline", "Westmere Hotline")))
    for name, argument in (("lists:list", entry.known_list.slug), ("lists:entry", entry.pk), ("lists:terms", entry.known_list.slug)):
        assert desk.get(reverse(name, args=[argument])).status_code == 404


def test_each_look_is_on_the_ledger(signed_in: SignIn, analyst: Membership, entry: ListEntry) -> None:
    text(signed_in(analyst), "lists:entry", entry.pk)
    assert f'"object":"list entry {entry.pk}"' in Entry.objects.latest("pk").body
    assert '"look":true' in Entry.objects.latest("pk").body
