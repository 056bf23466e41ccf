"""How the command line speaks: results to standard output, everything else to standard error, and exit codes that mean something."""

import json
import os
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

UNFINISHED = "restoring"  # stands in a home until a restore has made it whole
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    WELL = 0
    NOT_WELL = 1
    REFUSED = 3
    MISSING = 4


def stop(words: str, code: Exit) -> NoReturn:
    """Say why nothing more happens and what to do, and end."""
    err.print(f"[bold red]havenline:[/] {words}", soft_wrap=True)
    raise typer.Exit(code)


def stop_at_once(words: str) -> NoReturn:
    """The same before there is a command."""
    err.print(f"[bold red]havenline:[/] {words}", soft_wrap=True)
    raise SystemExit(Exit.MISSING)


def as_json(said: Any) -> None:
    """One JSON document on standard output, nothing else."""
    print(json.dumps(said, ensure_ascii=False, indent=2))


def plain(words: str) -> str:
    """Other people's words on a terminal: nothing that moves the cursor, colours or turns the direction of reading."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def start_django(*, role: str = "all") -> None:
    """Make models and settings usable. Only commands that need them pay for it (half a second)."""
    os.environ.setdefault("HAVENLINE_ROLE", role)
    os.environ["DJANGO_SETTINGS_MODULE"] = "havenline.site.settings"
    from havenline.foundation.retention.rules import RuleWrong
    from havenline.site import installation

    try:
        import django

        django.setup()
    except (installation.BadConfiguration, RuleWrong) as error:
        stop(escape(str(error)), Exit.MISSING)  # [retention.case] is no mark of rich’s


def must_be_set_up() -> None:
    """End, saying what to run, where the home holds no installation."""
    from havenline.site import installation

    where = installation.home()
    try:
        kind = installation.load(where).kind
    except installation.BadConfiguration as error:
        stop(escape(str(error)), Exit.MISSING)  # [retention.case] is no mark of rich’s
    if (where / UNFINISHED).exists():
        stop(f"A restore into {where} was not finished. Run havenline restore again: it begins anew.", Exit.REFUSED)
    if kind == "none":
        stop(f"{where} holds no installation. Run “make run” for the demo, or “havenline setup” for a real one.", Exit.MISSING)
