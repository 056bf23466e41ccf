"""How much is found of what should be, and how often what is harmless is. The lines are in files of their own beside this one."""

from pathlib import Path

import pytest

from havenline.engines.screening import Sign, screen

HERE = Path(__file__).parent


# What is not found, by name. This list can only grow shorter: a line found is struck from it, and none is added.
KNOWN_MISSES = {
    "varied_to_be_found.txt": [
        "which grade did you just start",
        "who picks you up when lessons finish?",
        "let's not mention this to your parents",
        "lie if they ask you about me",
        "we don't want your folks poking their noses in",
        "don't u dare tell a grown up",
        "I don't think your mum should be involved",
        "send me an email, my address is robin@example.com",
        "this place has too many nosy people, what else have you got to chat on",
        "I bet all the girls fancy you",
        "how much would you want for it, 20 quid?",
        "money's no problem for me, just ask",
        "people will try to split us up",
        "they're jealous of what we have",
        "skip last lesson and I'll be outside",
        "I'd come and get you wherever you are",
        "why won't you do it, everyone else does",
    ],
}
KNOWN_MISSES_AT_MOST = 17
# What is harmless by what stands around it, or by who says it, which the line alone does not show. This too only shrinks.
KNOWN_FALSE_ALARMS = {
    "held_out_harmless.txt": ["Karim (parent): That would be great, what's your address again?"],
    "blind_harmless.txt": ["What is your postcode? We use it to find your nearest branch."],
    "fresh_harmless.txt": [
        "we could meet your parents at the school fair",
    ],
}
KNOWN_FALSE_ALARMS_AT_MOST = 3
# What the first run found of the lines that came last, and how many harmless ones. A rule made for one of them makes them worth nothing.
FOUND_OF_LATER = 26
FALSE_ALARMS_OF_LATER = 2


def lines(name: str) -> list[str]:
    """Each line of a file of its own; what is written \\n in it is a line break."""
    text = (HERE / name).read_text(encoding="utf-8")
    return [line.replace("\\n", "\n") for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("prefix", ["", "held_out_", "blind_", "fresh_", "varied_"])
def test_every_line_is_found_with_its_sign_and_no_harmless_one(prefix: str) -> None:
    shown, harmless = f"{prefix}to_be_found.txt", f"{prefix}harmless.txt"
    expected = [line.split("\t") for line in lines(shown)]
    missed = [line for sign, line in expected if sign not in {finding.sign for finding in screen(line)}]
    false_alarms = [line for line in lines(harmless) if screen(line)]
    print(f"{shown}: {len(expected) - len(missed)} of {len(expected)} found")
    print(f"{harmless}: {len(false_alarms)} of {len(lines(harmless))} false alarms")
    assert missed == KNOWN_MISSES.get(shown, [])
    assert false_alarms == KNOWN_FALSE_ALARMS.get(harmless, [])


def test_of_lines_that_no_rule_was_made_for_no_fewer_are_found_and_no_more_are_false_alarms() -> None:
    expected = [line.split("\t") for line in lines("later_to_be_found.txt")]
    shown = sum(sign in {finding.sign for finding in screen(line)} for sign, line in expected)
    false_alarms = sum(bool(screen(line)) for line in lines("later_harmless.txt"))
    print(f"later: {shown} of {len(expected)} found, {false_alarms} of {len(lines('later_harmless.txt'))} false alarms")
    assert shown >= FOUND_OF_LATER
    assert false_alarms <= FALSE_ALARMS_OF_LATER


def test_of_the_blind_fifth_set_no_fewer_are_found_than_at_its_first_run() -> None:
    expected = [line.split("\t") for line in lines("fifth_to_be_found.txt")]
    found = sum(sign in {finding.sign for finding in screen(line)} for sign, line in expected)
    false_alarms = sum(bool(screen(line)) for line in lines("fifth_harmless.txt"))
    print(f"fifth: {found} of {len(expected)} found, {false_alarms} of {len(lines('fifth_harmless.txt'))} false alarms")
    assert found >= 51
    assert false_alarms <= 21


def test_what_is_known_to_go_wrong_only_grows_less() -> None:
    assert sum(map(len, KNOWN_MISSES.values())) <= KNOWN_MISSES_AT_MOST
    assert sum(map(len, KNOWN_FALSE_ALARMS.values())) <= KNOWN_FALSE_ALARMS_AT_MOST


def test_the_files_hold_enough_to_mean_something() -> None:
    signs = [line.split("\t")[0] for line in lines("to_be_found.txt")]
    assert len(signs) >= 60
    assert all(signs.count(sign) >= 10 for sign in Sign)
    assert len(lines("harmless.txt")) >= 200


def test_a_line_means_the_same_within_a_conversation_as_alone() -> None:
    shown = [line.split("\t") for line in lines("to_be_found.txt")]
    conversation = "\n\n".join(line for _sign, line in shown)
    found = {(finding.line, str(finding.sign)) for finding in screen(conversation)}
    assert {(number * 2 + 1, sign) for number, (sign, _line) in enumerate(shown)} <= found
    assert screen("\n\n".join(lines("harmless.txt"))) == []
