"""Our own calls: many at once, and what was taken back."""

from collections.abc import Callable

import pytest

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.lists.queries import where_matched
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.recognition import actions
from havenline.foundation.recognition.models import TakenBack, Told
from tests import factories
from tests.foundation.recognition.conftest import bits, turned
from tests.foundation.recognition.test_hma_calls import Ask, ask, server

__all__ = ["ask", "server"]

pytestmark = pytest.mark.django_db(transaction=True)

Put = Callable[..., ListEntry]
RAW = {"Content-Type": "application/octet-stream"}


def test_many_of_several_kinds_in_one_call(ask: Ask, known_list: KnownList, put: Put) -> None:
    hash_, digest = bits(), bits()
    one, two = put(known_list, hash_), put(known_list, digest, signal="sha256")
    sent = {"pdq": [bits().hex(), turned(hash_, 3).hex()], "sha256": [digest.hex()], "md5": ["0" * 32]}
    answer = ask("POST", "/api/v1/match", json=sent).json()
    assert answer["looked_up"] == 4
    assert [(match["signal"], match["position"], match["content_id"]) for match in answer["matches"]] == [
        ("pdq", 1, one.pk),
        ("sha256", 0, two.pk),
    ]
    assert answer["matches"][0]["list"] == "our-hashes"


def test_hashes_alone_as_bytes(ask: Ask, known_list: KnownList, put: Put) -> None:
    hash_ = bits()
    entry = put(known_list, hash_)
    answer = ask("POST", "/api/v1/match", data=bits() + b"\x00" * 32 + turned(hash_, 200), headers=RAW).json()
    assert (answer["looked_up"], answer["not_matched"]) == (3, [1])
    assert [(match["position"], match["content_id"]) for match in answer["matches"]] == [(2, entry.pk)]
    assert ask("POST", "/api/v1/match", data=b"\x01" * 33, headers=RAW).status_code == 400
    assert ask("POST", "/api/v1/match", data=b"\x01" * 32 * 10_001, headers=RAW).status_code == 400


def test_addresses_are_known_by_themselves_their_path_and_their_host(ask: Ask, hotline: Agency, platform: Agency, put: Put) -> None:
    listed = lists.make_list(name="Our addresses", kind="url", origin="own", agency=hotline, by=INSTALLATION)
    lists.let_read(known_list=listed, agency=platform, may_match=True, by=INSTALLATION)
    page = put(listed, "https://one.example/a/b", signal="url")
    folder = put(listed, "https://two.example/album/", signal="url")
    host = put(listed, "three.example", signal="host")
    sent = ["http://one.example/a/b", "https://one.example/a/bc", "https://two.example/album/1?x=2", "https://cdn.three.example/z"]
    answer = ask("POST", "/api/v1/match", json={"url": sent}).json()
    assert [(match["position"], match["content_id"]) for match in answer["matches"]] == [(0, page.pk), (2, folder.pk), (3, host.pk)]


def test_low_quality_and_flat_hashes_match_nothing_and_are_named(ask: Ask, known_list: KnownList, put: Put) -> None:
    hash_ = bits()
    put(known_list, hash_)
    sent = {"pdq": [hash_.hex(), "f" * 64, hash_.hex()], "quality": [49, 100, 50]}
    answer = ask("POST", "/api/v1/match", json=sent).json()
    assert answer["not_matched"] == [0, 1]
    assert [match["position"] for match in answer["matches"]] == [2]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([], "Send an object"),
        ({}, "1 to 10,000"),
        ({"pdq": "00"}, "is a list"),
        ({"pdq": ["00"]}, "pdq[0]"),
        ({"sha256": ["0" * 64, 7]}, "sha256[1]"),
        ({"tmk": ["0"]}, "no kind of signal"),
        ({"pdq": ["0" * 64] * 10_001}, "1 to 10,000"),
        ({"pdq": ["a" * 64], "quality": [101]}, "quality"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(sent: object, words: str, ask: Ask, known_list: KnownList) -> None:
    answer = ask("POST", "/api/v1/match", json=sent)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert words in answer.json()["title"]


def test_a_body_that_is_no_json_or_too_large_is_refused(ask: Ask) -> None:
    assert ask("POST", "/api/v1/match", data=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert ask("POST", "/api/v1/match", data=b"[" * 100_000, headers={"Content-Type": "application/json"}).status_code == 400
    assert ask("POST", "/api/v1/match", data=b"x").status_code == 415


def test_whoever_was_told_of_an_entry_is_told_that_it_was_withdrawn(
    ask: Ask, known_list: KnownList, put: Put, key: tuple[ApiKey, str]
) -> None:
    hash_ = bits()
    entry, never_told = put(known_list, hash_), put(known_list, bits())
    ask("POST", "/api/v1/match", json={"pdq": [hash_.hex()]})
    assert ask("GET", "/api/v1/match/changes").json() == {"changes": [], "cursor": 0, "more": False}
    assert Told.objects.get().entry_id == entry.pk
    for one in (entry, never_told):
        lists.withdraw(entry=one, by=INSTALLATION)
    answer = ask("GET", "/api/v1/match/changes").json()
    assert [(one["content_id"], one["what"], one["list"], one["because"]) for one in answer["changes"]] == [
        (entry.pk, "withdrawn", "our-hashes", "false_positive")
    ]
    assert ask("GET", "/api/v1/match/changes", params={"cursor": answer["cursor"]}).json()["changes"] == []
    new, clear = people.rotate_api_key(api_key=key[0], by=INSTALLATION)
    assert new.line == key[0].pk
    assert len(ask("GET", "/api/v1/match/changes", by=clear).json()["changes"]) == 1


def test_an_entrys_page_says_to_the_lists_own_agency_who_was_told(
    known_list: KnownList, put: Put, key: tuple[ApiKey, str], hotline: Agency
) -> None:
    entry = put(known_list, bits())
    actions.remember_told({(key[0].pk, entry.pk)})
    ours, another = (
        factories.member("senior_analyst", hotline),
        factories.member("senior_analyst", factories.agency("hotline", "Another Hotline")),
    )
    assert [one["title"] for one in where_matched(entry, by=ours)] == [f"{key[0].agency.name} was told"]
    assert where_matched(entry, by=another) == []


def test_an_entry_that_was_withdrawn_before_it_was_written_down_is_taken_back(
    known_list: KnownList, put: Put, key: tuple[ApiKey, str]
) -> None:
    entry = put(known_list, bits())
    lists.withdraw(entry=entry, by=INSTALLATION)
    for _time in range(2):
        actions.remember_told({(key[0].pk, entry.pk)})
    assert [(one.entry_id, one.sequence) for one in TakenBack.objects.all()] == [(entry.pk, 1)]


def test_the_document_names_each_call(ask: Ask) -> None:
    said = ask("GET", "/api/v1/match/openapi.json").json()
    assert set(said["paths"]) == {"/api/v1/match", "/api/v1/match/changes"}


def test_a_key_that_has_asked_enough_is_told_when_to_ask_again(ask: Ask, recogniser: object, known_list: KnownList) -> None:
    recogniser.rate, recogniser.most = 10.0, 100.0  # type: ignore[attr-defined]
    assert ask("POST", "/api/v1/match", json={"pdq": [bits().hex() for _one in range(100)]}).status_code == 200
    answer = ask("POST", "/api/v1/match", json={"pdq": [bits().hex() for _one in range(50)]})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 6
