"""Matching as it is served: real processes, several workers, and what kills them."""

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.place import Place
from tests.foundation.post.mail_server import free_port

pytestmark = pytest.mark.slow

MADE = """
import json
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency
hotline = Agency.objects.get(kind='hotline')
platform = people.add_agency(name='chat.example', kind='platform', by=INSTALLATION)
made = lists.make_list(name='Our hashes', kind='hash', origin='own', agency=hotline, by=INSTALLATION)
lists.let_read(known_list=made, agency=platform, may_match=True, by=INSTALLATION)
print(json.dumps([people.make_api_key(agency=platform, by=INSTALLATION)[1], made.pk]))
"""
ADD = """
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.models import KnownList
import sys, time
made = KnownList.objects.get()
print('ready', flush=True)
for line in sys.stdin:
    lists.add_entries(known_list=made, new=[lists.NewEntry('pdq', line.strip())], by=INSTALLATION)
    print(time.time(), flush=True)
"""


class Served:
    """A home with one list, its key, and the match role served."""

    def __init__(self, place: Place) -> None:
        self.place, self.port = place, free_port()
        self.key, self.known_list = json.loads(place.python(f"exec({MADE!r})"))
        self.process = self.start()
        began = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'havenline.site.settings'; import django; django.setup();"
        self.adder = subprocess.Popen(
            [os.sys.executable, "-c", f"{began}exec({ADD!r})"],  # type: ignore[attr-defined]
            env=place.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self.adder.stdout is not None
        assert self.adder.stdout.readline().strip() == "ready"

    def start(self) -> subprocess.Popen[bytes]:
        process = self.place.start("serve", "--role", "match", "--port", str(self.port), until_served=False, HAVENLINE_PROCESSES="3")
        self.wait_until_ready()
        return process

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 90
        while True:
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            assert time.monotonic() < deadline, self.place.log.read_text()
            time.sleep(0.1)

    def add(self, hash_: str) -> float:
        """Put it on the list by another process; when it was committed."""
        assert self.adder.stdin is not None
        assert self.adder.stdout is not None
        self.adder.stdin.write(hash_ + "\n")
        return float(self.adder.stdout.readline())

    def matches(self, hash_: str, *, may_wait: bool = False) -> bool:
        """Asked over a connection of its own, so of any worker. `may_wait`: who found damage says so until there is another index."""
        answer = requests.get(
            f"http://127.0.0.1:{self.port}/k/{self.key}/m/raw_lookup",
            params={"signal": hash_, "signal_type": "pdq"},
            headers={"Connection": "close"},
            timeout=10,
        )
        if may_wait and answer.status_code == 503:
            return False
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["matches"])

    def processes(self, words: str) -> list[int]:
        """Those of this home whose command line has these words, or that one of them forked."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    said = (folder / "environ").read_bytes()
                    command = (folder / "cmdline").read_bytes().replace(b"\x00", b" ").decode(errors="replace")
                except OSError:
                    continue
                if f"HAVENLINE_HOME={self.place.home}".encode() in said and words in command:
                    found.append(int(folder.name))
        return found

    def end(self) -> None:
        self.adder.kill()
        self.adder.wait()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(Place(tmp_path_factory.mktemp("matching")))
    yield made
    made.end()


def until(true: Callable[[], bool], within: float) -> float:
    """How long it took. Fails after `within` seconds."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within
        time.sleep(0.01)
    return time.monotonic() - began


def test_a_new_hash_matches_on_every_worker_within_a_second(served: Served) -> None:
    for _time in range(3):
        hash_ = secrets.token_hex(32)
        committed = served.add(hash_)
        until(lambda hash_=hash_: all(served.matches(hash_) for _ask in range(12)), within=5)  # type: ignore[misc]
        assert time.time() - committed < 1.0


def test_a_follower_that_is_killed_again_and_again_loses_nothing(served: Served) -> None:
    hashes = []
    for _time in range(3):  # five deaths within a minute would end it all
        hashes.append(secrets.token_hex(32))
        served.add(hashes[-1])
        for process in served.processes("havenline.cli follower"):
            os.kill(process, signal.SIGKILL)
        until(lambda: bool(served.processes("havenline.cli follower")), within=30)
    until(lambda: all(served.matches(one) for one in hashes), within=60)


def test_workers_that_are_killed_are_started_again_and_others_answer_meanwhile(served: Served) -> None:
    hash_ = secrets.token_hex(32)
    served.add(hash_)
    until(lambda: served.matches(hash_), within=10)
    (main, *workers) = sorted(served.processes("havenline.site.match"))
    assert len(workers) == 3
    os.kill(workers[0], signal.SIGKILL)
    answered = 0
    for _ask in range(20):
        try:
            answered += served.matches(hash_)
        except requests.ConnectionError:
            continue
    assert answered >= 15
    until(lambda: len(served.processes("havenline.site.match")) == 4, within=30)
    os.kill(main, signal.SIGKILL)  # whoever started them: no worker outlives it, and all are started again
    until(lambda: bool(set(served.processes("havenline.site.match")) - {main, *workers}), within=30)
    served.wait_until_ready()
    assert not set(served.processes("havenline.site.match")) & {main, *workers}
    assert served.matches(hash_)


def test_an_index_of_which_a_part_is_missing_is_made_anew_and_look_ups_go_on(served: Served) -> None:
    hash_ = secrets.token_hex(32)
    served.add(hash_)
    until(lambda: served.matches(hash_), within=10)
    folder = served.place.home / "recognition"
    before = (folder / "current").read_text()
    (folder / before / "known.sqlite3").unlink()
    (folder / "damaged").touch()  # as a worker says it that cannot read it
    until(lambda: (folder / "current").read_text() != before, within=60)
    until(lambda: served.matches(hash_, may_wait=True), within=30)
    new = secrets.token_hex(32)
    served.add(new)
    until(lambda: served.matches(new), within=10)


def test_no_key_is_in_a_log(served: Served) -> None:
    for path in ("/m/raw_lookup?signal=00&signal_type=pdq", "/nothing", "/m/lookup?url=http://pictures.example/1.jpg"):
        requests.get(f"http://127.0.0.1:{served.port}/k/{served.key}{path}", timeout=10)
    assert served.key.partition(".")[2] not in served.place.log.read_text()
