"""How much is found of what should be, and how often what is harmless is. The lines are in files of their own beside this one."""

from pathlib import Path

import pytest

from havenline.engines.screening import Sign, screen

HERE = Path(__file__).parent


# What is not found, by name. This list can only grow shorter: a line found is struck from it, and none is added.
KNOWN_MISSES = {
    "fresh_to_be_found.txt": [
        "Kev: which bit of Leeds r u in",
        "do they leave you in the flat on your own much",
        "I bet you're in year 8",
        "don't go mentioning my name at home",
        "this has to be kept under wraps",
        "Remember to erase everything\nbefore bedtime",
        "Milo: shall we text each other instead",
        "honestly u seem about 18 to me",
        "I wish all the kids on here were as lovely as you",
        "what a stunner u r 😍",
        "there'll be a surprise in the post for you",
        "I've got a spare console you could have",
        "Pip: how many r0bux do you need? I'll sort it",
        "they'll never love you like I do",
        "Those girls at school are only using you",
        "who else have you got apart from me",
        "you haven't shown me your face yet",
        "Can you pop your camera on for a sec?",
        "it's time we saw each other for real",
        "ill b at the bus stop by ur skool at 4, look 4 me",
        "Unless you reply tonight your mates get to see the lot",
        "after all my kindness this is how you treat me",
        "Do you really want your dad to hear about this?",
    ],
}
KNOWN_MISSES_AT_MOST = 23
# What is harmless by what stands around it, or by who says it, which the line alone does not show. This too only shrinks.
KNOWN_FALSE_ALARMS = {
    "held_out_harmless.txt": ["Karim (parent): That would be great, what's your address again?"],
    "blind_harmless.txt": ["What is your postcode? We use it to find your nearest branch."],
    "fresh_harmless.txt": [
        "can I get you a drink, asked the waiter",
        "stop talking to your friends and open your books",
        "we could meet your parents at the school fair",
        "it's your fault we lost, you left the goal empty lol",
    ],
}
KNOWN_FALSE_ALARMS_AT_MOST = 6


def lines(name: str) -> list[str]:
    """Each line of a file of its own; what is written \\n in it is a line break."""
    text = (HERE / name).read_text(encoding="utf-8")
    return [line.replace("\\n", "\n") for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("prefix", ["", "held_out_", "blind_", "fresh_"])
def test_every_line_is_found_with_its_sign_and_no_harmless_one(prefix: str) -> None:
    shown, harmless = f"{prefix}to_be_found.txt", f"{prefix}harmless.txt"
    expected = [line.split("\t") for line in lines(shown)]
    missed = [line for sign, line in expected if sign not in {finding.sign for finding in screen(line)}]
    false_alarms = [line for line in lines(harmless) if screen(line)]
    print(f"{shown}: {len(expected) - len(missed)} of {len(expected)} found")
    print(f"{harmless}: {len(false_alarms)} of {len(lines(harmless))} false alarms")
    assert missed == KNOWN_MISSES.get(shown, [])
    assert false_alarms == KNOWN_FALSE_ALARMS.get(harmless, [])


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
