"""`havenline backup`: the database, encrypted, while everything runs; the keys in a file of their own."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import pyrage
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from havenline.cli import home as homes
from havenline.cli import sealed_file, snapshot
from havenline.cli.speak import Exit, as_json, err, must_be_set_up, out, stop
from havenline.foundation import moment
from havenline.foundation.sealing import given
from havenline.site import installation

MADE = "backups.jsonl"  # in the home: what was made, and when it expires
STAGING = ".backup-"


def backup_identity(file: Annotated[Path, typer.Argument(help="Where to write it. Keep it off this machine.")]) -> None:
    """Make an age identity that opens backups, and say its recipient, which goes into havenline.toml.

    Example: havenline backup-identity /media/safe/backups.identity
    """
    identity = pyrage.x25519.Identity.generate()
    if file.exists():
        stop(f"{file} exists already; nothing was written.", Exit.REFUSED)
    try:
        homes.write_private(file, f"# opens backups of Havenline; recipient: {identity.to_public()}\n{identity}\n")
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}.", Exit.MISSING)
    out.print(str(identity.to_public()))


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; the keys go beside it, as TARGET.keys. Neither may exist.")],
    to: Annotated[str, typer.Option(help="The age recipient whose identity opens it; empty: backup_recipient in havenline.toml.")] = "",
    keys_to: Annotated[str, typer.Option(help="The same for the keys; empty: backup_keys_recipient, or the same.")] = "",
    owner_url: Annotated[
        str, typer.Option(envvar="DATABASE_URL_OWNER", help="PostgreSQL: the URL of the role that owns the tables.", show_default=False)
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Write an encrypted backup while everything runs: the database as of one moment, the settings, the journal; the keys apart.

    Expired backups that were made from here are deleted. Keys that are no files come as they do to serve: HAVENLINE_KEYS_FD.
    Example: havenline backup /backup/2026-11-29.havenline
    """
    must_be_set_up()
    found = installation.load()
    target, keys_target = target.resolve(), target.resolve().with_name(f"{target.name}.keys")
    recipients = _recipients(found, to, keys_to)
    if found.role:
        stop("This is the home of the public host: what is worth a backup is at the desk's.", Exit.REFUSED)
    try:
        keys = keys_of(found.home)
    except (NoKeys, given.BadBundle) as error:
        stop(f"{error} Nothing was written.", Exit.MISSING)
    for path in (target, keys_target):
        if path.exists():
            stop(f"{path} exists already; nothing was written. Choose another name.", Exit.REFUSED)
    if not target.parent.is_dir():
        stop(f"{target.parent} is no folder; nothing was written.", Exit.MISSING)
    try:
        with homes.only_one(found.home / "backup.lock", doing="backing up"):
            said = _make(found, target, keys_target, keys, recipients, owner_url, quiet=json)
    except homes.HomeInUse as error:
        stop(str(error), Exit.REFUSED)
    except snapshot.ProgramMissing as error:
        stop(f"{error} Nothing was written.", Exit.MISSING)
    except FileExistsError:
        stop(f"{target} or its keys exist by now; neither was overwritten.", Exit.REFUSED)
    except (OSError, pyrage.EncryptError) as error:
        stop(f"The backup could not be written: {error}. Nothing under that name is there.", Exit.MISSING)
    if json:
        as_json(said)
        return
    out.print(f"[bold]Backed up[/] to {target} ({said['size'] / 1024**2:.1f} MB), the keys to {keys_target}.", soft_wrap=True)
    out.print(f"Put the two in two places. Both expire on {said['expires']}; ledger head {said['head']}.", soft_wrap=True)
    for gone in said["deleted"]:
        out.print(f"Expired and deleted: {gone}", soft_wrap=True)


def _recipients(found: installation.Installation, to: str, keys_to: str) -> tuple[Any, Any]:
    named = to or found.backup_recipient
    if not named:
        stop(
            "Say who may open it: backup_recipient in havenline.toml, or --to. "
            "havenline backup-identity FILE makes one; keep FILE elsewhere.",
            Exit.REFUSED,
        )
    try:
        return sealed_file.recipient_of(named), sealed_file.recipient_of(keys_to or found.backup_keys_recipient or named)
    except ValueError as error:
        stop(str(error), Exit.REFUSED)


def _make(
    found: installation.Installation,
    target: Path,
    keys_target: Path,
    keys: Mapping[str, bytes],
    recipients: tuple[Any, Any],
    owner_url: str,
    *,
    quiet: bool,
) -> dict[str, Any]:
    for left in found.home.glob(f"{STAGING}*"):
        shutil.rmtree(left)  # of one that was killed
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=found.home))  # mode 700
    try:
        at = moment.now()
        parts, held = _copy_database(found, staging, owner_url, quiet)
        journal = Path(found.retention_journal or found.home / "journal" / "retention.jsonl")
        if journal.exists():
            parts["retention.jsonl"] = Path(shutil.copy(journal, staging / "retention.jsonl"))
        parts["havenline.toml"] = found.home / "havenline.toml"
        expires = (moment.day_of(at) + timedelta(days=found.backup_keep_days)).isoformat()
        manifest = {
            "havenline backup": 1,
            "version": version("havenline"),
            "made_at": at.isoformat(timespec="seconds"),
            "expires": expires,
            "database": "postgresql" if "database.dump" in parts else "sqlite",
            "counts": held.counts,
            "ledger": {"sequence": held.sequence, "head": held.head},
            "keys": keys_digest(keys),
        }
        # The keys first: under the name of the backup stands only what can be restored.
        with sealed_file.under_its_name_when_whole(keys_target) as file:
            sealed_file.write(file, keys, {"havenline keys": 1, "made_at": manifest["made_at"]}, recipients[1])
        try:
            with sealed_file.under_its_name_when_whole(target) as file:
                sealed_file.write(file, parts, manifest, recipients[0])
        except BaseException:
            keys_target.unlink()
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    made = {
        "made_at": manifest["made_at"],
        "target": str(target),
        "size": target.stat().st_size,
        "sha256": sealed_file.digest_of(target),
        "expires": expires,
        "keys": manifest["keys"],
        "keys_target": str(keys_target),
    }
    deleted = _delete_expired(found.home)
    _note(found.home, made)
    return {**made, "counts": held.counts, "head": held.head, "deleted": deleted}


def _copy_database(found: installation.Installation, staging: Path, owner_url: str, quiet: bool) -> tuple[dict[str, Path], snapshot.Held]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet, transient=True) as bar:
        task = bar.add_task("Copying the database", total=None)

        def progress(done: int, of: int) -> None:
            bar.update(task, completed=done, total=max(of, 1))

        if found.database_url or os.environ.get("DATABASE_URL"):
            if not owner_url:
                stop("On PostgreSQL the owner of the tables copies them: give --owner-url, or DATABASE_URL_OWNER.", Exit.REFUSED)
            copy = staging / "database.dump"
            return {"database.dump": copy}, snapshot.of_postgresql(owner_url, copy, progress)
        copy = staging / "havenline.sqlite3"
        return {"havenline.sqlite3": copy}, snapshot.of_sqlite(found.home / "havenline.sqlite3", copy, progress)


class NoKeys(Exception):
    """There are no keys to back up here, or not those that open what is in the database; says what to do."""


def keys_of(home: Path) -> dict[str, bytes]:
    """Every key of an installation: as they were given to this process, else the files of its home. Raises NoKeys, given.BadBundle.

    They are held in memory: where they lie on no disk, a backup puts them on none either.
    """
    held, folder = given.keys(), home / "keys"
    if held is None and folder.is_dir():
        held = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    if not held or "desk.key" not in held:
        raise NoKeys(
            f"There is no desk.key in {folder}, and none was given: without it no report in a backup could be read again. Where the keys "
            "are given to `havenline serve`, give them to this command too: age -d -i IDENTITY keys.age | HAVENLINE_KEYS_FD=0 havenline …"
        )
    return dict(sorted(held.items()))


def keys_digest(keys: Mapping[str, bytes]) -> str:
    """Which keys these are, without giving one away: SHA-256 over the digests of all, by name."""
    digests = {name: sealed_file.digest_of(content) for name, content in keys.items()}
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def made(home: Path) -> list[dict[str, Any]]:
    """Every backup that was made from this home, oldest first."""
    try:
        return [json.loads(line) for line in (home / MADE).read_text().splitlines() if line.strip()]
    except FileNotFoundError:
        return []


def is_expired(one: dict[str, Any], today: date) -> bool:
    return date.fromisoformat(one["expires"]) < today


def age_of(one: dict[str, Any]) -> timedelta:
    return moment.now() - datetime.fromisoformat(one["made_at"])


def _delete_expired(home: Path) -> list[str]:
    """Only what is still the file that was written."""
    today, gone = moment.today(), []
    for one in made(home):
        path = Path(one["target"])
        if (
            is_expired(one, today)
            and path.is_file()
            and path.stat().st_size == one["size"]
            and sealed_file.digest_of(path) == one["sha256"]
        ):
            path.unlink()
            Path(one["keys_target"]).unlink(missing_ok=True)
            gone.append(str(path))
    return gone


def _note(home: Path, one: dict[str, Any]) -> None:
    kept = [line for line in made(home) if Path(line["target"]).exists() or not is_expired(line, moment.today())]
    homes.write_private(home / MADE, "".join(json.dumps(line) + "\n" for line in [*kept, one]))
