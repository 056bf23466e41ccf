"""Words made letters: one by one, and very many at once."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from havenline.engines.screening.alphabet import NUMBER, OTHER, STOP, WIDTH, Alphabet, LinesSpeller, Speller

KNOWN = ["you", "are", "a", "photograph", "photographs", "extraordinarily", "extraordinariness", "12", "2nd", "u"]
WORDS = st.one_of(st.sampled_from(KNOWN), st.text("abcdehoprty0129", min_size=1, max_size=20))
BETWEEN = st.sampled_from([" ", "  ", ", ", "-", " \xe9 ", "_"])


def alphabet() -> Alphabet:
    made = Alphabet()
    for word in KNOWN:
        made.letter(word)
    return made


def read(letters: bytes) -> list[str]:
    """What each letter stands for."""
    words = {letter: word for word, letter in alphabet().letters.items()} | {STOP: "|", OTHER: "?", NUMBER: "#"}
    return [words[letters[at : at + WIDTH].decode("latin-1")] for at in range(0, len(letters), WIDTH)]


def test_a_word_that_is_known_is_itself_and_any_other_is_one_letter() -> None:
    assert read(Speller(alphabet()).spell(b"are you a photographer, 12 or 4711?")) == ["are", "you", "a", "?", "12", "?", "#", "|"]


@given(st.lists(st.lists(st.tuples(WORDS, BETWEEN), max_size=8), min_size=1, max_size=6))
@example([[("extraordinarily", " "), ("extraordinaril", " "), ("extraordinarilyy", " ")]])
@example([[("photograph", " "), ("photographs", "-"), ("photographe", " ")], []])
def test_many_lines_at_once_are_spelt_as_each_alone(lines: list[list[tuple[str, str]]]) -> None:
    texts = ["".join(word + between for word, between in line) for line in lines]
    letters, ends = LinesSpeller(alphabet()).spell("\n".join(texts).encode()).text()
    alone = [read(Speller(alphabet()).spell(text.replace("_", " ").replace("\xe9", " ").encode())) for text in texts]
    for spelt, begin, end in zip(alone, [0, *ends[:-1]], ends, strict=True):
        # A number above 99 is any other word here: the first search has a pattern of its own for those.
        together = [word if word != "?" else "" for word in read(letters[begin:end])]
        assert together[-1] == "|"
        assert [word if word not in "?#" else "" for word in spelt] == [word if word != "#" else "" for word in together[:-1]]


def test_some_of_the_lines_are_taken_out_with_where_each_ends() -> None:
    lines = LinesSpeller(alphabet()).spell(b"you are\n\na photograph\nu")
    letters, ends = lines.text(np.array([0, 3]))
    assert read(letters) == ["you", "are", "|", "u", "|"]
    assert list(ends) == [3 * WIDTH, 5 * WIDTH]


def test_a_line_is_marked_by_each_of_its_letters() -> None:
    table = np.zeros(1 << 16, "u8")
    spelt = LinesSpeller(alphabet()).spell(b"you are")
    table[spelt.letters[0]], table[spelt.letters[1]] = 1, 4
    assert list(LinesSpeller(alphabet()).spell(b"are\nyou are\n\na you").marks(table)) == [4, 5, 0, 1]
