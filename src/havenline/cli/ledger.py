"""`havenline ledger`: prove the record of who did and who saw what, take it out, and keep the key that signs it."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer

from havenline.cli.speak import Exit, as_json, err, must_be_set_up, out, start_django, stop
from havenline.engines import proof
from havenline.site import installation

app = typer.Typer(help="Prove the ledger, export it, or change its key.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported ledger: it is checked with no database.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="The ledger's public key, as you were told it; again for an older one.")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="The public key of a witness whose cosignature you want to see.")] = None,
    kept: Annotated[list[Path] | None, typer.Option(help="A checkpoint of another day: the file must begin with what it signed.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Prove the whole ledger, and name the first entry that does not fit.

    Example: havenline ledger verify ledger.jsonl --key report.example.org/ledger/1a2b3c4d+5e6f7a8b+AX…
    """
    if file is None and (key or witness or kept):
        stop("--key, --witness and --kept are for a file. Export the ledger, and check that: havenline ledger export", Exit.REFUSED)
    try:
        said = _verify_file(file, _keys(key), _keys(witness), kept or []) if file else _verify_database()
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
    if file:
        _say_who_signed(said, bool(key))


def _keys(said: Iterable[str] | None) -> list[proof.VerifierKey]:
    try:
        return [proof.VerifierKey.read(one) for one in said or ()]
    except proof.BadKey as error:
        stop(str(error), Exit.REFUSED)


def _verify_file(file: Path, keys: list[proof.VerifierKey], witnesses: list[proof.VerifierKey], kept: list[Path]) -> dict[str, Any]:
    with err.status(f"Checking {file}") as status:
        try:
            before = [proof.Checkpoint.read(proof.Note.read(one.read_text(encoding="utf-8")).text) for one in kept]
            with file.open(encoding="utf-8") as lines:
                checked = proof.check_export(
                    lines,
                    keys=keys,
                    witnesses=witnesses,
                    kept=before,
                    progress=lambda count: status.update(f"Checking {file}: {count:,} entries hold"),
                )
        except (OSError, UnicodeDecodeError, proof.BadNote) as error:
            stop(f"{file} cannot be read: {error}", Exit.MISSING)
    return vars(checked)


def _say_who_signed(said: dict[str, Any], is_confirmed: bool) -> None:
    if not said["signed"]:
        out.print("Nobody has signed it: whoever wrote this file could have written another.", soft_wrap=True)
        return
    by = " and ".join(said["signed_by"])
    out.print(f"{said['signed']} entries stand under a checkpoint signed by {by}.", soft_wrap=True)
    if not is_confirmed:
        out.print("That key is the file’s own word. Compare it with what you were told by another way, and give it: --key", soft_wrap=True)
    if said["witnessed"]:
        out.print(f"{said['witnessed']} entries are witnessed by {', '.join(said['witnesses'])}.", soft_wrap=True)
    else:
        out.print("Not witnessed: no cosignature of a witness that you gave with --witness.", soft_wrap=True)


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
    from havenline.foundation.ledger import actions, queries
    from havenline.foundation.sealing import keys

    actions.append_committed()
    try:
        signed, told = actions.sign_checkpoint(keys.ledger_key()), keys.ledger_public_keys()
    except keys.KeyMissing as error:
        err.print(f"[bold]havenline:[/] the file is not signed. {error}", soft_wrap=True)
        signed, told = None, []
    lines = queries.export_lines(keys=told, upto=signed)
    if file == "-":
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    path = Path(file)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stop(f"{path} exists already. Choose another name; nothing was written.", Exit.REFUSED)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}.", Exit.MISSING)
    line = ""
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        for line in lines:
            written.write(line + "\n")
    count = proof.count_of(line)  # the last line names the head
    out.print(f"{count} entries are written to {path}. Check them anywhere: havenline ledger verify {path}", soft_wrap=True)


@app.command(name="check-copy")
def check_copy(
    file: Annotated[Path, typer.Argument(help="A copy of a record, with its proof.")],
    key: Annotated[list[str], typer.Option(help="The ledger's public key, as you were told it; again for an older one.")],
    witness: Annotated[list[str] | None, typer.Option(help="The public key of a witness whose cosignature you want to see.")] = None,
) -> None:
    """Check a copy of a record that was made for a court: with no database, and nobody's word but the key's.

    Example: havenline ledger check-copy HL-7K2M-94QD.txt --key report.example.org/ledger/1a2b3c4d+5e6f7a8b+AX…
    """
    try:
        found = proof.check_copy(file.read_text(encoding="utf-8"), _keys(key), _keys(witness))
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{file} cannot be read: {error}", Exit.MISSING)
    except proof.NotProved as error:
        stop(f"[bold]this copy does not hold.[/] {error}", Exit.NOT_WELL)
    out.print(
        f"[bold]It is as it was made.[/] Entry {found.sequence} of the ledger vouches for it, {found.entry['at'][:19]} UTC.", soft_wrap=True
    )
    names = ", ".join(one.name for one, _line in found.opened.cosigned)
    out.print(
        f"Witnessed by {names}." if names else "Not witnessed: no cosignature of a witness that you gave with --witness.", soft_wrap=True
    )


@app.command()
def key() -> None:
    """Show the public keys of the ledger, the present one first: tell them to whoever is to check it, by a way of its own.

    Example: havenline ledger key
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.sealing import keys

    try:
        for one in keys.ledger_public_keys():
            print(one)
    except keys.KeyMissing as error:
        stop(str(error), Exit.MISSING)


@app.command(name="new-key")
def new_key(
    restored: Annotated[bool, typer.Option("--restored", help="The database was restored from a backup: begin under a new name.")] = False,
) -> None:
    """Make the key that signs the ledger's checkpoints, where the home has none; else change it for a new one, and say so on the ledger.

    Example: havenline ledger new-key
    """
    must_be_set_up()
    if installation.load().role:
        stop("This is the home of a public host; the ledger's key is at the desk's.", Exit.REFUSED)
    start_django()
    from django.db.utils import DatabaseError

    from havenline.foundation.ledger import actions
    from havenline.foundation.sealing import keys

    try:
        if not (installation.home() / "keys" / "ledger.pub").exists():
            made = keys.make_ledger_key(installation.home() / "keys", host=urlsplit(installation.load().base_url).hostname or "localhost")
            out.print(f"The ledger is signed from now on. Back keys/ledger.key up, and tell its public key:\n{made.public}", soft_wrap=True)
            return
        old, new = keys.ledger_key(), keys.next_ledger_key(under_a_new_name=restored)
        signed = actions.change_key(old=old, new=new)
        keys.take_next_ledger_key()
    except (keys.KeyMissing, OSError) as error:
        stop(str(error), Exit.MISSING)
    except DatabaseError as error:
        stop(f"The database does not answer: {error}. The key is as it was; run this again.", Exit.MISSING)
    says = "which says so" if old.name != new.name else "which says so and is signed by both"
    out.print(f"Changed at entry {signed.size}, {says}. Tell it to witnesses and auditors:\n{new.public}", soft_wrap=True)
    out.print(f"What was signed before is checked with the old one:\n{old.public}", soft_wrap=True)
