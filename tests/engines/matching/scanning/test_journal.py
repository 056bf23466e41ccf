"""The journal: whatever happens to it, it says no more than was done."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines.matching.scanning import AnotherScans, BadJournal, OtherScan, journal
from havenline.engines.matching.scanning.journal import Asked, Journal, Mark

ASKED = Asked("/srv/archive", "/srv/archive", "/srv/index", 31, "csv")
MARKS = [Mark(listed=number * 9, count=number, all_listed=True, at=number, done=number, written=number * 7) for number in range(1, 9)]
WHOLE = [journal.written(dataclasses.asdict(one)) for one in (ASKED, *MARKS)]


def test_a_mark_is_there_when_the_journal_is_opened_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "scan", ASKED) as made:
        made.say(listed=90, count=3)
        made.say(all_listed=True)
        made.say(at=30, done=1, written=12, failed={"gone": 1})
    with Journal(tmp_path / "scan", ASKED) as again:
        assert again.mark == Mark(90, 3, True, 30, 1, 12, 0, {"gone": 1})


def test_it_goes_on_only_with_the_same_question(tmp_path: Path) -> None:
    Journal(tmp_path / "scan", ASKED).close()
    with pytest.raises(OtherScan, match="radius"):
        Journal(tmp_path / "scan", dataclasses.replace(ASKED, radius=10))


def test_it_is_open_in_one_place_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path / "scan", ASKED), pytest.raises(AnotherScans):
        Journal(tmp_path / "scan", ASKED)


def test_one_that_says_not_even_what_was_asked_is_refused_where_paths_were_listed(tmp_path: Path) -> None:
    with Journal(tmp_path / "scan", ASKED) as made:
        made.paths.write_bytes(b"a\0")
    (tmp_path / "scan" / "journal").write_bytes(b"what\n")
    with pytest.raises(BadJournal):
        Journal(tmp_path / "scan", ASKED)


def test_half_a_line_is_cut_off_before_the_next_is_written(tmp_path: Path) -> None:
    with Journal(tmp_path / "scan", ASKED) as made:
        made.say(listed=9, count=1)
    with (tmp_path / "scan" / "journal").open("ab") as file:
        file.write(WHOLE[2][:20])
    with Journal(tmp_path / "scan", ASKED) as again:
        again.say(listed=18, count=2)
    with Journal(tmp_path / "scan", ASKED) as last:
        assert last.mark.count == 2


@given(st.integers(0, sum(map(len, WHOLE))), st.binary(max_size=40))
def test_a_journal_that_was_cut_anywhere_says_its_last_whole_mark(at: int, after: bytes) -> None:
    data = b"".join(WHOLE)[:at]
    said, mark, whole = journal.read(data + (b"" if data.endswith(b"\n") else after.replace(b"\n", b"")))
    lines = data.count(b"\n")
    assert whole == sum(map(len, WHOLE[:lines]))
    assert (said is None) == (lines == 0)
    assert mark == (MARKS[lines - 2] if lines > 1 else Mark())


@given(st.integers(0, sum(map(len, WHOLE)) - 1), st.integers(1, 255))
def test_a_byte_that_turned_ends_the_journal_before_its_line(at: int, turn: int) -> None:
    data = bytearray(b"".join(WHOLE))
    before = bytes(data[:at]).count(b"\n")
    data[at] ^= turn
    _said, mark, whole = journal.read(bytes(data))
    assert whole <= sum(map(len, WHOLE[:before]))
    assert mark in (Mark(), *MARKS[: max(0, before - 1)])


@given(st.binary(max_size=300))
def test_what_is_no_journal_says_nothing(data: bytes) -> None:
    assert journal.read(data) == (None, Mark(), 0)


@given(
    st.dictionaries(
        st.sampled_from([*Mark.__dataclass_fields__, "else"]),
        st.none() | st.integers(-2, 9) | st.booleans() | st.sampled_from(["", "x", [], {}]),
    )
)
def test_a_line_that_is_whole_and_no_mark_is_not_taken(said: dict[str, object]) -> None:
    _asked, mark, _whole = journal.read(WHOLE[0] + journal.written(said))
    assert mark.at <= mark.listed
    assert mark.matched <= mark.done <= mark.count
