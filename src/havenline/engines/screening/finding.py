"""What is looked for, and what is found."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

SIGN_FILES: Final = Path(__file__).parent / "signs"


class Sign(StrEnum):
    """The nine published signs. The names are stable: they are stored and sent."""

    ASKS_ABOUT_CHILD = "asks_about_child"
    ASKS_FOR_SECRECY = "asks_for_secrecy"
    ASKS_TO_MOVE = "asks_to_move"
    FLATTERY = "flattery"
    GIFTS = "gifts"
    ISOLATION = "isolation"
    ASKS_FOR_PICTURES = "asks_for_pictures"
    ASKS_TO_MEET = "asks_to_meet"
    PRESSURE = "pressure"


@dataclass(frozen=True)
class SignAbout:
    """A sign in words: its published title, and what a parent or a teacher should know of it."""

    title: str
    know: str


@dataclass(frozen=True)
class Finding:
    """One sign in one place.

    `line` counts from 1; `start` and `end` count characters from 0 in that line, so that `line[start:end] == text`. Where a question
    is split over two messages, they are those of its first part, and `text` is both parts with a space between. `speaker` is empty
    where the conversation does not say who speaks. `reason` is a sentence for people.
    """

    sign: Sign
    line: int
    speaker: str
    text: str
    reason: str
    start: int
    end: int


@cache
def sign_file(sign: Sign) -> dict[str, Any]:
    import tomllib

    with (SIGN_FILES / f"{sign}.toml").open("rb") as file:
        return tomllib.load(file)


SIGNS: Final[dict[Sign, SignAbout]] = {sign: SignAbout(sign_file(sign)["title"], sign_file(sign)["know"]) for sign in Sign}
