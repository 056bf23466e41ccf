"""`havenline ledger`: prove the record of who did and who saw what, and take it out."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, start_django, stop
from havenline.engines import proof

app = typer.Typer(help="Prove the ledger, or export it.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported ledger: it is checked with no database.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Prove the whole chain, and name the first entry that does not fit.

    Example: havenline ledger verify ledger.jsonl
    """
    try:
        said = _verify_file(file) if file else _verify_database()
    except proof.Broken as broken:
        _broken(broken, json)
    if json:
        as_json({"ok": True, **said})
        return
    waiting = f" {said['waiting']} entries wait for the appender." if said.get("waiting") else ""
    last = f" The newest is of {said['last']}." if said.get("last") else ""
    for epoch in said.get("lost", []):
        out.print(f"Restored from a backup: {epoch}.", soft_wrap=True)
    out.print(f"[bold]The ledger holds.[/] {said['count']} entries, head {said['head']}.{last}{waiting}", soft_wrap=True)


def _verify_file(file: Path) -> dict[str, Any]:
    try:
        with file.open(encoding="utf-8") as lines:
            checked = proof.check_export(lines)
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{file} cannot be read: {error}", Exit.MISSING)
    return {"count": checked.count, "head": checked.head}


def _verify_database() -> dict[str, Any]:
    must_be_set_up()
    start_django()
    from django.db.utils import DatabaseError

    from havenline.foundation.ledger import queries
    from havenline.foundation.retention import epochs
    from havenline.foundation.retention.models import Restoration

    try:
        verified = queries.verify()
        epochs.must_hold_what_was_seen()
        restored = list(Restoration.objects.all())
    except DatabaseError as error:
        stop(f"The database does not answer: {error}", Exit.MISSING)
    except epochs.Rewound as error:
        stop(f"[bold]the ledger holds, and is not the one that was here.[/] {error}", Exit.NOT_WELL)
    if forged := next((epoch for epoch in restored if not epochs.is_signed(epoch)), None):
        stop(f"[bold]an epoch is not as it was signed:[/] {forged}.", Exit.NOT_WELL)
    last = verified.last.isoformat(timespec="seconds") if verified.last else None
    return {
        "count": verified.count,
        "head": verified.head,
        "waiting": verified.waiting,
        "last": last,
        "lost": [str(epoch) for epoch in restored],
    }


def _broken(broken: proof.Broken, json: bool) -> NoReturn:
    if json:
        as_json({"ok": False, "sequence": broken.sequence, "entry": broken.entry, "why": broken.why})
        raise typer.Exit(Exit.NOT_WELL)
    stop(
        f"[bold]the ledger does not hold.[/] {broken}\n"
        "Everything before it is proved. Keep this database as it is, compare with an earlier export, and tell your oversight body.",
        Exit.NOT_WELL,
    )


@app.command()
def export(file: Annotated[str, typer.Argument(help="Where to write it; - for standard output.")]) -> None:
    """Write the ledger, one entry a line, for “havenline ledger verify FILE” on any machine.

    Example: havenline ledger export ledger.jsonl
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger import queries

    if file == "-":
        for line in queries.export_lines():
            sys.stdout.write(line + "\n")
        return
    path = Path(file)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stop(f"{path} exists already. Choose another name; nothing was written.", Exit.REFUSED)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}.", Exit.MISSING)
    count = -1  # the last line names the head
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        for count, line in enumerate(queries.export_lines()):  # noqa: B007
            written.write(line + "\n")
    out.print(f"{count} entries are written to {path}. Check them anywhere: havenline ledger verify {path}", soft_wrap=True)
