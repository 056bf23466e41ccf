"""What is known to the bit."""

import multiprocessing
import os
import re
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines.matching.addresses import forms, hosts
from havenline.engines.matching.digests import LENGTHS, NotADigest, parse, written
from havenline.engines.matching.errors import DamagedIndex, OtherVersion
from havenline.engines.matching.exact import ExactIndex, Known

HIGHEST = (1 << 64) - 1


@pytest.fixture
def index(tmp_path: Path) -> ExactIndex:
    return ExactIndex.make(tmp_path / "known")


def test_a_value_finds_every_id_that_has_it_and_its_note(index: ExactIndex) -> None:
    index.change(put=[Known(7, 1, b"one", b"note"), Known(HIGHEST, 1, b"one"), Known(8, 2, b"one")])
    assert index.search(1, [b"other", b"one"]) == [(1, 7), (1, HIGHEST)]
    assert index.notes([7, HIGHEST, 9]) == {7: b"note", HIGHEST: b""}
    assert index.holds([7, 9]) == [True, False]


def test_what_is_only_noted_is_found_by_no_value(index: ExactIndex) -> None:
    index.change(put=[Known(7, 0, b"one", b"note")])
    assert index.search(0, [b"one"]) == []
    assert index.notes([7]) == {7: b"note"}


def test_putting_and_dropping_twice_is_doing_it_once(index: ExactIndex) -> None:
    for _time in range(2):
        index.change(put=[Known(7, 1, b"one")], places={3: 10})
    assert (len(index), index.places()) == (1, {3: 10})
    for _time in range(2):
        index.change(drop=[7])
    assert len(index) == 0


def test_ids_of_a_range_come_in_parts_and_none_beside_it(index: ExactIndex) -> None:
    top = 1 << 63
    index.change(put=[Known(one, 1, b"v") for one in (5, 6, 7, top, top + 1, HIGHEST)])
    assert list(index.between(6, 7, at_once=1)) == [[(6, 1)], [(7, 1)]]
    assert list(index.between(top, HIGHEST)) == [[(top, 1), (top + 1, 1), (HIGHEST, 1)]]


def _read(path: Path, answers: "multiprocessing.Queue[tuple[str, float]]") -> None:
    index = ExactIndex.open(path)
    answers.put(("open", 0.0))
    while not index.search(1, [b"new"]):
        time.sleep(0.001)
    answers.put(("found", time.time()))


def test_another_process_finds_what_was_put_at_once(index: ExactIndex) -> None:
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    other = spawn.Process(target=_read, args=(index.path, answers))
    other.start()
    assert answers.get(timeout=30)[0] == "open"
    index.change(put=[Known(1, 1, b"new")])
    put = time.time()
    assert answers.get(timeout=30)[1] - put < 1.0
    other.join(timeout=10)


def _write(path: Path, begun: "multiprocessing.Queue[int]") -> None:
    index = ExactIndex.open(path, writes=True)
    number = 0
    while True:
        number += 1
        index.change(put=[Known(number * 100 + one, 1, number.to_bytes(4, "big")) for one in range(50)], places={1: number})
        begun.put(number)


def test_a_writer_killed_at_any_moment_leaves_whole_changes_and_their_place(index: ExactIndex) -> None:
    spawn = multiprocessing.get_context("spawn")
    for pause in (0.0, 0.003, 0.011, 0.027):
        begun = spawn.Queue()
        other = spawn.Process(target=_write, args=(index.path, begun))
        other.start()
        begun.get(timeout=30)
        time.sleep(pause)
        os.kill(other.pid or 0, signal.SIGKILL)
        other.join(timeout=10)
        found = ExactIndex.open(index.path)
        found.check()
        place = found.places()[1]
        assert len(found.search(1, [place.to_bytes(4, "big")])) == 50
        assert found.search(1, [(place + 1).to_bytes(4, "big")]) == []
        found.close()


def test_a_damaged_file_is_refused_with_its_name(index: ExactIndex) -> None:
    index.change(put=[Known(one, 1, one.to_bytes(32, "big")) for one in range(3000)])
    index.close()
    with index.path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 4096)
    with pytest.raises(DamagedIndex, match="known"):
        ExactIndex.open(index.path).check()
    index.path.write_bytes(b"no index at all" * 100)
    with pytest.raises(DamagedIndex, match="known"):
        ExactIndex.open(index.path)


def test_a_file_of_another_format_is_refused(index: ExactIndex) -> None:
    index._connection().execute("PRAGMA user_version=99")
    index.close()
    with pytest.raises(OtherVersion, match="99"):
        ExactIndex.open(index.path)


@given(st.sampled_from(sorted(LENGTHS)), st.data())
def test_a_digest_is_read_as_it_was_written_in_either_case(kind: str, data: st.DataObject) -> None:
    digest = data.draw(st.binary(min_size=LENGTHS[kind], max_size=LENGTHS[kind]))
    assert parse(kind, written(digest)) == parse(kind, written(digest).upper()) == digest


@given(st.text(max_size=70))
def test_anything_else_is_no_digest(text: str) -> None:
    for kind, length in LENGTHS.items():
        if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * length}}}", text):
            with pytest.raises(NotADigest, match="hexadecimal"):
                parse(kind, text)


def test_an_address_is_covered_by_itself_and_by_each_beginning_of_its_path() -> None:
    assert list(forms("https://a.example/x/y?z=1")) == [
        "https://a.example/x/y?z=1",
        "https://a.example/x/y",
        "https://a.example/x/",
        "https://a.example/",
    ]
    assert len(list(forms("https://a.example/" + "x/" * 500))) < 20


def test_a_host_is_covered_by_those_above_it_and_never_by_a_top_level() -> None:
    assert list(hosts("https://b.a.host.example/x")) == ["b.a.host.example", "a.host.example", "host.example"]
    assert list(hosts("192.0.2.7")) == ["192.0.2.7"]
    assert list(hosts("localhost")) == ["localhost"]
