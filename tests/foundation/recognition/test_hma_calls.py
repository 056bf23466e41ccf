"""HMA's calls, asked as a client that was written for it asks them: over HTTP, by `requests`."""

import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import numpy as np
import pytest
import requests
from django.db import connections
from django.test import override_settings
from django_tasks_db.models import DBTaskResult
from PIL import Image

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.ledger.models import Entry
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, ApiKey
from havenline.foundation.recognition.answering import Application
from havenline.foundation.recognition.follower import Follower
from havenline.foundation.recognition.recogniser import Recogniser
from havenline.site import database_roles
from tests import databases, factories
from tests.foundation.recognition.conftest import bits, turned

pytestmark = pytest.mark.django_db(transaction=True)

Put = Callable[..., ListEntry]
Ask = Callable[..., requests.Response]


class Quiet(WSGIRequestHandler):
    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def server(recogniser: Recogniser) -> Iterator[str]:
    made: WSGIServer = make_server("127.0.0.1", 0, Application(recogniser), handler_class=Quiet)

    def serve() -> None:
        made.serve_forever()
        connections.close_all()  # this thread's own: the owner may end no other user's line

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()


@pytest.fixture
def ask(server: str, recogniser: Recogniser, follower: Follower, key: tuple[ApiKey, str]) -> Ask:
    """Ask as the platform: its key stands in the base URL, as HMA's clients can be told. On PostgreSQL the role's own user answers."""

    def asked(method: str, path: str, *, by: str = key[1], **more: Any) -> requests.Response:
        with databases.as_the_user_of(database_roles.MATCH), override_settings(READS_REPORTS=False):
            while follower.turn():
                pass
            recogniser.freshen()
            return requests.request(method, f"{server}/k/{by}{path}", timeout=30, **more)

    return asked


@pytest.fixture
def of_the_hotline(hotline: Agency) -> str:
    _key, clear = people.make_api_key(agency=hotline, by=INSTALLATION, scopes=("match", "curate"))
    return clear


def test_raw_lookup_names_what_matches(ask: Ask, known_list: KnownList, put: Put) -> None:
    hash_ = bits()
    one, _other = put(known_list, hash_), put(known_list, bits())
    answer = ask("GET", "/m/raw_lookup", params={"signal": turned(hash_, 0, 9).hex(), "signal_type": "pdq"})
    assert (answer.status_code, answer.json()) == (200, {"matches": [one.pk]})
    assert ask("GET", "/m/raw_lookup", params={"signal": bits().hex(), "signal_type": "pdq"}).json() == {"matches": []}


@pytest.mark.parametrize("signal", ["md5", "sha1", "sha256"])
def test_raw_lookup_of_a_digest(signal: str, ask: Ask, known_list: KnownList, put: Put) -> None:
    length = {"md5": 16, "sha1": 20, "sha256": 32}[signal]
    entry = put(known_list, bits()[:length], signal=signal)
    assert ask("GET", "/m/raw_lookup", params={"signal": entry.value, "signal_type": signal}).json() == {"matches": [entry.pk]}
    assert ask("GET", "/m/raw_lookup", params={"signal": entry.value.upper(), "signal_type": signal}).json() == {"matches": [entry.pk]}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"signal_type": "pdq"}, "signal is required"),
        ({"signal": "00"}, "signal_type is required"),
        ({"signal": "00", "signal_type": "pdq"}, "invalid signal"),
        ({"signal": "z" * 64, "signal_type": "pdq"}, "invalid signal"),
        ({"signal": "a" * 63, "signal_type": "sha256"}, "invalid signal"),
        ({"signal": "00", "signal_type": "tmk"}, "No such SignalType 'tmk'"),
        ({"signal": "a" * 64, "signal_type": "pdq", "include_distance": "perhaps"}, "invalid boolean"),
    ],
)
def test_what_cannot_be_looked_up_is_refused_in_words(fields: dict[str, str], words: str, ask: Ask, known_list: KnownList) -> None:
    answer = ask("GET", "/m/raw_lookup", params=fields)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_lookup_names_banks_and_whose_word_it_is(ask: Ask, known_list: KnownList, put: Put) -> None:
    hash_ = bits()
    entry = put(known_list, hash_, grade="A")
    answer = ask("GET", "/m/lookup", params={"signal": hash_.hex(), "signal_type": "pdq"}).json()
    match = {"bank_content_id": entry.pk, "distance": "", "list": "our-hashes", "confirmed": True}
    assert answer == {"OUR_HASHES": [match]}  # its grade is for those who may see the list
    assert ask("GET", "/m/lookup", params={"signal": hash_.hex(), "signal_type": "pdq", "banks": "ANOTHER"}).json() == {}


def test_who_may_see_the_list_is_told_the_grade(ask: Ask, known_list: KnownList, put: Put, hotline: Agency) -> None:
    other = factories.agency("platform", "video.example")
    lists.let_read(known_list=known_list, agency=other, may_match=True, may_see=True, by=INSTALLATION)
    _key, clear = people.make_api_key(agency=other, by=INSTALLATION)
    hash_ = bits()
    put(known_list, hash_, grade="A", about={"series": "benign"})
    (match,) = ask("GET", "/m/lookup", params={"signal": hash_.hex(), "signal_type": "pdq"}, by=clear).json()["OUR_HASHES"]
    assert (match["grade"], match["about"]) == ("A", {"series": "benign"})


def test_a_platform_is_never_told_how_near_nor_how_many(ask: Ask, known_list: KnownList, put: Put, of_the_hotline: str) -> None:
    hash_ = bits()
    put(known_list, hash_)
    fields = {"signal": turned(hash_, 4).hex(), "signal_type": "pdq", "include_distance": "true"}
    refused = ask("GET", "/m/raw_lookup", params=fields)
    assert refused.status_code == 403
    assert "never how near" in refused.json()["message"]
    assert ask("GET", "/m/index/status").json()["pdq"]["size"] == 0
    (told,) = ask("GET", "/m/raw_lookup", params=fields, by=of_the_hotline).json()["matches"]
    assert told["distance"] == "1"
    assert ask("GET", "/m/index/status", by=of_the_hotline).json()["pdq"]["size"] == 1
    answer = ask("POST", "/api/v1/match", json={"pdq": [hash_.hex()], "radius": 60})
    assert answer.status_code == 403
    assert b"distance" not in ask("POST", "/api/v1/match", json={"pdq": [fields["signal"]]}).content


def test_another_agencys_list_is_not_there(ask: Ask, put: Put, hotline: Agency) -> None:
    secret = lists.make_list(name="Not for platforms", kind="hash", origin="own", agency=hotline, by=INSTALLATION)
    hash_ = bits()
    put(secret, hash_)
    assert ask("GET", "/m/raw_lookup", params={"signal": hash_.hex(), "signal_type": "pdq"}).json() == {"matches": []}
    assert ask("GET", "/c/bank/NOT_FOR_PLATFORMS").status_code == 404


def test_an_entry_from_a_report_is_known_outside_from_its_batch_on(ask: Ask, known_list: KnownList, put: Put, of_the_hotline: str) -> None:
    hash_ = bits()
    entry = put(known_list, hash_, may_be_known=False)
    fields = {"signal": hash_.hex(), "signal_type": "pdq"}
    assert ask("GET", "/m/raw_lookup", params=fields).json() == {"matches": []}
    assert ask("GET", "/m/raw_lookup", params=fields, by=of_the_hotline).json() == {"matches": [entry.pk]}
    ListEntry.objects.filter(pk=entry.pk).update(shareable_from=moment.now() - timedelta(seconds=1))
    with lists.changing(known_list) as changes:
        changes.note("released", [entry])
    assert ask("GET", "/m/raw_lookup", params=fields).json() == {"matches": [entry.pk]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/m/lookup?url=http://pictures.example/1.jpg"),
        ("GET", "/m/raw_lookup?signal=00&signal_type=pdq&url=http://pictures.example/1.jpg"),
        ("GET", "/h/hash?url=http://pictures.example/1.jpg"),
        ("POST", "/h/hash?url=http://pictures.example/1.jpg"),
        ("POST", "/c/bank/OUR_HASHES/content?url=http://pictures.example/1.jpg&content_type=photo"),
        ("POST", "/api/v1/match?url=http://pictures.example/1.jpg"),
    ],
)
def test_no_call_fetches(method: str, path: str, ask: Ask, known_list: KnownList) -> None:
    answer = ask(method, path)
    assert answer.status_code == 400
    assert "nothing is ever fetched" in answer.text


def test_a_key_is_needed_and_may_stand_in_three_places(server: str, ask: Ask, key: tuple[ApiKey, str]) -> None:
    ask("GET", "/status")
    path = f"{server}/m/index/status"
    assert requests.get(path, timeout=10).status_code == 401
    assert requests.get(path, headers={"Authorization": f"Bearer {key[1]}"}, timeout=10).status_code == 200
    assert requests.get(path, auth=("anything", key[1]), timeout=10).status_code == 200
    for nothing in (
        "Basic \xc3\xc3",
        "Basic ===",
        "Basic w4M=\xff",
        "Bearer \xc3",
        "Basic",
    ):  # bytes that are no letters of base64, or of no text
        assert requests.get(path, headers={"Authorization": nothing.encode("latin-1")}, timeout=10).status_code == 401
    assert requests.get(f"{server}/k/{key[1]}/m/index/status", timeout=10).status_code == 200
    assert requests.get(f"{server}/k/{key[1]}x/m/index/status", timeout=10).status_code == 401
    people.revoke_api_key(api_key=key[0], by=INSTALLATION)
    assert ask("GET", "/m/index/status").status_code == 401


def test_a_key_for_sending_alone_looks_up_nothing(ask: Ask, platform: Agency) -> None:
    _key, clear = people.make_api_key(agency=platform, by=INSTALLATION, scopes=("send",))
    assert ask("GET", "/m/index/status", by=clear).status_code == 401
    _key, clear = people.make_api_key(agency=platform, by=INSTALLATION, scopes=("curate",))
    assert ask("GET", "/m/index/status", by=clear).status_code == 403
    assert ask("GET", "/c/banks", by=clear).status_code == 200


def test_banks_are_made_filled_and_emptied_as_with_hma(ask: Ask, known_list: KnownList) -> None:
    assert ask("GET", "/c/banks").json() == []  # it may match our list, and not see it
    assert ask("POST", "/c/banks", json={"name": "01_TEST_BANK"}).status_code == 400
    assert ask("POST", "/c/banks", json={"name": "my_test_bank"}).status_code == 400
    made = ask("POST", "/c/banks", json={"name": "MY_TEST_BANK_01"})
    assert (made.status_code, made.json()) == (201, {"matching_enabled_ratio": 1.0, "name": "MY_TEST_BANK_01"})
    assert ask("POST", "/c/banks", json={"name": "MY_TEST_BANK_01"}).status_code == 403
    assert ask("GET", "/c/banks").json() == [made.json()]
    assert ask("GET", "/c/bank/MY_TEST_BANK_01").json() == made.json()
    hash_ = bits().hex()
    added = ask("POST", "/c/bank/MY_TEST_BANK_01/signal", json={"pdq": hash_})
    assert (added.status_code, added.json()["signals"]) == (200, {"pdq": hash_})
    number = added.json()["id"]
    assert ask("GET", "/m/raw_lookup", params={"signal": hash_, "signal_type": "pdq"}).json() == {"matches": [number]}
    got = ask("GET", f"/c/bank/MY_TEST_BANK_01/content/{number}", params={"include_signals": "true"}).json()
    assert (got["id"], got["signals"], got["bank"]["name"]) == (number, {"pdq": hash_}, "MY_TEST_BANK_01")
    assert ask("PUT", "/c/bank/MY_TEST_BANK_01", json={"enabled": False}).json()["matching_enabled_ratio"] == 0
    assert ask("GET", "/m/raw_lookup", params={"signal": hash_, "signal_type": "pdq"}).json() == {"matches": []}
    assert ask("PUT", "/c/bank/MY_TEST_BANK_01", json={"enabled_ratio": 0.5}).status_code == 400
    assert ask("DELETE", f"/c/bank/MY_TEST_BANK_01/content/{number}").json() == {"deleted": 1}
    assert ask("DELETE", f"/c/bank/MY_TEST_BANK_01/content/{number}").json() == {"deleted": 0}
    assert ask("GET", f"/c/bank/MY_TEST_BANK_01/content/{number}").status_code == 404
    verbs = list(Entry.objects.values_list("body", flat=True))
    assert sum("made a list" in json.dumps(body) for body in verbs) == 2
    assert sum("added to a list" in json.dumps(body) for body in verbs) == 1


def test_nobody_writes_on_anothers_list(ask: Ask, known_list: KnownList, platform: Agency) -> None:
    lists.let_read(known_list=known_list, agency=factories.agency("platform", "video.example"), may_see=True, by=INSTALLATION)
    _key, clear = people.make_api_key(agency=factories.agency("platform", "video.example"), by=INSTALLATION)
    assert ask("GET", "/c/bank/OUR_HASHES", by=clear).status_code == 200
    assert ask("POST", "/c/bank/OUR_HASHES/signal", json={"pdq": bits().hex()}, by=clear).status_code == 403
    assert ask("POST", "/c/bank/OUR_HASHES/signal", json={"pdq": bits().hex()}).status_code == 404
    assert ask("DELETE", "/c/bank/OUR_HASHES/content/1", by=clear).status_code == 403
    assert ListEntry.objects.count() == 0


def test_what_came_from_a_report_is_withdrawn_under_its_reference_and_the_rest_is_left_to_the_worker(
    ask: Ask, known_list: KnownList, put: Put, hotline: Agency, of_the_hotline: str
) -> None:
    report = factories.report(hotline)
    entry = put(known_list, bits(), record=report.record)
    assert ask("DELETE", f"/c/bank/OUR_HASHES/content/{entry.pk}", by=of_the_hotline).json() == {"deleted": 1}
    assert Entry.objects.filter(record=report.reference, body__contains="withdrew a listed entry").count() == 1
    [left] = DBTaskResult.objects.filter(task_path=database_roles.MATCH_TASKS[0])
    assert left.args_kwargs["args"] == [entry.pk]


def test_status_says_ready_only_when_it_is(server: str, recogniser: Recogniser, ask: Ask) -> None:
    assert (ask("GET", "/status").status_code, ask("GET", "/status").text) == (200, "I-AM-ALIVE")
    assert ask("GET", "/readyz").text == "READY"
    serving, recogniser.generation = recogniser.generation, None
    assert (requests.get(f"{server}/status", timeout=10).status_code, requests.get(f"{server}/status", timeout=10).text) == (
        503,
        "INDEX-NOT-LOADED",
    )
    assert requests.get(f"{server}/livez", timeout=10).status_code == 200
    recogniser.generation = serving
    recogniser.fresh_at -= 61
    assert requests.get(f"{server}/status", timeout=10).text == "INDEX-STALE"


def test_an_index_that_cannot_be_read_is_made_anew(ask: Ask, recogniser: Recogniser, known_list: KnownList, put: Put) -> None:
    hash_ = bits()
    entry = put(known_list, hash_)
    fields = {"signal": hash_.hex(), "signal_type": "pdq"}
    assert ask("GET", "/m/raw_lookup", params=fields).json() == {"matches": [entry.pk]}
    assert recogniser.generation is not None
    broken = recogniser.generation.exact
    broken._connection().close()
    broken._mine.connection = None
    broken.path.rename(broken.path.with_name("elsewhere"))
    broken.path.write_bytes(b"no index" * 5000)
    recogniser.freshen()
    answer = requests.Response()
    for _time in range(3):  # the first finds it, and it is made anew
        answer = ask("GET", "/m/raw_lookup", params=fields)
    assert answer.json() == {"matches": [entry.pk]}


def test_comparing_asks_no_list(ask: Ask, known_list: KnownList) -> None:
    one = bits()
    answer = ask("POST", "/m/compare", json={"pdq": [one.hex(), turned(one, *range(9)).hex()]})
    assert answer.json() == {"pdq": [True, {"distance": 9}]}
    assert ask("POST", "/m/compare", json={"pdq": [one.hex()]}).status_code == 400


def test_calls_that_are_not_there_and_other_methods(ask: Ask) -> None:
    assert ask("GET", "/m/nothing").status_code == 404
    assert ask("DELETE", "/m/lookup").status_code == 405
    assert ask("GET", "/ui").status_code == 404


def test_a_form_that_breaks_off_or_holds_two_files_is_refused(ask: Ask) -> None:
    two = {"photo": io.BytesIO(b"one"), "file": io.BytesIO(b"two")}
    assert "Only one file" in ask("POST", "/h/hash", files=two).json()["message"]
    assert ask("POST", "/h/hash").status_code == 400
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="x"\r\n\r\nhalf'
    assert "breaks off" in ask("POST", "/h/hash", data=body, headers=headers).json()["message"]
    assert ask("POST", "/h/hash", files={"photo": io.BytesIO(b"this is no picture")}).status_code == 400


def picture() -> bytes:
    """A benign picture: waves of colour, drawn here."""
    y, x = np.mgrid[0:96, 0:128]
    waves = np.stack([np.sin(x / 9) + np.cos(y / 7), np.sin((x + y) / 11), np.cos(x * y / 900)], axis=2)
    file = io.BytesIO()
    Image.fromarray(((waves + 2) * 60).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_an_uploaded_picture_is_hashed_and_matched_and_kept_nowhere(ask: Ask, known_list: KnownList, recogniser: Recogniser) -> None:
    sent = picture()
    answer = ask("POST", "/h/hash", files={"photo": ("secret-name.png", sent, "image/png")}, params={"types": "pdq,sha256"})
    assert (answer.status_code, answer.json()["sha256"]) == (200, hashlib.sha256(sent).hexdigest())
    assert list(ask("POST", "/h/hash", files={"photo": sent}).json()) == ["pdq"]
    hash_ = answer.json()["pdq"]
    assert len(hash_) == 64
    ask("POST", "/c/banks", json={"name": "MINE"})
    assert ask("POST", "/c/bank/MINE/signal", json={"pdq": hash_}).status_code == 200  # of which the picture says the quality, too
    added = ask("POST", "/c/bank/MINE/content", files={"photo": sent}, params={"content_type": "photo"}).json()
    assert added["signals"] == {"pdq": hash_, "sha256": hashlib.sha256(sent).hexdigest()}
    found = ask("POST", "/m/lookup", files={"photo": sent}).json()
    assert found["pdq"]["MINE"][0]["bank_content_id"] == added["ids"]["pdq"]
    assert found["sha256"]["MINE"][0]["bank_content_id"] == added["ids"]["sha256"]
    kept = [path for path in recogniser.home.folder.parent.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if sent[64:96] in path.read_bytes() or b"secret-name" in path.read_bytes()] == []
