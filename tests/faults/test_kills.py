"""kill -9 while reports are sent: every receipt that was shown is found afterwards, and no report is there twice."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import Place, Reporter, kill, own_postgresql

pytestmark = pytest.mark.slow
KILLS = 20
SENDERS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(tmp_path)
        return
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("PostgreSQL's server is not installed here")
    with own_postgresql(tmp_path) as owner_url:
        yield Place(tmp_path, owner_url)


class Sender(threading.Thread):
    """Sends reports until told to stop. What was not answered is sent again, as the same form, until it is."""

    def __init__(self, place: Place, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.place, self.stop, self.receipts, self.again = place, stop, list[str](), 0

    def run(self) -> None:
        while not self.stop.is_set():
            reporter = Reporter(self.place)
            self._until(reporter.walk_to_the_check)
            self.receipts.append(self._until(reporter.press_send))

    def _until(self, act):  # type: ignore[no-untyped-def]
        while True:
            try:
                found = act()
                if found or found is None:
                    return found
            except (OSError, http.client.HTTPException, AssertionError):  # what a person sees is a page that does not come
                pass
            self.again += 1
            time.sleep(0.05)


def test_twenty_kills_lose_no_receipt_and_double_no_report(place: Place) -> None:
    chance = random.Random(20)
    public = place.serve_public()
    stop = threading.Event()
    senders = [Sender(place, stop) for _number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _number in range(KILLS):
        time.sleep(chance.uniform(0.1, 1.2))
        kill(public)
        public = place.serve_public()
    stop.set()
    try:
        for sender in senders:
            sender.join(timeout=120)
            assert not sender.is_alive()
        receipts = [receipt for sender in senders for receipt in sender.receipts]
        assert len(receipts) > SENDERS
        assert len(set(receipts)) == len(receipts)
        assert sum(sender.again for sender in senders) > 0, "no kill met a sender: the test proved nothing"
        assert place.count("intake.Report") == len(receipts)
        for receipt in receipts:
            status, page = place.ask("POST", "/report/", go="open", receipt=receipt)
            assert status == 200
            assert 'name="words"' in page, "the receipt did not open its report"
        assert "The ledger holds" in place.command("ledger", "verify")
    finally:
        kill(public)
