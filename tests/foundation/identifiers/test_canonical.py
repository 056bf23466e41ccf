"""One canonical form: canonical of canonical is itself, and what is equal is equal."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from havenline.foundation.identifiers.canonical import LIMIT, NotAnIdentifier, canonical
from havenline.foundation.identifiers.models import Kind

TEXTS = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="abAB@ .:/%2541[]?&=+-#ŷßİ\u0345", max_size=60),
    st.from_regex(r"(https?://)?[a-zA-Z0-9.-]{1,20}(:[0-9]{1,5})?(/[^\s]{0,30})?", fullmatch=True),
    st.from_regex(r"\+?[0-9 ()-]{5,16}", fullmatch=True),
    st.from_regex(r"@?[^\s@]{1,12}@[a-z0-9-]{1,8}\.[a-z]{2,5}", fullmatch=True),
)


@pytest.mark.parametrize("kind", Kind.values)
@settings(max_examples=150, deadline=None)
@given(raw=TEXTS)
@example(raw="@ @x")
@example(raw="İ at ß.example")
@example(raw="https://chat.example/%2541%zz%")
@example(raw="chat.example//x")
@example(raw="https://chat.example/" + "é" * 300)
@example(raw="a" * 3999)
def test_canonical_of_canonical_is_itself_or_it_is_no_identifier(kind: str, raw: str) -> None:
    try:
        once = canonical(kind, raw)
    except NotAnIdentifier:
        return
    assert canonical(kind, once) == once
    assert 0 < len(once) <= LIMIT


SAME = [
    ("url", "https://Chat.Example:443/room?q=1#top", "http://chat.example/room?q=1"),
    ("url", "chat.example", "https://chat.example/"),
    ("url", "https://chat.example./%7Eriver/%41", "https://chat.example/~river/A"),
    ("url", "https://chat.example/caf%c3%a9", "https://chat.example/café"),
    ("account", "@RiverWalk_77 at Chat.Example", "riverwalk_77 at chat.example."),
    ("account", "  @@RiverWalk_77 ", "riverwalk_77"),
    ("mail", "R.W77@Mail.Example", "r.w77@mail.example"),
    ("telephone", "020 7946 0018", "+44 (0)20 7946 0018"),
    ("ip", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1"),
    ("host", "Chat.Example.", "chat.example"),
    ("address", "4  Alder Road, Northmere", "4 alder road northmere"),
    ("sha256", "AB" * 32, "ab" * 32),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_what_is_the_same_falls_together(kind: str, one: str, other: str) -> None:
    assert canonical(kind, one) == canonical(kind, other)


DIFFERENT = [
    ("url", "https://chat.example/a%2Fb", "https://chat.example/a/b"),
    ("url", "https://chat.example/?a=1%26b=2", "https://chat.example/?a=1&b=2"),
    ("url", "https://chat.example/Room", "https://chat.example/room"),
    ("url", "https://chat.example:8080/", "https://chat.example/"),
    ("url", "https://chat.example/" + "a" * 500, "https://chat.example/" + "a" * 500 + "b"),
    ("account", "river at chat.example", "river at talk.example"),
]


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_what_differs_stays_apart(kind: str, one: str, other: str) -> None:
    assert canonical(kind, one) != canonical(kind, other)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("url", "javascript://x"),
        ("mail", "nobody"),
        ("telephone", "12"),
        ("ip", "999.1.1.1"),
        ("md5", "xyz"),
        ("host", "a b"),
        ("url", "https://"),
    ],
)
def test_what_is_none_says_what_one_looks_like(kind: str, raw: str) -> None:
    with pytest.raises(NotAnIdentifier, match="Enter"):
        canonical(kind, raw)
