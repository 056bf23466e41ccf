"""A mail server on loopback with moods: it takes letters, refuses them for now or for good, is slow, hangs up, or falls silent."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from tests.foundation.post.mail_server import free_port

MOODS = ("takes", "takes", "takes", "is slow", "is busy", "refuses", "hangs up", "half-closes", "greets badly")
SLOW = 1.5  # seconds before an answer: less than the ten that the post waits


class Moody:
    """Draws a mood for each letter from its seed. `texts`: how often the whole text of each came in, by Message-ID."""

    def __init__(self, seed: int, moods: tuple[str, ...] = MOODS) -> None:
        self.chance, self.moods = random.Random(seed), moods
        self.texts, self.taken, self.shown = Counter[str](), Counter[str](), Counter[str]()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        session.mood = self.chance.choice(self.moods)
        self.shown[session.mood] += 1
        if session.mood == "is busy":
            return "451 Come back later"
        if session.mood == "refuses":
            return "550 No such mailbox"
        if session.mood == "greets badly":
            server.transport.abort()
            return "250 yes"
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        name = str(message_from_bytes(envelope.content)["Message-ID"])
        self.texts[name] += 1
        if session.mood == "is slow":
            await asyncio.sleep(SLOW)
        if session.mood == "hangs up":
            server.transport.abort()
        elif session.mood == "half-closes":  # its side of the line is shut without an answer; what we say it still hears
            server.transport.write_eof()
            await asyncio.sleep(0.2)
            server.transport.close()
        else:
            self.taken[name] += 1
        return "250 Kept"


@contextmanager
def moody_server(seed: int, moods: tuple[str, ...] = MOODS) -> Iterator[tuple[Moody, int]]:
    """The server's memory, and its port."""
    moody = Moody(seed, moods)
    controller = Controller(moody, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield moody, controller.port
    finally:
        controller.stop()
