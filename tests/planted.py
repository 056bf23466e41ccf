"""What the whole suite draws as a secret is known here, and looked for in everything that it logs.

Keys, tokens, sessions and receipts as they are made; passwords as they are set; an app's secret; recovery codes as they are shown.
"""

import logging
import logging.config
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from havenline.site.logs import WithoutLinks

LOGGERS = ("havenline", "django.request", "django.security", "django.server", "allauth", "gunicorn", "asyncio", "aiohttp")
SHORTEST = 8  # characters: what is shorter stands in many a sentence
_PIECE = re.compile(r"[A-Za-z0-9_-]{16,}|\d(?:[ -]?\d){7,}")


class Watch(logging.Handler):
    """Reads every record as production writes it, traceback and all, and keeps those that hold a secret."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(WithoutLinks("{levelname} {name}: {message}", style="{"))
        self.drawn, self.passwords, self.found, self.read = set[str](), set[str](), list[str](), 0

    def emit(self, record: logging.LogRecord) -> None:
        self.look_at(self.format(record))

    def look_at(self, text: str) -> None:
        self.read += 1
        pieces = {re.sub(r"[ -]", "", piece) if piece[0].isdigit() else piece for piece in _PIECE.findall(text)} | set(_PIECE.findall(text))
        if pieces & self.drawn or any(password in text for password in self.passwords):
            self.found.append(text)

    def drawing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose results are known as secrets."""

        def draw(*said: Any, **more: Any) -> Any:
            made = function(*said, **more)
            for one in made if isinstance(made, list) else [made]:
                self.drawn.update(piece for piece in (one, one.replace(" ", "")) if len(piece) >= SHORTEST)
            return made

        return draw


@contextmanager
def watching() -> Iterator[Watch]:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.sessions.backends.base import SessionBase

    from havenline.foundation.people.actions import factors
    from havenline.journey.intake import receipts

    watch = Watch()
    set_password = AbstractBaseUser.set_password

    def note_password(person: Any, raw: str | None) -> None:
        if raw and len(raw) >= SHORTEST:
            watch.passwords.add(raw)
        set_password(person, raw)

    with pytest.MonkeyPatch.context() as patch:
        for where, name in (
            (secrets, "token_urlsafe"),
            (SessionBase, "_get_new_session_key"),
            (factors, "new_secret"),
            (factors, "see_recovery_codes"),
            (receipts, "digits_of"),
        ):
            patch.setattr(where, name, watch.drawing(getattr(where, name)))
        patch.setattr(AbstractBaseUser, "set_password", note_password)

        def attach() -> None:
            logging.getLogger().addHandler(watch)
            for name in LOGGERS:
                logging.getLogger(name).setLevel(logging.DEBUG)

        configure = logging.config.dictConfig

        def configure_and_attach(said: Any) -> None:
            configure(said)  # what a command in this process does as it begins: it takes other handlers off
            attach()

        patch.setattr(logging.config, "dictConfig", configure_and_attach)
        for name in LOGGERS:
            patch.setattr(logging.getLogger(name), "level", logging.DEBUG)  # put back at the end
        attach()
        yield watch
        logging.getLogger().removeHandler(watch)
