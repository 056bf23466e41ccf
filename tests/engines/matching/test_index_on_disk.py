"""An index in a folder: mapped, shared, and whole whatever happens to whoever writes to it."""

import json
import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.matching.planting import compared, hard, hashes, lines, near

from havenline.engines.matching import DamagedIndex, IndexInUse, OtherVersion, PdqIndex, kernel
from havenline.engines.matching.folder import LOG_BEGIN, Manifest

spawned = multiprocessing.get_context("spawn")


def numbers(begin: int, end: int) -> np.ndarray:
    return np.arange(begin, end, dtype=np.uint64)


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def saved(tmp_path: Path, chance: np.random.Generator) -> Path:
    """3,000 hashes, ids from 0; 20 in the log, ids from 10,000; id 5 removed."""
    index = PdqIndex.build(hard(3000, chance), numbers(0, 3000))
    index.save(tmp_path / "index")
    index = PdqIndex.open(tmp_path / "index")
    index.add(hashes(20, chance), numbers(10_000, 10_020))
    index.remove(numbers(5, 6))
    index.close()
    return tmp_path / "index"


def everything(index: PdqIndex) -> list[int]:
    return sorted(np.flatnonzero(index.holds(numbers(0, 11_000))).tolist())


HELD = [id_ for id_ in [*range(3000), *range(10_000, 10_020)] if id_ != 5]


def test_what_was_saved_is_there_again_and_answers_as_before(tmp_path: Path, chance: np.random.Generator) -> None:
    known = hard(140_000, chance)
    index = PdqIndex.build(known, numbers(0, 140_000))
    index.add(hashes(50, chance), numbers(200_000, 200_050))
    index.remove(numbers(0, 10))
    index.save(tmp_path / "index")
    asked = near(known, 60, chance)
    assert lines(PdqIndex.open(tmp_path / "index").search(asked)) == lines(index.search(asked))


def test_saving_over_another_replaces_it_whole_and_whoever_has_it_open_sees_the_new_one(saved: Path, chance: np.random.Generator) -> None:
    reader = PdqIndex.open(saved)
    known = hashes(700, chance)
    PdqIndex.build(known, numbers(50_000, 50_700)).save(saved)
    assert len(reader) == 700
    assert reader.search(known[:1]).id.tolist() == [50_000]
    assert len(list(saved.glob("*.segment"))) == 1


def test_opening_reads_no_hash(saved: Path) -> None:
    before = time.perf_counter()
    PdqIndex.open(saved)
    assert time.perf_counter() - before < 2  # any size: it is mapped


def _read_until_found(folder: str, hash_: bytes, ready: object, found: object) -> None:
    index, query = PdqIndex.open(folder), np.frombuffer(hash_, np.uint8).reshape(1, 32)
    ready.set()  # type: ignore[attr-defined]
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if index.search(query).id.tolist() == [77_777]:
            found.set()  # type: ignore[attr-defined]
            return


def test_what_one_process_adds_another_finds_at_its_next_search(saved: Path, chance: np.random.Generator) -> None:
    new = hashes(1, chance)
    ready, found = spawned.Event(), spawned.Event()
    reader = spawned.Process(target=_read_until_found, args=(str(saved), new.tobytes(), ready, found))
    reader.start()
    try:
        assert ready.wait(20)
        writer = PdqIndex.open(saved)
        writer.add(new, numbers(77_777, 77_778))
        assert found.wait(1)
    finally:
        reader.join(25)


def test_readers_find_what_is_there_at_every_moment_while_segments_are_merged(saved: Path, chance: np.random.Generator) -> None:
    writer, readers = PdqIndex.open(saved), [PdqIndex.open(saved) for _ in range(3)]
    planted = hashes(4, chance)
    writer.add(planted, numbers(60_000, 60_004))
    missed, over = [], threading.Event()

    def read(index: PdqIndex) -> None:
        while not over.is_set():
            if index.search(planted).id.tolist() != [60_000, 60_001, 60_002, 60_003]:
                missed.append(index)

    threads = [threading.Thread(target=read, args=(index,)) for index in [writer, *readers]]
    for thread in threads:
        thread.start()
    for begin in range(100_000, 130_000, 1500):
        writer.add(hashes(1500, chance), numbers(begin, begin + 1500))
    writer.settle()
    over.set()
    for thread in threads:
        thread.join()
    assert missed == []
    assert len(readers[0]) == len(HELD) + 4 + 30_000


def test_only_one_process_writes_and_the_other_is_told(saved: Path, chance: np.random.Generator) -> None:
    first, second = PdqIndex.open(saved), PdqIndex.open(saved)
    first.add(hashes(1, chance), numbers(70_000, 70_001))
    with pytest.raises(IndexInUse, match="Another process writes"):
        second.add(hashes(1, chance), numbers(70_001, 70_002))
    first.close()
    second.add(hashes(1, chance), numbers(70_001, 70_002))
    assert second.holds(numbers(70_000, 70_002)).all()


# Damage


def test_a_log_that_was_cut_off_at_any_byte_keeps_every_change_before_it(tmp_path: Path, chance: np.random.Generator) -> None:
    PdqIndex.build(hashes(1, chance), numbers(0, 1)).save(tmp_path / "index")
    index, ends = PdqIndex.open(tmp_path / "index"), [LOG_BEGIN]
    log = next((tmp_path / "index").glob("*.log"))
    for id_ in range(1, 4):
        index.add(hashes(1, chance), numbers(id_, id_ + 1))
        ends.append(log.stat().st_size)
    index.close()
    whole = log.read_bytes()
    for cut in range(LOG_BEGIN, len(whole) + 1):
        log.write_bytes(whole[:cut])
        mended = PdqIndex.open(tmp_path / "index") if cut == len(whole) else _opened_by_a_writer(tmp_path / "index")
        whole_changes = sum(end <= cut for end in ends) - 1
        assert np.flatnonzero(mended.holds(numbers(0, 9))).tolist() == list(range(whole_changes + 1))
        mended.close()


def _opened_by_a_writer(path: Path) -> PdqIndex:
    """As after a crash: the page that says how much is whole may be older or newer than what reached the disk."""
    log = next(path.glob("*.log"))
    content = bytearray(log.read_bytes())
    content[64:72] = len(content).to_bytes(8, sys.byteorder)
    log.write_bytes(content)
    with pytest.raises(DamagedIndex) if _is_torn(log) else _nothing():
        PdqIndex.open(path)
    content[64:72] = LOG_BEGIN.to_bytes(8, sys.byteorder)
    log.write_bytes(content)
    index = PdqIndex.open(path)
    index.remove(numbers(10**6, 10**6 + 1))  # becomes the writer
    return index


def _is_torn(log: Path) -> bool:
    from havenline.engines.matching.folder import changes_of

    content = log.read_bytes()[LOG_BEGIN:]
    return changes_of(content)[1] < len(content)


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *args: object) -> None: ...


@pytest.mark.parametrize("section", ["rows", "ids", "marks", "base3", "rel4", "tag5", "row6"])
def test_a_byte_changed_in_a_segment_is_named_with_its_place(saved: Path, section: str) -> None:
    path = next(saved.glob("*.segment"))
    at, size = PdqIndex.open(saved)._snapshot.segments[0].about["sections"][section][:2]
    content = bytearray(path.read_bytes())
    content[at + size // 2] ^= 64
    path.write_bytes(content)
    with pytest.raises(DamagedIndex, match=rf"{path.name}: {section}, bytes {at} to"):
        PdqIndex.open(saved).verify()


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_a_damaged_segment_is_refused_or_answers_and_never_reads_elsewhere(saved_once: Path, place: float, bit: int) -> None:
    path = next(saved_once.glob("*.segment"))
    whole = path.read_bytes()
    content = bytearray(whole)
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        index = PdqIndex.open(saved_once)
        index.search(hashes(20, np.random.default_rng(1)))
        assert content == whole or _outside_of_sections(index, place, len(whole)) or _refuses(index)
    except DamagedIndex:
        pass
    finally:
        path.write_bytes(whole)


def _outside_of_sections(index: PdqIndex, place: float, size: int) -> bool:
    at = int(place * size)
    return not any(begin <= at < begin + length for begin, length, *_ in index._snapshot.segments[0].about["sections"].values())


def _refuses(index: PdqIndex) -> bool:
    with pytest.raises(DamagedIndex):
        index.verify()
    return True


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "index"
    PdqIndex.build(hard(3000, np.random.default_rng(1)), numbers(0, 3000)).save(folder)
    return folder


@pytest.mark.parametrize("kept", [0, 3, 40, 5000, 60_000])
def test_half_a_segment_is_refused(saved: Path, kept: int) -> None:
    path = next(saved.glob("*.segment"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamagedIndex, match=path.name):
        PdqIndex.open(saved)


def test_a_segment_that_is_gone_is_named(saved: Path) -> None:
    path = next(saved.glob("*.segment"))
    path.unlink()
    with pytest.raises(DamagedIndex, match=f"names {path.name}, which is not there"):
        PdqIndex.open(saved)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"crc": 1, "says": "{}"}', b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused(saved: Path, content: bytes) -> None:
    (saved / "manifest.json").write_bytes(content)
    with pytest.raises(DamagedIndex, match="manifest"):
        PdqIndex.open(saved)


@pytest.mark.parametrize(("at", "what"), [(8, "another version"), (12, "another order of bytes")])
def test_a_segment_of_another_version_or_another_order_of_bytes_is_told_as_such(saved: Path, at: int, what: str) -> None:
    path = next(saved.glob("*.segment"))
    content = bytearray(path.read_bytes())
    content[at : at + 4] = content[at : at + 4][::-1] if at == 12 else (9).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(OtherVersion, match=what):
        PdqIndex.open(saved)


def test_a_log_damaged_before_its_end_is_refused_and_nothing_of_it_is_cut_off(saved: Path) -> None:
    log = saved / Manifest.read(saved).log
    content = bytearray(log.read_bytes())
    content[LOG_BEGIN + 40] ^= 1
    log.write_bytes(content)
    with pytest.raises(DamagedIndex, match=f"{log.name}: what begins at byte {LOG_BEGIN}"):
        PdqIndex.open(saved)
    assert log.read_bytes() == content


# Crashes

WRITES = textwrap.dedent(
    """
    import sys, numpy as np
    from havenline.engines.matching import PdqIndex, index as kept, changes
    kept.SEALED_AT = 64
    folder, seed = sys.argv[1], int(sys.argv[2])
    chance = np.random.default_rng(seed)
    index = PdqIndex.open(folder)
    begin = int(sys.argv[3])
    while True:
        count = int(chance.choice([1, 7, 40, 200]))
        ids = np.arange(begin, begin + count, dtype=np.uint64)
        hashes = np.repeat(ids.astype('>u8').view(np.uint8).reshape(-1, 8), 4, axis=1)
        index.add(hashes, ids)
        print("added", begin, begin + count, flush=True)
        if chance.random() < .3:
            gone = int(chance.integers(begin, begin + count))
            print("removing", gone, flush=True)
            index.remove(np.array([gone], dtype=np.uint64))
            print("removed", gone, flush=True)
        begin += count
    """
)


def _killed_at_some_moment(folder: Path, chance: np.random.Generator, begin: int, *, within: float) -> dict[str, set[int]]:
    """What it said before it was killed: *added* and *removed* are acknowledged, *removing* was begun."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(folder), str(chance.integers(2**31)), str(begin)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(float(chance.random()) * within)
    writer.kill()
    lines_ = (first + writer.stdout.read()).split("\n")[:-1]  # the last may be cut off
    writer.wait()
    said: dict[str, set[int]] = {"added": set(), "removing": set(), "removed": set()}
    for what, *words in (line.split() for line in lines_):
        said[what] |= set(range(int(words[0]), int(words[-1]))) if what == "added" else {int(words[0])}
    return said


def _killed(folder: Path, times: int, seed: int) -> None:
    PdqIndex.build(np.zeros((0, 32), np.uint8), numbers(0, 0)).save(folder)
    chance, begin = np.random.default_rng(seed), 1
    all_said: dict[str, set[int]] = {"added": set(), "removing": set(), "removed": set()}
    for time_ in range(times):
        for what, ids in _killed_at_some_moment(folder, chance, begin, within=0.12).items():
            all_said[what] |= ids
        begin = max(all_said["added"], default=0) + 500
        index = PdqIndex.open(folder)
        index.verify()
        held = set(np.flatnonzero(index.holds(numbers(0, begin + 1))).tolist())
        assert all_said["added"] - all_said["removing"] <= held
        assert not all_said["removed"] & held
        assert len(held - all_said["added"]) <= 200 * (time_ + 1)  # one addition that nobody was told of, for each kill
        some = np.array(sorted(held)[:: max(1, len(held) // 50)], dtype=np.uint64)
        asked = np.repeat(some.astype(">u8").view(np.uint8).reshape(-1, 8), 4, axis=1)
        assert index.search(asked, 0).id.tolist() == some.tolist()
        index.close()


def test_a_writer_killed_at_five_moments_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    _killed(tmp_path / "index", 5, 1)


@pytest.mark.slow
def test_a_writer_killed_at_two_hundred_moments_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    _killed(tmp_path / "index", 200, 2)


@pytest.mark.parametrize("room", [10_000, 40_000, 200_000])
def test_a_full_disk_refuses_a_change_and_loses_none(saved: Path, room: int) -> None:
    """Files may grow to `room` bytes and no further: as a disk that is full."""
    script = textwrap.dedent(
        f"""
        import resource, signal, sys, numpy as np
        from havenline.engines.matching import PdqIndex
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
        index, chance, begin = PdqIndex.open(sys.argv[1]), np.random.default_rng(1), 20_000
        try:
            while begin < 60_000:
                index.add(chance.integers(0, 256, (900, 32), dtype=np.uint8), np.arange(begin, begin + 900, dtype=np.uint64))
                begin += 900
        except OSError:
            print(begin)
            assert not index.holds(np.arange(begin, begin + 900, dtype=np.uint64)).any()
            assert index.holds(np.arange(20_000, begin, dtype=np.uint64)).all()
        """
    )
    ran = subprocess.run([sys.executable, "-c", script, str(saved)], capture_output=True, text=True, timeout=60, check=True)
    index = PdqIndex.open(saved)
    index.verify()
    assert everything(index) == HELD
    assert index.holds(numbers(20_000, int(ran.stdout))).all()
    index.add(hashes(1, np.random.default_rng(3)), numbers(90_000, 90_001))
    assert not list(saved.glob("*.unready"))


def test_what_a_crash_left_behind_is_cleared_away_by_the_next_writer(saved: Path, chance: np.random.Generator) -> None:
    for name in ("00000099.segment", "00000098.log", "00000097.segment.unready", "manifest.json.unready"):
        (saved / name).write_bytes(b"half")
    PdqIndex.open(saved).add(hashes(1, chance), numbers(80_000, 80_001))
    assert not [path.name for path in saved.iterdir() if path.name[:6] == "000000" and path.name[6] == "9"]


# Without a kernel


@pytest.mark.skipif(kernel.lib is None, reason="no kernel was compiled here: there is nothing to compare with")
@pytest.mark.parametrize("count", [300, 3000, 20_000, 140_000])
def test_numpy_writes_the_same_segment_and_gives_the_same_answers(tmp_path: Path, count: int) -> None:
    chance = np.random.default_rng(count)
    known, asked = hard(count, chance), near(hard(count, np.random.default_rng(count)), 30, chance)
    index = PdqIndex.build(known, numbers(0, count))
    index.add(asked[:5], numbers(count, count + 5))
    index.remove(numbers(0, 3))
    index.save(tmp_path / "index")
    script = textwrap.dedent(
        """
        import sys, json, numpy as np
        from pathlib import Path
        from havenline.engines.matching import PdqIndex, kernel, segment
        assert kernel.lib is None
        index = PdqIndex.open(sys.argv[1])
        hits = index.search(np.load(sys.argv[2]))
        print(json.dumps([hits.query.tolist(), hits.id.tolist(), hits.distance.tolist()]))
        one = index._snapshot.segments[0]
        rows, ids = one.everything()
        order = np.random.default_rng(1).permutation(len(ids))
        made = segment.Segment.made(np.ascontiguousarray(rows[order]), ids[order], up_to=one.up_to)
        made.write(Path(sys.argv[3]))
        """
    )
    np.save(tmp_path / "asked.npy", asked)
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "index"), str(tmp_path / "asked.npy"), str(tmp_path / "made")],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "HAVENLINE_KERNEL": "none"},
    )
    hits = index.search(asked)
    assert json.loads(ran.stdout) == [hits.query.tolist(), hits.id.tolist(), hits.distance.tolist()]
    assert (tmp_path / "made").read_bytes() == next((tmp_path / "index").glob("*.segment")).read_bytes()


def test_hashes_found_in_a_mapped_index_are_those_of_a_scan(saved: Path, chance: np.random.Generator) -> None:
    known = hashes(5000, chance)
    index = PdqIndex.open(saved)
    index.add(known, numbers(30_000, 35_000))
    asked = near(known, 40, chance)
    beyond = [line for line in lines(index.search(asked)) if line[1] >= 30_000]
    assert beyond == compared(known, numbers(30_000, 35_000), asked, 31)


def test_a_segment_that_is_being_merged_outlives_another_commit(saved: Path, chance: np.random.Generator) -> None:
    writer = PdqIndex.open(saved)
    writer.add(hashes(1, chance), numbers(60_000, 60_001))
    assert writer._folder is not None
    merged = writer._folder.put(writer._snapshot.segments[0])  # as a merge does, before it takes the lock
    writer.add(hashes(3000, chance), numbers(61_000, 64_000))  # commits a segment of its own
    assert (saved / merged.name).exists()


def test_an_index_that_was_opened_can_be_saved_elsewhere(saved: Path, tmp_path: Path) -> None:
    PdqIndex.open(saved).save(tmp_path / "another")
    assert everything(PdqIndex.open(tmp_path / "another")) == HELD
