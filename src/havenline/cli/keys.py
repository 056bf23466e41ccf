"""`havenline keys`: exchange key pairs while everything runs, give keys to a process, keep them in escrow."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from havenline.cli.speak import Exit, err, must_be_set_up, out, start_django, stop
from havenline.foundation import moment
from havenline.site import installation

app = typer.Typer(help="Key pairs: exchange them, give them to a process, keep them in escrow.", no_args_is_help=True)


def _at_the_desk() -> None:
    must_be_set_up()
    if installation.load().role:
        stop("This is the home of a public host; keys are exchanged at the desk's.", Exit.REFUSED)


@app.command()
def rotate(
    agency: Annotated[str, typer.Option(help="The agency's short name, as in keys/agency-….key. Empty: the desk's own pair.")] = "",
    end: Annotated[
        bool, typer.Option("--end", help="Destroy the old key as soon as nothing needs it: the public host has the new desk.pub by now.")
    ] = False,
) -> None:
    """Exchange a key pair while everything runs. Run again, it goes on where it was cut off; the worker goes on too.

    Example: havenline keys rotate --agency northmere-police
    """
    _at_the_desk()
    start_django()
    from django.db.utils import DatabaseError

    from havenline.foundation.sealing import holders, keys, rotation
    from havenline.foundation.sealing.actions import exchanging

    holder = holders.of_agency(agency) if agency else holders.DESK
    try:
        if not holders.has_pair(holder):
            stop(f"There is no key pair {holder}. There are: {', '.join(_pairs())}.", Exit.REFUSED)
        exchanging.begin(holder)
        wrapped = _with_a_bar(holder)
        if not end and not rotation.may_end_by_itself(holder):
            out.print(_what_is_next(holder), soft_wrap=True)
            return
        exchanging.retire(holder)
    except keys.KeyMissing as error:
        stop(str(error), Exit.MISSING)
    except exchanging.NotYet as error:
        stop(str(error), Exit.NOT_WELL)
    except DatabaseError as error:
        stop(f"The database does not answer: {error}. Nothing is lost; run this again.", Exit.MISSING)
    out.print(f"The pair {holder} is exchanged: {wrapped} wraps are under the new key, the old one is destroyed. Back the keys up anew.")


def _pairs() -> list[str]:
    from havenline.foundation.sealing import keys

    return [name.removesuffix(".pub") for name in keys.names() if name.endswith(".pub") and name != "ledger.pub"]


def _with_a_bar(holder: str) -> int:
    from havenline.foundation.sealing import rotation
    from havenline.foundation.sealing.actions import exchanging

    [exchange] = [one for one in rotation.under_way() if one.holder == holder]
    columns = (TextColumn("Wrapping keys anew"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("", total=exchange.of, completed=exchange.done)
        for number in exchanging.wrap_anew(holder):
            progress.advance(task, number)
    return exchange.of


def _what_is_next(holder: str) -> str:
    if holder == "desk" and (installation.home() / "keys" / "public-host").exists():
        return (
            "Everything is under the new key; the old one stays for what the public host still seals to it. Copy keys/desk.pub and "
            "keys/desk.pub.signed there, then: havenline keys rotate --end"
        )
    return "Everything is under the new key. The worker destroys the old one in ten minutes, when nothing is written to it any more."


@app.command()
def bundle() -> None:
    """Write every key as one document to standard output, for HAVENLINE_KEYS_FD. It opens everything: never into a file in clear.

    Example: havenline keys bundle | age -r age1… > keys.age; then: age -d keys.age | HAVENLINE_KEYS_FD=0 havenline serve
    """
    _at_the_desk()
    start_django()
    from havenline.foundation.sealing import given, keys

    if sys.stdout.isatty():
        stop("This would show every key on the screen. Send it to a program: havenline keys bundle | age -r age1… > keys.age", Exit.REFUSED)
    sys.stdout.buffer.write(given.bundle({name: keys.read(name) for name in keys.names()}))


@app.command()
def escrow(
    recipient: Annotated[str, typer.Argument(help="Who may open it: age1…")],
    file: Annotated[Path, typer.Argument(help="The file to write. It may not exist.")],
) -> None:
    """Seal every key for somebody who keeps them elsewhere: with them, the backups can be read.

    Example: havenline keys escrow age1… /media/safe/keys.age
    """
    _at_the_desk()
    start_django()
    import pyrage

    from havenline.cli import sealed_file
    from havenline.foundation.sealing import given, keys

    try:
        to = sealed_file.recipient_of(recipient)
    except ValueError as error:
        stop(str(error), Exit.REFUSED)
    if file.exists():
        stop(f"{file} exists already; nothing was written. Choose another name.", Exit.REFUSED)
    held = {name: keys.read(name) for name in keys.names()}
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            written.write(pyrage.encrypt(given.bundle(held), [to]))
            written.flush()
            os.fsync(written.fileno())
    except (OSError, pyrage.EncryptError) as error:
        stop(f"{file} could not be written: {error}.", Exit.MISSING)
    out.print(f"{len(held)} keys are sealed in {file}, as of {moment.now():%Y-%m-%d %H:%M} UTC. Nobody else opens it.", soft_wrap=True)
    out.print("Opened, it is what HAVENLINE_KEYS_FD takes: age -d -i IDENTITY FILE | HAVENLINE_KEYS_FD=0 havenline doctor", soft_wrap=True)
