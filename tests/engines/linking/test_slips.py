"""A word that was written with one slip shares a key with the right one, and few others do."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havenline.engines import linking

WORDS = st.text(string.ascii_lowercase, min_size=5, max_size=14)


@given(WORDS, st.data())
def test_one_letter_too_many_too_few_wrong_or_two_exchanged_share_a_key(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    for slip in (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ):
        assert linking.slip_keys(word) & linking.slip_keys(slip)
        assert linking.nearness(slip, word) > 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_nearness_is_told_of_any_two_words(one: str, other: str) -> None:
    assert 0 <= linking.nearness(one, other) <= 1
    linking.slip_keys(one)


@pytest.mark.parametrize(("asked", "word"), [("katie", "kathryn"), ("bob", "robert"), ("smyth", "smith"), ("vail", "vale")])
def test_forms_of_a_name_and_words_that_sound_alike_are_near(asked: str, word: str) -> None:
    assert linking.slip_keys(asked) & linking.slip_keys(word)
    assert 0 < linking.nearness(asked, word) < 1


@pytest.mark.parametrize(("asked", "word"), [("robin", "stone"), ("ann", "ian"), ("1234", "1235"), ("vale", "gate")])
def test_other_words_and_other_numbers_are_not_near(asked: str, word: str) -> None:
    assert linking.nearness(asked, word) == 0


def test_a_number_has_no_keys() -> None:
    assert linking.slip_keys("9434765919") == linking.slip_keys("h7k2m") == frozenset()
