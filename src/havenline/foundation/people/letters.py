"""Letters about accounts. The post, which stands on this room, registers how one is sent."""

from collections.abc import Callable
from typing import Protocol

from havenline.foundation.ledger.actors import Actor

PLACE = "[[the link]]"  # for which the post puts the link as the letter leaves


class Send(Protocol):
    def __call__(self, *, to: str, subject: str, body: str, kind: str, by: Actor) -> object: ...


_send: list[Send] = []


def register(send: Send) -> Callable[[], None]:
    """Called in the post's `ready`. Gives what takes it back."""
    _send.append(send)
    return lambda: _send.remove(send)


def queue(*, to: str, subject: str, body: str, kind: str, by: Actor) -> None:
    """Queue a letter, in the running transaction; with `PLACE` in its body the link of this kind is made as it leaves."""
    _send[-1](to=to, subject=subject, body=body, kind=kind, by=by)
