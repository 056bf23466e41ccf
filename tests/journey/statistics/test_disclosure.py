"""What is not shown can't be worked out: by subtraction, over every filter, and by whoever knows the rule."""

from collections import defaultdict
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.journey.statistics import disclosure
from havenline.journey.statistics.disclosure import LEAST, Tally, Told, hide_sources, may_stand_beside, merge_small
from havenline.journey.statistics.periods import PARTS
from havenline.journey.statistics.queries.filters import ALL_AGENCIES, OWN_AGENCY, view

VIEWS = [view(period, whose) for whose in (ALL_AGENCIES, OWN_AGENCY) for period in PARTS]


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """Eight cells (four parts of time, own agency and others), small enough that much must be hidden."""
    of = [draw(st.one_of(st.just(0), st.integers(1, 30))) for _cell in range(8)]
    return Tally(tuple(draw(st.integers(0, many)) for many in of), tuple(of))


def told(tally: Tally) -> list[tuple[int, ...]]:
    one, shown = Told(tally), []
    for each in VIEWS:
        if one.may_tell(each):
            one.tell(each)
            shown.append(each)
    return shown


def in_span(target: tuple[int, ...], vectors: list[tuple[int, ...]]) -> bool:
    """Whether adding and subtracting any multiples of `vectors` gives `target`: Gauss, in whole fractions."""
    rows = [[Fraction(n) for n in vector] for vector in vectors]
    rest = [Fraction(n) for n in target]
    for column in range(len(target)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        for row in (*rows, rest):
            factor = row[column] / pivot[column]
            for at in range(len(target)):
                row[at] -= factor * pivot[at]
    return not any(rest)


@settings(max_examples=200, deadline=None)
@given(tallies())
def test_no_set_of_cases_that_can_be_worked_out_has_fewer_than_five_on_either_side(tally):
    filled = [at for at, of in enumerate(tally.of) if of]
    shown = [tuple(each[at] for at in filled) for each in told(tally)]
    for chosen in product((0, 1), repeat=len(filled)):
        if any(chosen) and in_span(chosen, shown):
            found = sum(tally.found[at] for at, mark in zip(filled, chosen, strict=True) if mark)
            of = sum(tally.of[at] for at, mark in zip(filled, chosen, strict=True) if mark)
            assert found >= LEAST
            assert of - found >= LEAST


@pytest.mark.parametrize(
    "tally",
    [
        Tally((5, 0, 0, 6, 10, 10, 0, 25), (30, 0, 0, 12, 15, 10, 0, 30)),
        Tally((0, 15, 5, 0, 0, 10, 5, 0), (0, 20, 15, 0, 12, 20, 10, 0)),
    ],
)
def test_a_figure_taken_twice_tells_nothing_either(tally):
    """Here no sum of the figures, each taken once, told a small one; a sum with one of them taken twice did."""
    filled = [at for at, of in enumerate(tally.of) if of]
    shown = [tuple(each[at] for at in filled) for each in told(tally)]
    for at, cell in enumerate(filled):
        if in_span(tuple(int(at == one) for one in range(len(filled))), shown):
            assert LEAST <= tally.found[cell] <= tally.of[cell] - LEAST


def test_enough_everywhere_is_shown_everywhere():
    assert told(Tally((7,) * 8, (20,) * 8)) == VIEWS


def test_a_year_is_hidden_where_all_years_would_tell_the_few_of_another():
    everything_but_two_is_of_this_year = Tally((2, 0, 0, 0, 0, 0, 20, 0), (9, 0, 0, 0, 0, 0, 50, 0))
    assert told(everything_but_two_is_of_this_year) == [view("all", ALL_AGENCIES), view("all", OWN_AGENCY)]


def test_an_agency_alone_sees_its_own_as_everybody_s():
    alone = Tally((0, 0, 0, 0, 0, 0, 20, 0), (0, 0, 0, 0, 0, 0, 50, 0))
    assert view("this-year", OWN_AGENCY) in told(alone)


def test_of_work_what_is_left_over_is_not_hidden():
    all_in_time = Tally((0, 0, 0, 0, 0, 0, 20, 0), (0, 0, 0, 0, 0, 0, 20, 0))
    assert not Told(all_in_time).may_tell(view("all", ALL_AGENCIES))
    assert Told(all_in_time, both_sides=False).may_tell(view("all", ALL_AGENCIES))


# Rows: whoever knows the rule tries every row that would look the same. `LEAST` is 3 here, so that all of them can be tried.


@pytest.fixture
def least_is_three(monkeypatch):
    monkeypatch.setattr(disclosure, "LEAST", 3)


def hidden_values(looks_alike: dict[object, list[tuple[int, ...]]]) -> None:
    for look, rows in looks_alike.items():
        counts = look[1]
        for at, count in enumerate(counts):
            if count is None:
                assert len({row[at] for row in rows}) > 1, f"{look} tells that the one at {at} is {rows[0][at]}"


@pytest.mark.parametrize("stages", [2, 3, 4])
def test_a_hidden_stage_could_be_more_than_one_number(least_is_three, stages):
    looks_alike = defaultdict(list)
    for counts in product(range(9), repeat=stages):
        row = merge_small(counts)
        looks_alike[row.total, row.counts, row.rest].append(counts)
    hidden_values({look: rows for look, rows in looks_alike.items() if look[0] is not None})


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_no_number_below_five_stands_in_a_row(counts):
    row = merge_small(counts)
    assert not [count for count in (*row.counts, row.rest) if count is not None and 0 < count < LEAST]
    if row.total is not None:
        assert row.total == sum(counts) == row.rest + sum(count or 0 for count in row.counts)


def test_a_hidden_source_could_be_more_than_one_number(least_is_three):
    """Three sources, each case found under one at least: any source lies between the largest and the sum of all."""
    looks_alike = defaultdict(list)
    for counts in product(range(8), repeat=3):
        for any_source in range(max(3, *counts), sum(counts) + 1):
            by_source = dict(zip("abc", counts, strict=True))
            shown = hide_sources(any_source, by_source, {source for source, count in by_source.items() if count >= 3})
            look = any_source, tuple(by_source[source] if source in shown else None for source in "abc")
            looks_alike[look].append(counts)
    hidden_values(looks_alike)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=4))
def test_an_agency_s_own_row_stands_only_where_the_others_have_nothing_or_enough(pairs):
    own, others = [mine for mine, _theirs in pairs], [theirs for _mine, theirs in pairs]
    beside = may_stand_beside(own, [mine + theirs for mine, theirs in pairs])
    assert beside == (not any(others) or min(others) >= LEAST)
