"""A scan: each file once, what is known in it, and nothing of its content; killed, it goes on."""

import csv
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.engines.matching.scanning import archive

from havenline.engines.matching.hashing import Limits, hash_image
from havenline.engines.matching.scanning import BadJournal, Here, Mark, OtherScan, ResultExists, Scan, Work, writing
from havenline.engines.matching.scanning.scan import folder_of, last_of, paths_in

ROOT = Path(__file__).parents[4]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return archive.made(tmp_path / "archive")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "index").mkdir()
    return archive.index(tmp_path / "index")


def scanned(root: Path, index: Path, to: Path, *, ended: threading.Event | None = None, limits: Limits | None = None, **asked: Any) -> Mark:
    asks = archive.asked(root, index, form=to.suffix[1:], **asked)
    work = Work(root, index, limits=limits or Limits())
    with Here(work, processes=1, ended=ended) as hands, Scan(asks, to, ended=ended) as scan:
        return scan.run(hands)


def told(to: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in to.read_text().splitlines()]


def test_each_path_has_one_row_in_order_with_its_hashes_its_matches_or_why_there_is_none(root: Path, index: Path, tmp_path: Path) -> None:
    mark = scanned(root, index, tmp_path / "result.jsonl")
    rows = {writing.read(row["path"]): row for row in told(tmp_path / "result.jsonl")}
    assert list(rows) == archive.PATHS
    seen, hash_ = rows[b"a/seen.png"], hash_image(archive.SEEN)
    assert (seen["sha256"], seen["pdq"], seen["quality"], seen["failure"]) == (hash_.sha256, hash_.pdq, hash_.quality, None)
    assert seen["matches"] == [{"list": "5", "entry": "7", "signal": "pdq", "distance": 0}]
    assert rows[b"b/deep/again.png"]["matches"] == seen["matches"]
    assert rows[b"a/chart.png"]["matches"] == []
    assert rows[b"a.txt"]["matches"] == [{"list": "5", "entry": "9", "signal": "sha256", "distance": 0}]
    assert {path: row["failure"] for path, row in rows.items() if row["failure"]} == {
        b"a.txt": "not-a-picture", b"b/half.png": "cut-short", b"b/inside": "link", b"out": "link", b"pipe": "special",
    }  # fmt: skip
    assert mark.finished
    assert (mark.count, mark.done, mark.matched) == (9, 9, 3)
    assert mark.failed == {"not-a-picture": 1, "cut-short": 1, "link": 2, "special": 1}


def test_the_same_as_csv(root: Path, index: Path, tmp_path: Path) -> None:
    scanned(root, index, tmp_path / "result.csv")
    with (tmp_path / "result.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["path", "sha256", "pdq", "quality", "matches", "failure"]
    assert [writing.read(row["path"]) for row in rows] == archive.PATHS
    assert [row["matches"] for row in rows if row["matches"]] == ["5:7:pdq:0", "5:9:sha256:0", "5:7:pdq:0"]


def test_nothing_of_it_stays_but_its_result_which_is_its_owners_alone(root: Path, index: Path, tmp_path: Path) -> None:
    to = tmp_path / "result.csv"
    scanned(root, index, to)
    assert not folder_of(to).exists()
    assert to.stat().st_mode & 0o777 == 0o600


def test_an_archive_is_read_and_not_touched(root: Path, index: Path, tmp_path: Path) -> None:
    before = {path: path.lstat() for path in root.rglob("*")}
    scanned(root, index, tmp_path / "result.csv")
    after = {path: path.lstat() for path in root.rglob("*")}
    assert {path: (one.st_mtime_ns, one.st_size, one.st_ino) for path, one in before.items()} == {
        path: (one.st_mtime_ns, one.st_size, one.st_ino) for path, one in after.items()
    }


def test_a_hash_that_was_taken_back_matches_no_more(root: Path, index: Path, tmp_path: Path) -> None:
    from havenline.engines.matching.exact import ExactIndex

    with ExactIndex.open(index / "known.sqlite3", writes=True) as exact:
        exact.change(drop=[(archive.LIST << 48) | archive.ENTRY])
    assert scanned(root, index, tmp_path / "result.csv").matched == 1


def test_a_folder_of_a_pdq_index_alone_is_enough(root: Path, index: Path, tmp_path: Path) -> None:
    assert scanned(root, index / "pdq", tmp_path / "result.csv").matched == 2


def test_a_file_larger_than_a_picture_may_be_has_its_digest_and_no_hash(root: Path, index: Path, tmp_path: Path) -> None:
    (root / "a.txt").write_bytes(archive.NOTES)
    scanned(root, index, tmp_path / "result.jsonl", limits=Limits(bytes=len(archive.NOTES) - 1))
    (notes,) = [row for row in told(tmp_path / "result.jsonl") if row["path"] == "a.txt"]
    assert notes["failure"] == "too-many-bytes"
    assert notes["sha256"] == hashlib.sha256(archive.NOTES).hexdigest()
    assert [one["signal"] for one in notes["matches"]] == ["sha256"]


def test_a_picture_that_its_decoder_does_not_survive_fails_alone_and_by_name(root: Path, index: Path, tmp_path: Path) -> None:
    work = Work(root, index, limits=Limits(seconds=8.0))
    with Here(work, processes=1) as hands, Scan(archive.asked(root, index), tmp_path / "result.jsonl") as scan:
        whole = hands.pool.hash

        def hash_(data: bytes, **how: bool) -> Any:
            if data == archive.SEEN and not stopped:
                (child,) = hands.pool._all
                os.kill(child.process_id, signal.SIGSTOP)
                stopped.append(child.process_id)
            return whole(data, **how)

        stopped: list[int] = []
        whole(archive.CHART)
        hands.pool.hash = hash_  # type: ignore[method-assign]
        mark = scan.run(hands)
    assert mark.finished
    assert mark.failed["took-too-long"] == 1  # what the child read when it was stopped: this picture, or that of the thread beside
    scanned(root, index, tmp_path / "whole.jsonl")
    rows, whole_rows = told(tmp_path / "result.jsonl"), told(tmp_path / "whole.jsonl")
    different = [(one, other) for one, other in zip(rows, whole_rows, strict=True) if one != other]
    assert all(one["failure"] == "took-too-long" and one["sha256"] == other["sha256"] for one, other in different)
    assert len(different) == 1


def test_a_list_of_paths_is_scanned_and_what_leads_out_is_said(root: Path, index: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"b/deep/again.png\n" + os.fsencode(root) + b"/a.txt\n/etc/hosts\n../secret\nnone\nb\n")
    scanned(root, index, tmp_path / "result.jsonl", source=tmp_path / "list")
    assert [(row["path"], row["failure"]) for row in told(tmp_path / "result.jsonl")] == [
        ("b/deep/again.png", None), ("a.txt", "not-a-picture"), ("/etc/hosts", "outside"),
        ("../secret", "outside"), ("none", "gone"), ("b", "folder"),
    ]  # fmt: skip


def test_only_the_first_files_where_that_is_asked(root: Path, index: Path, tmp_path: Path) -> None:
    assert scanned(root, index, tmp_path / "result.csv", limit=4).done == 4


def test_an_empty_folder_has_an_empty_result(index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert scanned(tmp_path / "empty", index, tmp_path / "result.csv").finished
    assert (tmp_path / "result.csv").read_text() == "path,sha256,pdq,quality,matches,failure\n"


def test_a_result_that_is_there_is_not_written_over(root: Path, index: Path, tmp_path: Path) -> None:
    (tmp_path / "result.csv").write_text("mine")
    with pytest.raises(ResultExists):
        scanned(root, index, tmp_path / "result.csv")
    assert (tmp_path / "result.csv").read_text() == "mine"


class EndsAfter(threading.Event):
    """Set once it was asked so often."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_one_that_is_asked_to_end_goes_on_and_its_result_is_that_of_one_that_was_not(root: Path, index: Path, tmp_path: Path) -> None:
    scanned(root, index, tmp_path / "whole.jsonl")
    to = tmp_path / "result.jsonl"
    for times in (0, 1, 2, 3):
        mark = scanned(root, index, to, ended=EndsAfter(times))
        assert not mark.finished
        assert len(told(to)) == mark.done
    assert scanned(root, index, to).finished
    assert to.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_another_question_does_not_go_on_with_it(root: Path, index: Path, tmp_path: Path) -> None:
    scanned(root, index, tmp_path / "result.csv", ended=EndsAfter(2))
    with pytest.raises(OtherScan, match="limit"):
        scanned(root, index, tmp_path / "result.csv", limit=4)


def test_a_result_that_was_shortened_meanwhile_is_refused(root: Path, index: Path, tmp_path: Path) -> None:
    to = tmp_path / "result.csv"
    scanned(root, index, to, ended=EndsAfter(4))
    os.truncate(to, 10)
    with pytest.raises(BadJournal, match="shorter"):
        scanned(root, index, to)


def test_the_last_path_and_all_paths_are_read_from_the_list(tmp_path: Path) -> None:
    paths = [b"a" * 9000, b"b", b"c/d" * 4000]
    (tmp_path / "paths").write_bytes(b"\0".join(paths) + b"\0")
    with (tmp_path / "paths").open("rb") as file:
        assert last_of(file, 9001) == paths[0]
        assert last_of(file, 9003) == b"b"
        assert last_of(file, 9003 + 12001) == paths[2]
        assert last_of(file, 0) == b""
        file.seek(9001)
        assert list(paths_in(file, 2 + 12001)) == paths[1:]


PROGRAM = """
import sys, json
from pathlib import Path
from havenline.engines.matching.scanning import Here, Scan, Work, scan
from tests.engines.matching.scanning import archive
scan.MARK_EVERY, scan.TELL_EVERY = float(sys.argv[4]), 5
root, index, to = map(Path, sys.argv[1:4])
with Here(Work(root, index), processes=1) as hands, Scan(archive.asked(root, index), to) as begun:
    begun.run(hands)
"""


@pytest.mark.slow
def test_one_that_is_killed_at_any_moment_again_and_again_loses_no_file_and_doubles_none(index: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("SCAN_SEED", "0")) or random.randrange(1 << 30)
    print(f"SCAN_SEED={seed}")
    chance = random.Random(seed)
    root = archive.many(tmp_path / "archive", 2_000)
    scanned(root, index, tmp_path / "whole.jsonl")
    to, kills = tmp_path / "result.jsonl", 0
    until = time.monotonic() + 120
    while not to.exists() or folder_of(to).exists():
        running = subprocess.Popen([sys.executable, "-c", PROGRAM, root, index, to, "0.05"], cwd=ROOT)
        try:
            # Counted from when the result grows: how long it takes to start depends on the machine's load.
            size = to.stat().st_size if to.exists() else 0
            while running.poll() is None and (not to.exists() or to.stat().st_size <= size) and time.monotonic() < until:
                time.sleep(0.01)
            if time.monotonic() < until:
                running.wait(timeout=chance.random() * 0.4)
                continue
            running.wait()
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            kills += 1
    assert kills >= 3
    assert to.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_nothing_of_a_picture_is_written_anywhere(index: Path, tmp_path: Path) -> None:
    """The zero-image watch: marked pictures are scanned, whole and broken, and their scan is ended and killed; their mark is in no file."""
    from PIL.PngImagePlugin import PngInfo
    from tests.engines.matching.hashing import pictures

    mark = b"Mark-of-a-picture-7f3c"
    words = PngInfo()
    words.add_text("Comment", mark.decode())
    root, outside = tmp_path / "archive", tmp_path / "outside"
    (root).mkdir()
    outside.mkdir()
    for number in range(30):
        data = pictures.coded(pictures.noise(64 + number, 64), "PNG", pnginfo=words)
        assert mark in data
        (root / f"{number}.png").write_bytes(data[: len(data) // 2] if number % 3 == 0 else data)
    environment = os.environ | {"TMPDIR": str(outside), "HOME": str(outside)}
    arguments = [sys.executable, "-c", f"import os; os.chdir({str(ROOT)!r})\n{PROGRAM}", root, index, outside / "result.jsonl", "0.01"]
    for kill in (True, False):
        running = subprocess.Popen(
            arguments, env=environment | {"PYTHONPATH": str(ROOT)}, cwd=outside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        while kill and running.poll() is None and not (outside / "result.jsonl").exists():
            time.sleep(0.01)
        if kill:
            running.kill()
            for path in (one for one in outside.rglob("*") if one.is_file()):
                assert mark not in path.read_bytes()
        words_said, _nothing = running.communicate()
        assert mark not in words_said
    written = [path for path in outside.rglob("*") if path.is_file()]
    assert [path.name for path in written] == ["result.jsonl"]
    assert len(told(written[0])) == 30
    assert mark not in written[0].read_bytes()
    assert b"IHDR" not in written[0].read_bytes()
