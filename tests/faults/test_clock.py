"""The machine's clock is stepped while people report: a day ahead, then behind, then right again."""

import time
from pathlib import Path

import pytest

from tests.faults import storm
from tests.faults.place import Place

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed here: no process can be told another time"),
]


def test_a_clock_that_is_stepped_loses_no_report_leaves_no_gap_and_holds_up_no_task(place: Place) -> None:
    step = place.home.parent / "step"
    step.write_text("+0\n")
    told = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(step), "FAKETIME_CACHE_DURATION": "1"}
    blown = storm.Storm(place, storm.seed(), **told, FAKETIME_DONT_FAKE_MONOTONIC="1")
    with blown.blowing() as house:
        for offset in ("+26h", "-3h", "+26h", "+0"):
            time.sleep(4)
            step.write_text(f"{offset}\n")
            house.keep_alive()
        time.sleep(4)
    assert blown.judge().problems == []
    assert any(len(sender.answers) > 2 for sender in blown.senders)
