"""Wilson's interval: published values, and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.journey.statistics.interval import wilson

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score, without continuity correction).
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("found", "of", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(found, of, low, high):
    interval = wilson(found, of)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


shares = st.integers(1, 100_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(shares)
def test_the_interval_holds_the_share_and_stays_between_nought_and_one(share):
    interval = wilson(*share)
    assert 0 <= interval.low <= interval.share <= interval.high <= 1


@given(shares, st.integers(2, 50))
def test_more_cases_with_the_same_share_narrow_it(share, times):
    found, of = share
    few, many = wilson(found, of), wilson(found * times, of * times)
    assert many.high - many.low < few.high - few.low


@given(shares)
def test_found_and_not_found_mirror_each_other(share):
    found, of = share
    one, other = wilson(found, of), wilson(of - found, of)
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)


@pytest.mark.parametrize(("found", "of"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(found, of):
    with pytest.raises(ValueError, match="is no share"):
        wilson(found, of)
