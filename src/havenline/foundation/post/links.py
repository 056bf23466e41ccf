"""A link in a letter, made only as the letter leaves: until then a place stands for it, and what acts as a key stands nowhere.
Whoever makes it says at that moment, too, whether the letter may still leave.

A later room registers who makes its links; the post knows neither the room nor what a link opens.
"""

from collections.abc import Callable
from dataclasses import dataclass

from havenline.foundation.post.models import Letter

LONG_AS_A_KEY = 20  # characters: what can open something is longer
PLACE = "[[the link]]"  # in a letter's body, as it is stored


class NoLink(Exception):
    """The letter must not leave any more; says why. It ends as failed, in sight of a person."""


@dataclass(frozen=True)
class Link:
    """What one attempt takes along. It lives in memory only, for as long as the attempt lasts."""

    text: str  # takes the place in the body: the address, and until when it works
    settle: Callable[[str], None]  # told the letter's state once the attempt has ended, in the transaction that says so

    def out_of(self, said: str) -> str:
        """What a mail server answered, without this link: one that refuses a letter for an address in it may say that address."""
        for word in self.text.split():
            if "://" in word:
                for part in (word, word.partition("://")[2], *(part for part in word.split("/") if len(part) >= LONG_AS_A_KEY)):
                    said = said.replace(part, "…")
        return said

    def __repr__(self) -> str:
        return "<Link, not shown>"  # a traceback or a debugger shows no token


NONE = Link(text="", settle=lambda _state: None)  # of a letter that is only asked whether it may still leave

Maker = Callable[[Letter], Link]
_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Called in the `ready` of the room that makes them. The maker runs in the transaction that begins the attempt; it may raise NoLink."""
    _makers[name] = maker


def make(letter: Letter) -> Link | None:
    """The link of this attempt; None for a letter that bears none. Raises NoLink."""
    return _makers[letter.link_maker](letter) if letter.link_maker else None
