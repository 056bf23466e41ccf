"""Whether two descriptions may be the same person: offered with its reasons, found again under a key, and never more than offered."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines.linking import Against, Alike, Described, Reason, Strength, address_key, alike, compare, keys_of

BORN = date(2017, 3, 2)
HOME = "7 Osier Lane, Northmere, SR1 1AA"


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Siân O’Brien", "sian obrien", Alike.SAME),
        ("Vale, Robin", "Robin Vale", Alike.SAME),
        ("Wójcik Szymon", "Simon Wojcik", Alike.VARIANT),
        ("Muhammad Ali Khan", "Mohammed Khan", Alike.VARIANT),
        ("Kate Vale", "Catherine Vale", Alike.VARIANT),
        ("R. Vale", "Robin Vale", Alike.VARIANT),
        ("Robin Valle", "Robin Vale", Alike.VARIANT),
        ("Shawna Reed", "Shauna Reid", Alike.SOUND),
        ("Robin Vale", "Kim Vale", Alike.FAMILY),
        ("Robin", "Robin Vale", Alike.NO),
        ("Robin", "Robyn", Alike.SOUND),
        ("Robin Vale", "Kim Reed", Alike.NO),
        ("李小龙", "李小龙", Alike.SAME),
        ("محمد علي", "علي محمد", Alike.SAME),
        ("", "Robin", Alike.NO),
    ],
)
def test_how_alike_two_names_are(one: str, other: str, how: Alike) -> None:
    assert alike(one, other) == alike(other, one) == how


def test_one_number_in_one_system_is_certain_whatever_else_is_told() -> None:
    found = compare(Described(("Robin Vale",), numbers={"nhs": "9434765919"}), Described(("R Smith",), numbers={"nhs": "9434765919"}))
    assert (found.strength, found.reasons) == (Strength.CERTAIN, (Reason.NUMBER,))


def test_another_number_in_the_same_system_leaves_a_possibility_at_most_and_is_told() -> None:
    one, other = (Described(("Robin Vale",), born_on=BORN, numbers={"nhs": number}) for number in ("9434765919", "4010232137"))
    found = compare(one, other)
    assert found.strength == Strength.POSSIBLE
    assert Against.NUMBER in found.against


@pytest.mark.parametrize("born", [BORN, date(2017, 2, 3), date(2017, 3, 12), date(2018, 3, 2)])
def test_a_variant_of_the_name_with_the_date_of_birth_or_nearly_is_likely(born: date) -> None:
    assert compare(Described(("Kate Vale",), born_on=BORN), Described(("Katherine Vale",), born_on=born)).strength == Strength.LIKELY


def test_a_name_alone_is_possible_until_something_speaks_against_it() -> None:
    assert compare(Described(("Robin Vale",)), Described(("Robin Vale",), born_on=BORN)).strength == Strength.POSSIBLE
    found = compare(Described(("Robin Vale",), born_on=date(2009, 11, 25)), Described(("Robin Vale",), born_on=BORN))
    assert (found.strength, found.against) == (Strength.NONE, (Against.BORN,))
    assert compare(Described(("Robin Vale",), age=9), Described(("Robin Vale",), age=14)).strength == Strength.NONE


def test_twins_are_two_children() -> None:
    one, other = (Described((name,), born_on=BORN, address=HOME) for name in ("Robin Vale", "Kim Vale"))
    found = compare(one, other)
    assert found.strength == Strength.NONE
    assert Against.NAME in found.against
    assert {Reason.BORN, Reason.ADDRESS} <= set(found.reasons)


def test_a_child_that_has_several_names_is_found_by_each() -> None:
    known = Described(("Robin Vale", "Robin Reed"), born_on=BORN)
    assert compare(Described(("R Reed",), born_on=BORN), known).strength == Strength.LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Flat 2, 7 Osier Lane, SR1 1AA", "flat 2 7 osier ln sr11aa"),
        ("7, Osier Lane", "7 OSIER LANE"),
    ],
)
def test_one_home_written_in_two_ways_has_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other) != ""


@pytest.mark.parametrize("told", ["", "Northmere", "no fixed address", "SR1 1AA"])
def test_a_town_or_a_postcode_alone_is_no_home(told: str) -> None:
    assert address_key(told) == ""


names = st.lists(
    st.sampled_from(["Robin", "Kate", "Catherine", "Muhammad", "Mo", "Siân", "Vale", "Reed", "Reid", "O’Brien", "李", "Ó"]), max_size=4
)
people = st.builds(
    Described,
    names=st.lists(names.map(" ".join), max_size=2).map(tuple),
    born_on=st.none() | st.dates(date(2008, 1, 1), date(2010, 12, 31)),
    age=st.none() | st.integers(0, 17),
    address=st.sampled_from(["", HOME, "8 Osier Lane, SR1 1AA", "Northmere"]),
    numbers=st.sampled_from([{}, {"nhs": "9434765919"}, {"nhs": "4010232137", "upn": "A123456789012"}]),
)


@given(people, people)
def test_it_is_the_same_from_both_sides(one: Described, other: Described) -> None:
    assert compare(one, other) == compare(other, one)


@given(people)
def test_whoever_has_a_name_and_a_date_is_likely_themselves(one: Described) -> None:
    if one.born_on and any(names for names in one.names if names):
        assert compare(one, one).strength >= Strength.LIKELY


@given(people, people)
def test_whoever_is_offered_shares_a_key_so_that_a_search_finds_them(one: Described, other: Described) -> None:
    if compare(one, other).strength:
        assert keys_of(one) & keys_of(other)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_name(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert keys_of(Described((one,), address=other)) is not None
