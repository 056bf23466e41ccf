"""kill -9 of `havenline keys rotate`, again and again: each time everything opens, and the exchange that is run again ends well."""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults import inside, storm
from tests.faults.copies import Original
from tests.faults.place import PATIENCE, Place, kill
from tests.faults.prepared import Prepared

pytestmark = pytest.mark.slow
KEYS, REPORTS = 300, 4
KILLS = int(os.environ.get("FAULTS_KILLS", "60")) // 5
IMPORTS = ("havenline.cli", "havenline.site.wsgi", "havenline.foundation.sealing.actions.exchanging", "tests.faults.inside")


def prepared(place: Place, *said: str) -> Prepared:
    return Prepared([sys.executable, *said], place.environment, place.log, imports=IMPORTS)


def test_an_exchange_of_keys_that_is_killed_at_any_moment_loses_nothing_and_goes_on(
    on_each: Original, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    number = storm.seed()
    chance, unfinished, kills = random.Random(number), 0, 0
    print(f"again with the same: FAULTS_SEED={number}")
    with ExitStack() as stack:
        place, _cluster = stack.enter_context(on_each.copied())
        words, answer = tmp_path / "words", tmp_path / "answer"
        inside.ask(place, "sealed", keys=KEYS, reports=REPORTS, file=str(words))
        exchange = prepared(place, "-m", "havenline.cli", "keys", "rotate", "--end")
        look = prepared(place, "-c", f"from tests.faults import inside; inside.tell({str(answer)!r}, inside.still_opens({str(words)!r}))")
        stack.callback(exchange.end)
        stack.callback(look.end)

        def holds() -> dict[str, Any]:
            look.fork().wait(PATIENCE)
            assert answer.exists(), f"Not everything opens: {place.log.read_text()[-2000:]}"
            told: dict[str, Any] = json.loads(answer.read_text())
            answer.unlink()
            return told

        process = exchange.fork()
        began = time.monotonic()
        process.wait(PATIENCE)
        takes = time.monotonic() - began
        assert holds() == {"keys": KEYS, "reports": REPORTS, "under_way": []}
        # What goes on where another was killed is soon over, so how many meet one under way is chance: on until enough did.
        while kills < KILLS or (unfinished <= KILLS / 4 and kills < 4 * KILLS):
            kills += 1
            process = exchange.fork()
            time.sleep(chance.uniform(0, takes))
            kill(process)
            found = holds()
            assert (found["keys"], found["reports"]) == (KEYS, REPORTS), f"{found} of {KEYS} and {REPORTS} opened after a kill"
            unfinished += bool(found["under_way"])
        exchange.fork().wait(PATIENCE)
        assert holds() == {"keys": KEYS, "reports": REPORTS, "under_way": []}
        assert "The ledger holds" in place.command("ledger", "verify")
    assert unfinished > KILLS / 4, "few kills met an exchange that was under way: the test proved little"
    record_property(f"kills of an exchange of {KEYS} keys on {on_each.database}, each time all opened", kills)
