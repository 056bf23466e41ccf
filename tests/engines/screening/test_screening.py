"""Who asks whom counts; what is refused, quoted, told of another or meant as advice does not."""

import pytest

from havenline.engines.screening import SIGNS, Sign, screen, screen_lines


def signs(text: str) -> list[str]:
    return [str(finding.sign) for finding in screen(text)]


def test_a_finding_says_where_who_what_and_why() -> None:
    (finding,) = screen("Sam: hi\n[12:03] Robin: hey, how old are you?")
    assert finding.sign is Sign.ASKS_ABOUT_CHILD
    assert (finding.line, finding.speaker, finding.text) == (2, "Robin", "how old are you")
    assert "[12:03] Robin: hey, how old are you?"[finding.start : finding.end] == finding.text
    assert finding.reason == "Robin asks how old the other person is. A reason to look closer, never proof."


def test_each_of_the_nine_signs_has_a_title_and_something_to_know() -> None:
    assert len(SIGNS) == len(Sign) == 9
    assert all(about.title and about.know for about in SIGNS.values())


def test_who_answers_is_no_sign() -> None:
    assert signs("Sam: I go to Northmere School\nSam: I am 11 and I live in Northmere") == []


@pytest.mark.parametrize(
    "line",
    [
        "never keep secrets from your parents",
        'My teacher says "don\'t tell anyone your password"',
        "no, I won't send you a picture",
        "Sam: he asked me how old are you",
        "If someone asks you to keep a secret, tell an adult",
    ],
)
def test_refused_quoted_told_or_meant_as_advice_is_no_sign(line: str) -> None:
    assert signs(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "can I get you a drink, asked the waiter",
        "come to me if you have trouble with fractions, said Mr Osei",
        "Please show me your homework.",
        "Add a profile picture to finish signing up.",
    ],
)
def test_what_is_told_of_another_or_said_in_class_or_in_a_shop_is_no_sign(line: str) -> None:
    assert signs(line) == []


@pytest.mark.parametrize("line", ["no", "yes", "ok?", "you", "stop it", "what time", "love you", "text me", "on my way", "good night"])
def test_a_short_answer_is_no_sign(line: str) -> None:
    assert signs(f"Sam: {line}") == []


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        ("dont tell ur mum", Sign.ASKS_FOR_SECRECY),
        ("wot skool u go 2", Sign.ASKS_ABOUT_CHILD),
        ("lets tlk on teleg.ram", Sign.ASKS_TO_MOVE),
        ("keep it s e c r e t", Sign.ASKS_FOR_SECRECY),
        ("keep it s3cr3t", Sign.ASKS_FOR_SECRECY),
        ("keep it sec\u200bret", Sign.ASKS_FOR_SECRECY),
        ("keep it ｓｅｃｒｅｔ", Sign.ASKS_FOR_SECRECY),
        ("keep it sесrеt", Sign.ASKS_FOR_SECRECY),  # with Cyrillic letters
        ("keep 🤫 it 🤫 secret", Sign.ASKS_FOR_SECRECY),
        ("keep it sec🤫ret", Sign.ASKS_FOR_SECRECY),
        ("wanna m\u200b33t up irl", Sign.ASKS_TO_MEET),  # a mark that is not seen, beside a digit for a letter
        ("keep it s e c r\u200b e t", Sign.ASKS_FOR_SECRECY),
        ("lets tlk on teleg\u200b.ram", Sign.ASKS_TO_MOVE),
        ("\u200basl?", Sign.ASKS_ABOUT_CHILD),
        ("keep it seeecret", Sign.ASKS_FOR_SECRECY),
        ("don’t tell your mum", Sign.ASKS_FOR_SECRECY),
    ],
)
def test_no_disguise_hides_a_sign(line: str, sign: Sign) -> None:
    assert [(finding.sign, finding.line) for finding in screen(line)] == [(sign, 1)]


def test_lines_as_they_come_are_found_alike() -> None:
    text = "Robin: how old are you?\nSam: 11\nRobin: keep this between us\n" * 3
    assert list(screen_lines(text.splitlines(keepends=True))) == screen(text)
    assert len(screen(text)) == 6
