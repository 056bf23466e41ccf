"""Each form reads what it wrote, whatever a list holds; and says where what it reads is none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.engines import proof
from havenline.foundation.lists.exchange import outside
from havenline.foundation.lists.exchange.formats import ncmec, signed, table, threatexchange
from havenline.foundation.lists.exchange.told import NotReadable, Told

KEY = proof.SigningKey("fuzz.example/lists", proof.SIGNS, b"k" * 32)
MEMBER = ncmec.Member(7, 'Hotline <&"> 7')
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30).map(lambda text: text.replace("\x85", "x"))
HEX = st.binary(min_size=16, max_size=32).map(bytes.hex)
URLS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=("C", "Z")), min_size=1, max_size=300)
SLOW_AT_FIRST = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the table of signs is made once
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))


def told(*signals: str, values: Any = HEX, withdrawn: bool = True) -> st.SearchStrategy[Told]:
    return st.builds(
        Told,
        signal=st.sampled_from(signals),
        value=values,
        is_listed=st.booleans() if withdrawn else st.just(True),
        ident=st.integers(1, 10**18).map(str),
        grade=st.sampled_from(["", "A", "B2", "C"]),
        by=WORDS,
        quality=st.none() | st.integers(0, 100),
        at=MOMENTS,
    )


@given(st.lists(told("md5", "sha1", "pdq", "sha256"), max_size=20), MOMENTS, WORDS)
@SLOW_AT_FIRST
def test_ncmecs_xml_reads_what_it_wrote(said: list[Told], latest: datetime, next_: str) -> None:
    page = ncmec.read_page("".join(ncmec.write_page(said, member=MEMBER, latest=latest, next_=next_)).encode())
    assert (page.next, page.latest) == (next_, latest)
    assert [(one.ident, one.is_listed) for one in page.told] == [(f"7-{one.ident}", one.is_listed) for one in said]
    for one, was in zip(page.told, said, strict=True):
        if was.is_listed:
            assert (one.signal, one.value, one.grade, one.at, one.by) == (was.signal, was.value, was.grade, was.at, MEMBER.name)


@given(st.lists(told("md5", "sha1", "pdq", "sha256", "url", "host", values=URLS), max_size=20), WORDS)
def test_threatexchanges_json_reads_what_it_wrote(said: list[Told], next_: str) -> None:
    import json

    rows = [threatexchange.update(one, owner=3) for one in said]
    page = threatexchange.read_page(json.dumps(threatexchange.page(rows, next_=next_)).encode())
    assert page.next == next_
    assert [(one.ident, one.is_listed) for one in page.told] == [(one.ident, one.is_listed) for one in said]
    for one, was in zip(page.told, said, strict=True):
        if was.is_listed:
            assert (one.signal, one.value, one.grade, one.by, one.at) == (was.signal, was.value, was.grade, was.by, was.at)


@given(st.lists(told("md5", "pdq", "url", "host", values=URLS), max_size=20))
def test_csv_reads_what_it_wrote(said: list[Told]) -> None:
    assert list(table.read("".join(table.write(said)).encode())) == [replace(one, ident="") for one in said]


@given(st.lists(told("md5", "pdq", "url", values=URLS), max_size=20), MOMENTS, st.booleans(), WORDS)
def test_signed_lines_read_what_they_wrote(said: list[Told], made_at: datetime, more: bool, terms: str) -> None:
    head = signed.Head("a-list", "hash", signed.CHANGES, made_at, "before", "Hotline", "licence", terms)
    text = "".join(signed.write(head, said, ends=signed.Seal(0, "after", more), key=KEY))
    read = signed.read(text.encode(), [KEY.public])
    assert read.head == head
    assert read.seal == signed.Seal(len(said), "after", more)
    assert [(one.signal, one.value, one.is_listed, one.grade, one.by, one.quality, one.at) for one in read.told] == [
        (one.signal, one.value, one.is_listed, one.grade, one.by, one.quality, one.at) for one in said
    ]


@given(st.data())
def test_signed_lines_that_were_changed_anywhere_do_not_hold(data: st.DataObject) -> None:
    said = [Told("md5", "a" * 32), Told("md5", "b" * 32, False)]
    head = signed.Head("a-list", "hash", signed.SNAPSHOT, datetime(2026, 11, 18, tzinfo=UTC))
    whole = bytearray("".join(signed.write(head, said, ends=signed.Seal(0, "after", False), key=KEY)).encode())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = (whole[at] + data.draw(st.integers(1, 255))) % 256
    with pytest.raises(NotReadable):
        signed.read(bytes(whole), [KEY.public])


@given(st.data())
def test_half_of_signed_lines_does_not_hold(data: st.DataObject) -> None:
    head = signed.Head("a-list", "hash", signed.SNAPSHOT, datetime(2026, 11, 18, tzinfo=UTC))
    whole = "".join(signed.write(head, [Told("md5", "a" * 32)], ends=signed.Seal(0, "x", False), key=KEY)).encode()
    with pytest.raises(NotReadable):
        signed.read(whole[: data.draw(st.integers(0, len(whole) - 1))], [KEY.public])


@given(st.integers(1, 2**63 - 1))
def test_an_entrys_number_outside_leads_back(pk: int) -> None:
    assert outside.pk_of(outside.number(pk)) == pk


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.integers(0, 2**63))
def test_a_cursor_opens_for_its_list_and_form_alone(known_list: int, after: int, until: int) -> None:
    position = outside.Position(known_list, after, until)
    text = outside.cursor(position, outside.CHANGES)
    assert outside.opened(text, outside.CHANGES, known_list) == position
    for kind, other in ((outside.NCMEC, known_list), (outside.CHANGES, known_list + 1)):
        with pytest.raises(outside.NoCursor):
            outside.opened(text, kind, other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends inside"),
        ("value\r\n", "Line 1"),
        ("signal,value,signal\r\n", "Line 1"),
        ("signal,value\r\nmd5\r\n", "Line 2 has 1 cells"),
        ("signal,value\r\nmd4,a\r\n", "Line 2: 'md4' is no signal"),
        ("signal,value\r\nmd5,\r\n", "Line 2 has no value"),
        ("signal,value,action\r\nmd5,a,maybe\r\n", "Line 2: the action"),
        ("signal,value,quality\r\npdq,a,101\r\n", "Line 2: the quality"),
        ('signal,value,about\r\npdq,a,"{""at"": ""yesterday""}"\r\n', "Line 2: at is no moment"),
        ("signal,value,about\r\npdq,a,[]\r\n", "Line 2: what is said"),
        ('signal,value\r\nmd5,"a\r\n', "Line 2"),
        ("signal,value\r\nmd5,a\x00\r\n", "value 0"),
        (f"signal,value\r\nmd5,{'a' * 3_000}\r\n", "Line 2: the value"),
    ],
)
def test_csv_names_the_line_that_is_none(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        list(table.read(text.encode()))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "'quoted"])
def test_no_cell_is_a_formula(value: str) -> None:
    text = "".join(table.write([Told("url", value)]))
    assert f",'{value}," in text
    assert next(table.read(text.encode())).value == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<other/>", "no <queryResult>"),
        ("<queryResult><images><image><id>1</id></image></images></queryResult>", "without its number or its member"),
        ('<queryResult><images><image><member id="1"/><id>1</id><id>2</id></image></images></queryResult>', "two of <id>"),
        ('<queryResult><images maxTimestamp="soon"/></queryResult>', "no moment"),
        ("<queryResult><images><sound/></images></queryResult>", "is no entry"),
        (f"<queryResult>{'<a>' * 20}{'</a>' * 20}</queryResult>", "deep"),
        (f"<queryResult><images><image><member id='1'/><id>{'1' * 5_000}</id></image></images></queryResult>", "more than"),
        ("<queryResult>&undefined;</queryResult>", "Line 1"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><queryResult/>', "document type"),
    ],
)
def test_xml_that_is_no_page_says_where(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        ncmec.read_page(text.encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "no list"),
        ('{"data": [1]}', "is no row"),
        ('{"data": [{"id": "1", "should_delete": "no"}]}', "should_delete"),
        ('{"data": [{"id": "1", "last_updated": -1}]}', "no moment"),
        ('{"data": [{"id": "1", "last_updated": 1e400}]}', "no moment"),
        ('{"data": [], "paging": {"next": 1}}', "no address"),
        ('{"data": [], "paging": []}', "no address"),
        ('{"data": [{"id": "1", "descriptors": 1}]}', "descriptors"),
    ],
)
def test_json_that_is_no_page_says_where(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        threatexchange.read_page(text.encode())


def test_a_moment_without_a_zone_is_of_utc_and_one_with_is_turned() -> None:
    said = ('"{""at"": ""2026-11-18T10:06:00""}"', '"{""at"": ""2026-11-18T12:06:00+02:00""}"')
    text = "signal,value,about\r\n" + "".join(f"md5,a,{one}\r\n" for one in said)
    at = datetime(2026, 11, 18, 10, 6, tzinfo=UTC)
    assert [one.at for one in table.read(text.encode())] == [at, at]
