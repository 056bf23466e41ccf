"""A disk that fills up while people report: a page that says so, nothing acknowledged lost, and on as soon as there is room."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import storm
from tests.faults.copies import Original
from tests.faults.place import PATIENCE, Place

pytestmark = pytest.mark.slow
MEGABYTES = 80


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, in memory."""
    where = tmp_path / "small"
    where.mkdir()
    said = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=711", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(said, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here (not root, or a container without that right); test_places.py limits the files")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)


def fill(where: Path) -> Path:
    """Take every byte that is free."""
    filler = where / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def refused(blown: storm.Storm) -> int:
    """How often somebody had to send again."""
    return sum(sender.again for sender in blown.senders)


def test_a_disk_that_is_full_for_a_while_loses_nothing_that_was_acknowledged(made: Original, small_disk: Path) -> None:
    subprocess.run(["cp", "-r", str(made.place.home), str(small_disk / "home")], check=True)
    blown = storm.Storm(Place.of_home(small_disk / "home"), storm.seed())
    with blown.blowing() as house:
        for _time in range(2):
            time.sleep(1.5)
            filler = fill(small_disk)
            before = refused(blown)
            deadline = time.monotonic() + PATIENCE  # what the database has already may do for a while
            while refused(blown) == before and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(2)
            assert refused(blown) > before, "the disk was full and nobody was refused: the test proved nothing"
            filler.unlink()
            house.keep_alive()
            house.wait_until_up("public")
    assert blown.judge().problems == []
