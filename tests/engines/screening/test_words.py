"""Phrases matched word by word: what may stand between, what must follow, and which cannot be read."""

import pytest

from havenline.engines.screening.phrases import PhraseRefused, without_last_options
from havenline.engines.screening.words import Phrases, WordRules


def holds(phrase: str, text: str, *, composed: bool = True) -> list[str]:
    """The words of a text that one phrase finds."""
    known = WordRules([Phrases([phrase], composed, alone=False)], {"closing": "please|ok"}, {"you": "u"})
    seen = text.encode()
    return [text[start:end] for number in known.which(seen) for start, end in known.find(number, seen)]


def test_two_dots_stand_for_three_words_at_most() -> None:
    assert holds("send .. photo", "send me just one photo") == ["send me just one photo"]
    assert holds("send .. photo", "send me just one more photo") == []


def test_three_dots_stand_for_six() -> None:
    assert holds("send ... photo", "send me just one more little old photo") == ["send me just one more little old photo"]


def test_nothing_is_found_over_the_end_of_a_sentence() -> None:
    assert holds("send .. photo", "send it. a photo of the cat") == []


def test_a_composed_phrase_ends_with_one_of_its_last_options_or_with_the_sentence() -> None:
    assert holds("tell you [about|later]", "i will tell you later on") == ["tell you later"]
    assert holds("tell you [about|later]", "i will tell you please! bye") == ["tell you please"]
    assert holds("tell you [about|later]", "i will tell you jokes") == []
    assert holds("tell you [about|later]", "i will tell you jokes", composed=False) == ["tell you"]


def test_a_number_is_a_number_whether_a_rule_knows_it_or_not() -> None:
    assert holds("{digits} pounds", "4711 pounds") == ["4711 pounds"]
    assert holds("({digits}|5) pounds", "5 pounds") == ["5 pounds"]


def test_each_spelling_of_a_word_is_that_word() -> None:
    assert holds("meet you", "meet u") == ["meet u"]


def test_the_lines_that_hold_something_are_named() -> None:
    known = WordRules([Phrases(["meet you"], True, alone=False), Phrases(["send it"], True, alone=False)], {"closing": "ok"}, {})
    assert known.lines(b"hi\ni will meet you\nwhat, me\nsend it") == {1, 3}


def test_dots_with_nothing_before_them_are_refused() -> None:
    with pytest.raises(PhraseRefused):
        holds(".. photo", "a photo")


def test_the_last_options_are_all_that_may_be_missing_at_the_end() -> None:
    assert without_last_options("tell [me] you [about (us|me)] [now|later]") == ("tell [ me ] you", ["about ( us | me )", "now | later"])
