"""What every process writes to its log: nothing that opens a door.

The address of a letter's link is one, and a provider's way back; so is a key that a client writes into an address. No Django here.
"""

import logging
import re

_OPENS = re.compile(r"(/host/|/k/|/account/invitation/|/account/address/|/sign-in/with/[^\s'\"<>?]*\?|[?&]access_token=)[^\s'\"<>]+")


class WithoutLinks(logging.Formatter):
    """Formats as always, tracebacks included, and then takes out the tokens of links: also where a library wrote the address."""

    def format(self, record: logging.LogRecord) -> str:
        return _OPENS.sub(r"\1…", super().format(record))


def set_up() -> None:
    """For a process without Django: warnings and worse go to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutLinks("{asctime} {levelname} {name}: {message}", style="{"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
