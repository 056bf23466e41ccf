"""Real mail servers on loopback, good and bad."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings


class Keeper:
    """Takes every letter, or answers as it was told to."""

    def __init__(self, answer: str = "250 Kept") -> None:
        self.answer, self.letters = answer, list[Message]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("2"):
            self.letters.append(message_from_bytes(envelope.content))
        return self.answer


@contextmanager
def mail_server(answer: str = "250 Kept") -> Iterator[Keeper]:
    keeper = Keeper(answer)
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=controller.port):
            yield keeper
    finally:
        controller.stop()


@contextmanager
def no_mail_server() -> Iterator[None]:
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=free_port()):
        yield


@contextmanager
def server_that_hangs_up_after_the_text() -> Iterator[None]:
    """Says yes to everything, takes the text, and closes the line without an answer: to each who calls."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _address = listening.accept()
            except OSError:  # nobody is called any more
                return
            with line, line.makefile("rb") as heard:
                line.sendall(b"220 here\r\n")
                for said in heard:
                    if said.upper().startswith(b"DATA"):
                        line.sendall(b"354 go on\r\n")
                        next((end for end in heard if end.strip() == b"."), None)
                        break
                    line.sendall(b"250 yes\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=listening.getsockname()[1], EMAIL_TIMEOUT=5):
            yield
    finally:
        listening.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for a call
        listening.close()
        thread.join(timeout=5)


@contextmanager
def server_that_is_silent(*, seconds: float) -> Iterator[None]:
    """Takes the call, says nothing at all, and hangs up after a while."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        line, _address = listening.accept()
        with line:
            ended.wait(seconds)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=listening.getsockname()[1], EMAIL_TIMEOUT=0.3):
            yield
    finally:
        ended.set()
        listening.close()
        thread.join(timeout=5)


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to connections that go out: it is still free when it is taken."""
    for _try in range(100):
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("A hundred ports were tried, and somebody listens on each.")
