"""How much is found of what should be, and how often what is harmless is. The lines are in files of their own beside this one."""

from pathlib import Path

import pytest

from havenline.engines.screening import Sign, screen

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("name", "harmless", "tolerated"),
    [
        ("to_be_found.txt", "harmless.txt", 0),
        # One parent asks another "what's your address again?": the line alone does not say that no child is asked.
        ("held_out_to_be_found.txt", "held_out_harmless.txt", 1),
    ],
)
def test_every_line_is_found_with_its_sign_and_no_harmless_one(name: str, harmless: str, tolerated: int) -> None:
    expected = [line.split("\t") for line in lines(name)]
    missed = [f"{sign}: {line}" for sign, line in expected if sign not in {finding.sign for finding in screen(line)}]
    false_alarms = [f"{found[0].sign}: {line}" for line in lines(harmless) if (found := screen(line))]
    print(f"{name}: {len(expected) - len(missed)} of {len(expected)} found")
    print(f"{harmless}: {len(false_alarms)} of {len(lines(harmless))} false alarms")
    print(*false_alarms, sep="\n")
    assert missed == []
    assert len(false_alarms) <= tolerated


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
