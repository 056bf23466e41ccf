"""Lists as CSV: each problem by its line, nothing lost on the way out and in again."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from havenline.foundation.lists import actions, csv_file
from havenline.foundation.lists.actions import Line, NewEntry
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import Membership
from tests.foundation.lists.conftest import random_pdq

HASH = "ab" * 16


def read(text: str | bytes) -> list[Line]:
    return list(csv_file.lines_of(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def problems(text: str | bytes) -> list[tuple[int, str]]:
    return [(line.number, line.problem) for line in read(text) if line.problem]


def test_columns_stand_in_any_order_and_lines_know_their_number() -> None:
    lines = read(f"# ours\n\nvalue,Signal,action,reason\r\n{HASH},md5,,\r\n\r\n {HASH} ,md5, withdraw ,Not illegal\n")
    assert [(line.number, line.entry.signal, line.entry.value, line.withdraws, line.reason) for line in lines] == [
        (4, "md5", HASH, False, ""),
        (6, "md5", HASH, True, "Not illegal"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "# only words\n", "md5\n", "signal,value,value\n", "signal;value\n", "signal,value,colour\nmd5,ab,red\n", f"md5,{HASH}\n"],
)
def test_a_file_that_names_no_columns_is_none_of_ours_and_says_what_one_begins_with(text: str) -> None:
    with pytest.raises(csv_file.NotThisFile, match="signal and value"):
        read(text)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"md5", "1 values, and the first line names 3 columns"),
        (b"md5,a,b,c", "4 values"),
        (b"md5,a,remove", "add or withdraw"),
        (b'md5,"a,add', "quotation mark"),
        (b'md5,"a"b,add', "quotation mark"),
        (b"md5,\xff\xfe,add", "UTF-8"),
        (b"md5,a\x00,add", "sign that no text has"),
        (b"md5," + b"a" * 40_000 + b",add", "longer than 8000"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_next_is_read(line: bytes, why: str) -> None:
    [(number, said)] = problems(b"signal,value,action\n" + line + f"\nmd5,{HASH},add\n".encode())
    assert number == 2
    assert why in said


@pytest.mark.parametrize("quality", ["101x", "-1", "9.5", "²", "1000", "٣"])
def test_a_quality_is_a_whole_number(quality: str) -> None:
    [(_number, said)] = problems(f"signal,value,quality\npdq,{'ab' * 32},{quality}\n")
    assert "0 to 100" in said


@pytest.mark.parametrize("about", ["[]", "1", "{", '"a"', "[" * 5000])
def test_what_is_said_about_an_entry_is_one_object(about: str) -> None:
    quoted = '"' + about.replace('"', '""') + '"'
    [(_number, said)] = problems(f"signal,value,about\nmd5,{HASH},{quoted}\n")
    assert "one JSON object" in said


def test_a_mark_of_byte_order_at_its_beginning_is_no_part_of_it() -> None:
    assert [line.entry.value for line in read(b"\xef\xbb\xbfsignal,value\nmd5," + HASH.encode())] == [HASH]


@given(some.binary(max_size=3000))
def test_whatever_comes_is_read_to_its_end_or_refused_as_a_whole(data: bytes) -> None:
    try:
        lines = read(b"signal,value,action,quality,about\n" + data)
    except csv_file.NotThisFile:
        return
    numbers = [line.number for line in lines]
    assert numbers == sorted(set(numbers))
    assert all(line.problem or line.entry.signal is not None for line in lines)


@pytest.mark.django_db
def test_what_is_written_and_read_again_changes_nothing(hashes: KnownList, senior_analyst: Membership) -> None:
    about = {"source": 'a "quoted", word', "lines": "one\ntwo"}
    new = [
        NewEntry("pdq", random_pdq(), quality=70, grade="A"),
        NewEntry("sha256", "cd" * 32, grade="B", about=about),
        NewEntry("md5", "ef" * 16, claimed_grade="B1"),
    ]
    gone = actions.add_entries(known_list=hashes, new=[*new, NewEntry("sha1", "01" * 20)], by=senior_analyst).entries[3]
    actions.withdraw(entry=gone, by=senior_analyst)
    entries = ListEntry.objects.filter(known_list=hashes).order_by("pk")
    text = "".join(csv_file.written(entries, withdrawn=True))
    assert json.dumps(about["lines"]) in text.replace('""', '"')  # a line of text is a line of the file
    imported = actions.read_in(
        known_list=hashes, lines=csv_file.lines_of(io.BytesIO(text.encode())), source="again", by=senior_analyst, is_whole=True
    )
    counts = ("lines", "already", "unknown", "additions", "changes", "withdrawals")
    assert [getattr(imported, name) for name in counts] == [4, 3, 1, 0, 0, 0]


@pytest.mark.django_db
def test_half_a_file_says_which_line_breaks_off(hashes: KnownList, senior_analyst: Membership) -> None:
    whole = "signal,value\n" + "".join(f"pdq,{random_pdq()}\n" for _one in range(20))
    half = whole[: len(whole) // 2]
    with pytest.raises(actions.LinesRefused) as refused:
        actions.read_in(known_list=hashes, lines=csv_file.lines_of(io.BytesIO(half.encode())), source="half", by=senior_analyst)
    assert [number for number, _why in refused.value.errors] == [half.count("\n") + 1]
    assert not hashes.entries.exists()
