"""What our own API says of a list: signed, in pages that end, with what was withdrawn, and nothing of what may not be known yet."""

import json
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.actors import CLOCK, INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import csv_file
from havenline.foundation.lists.exchange import actions, outside, queries
from havenline.foundation.lists.exchange.formats import signed, table
from havenline.foundation.lists.exchange.models import Reading
from havenline.foundation.lists.models import KnownList, ListChange
from havenline.foundation.people.roles import Scope
from havenline.foundation.sealing import keys
from tests import factories
from tests.foundation.lists.exchange.given import add, bearer, hash_list, key_for, md5, pdq, sha256, withdraw

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).parents[4] / "docs/platforms/verify_list.py"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def read(answer: Any) -> signed.Read:
    assert answer.status_code == 200, answer.content
    return signed.read(body(answer), [keys.lists_key().public])


def get(
    client: Client, name: str, known_list: KnownList, raw: str, *, form: str = "", headers: dict[str, str] | None = None, **said: Any
) -> Any:
    address = reverse(f"api:{name}", args=[known_list.slug, form] if form else [known_list.slug])
    return client.get(address, said, headers=bearer(raw) | (headers or {}))


def changes(client: Client, known_list: KnownList, raw: str, cursor: str = "", size: int = 1_000) -> signed.Read:
    return read(get(client, "list_changes", known_list, raw, cursor=cursor, size=size))


def test_a_key_is_told_which_lists_it_is_sent_and_by_which_keys_they_are_signed(client: Client) -> None:
    known_list = hash_list()
    hash_list("Not theirs")
    _key, raw = key_for(known_list)
    said = client.get(reverse("api:lists"), headers=bearer(raw)).json()
    assert [one["slug"] for one in said["lists"]] == ["northmere-hashes"]
    assert said["lists"][0]["ncmec"].endswith("/lists/northmere-hashes/ncmec")
    assert said["keys"] == [str(keys.lists_key().public)]


def test_a_snapshot_says_everything_that_stands_and_where_to_go_on(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("pdq", pdq(1)), ("sha256", sha256("b")), grade="A")
    withdraw(known_list, md5("a"))
    _key, raw = key_for(known_list)
    found = read(get(client, "list_snapshot", known_list, raw))
    assert [(one.signal, one.value, one.grade, one.quality) for one in found.told] == [
        ("pdq", pdq(1), "A", 90),
        ("sha256", sha256("b"), "A", None),
    ]
    assert found.head.licence == "For matching alone."
    add(known_list, ("md5", md5("c")))
    withdraw(known_list, pdq(1))
    after = changes(client, known_list, raw, found.seal.cursor)
    assert [(one.value, one.is_listed) for one in after.told] == [(md5("c"), True), (pdq(1), False)]


def test_changes_come_in_pages_that_end(client: Client) -> None:
    known_list = hash_list()
    values = [md5(str(number)) for number in range(25)]
    add(known_list, *(("md5", value) for value in values))
    _key, raw = key_for(known_list)
    found, cursor, more, pages = [], "", True, 0
    while more:
        page = changes(client, known_list, raw, cursor, size=10)
        found += [one.value for one in page.told]
        cursor, more, pages = page.seal.cursor, page.seal.more, pages + 1
    assert (found, pages) == (values, 3)
    assert changes(client, known_list, raw, cursor).told == ()


def test_a_value_that_was_listed_again_is_not_told_withdrawn_after_that(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    withdraw(known_list, md5("a"))
    add(known_list, ("md5", md5("a")))
    old = known_list.entries.exclude(withdrawn_at=None).get()
    with lists.changing(known_list) as kept:
        kept.note(ListChange.What.CHANGED, [old])
    _key, raw = key_for(known_list)
    holds: dict[str, bool] = {}
    for one in changes(client, known_list, raw).told:
        holds[one.value] = one.is_listed
    assert holds == {md5("a"): True}


def test_what_may_not_be_known_yet_shows_in_nothing_that_an_outsider_sees(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    _key, raw = key_for(known_list)

    def seen() -> list[Any]:
        page = get(client, "list_changes", known_list, raw)
        snapshot = get(client, "list_snapshot", known_list, raw)
        csv = get(client, "list_csv", known_list, raw)
        return [read(page).seal, page["ETag"], read(snapshot).seal, snapshot["ETag"], body(csv), csv["ETag"]]

    before = seen()
    add(known_list, ("md5", md5("held back")), may_be_known=False)
    assert seen() == before
    withdraw(known_list, md5("held back"))
    assert seen() == before


def test_what_is_released_comes_with_the_next_changes(client: Client) -> None:
    known_list = hash_list()
    entry = add(known_list, ("md5", md5("held back")), may_be_known=False)[0]
    add(known_list, ("md5", md5("a")))
    _key, raw = key_for(known_list)
    page = changes(client, known_list, raw)
    entry.shareable_from = moment.now()
    entry.save()
    with lists.changing(known_list) as kept:
        kept.note(ListChange.What.RELEASED, [entry])
    assert [one.value for one in changes(client, known_list, raw, page.seal.cursor).told] == [md5("held back")]


def test_a_claim_leaves_as_a_claim(client: Client) -> None:
    known_list = hash_list("Foreign hashes", origin="hotline")
    lists.add_entries(known_list=known_list, new=[lists.NewEntry("md5", md5("a"), claimed_grade="A1")], by=INSTALLATION)
    _key, raw = key_for(known_list)
    (one,) = changes(client, known_list, raw).told
    assert (one.by, one.grade) == ("Foreign hashes", "A1")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "!", "ä" * 20, "A" * 60])
def test_what_is_no_cursor_is_refused_and_never_a_new_beginning(client: Client, cursor: str) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    answer = get(client, "list_changes", known_list, raw, cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_the_cursor_of_another_list_is_refused(client: Client) -> None:
    first, second = hash_list(), hash_list("Second")
    _key, raw = key_for(first, second)
    cursor = changes(client, first, raw).seal.cursor
    answer = get(client, "list_changes", second, raw, cursor=cursor)
    assert (answer.status_code, "another list" in answer.json()["detail"]) == (400, True)


def test_the_cursor_of_another_form_is_refused(client: Client) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    cursor = outside.cursor(outside.Position(known_list.pk, 0), outside.NCMEC)
    assert get(client, "list_changes", known_list, raw, cursor=cursor).status_code == 400


def test_a_cursor_that_is_ahead_of_a_restored_list_is_refused(client: Client) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    cursor = outside.cursor(outside.Position(known_list.pk, 99), outside.CHANGES)
    answer = get(client, "list_changes", known_list, raw, cursor=cursor)
    assert (answer.status_code, "restored" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize("name", ["list_snapshot", "list_changes", "list_csv"])
def test_nothing_new_is_a_304(client: Client, name: str) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    _key, raw = key_for(known_list)
    first = get(client, name, known_list, raw)
    body(first)
    again = get(client, name, known_list, raw, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    withdraw(known_list, md5("a"))
    assert get(client, name, known_list, raw, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_csv_says_what_stands(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("pdq", pdq(1)), grade="B")
    _key, raw = key_for(known_list)
    text = body(get(client, "list_csv", known_list, raw))
    assert [(line.entry.value, line.entry.claimed_grade, line.problem) for line in csv_file.lines_of(BytesIO(text))] == [
        (md5("a"), "B", ""),
        (pdq(1), "B", ""),
    ]
    found = list(table.read(text))
    assert [(one.signal, one.value, one.grade) for one in found] == [("md5", md5("a"), "B"), ("pdq", pdq(1), "B")]


# Who reads


def test_a_key_for_something_else_reads_no_list(client: Client) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list, scopes=(Scope.SEND, Scope.READ))
    assert get(client, "list_changes", known_list, raw).status_code == 403


def test_who_may_see_and_match_a_list_but_not_be_sent_it_reads_none(client: Client) -> None:
    known_list = hash_list()
    key, raw = key_for()
    lists.let_read(known_list=known_list, agency=key.agency, by=INSTALLATION, may_see=True, may_match=True)
    assert get(client, "list_changes", known_list, raw).status_code == 404


def test_whose_reading_has_ended_reads_no_more(client: Client) -> None:
    known_list = hash_list()
    _key, raw = key_for(known_list)
    assert get(client, "list_changes", known_list, raw).status_code == 200
    lists.end_reader(reader=known_list.readers.get(), by=INSTALLATION)
    for name in ("list_changes", "list_snapshot", "list_csv"):
        assert get(client, name, known_list, raw).status_code == 404


def test_how_far_a_reader_has_come_is_what_it_comes_back_with(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("md5", md5("b")))
    _key, raw = key_for(known_list)
    page = changes(client, known_list, raw)
    assert Reading.objects.get().position == 0
    changes(client, known_list, raw, page.seal.cursor)
    assert Reading.objects.get().position == 2


def test_a_reader_that_does_not_come_for_a_withdrawal_is_shown(client: Client) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    _key, raw = key_for(known_list)
    cursor = changes(client, known_list, raw).seal.cursor
    changes(client, known_list, raw, cursor)
    withdraw(known_list, md5("a"))
    assert queries.behind() == []
    with moment.standing_at(moment.now() + timedelta(days=4)):
        (late,) = queries.behind()
        assert late.unread_withdrawals == 1
        page = changes(client, known_list, raw, cursor)
        assert len(queries.behind()) == 1
        changes(client, known_list, raw, page.seal.cursor)
        assert queries.behind() == []


# Editions of a URL list


def url_list() -> KnownList:
    known_list = hash_list("Northmere addresses", kind="url")
    add(known_list, ("url", "https://pictures.example/item/1"), ("url", "https://other.example/a"), ("host", "bad.example"))
    return known_list


def lines_of(answer: Any) -> list[str]:
    return [line for line in body(answer).decode().splitlines() if not line.startswith("#")]


def test_a_url_list_is_made_in_three_forms(client: Client) -> None:
    known_list = url_list()
    actions.make_editions(known_list=known_list, by=CLOCK)
    _key, raw = key_for(known_list)
    plain, hashed, hosts = (get(client, "list_edition", known_list, raw, form=form) for form in ("plain", "hashed", "hosts"))
    values = sorted(known_list.entries.values_list("value", flat=True))
    assert lines_of(plain) == values
    assert lines_of(hashed) == sorted(sha256(value) for value in values)
    assert lines_of(hosts) == ["0.0.0.0 bad.example"]


def test_an_edition_is_signed(client: Client) -> None:
    known_list = url_list()
    actions.make_editions(known_list=known_list, by=CLOCK)
    _key, raw = key_for(known_list)
    note = proof.Note.read(body(get(client, "list_edition_signature", known_list, raw, form="plain")).decode())
    assert note.signed_by([keys.lists_key().public])
    assert sha256(body(get(client, "list_edition", known_list, raw, form="plain")).decode()) in note.text


def test_whoever_reads_an_edition_sees_when_it_expires_and_that_it_has(client: Client) -> None:
    known_list = url_list()
    actions.make_editions(known_list=known_list, by=CLOCK)
    _key, raw = key_for(known_list)
    answer = get(client, "list_edition", known_list, raw, form="plain")
    assert answer["Havenline-Expired"] == "no"
    assert b"# expires: " in body(answer)
    with moment.standing_at(moment.now() + timedelta(hours=25)):
        assert get(client, "list_edition", known_list, raw, form="plain")["Havenline-Expired"] == "yes"


def test_editions_are_made_at_six_and_at_eighteen_hours_and_one_that_was_missed_later(on_wednesday: Any) -> None:
    known_list = url_list()
    day = on_wednesday.replace(hour=0, minute=0)
    made = []
    for hour in range(5, 40):
        with moment.standing_at(day + timedelta(hours=hour, minutes=1)):
            if hour not in (6, 7) and actions.editions_due(known_list):
                actions.make_editions(known_list=known_list, by=CLOCK)
                made.append(hour)
    assert made == [5, 8, 18, 30]


def test_old_editions_are_read_by_their_number_for_two_weeks(client: Client) -> None:
    known_list = url_list()
    _key, raw = key_for(known_list)
    start = moment.now() - timedelta(days=20)
    numbers = []
    for day in range(20):
        with moment.standing_at(start + timedelta(days=day)):
            numbers.append(actions.make_editions(known_list=known_list, by=CLOCK)[0].number)
    assert get(client, "list_edition", known_list, raw, form="plain", number=numbers[-14]).status_code == 200
    assert get(client, "list_edition", known_list, raw, form="plain", number=numbers[0]).status_code == 404


def test_an_edition_does_not_hold_what_may_not_be_known_yet() -> None:
    known_list = url_list()
    add(known_list, ("url", "https://held.example/back"), may_be_known=False)
    for edition in actions.make_editions(known_list=known_list, by=CLOCK):
        assert "held.example" not in edition.body


# Anybody can check it


def verify(tmp_path: Path, content: bytes, key: str, *more: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "list.ndjson"
    path.write_bytes(content)
    return subprocess.run([sys.executable, str(VERIFIER), str(path), "--key", key, *more], capture_output=True, text=True, timeout=60)


def test_the_small_verifier_agrees_and_finds_each_change(client: Client, tmp_path: Path) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")), ("md5", md5("b")))
    _key, raw = key_for(known_list)
    whole, key = body(get(client, "list_snapshot", known_list, raw)), str(keys.lists_key().public)
    good = verify(tmp_path, whole, key)
    assert (good.returncode, "2 values" in good.stdout) == (0, True), good.stderr
    lines = whole.decode().splitlines(keepends=True)
    for wrong in (
        whole.replace(md5("a").encode(), md5("c").encode()),
        "".join(lines[:1] + lines[2:]).encode(),
        "".join(lines[:-1]).encode(),
        whole[:-30],
        b"",
    ):
        assert verify(tmp_path, wrong, key).returncode == 1
    assert verify(tmp_path, whole, str(proof.SigningKey.make("other.example/lists").public)).returncode == 1


def test_the_small_verifier_checks_an_edition(client: Client, tmp_path: Path) -> None:
    known_list = url_list()
    edition = actions.make_editions(known_list=known_list, by=CLOCK)[0]
    note = tmp_path / "note"
    note.write_text(edition.note)
    key = str(keys.lists_key().public)
    assert verify(tmp_path, edition.body.encode(), key, "--signature", str(note)).returncode == 0
    assert verify(tmp_path, edition.body.encode() + b"https://another.example/\n", key, "--signature", str(note)).returncode == 1


def test_an_entrys_number_outside_tells_of_no_other(db: None) -> None:
    numbers = [outside.number(pk) for pk in range(1, 200)]
    assert len(set(numbers)) == 199
    assert [outside.pk_of(number) for number in numbers] == list(range(1, 200))
    assert numbers != sorted(numbers, key=int)
    assert json.dumps(numbers)
    assert factories.agency("platform")
