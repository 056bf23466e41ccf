"""What stands on a list, and that whoever follows it misses no change."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import actions, signals
from havenline.foundation.lists.actions import NewEntry
from havenline.foundation.lists.events import entry_withdrawn
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import Membership, NotYourRole
from tests import factories
from tests.foundation.lists.conftest import pdq, random_pdq

pytestmark = pytest.mark.django_db


def numbers(known_list: KnownList) -> list[tuple[int, str]]:
    return [(change.sequence, change.what) for change in known_list.changes.all()]


def test_each_change_has_the_next_number(hashes: KnownList, analyst: Membership) -> None:
    [one, two] = actions.add_entries(known_list=hashes, new=[pdq(), pdq()], by=analyst).entries
    actions.grade(entry=one, grade="B", by=analyst)
    actions.withdraw(entry=two, by=analyst)
    assert numbers(hashes) == [(1, "added"), (2, "added"), (3, "changed"), (4, "withdrawn")]
    hashes.refresh_from_db()
    assert (hashes.sequence, hashes.live) == (4, 1)


def test_what_is_undone_leaves_no_gap_in_the_numbers(hashes: KnownList, analyst: Membership) -> None:
    with transaction.atomic():
        actions.add_entries(known_list=hashes, new=[pdq()], by=analyst)
        transaction.set_rollback(True)
    actions.add_entries(known_list=hashes, new=[pdq()], by=analyst)
    assert numbers(hashes) == [(1, "added")]


def test_a_value_stands_once_on_a_list_however_it_is_written(hashes: KnownList, analyst: Membership) -> None:
    value = random_pdq()
    added = actions.add_entries(known_list=hashes, new=[NewEntry("pdq", value), NewEntry("PDQ", f" {value.upper()} ")], by=analyst)
    assert (len(added.entries), added.duplicates) == (1, 1)
    again = actions.add_entries(known_list=hashes, new=[NewEntry("pdq", value)], by=analyst)
    assert (len(again.entries), again.already) == (0, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.create(known_list=hashes, signal="pdq", value=value, added_at=hashes.made_at)


def test_the_same_address_is_one_entry_whatever_its_scheme_port_and_capitals(addresses: KnownList, analyst: Membership) -> None:
    new = [NewEntry("url", typed) for typed in ("http://Pictures.Example:80/a%41", "https://pictures.example/aA#part")]
    added = actions.add_entries(known_list=addresses, new=new, by=analyst)
    assert [one.value for one in added.entries] == ["https://pictures.example/aA"]


def test_what_is_said_anew_of_a_value_is_a_change(foreign: KnownList, senior_analyst: Membership) -> None:
    value = random_pdq()
    actions.add_entries(known_list=foreign, new=[NewEntry("pdq", value, claimed_grade="A1")], by=senior_analyst)
    again = actions.add_entries(known_list=foreign, new=[NewEntry("pdq", value, quality=40)], by=senior_analyst)
    entry = ListEntry.objects.get(known_list=foreign)
    assert again.changed == 1
    assert (entry.claimed_grade, entry.quality, entry.never_matched) == ("A1", 40, "low_quality")
    assert numbers(foreign)[-1] == (2, "changed")


@pytest.mark.parametrize(
    ("signal", "value", "quality", "why"),
    [
        ("pdq", "0" * 64, 90, "all_zero"),
        ("pdq", "f" * 64, 90, "all_one"),
        ("pdq", "0123456789abcdef" * 4, 90, "flat"),
        ("pdq", "0" * 62 + "07", 90, "flat"),
        ("pdq", "a5" * 20 + "37c1e09b5d24f68a1b3c5d7e", 49, "low_quality"),
        ("pdq", "a5" * 20 + "37c1e09b5d24f68a1b3c5d7e", 50, ""),
        ("pdq", "a5" * 20 + "37c1e09b5d24f68a1b3c5d7e", None, ""),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", None, "empty"),
        ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", None, "empty"),
        ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", None, "empty"),
        ("sha256", "0" * 64, None, "all_zero"),
        ("md5", "f" * 32, None, "all_one"),
    ],
)
def test_what_would_match_what_it_must_not_is_kept_and_says_why(
    hashes: KnownList, analyst: Membership, signal: str, value: str, quality: int | None, why: str
) -> None:
    [entry] = actions.add_entries(known_list=hashes, new=[NewEntry(signal, value, quality=quality)], by=analyst).entries
    assert entry.never_matched == why
    assert ListEntry.objects.matchable().filter(pk=entry.pk).exists() == (not why)


@pytest.mark.parametrize(
    ("signal", "value", "said"),
    [
        ("pdq", "ab" * 31, "64 hexadecimal digits; this has 62 signs"),
        ("pdq", "g" * 64, "others in it"),
        ("pdq", "٣" * 64, "others in it"),
        ("md5", "ab" * 20, "32 hexadecimal digits; this has 40 signs"),
        ("sha1", "zz" * 20, "others in it"),
        ("sha256", "", "this has 0 signs"),
        ("sha256", "a" * 5000, "at most 4000 signs"),
        ("url", "https://pictures.example/a", "is no signal of this list"),
        ("tmk", "ab", "is no signal of this list"),
    ],
)
def test_what_is_no_value_is_refused_and_says_what_one_looks_like(
    hashes: KnownList, analyst: Membership, signal: str, value: str, said: str
) -> None:
    with pytest.raises((signals.NotASignal, signals.UnknownSignal), match=said):
        actions.add_entries(known_list=hashes, new=[pdq(), NewEntry(signal, value)], by=analyst)
    assert not hashes.entries.exists()


@pytest.mark.parametrize(("signal", "quality"), [("pdq", 101), ("pdq", -1), ("md5", 50)])
def test_a_quality_is_0_to_100_and_of_a_pdq_hash(hashes: KnownList, analyst: Membership, signal: str, quality: int) -> None:
    value = "ab" * (32 if signal == "pdq" else 16)
    with pytest.raises(signals.NotASignal, match="0 to 100"):
        actions.add_entries(known_list=hashes, new=[NewEntry(signal, value, quality=quality)], by=analyst)


def test_a_foreign_entry_is_a_claim_until_somebody_here_confirms_it(foreign: KnownList, analyst: Membership) -> None:
    [entry] = actions.add_entries(known_list=foreign, new=[pdq(claimed_grade="B1")], by=analyst).entries
    assert entry.is_claim
    assert entry.claimed_by == "Southern hotline"
    confirmed = actions.confirm(entry=entry, grade="B", by=analyst)
    assert not confirmed.is_claim
    assert (confirmed.grade, confirmed.claimed_grade) == ("B", "B1")
    with pytest.raises(actions.NotAClaim):
        actions.confirm(entry=entry, by=analyst)


def test_a_grade_is_one_of_the_letters(entry: ListEntry, analyst: Membership) -> None:
    with pytest.raises(actions.NotAGrade, match="A, B, C"):
        actions.grade(entry=entry, grade="A1", by=analyst)


def test_one_click_withdraws_and_announces_it_once(entry: ListEntry, analyst: Membership) -> None:
    heard: list[ListEntry] = []

    def hear(sender: object, entry: ListEntry, **_rest: object) -> None:
        heard.append(entry)

    entry_withdrawn.connect(hear)
    try:
        gone = actions.withdraw(entry=entry, by=analyst)
        actions.withdraw(entry=entry, by=analyst)
    finally:
        entry_withdrawn.disconnect(hear)
    assert [one.pk for one in heard] == [entry.pk]
    assert (gone.withdrawn_because, gone.withdrawn_by) == ("false_positive", analyst)
    assert numbers(entry.known_list)[-1] == (2, "withdrawn")


def test_a_withdrawal_for_another_reason_says_which(entry: ListEntry, analyst: Membership) -> None:
    with pytest.raises(actions.WordsMissing):
        actions.withdraw(entry=entry, because="other", by=analyst)
    assert ListEntry.objects.get(pk=entry.pk).is_live


def test_a_withdrawal_is_taken_back_by_a_new_entry_and_both_stand(entry: ListEntry, analyst: Membership) -> None:
    actions.withdraw(entry=entry, by=analyst)
    again = actions.take_back_withdrawal(entry=ListEntry.objects.get(pk=entry.pk), reason="Looked at again.", by=analyst)
    assert again.pk != entry.pk
    assert (again.value, again.grade) == (entry.value, entry.grade)
    assert not ListEntry.objects.get(pk=entry.pk).is_live
    assert [what for _number, what in numbers(entry.known_list)] == ["added", "withdrawn", "added"]
    with pytest.raises(actions.AlreadyListed):
        actions.take_back_withdrawal(entry=ListEntry.objects.get(pk=entry.pk), reason="Again.", by=analyst)


def test_taking_back_needs_a_reason_and_a_withdrawal(entry: ListEntry, analyst: Membership) -> None:
    with pytest.raises(actions.NotListed):
        actions.take_back_withdrawal(entry=entry, reason="No.", by=analyst)
    gone = actions.withdraw(entry=entry, by=analyst)
    with pytest.raises(actions.WordsMissing):
        actions.take_back_withdrawal(entry=gone, reason=" ", by=analyst)


def test_nobody_of_another_agency_changes_a_list(entry: ListEntry) -> None:
    stranger = factories.member("senior_analyst", factories.agency("hotline", "Westmere Hotline"))
    for act in (
        lambda: actions.withdraw(entry=entry, by=stranger),
        lambda: actions.grade(entry=entry, grade="C", by=stranger),
        lambda: actions.add_entries(known_list=entry.known_list, new=[pdq()], by=stranger),
        lambda: actions.hold_list(known_list=entry.known_list, reason="No.", by=stranger),
        lambda: actions.let_read(known_list=entry.known_list, agency=stranger.agency, may_see=True, by=stranger),
    ):
        with pytest.raises(actions.NotYourList):
            act()


def test_oversight_and_police_change_nothing(entry: ListEntry, auditor: Membership, investigator: Membership) -> None:
    for by in (auditor, investigator):
        with pytest.raises(NotYourRole):
            actions.withdraw(entry=entry, by=by)


def test_a_closed_list_takes_nothing(hashes: KnownList, senior_analyst: Membership) -> None:
    actions.close_list(known_list=hashes, by=senior_analyst)
    with pytest.raises(actions.ListClosed):
        actions.add_entries(known_list=hashes, new=[pdq()], by=senior_analyst)


def test_an_entry_has_its_number_in_the_index(entry: ListEntry) -> None:
    assert entry.index_id == entry.known_list_id * 2**48 + entry.pk


def test_the_ledger_has_one_entry_for_one_act(entry: ListEntry, analyst: Membership, listed: Callable[[int], list[ListEntry]]) -> None:
    before = Entry.objects.count()
    listed(40)
    assert Entry.objects.count() == before + 1
    assert '"reason":"40 entries"' in Entry.objects.latest("pk").body
