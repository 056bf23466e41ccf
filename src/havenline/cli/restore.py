"""`havenline restore`: a backup into an empty home; `havenline restored`: the same said of a database that was put back by other means."""

import os
import shutil
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

import typer

from havenline.cli import home as homes
from havenline.cli import sealed_file, snapshot
from havenline.cli.backup import keys_digest
from havenline.cli.setup import USERS
from havenline.cli.speak import UNFINISHED, Exit, must_be_set_up, out, start_django, stop
from havenline.foundation import moment
from havenline.site import installation

STAGING = ".restoring-"


def restore(
    backup: Annotated[Path, typer.Argument(help="The backup's file.")],
    keys: Annotated[Path, typer.Option(help="The file of its keys.")],
    identity: Annotated[Path, typer.Option(help="The age identity that opens the backup.")],
    keys_identity: Annotated[Path | None, typer.Option(help="The one that opens the keys; empty: the same.")] = None,
    journal: Annotated[
        Path | None, typer.Option(help="The newest copy of journal/retention.jsonl: what was erased after the backup is erased again.")
    ] = None,
    owner_url: Annotated[
        str,
        typer.Option(envvar="DATABASE_URL_OWNER", help="PostgreSQL: an empty database, by the role that will own it.", show_default=False),
    ] = "",
) -> None:
    """Put a backup back into an empty home. Says on the ledger, and on the public page, which hours are lost.

    Example: HAVENLINE_HOME=/srv/havenline havenline restore B --keys B.keys --identity FILE
    """
    where = installation.home()
    _must_be_free(where)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    where.chmod(0o700)
    try:
        with homes.only_one(where / "restore.lock", doing="restoring"):
            (where / UNFINISHED).touch()
            staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=where))
            try:
                manifest = _unpack(staging, backup, keys, identity, keys_identity or identity)
                said = _put_back(where, staging, manifest, owner_url)
                _take_journal(where, staging, journal)
                lost = _bring_up(where, said, manifest, owner_url)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            (where / UNFINISHED).unlink()
    except homes.HomeInUse as error:
        stop(str(error), Exit.REFUSED)
    except snapshot.ProgramMissing as error:
        stop(f"{error} The home is not finished: put that right, and restore again.", Exit.MISSING)
    except OSError as error:
        stop(f"The backup could not be put back: {error}. The home is not finished: put that right, and restore again.", Exit.MISSING)
    (where / "restore.lock").unlink(missing_ok=True)
    out.print(f"[bold]Restored[/] to {where}, as of {manifest['made_at']}.", soft_wrap=True)
    out.print(f"Lost: {lost}. The ledger says so, and the public page asks whoever reported then to report again.", soft_wrap=True)
    out.print("Next: havenline ledger verify, havenline doctor, then havenline serve.", soft_wrap=True)


def restored(
    lost_from: Annotated[datetime, typer.Option(help="The moment of the backup, UTC.", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"])],
) -> None:
    """Say that the database was put back by other means (a base backup, a copy): an epoch on the ledger, and on the public page.

    Example: havenline restored --lost-from 2026-11-29T02:00
    """
    must_be_set_up()
    start_django()
    begin = lost_from.replace(tzinfo=UTC)
    if begin > moment.now():
        stop("That moment has not come yet; nothing was recorded.", Exit.REFUSED)
    out.print(f"Recorded: lost from {_open_epoch(begin)}.", soft_wrap=True)


def _must_be_free(where: Path) -> None:
    found = installation.load(where)
    if found.kind != "none" and not (where / UNFINISHED).exists():
        stop(f"{where} holds an installation already; nothing was changed. Choose another HAVENLINE_HOME.", Exit.REFUSED)
    if not where.exists():
        return
    if (where / UNFINISHED).exists():
        homes.remove(where, keep_folder=True)
    elif any(where.iterdir()):
        stop(f"{where} is not empty; nothing was changed. Choose another HAVENLINE_HOME, or empty it.", Exit.REFUSED)


def _unpack(staging: Path, backup: Path, keys: Path, identity: Path, keys_identity: Path) -> dict[str, Any]:
    for name in ("parts", "keys"):
        (staging / name).mkdir(mode=0o700)
    try:
        manifest = sealed_file.unpack(backup, staging / "parts", sealed_file.identities_in(identity))
        sealed_file.unpack(keys, staging / "keys", sealed_file.identities_in(keys_identity))
    except (sealed_file.NotOurs, ValueError) as error:
        stop(f"{error} Nothing was put back.", Exit.REFUSED)
    (staging / "keys" / sealed_file.MANIFEST).unlink()
    if manifest.get("havenline backup") != 1:
        stop(f"{backup} is no backup that this version reads. Nothing was put back.", Exit.REFUSED)
    if keys_digest({path.name: path.read_bytes() for path in (staging / "keys").iterdir()}) != manifest["keys"]:
        stop(f"{keys} holds other keys than those of {backup}: nothing could be read with them. Nothing was put back.", Exit.REFUSED)
    return manifest


def _put_back(where: Path, staging: Path, manifest: dict[str, Any], owner_url: str) -> dict[str, Any]:
    """Keys and database; what havenline.toml says from now on."""
    said: dict[str, Any] = tomllib.loads((staging / "parts" / "havenline.toml").read_text())
    shutil.move(staging / "keys", where / "keys")
    for path in (where / "keys").iterdir():
        path.chmod(0o600)
    if manifest["database"] == "sqlite":
        shutil.move(staging / "parts" / "havenline.sqlite3", where / "havenline.sqlite3")
        (where / "havenline.sqlite3").chmod(0o600)
        return said
    if not owner_url:
        stop("This backup is of PostgreSQL: give --owner-url, an empty database and the role that will own it.", Exit.REFUSED)
    if snapshot.held_tables(owner_url):
        stop(f"The database {urlsplit(owner_url).path.lstrip('/')} is not empty; nothing was put back.", Exit.REFUSED)
    snapshot.into_postgresql(owner_url, staging / "parts" / "database.dump")
    place = urlsplit(owner_url)
    for key in USERS:
        if said.get(key):
            user = urlsplit(said[key]).netloc.rpartition("@")[0]
            netloc = f"{user}@{place.netloc.rpartition('@')[2]}"
            said[key] = urlunsplit(urlsplit(said[key])._replace(netloc=netloc, path=place.path))
    return said


def _take_journal(where: Path, staging: Path, newest: Path | None) -> None:
    """The newest journal there is. It must begin with the lines that the backup holds."""
    kept = staging / "parts" / "retention.jsonl"
    chosen = newest or (kept if kept.exists() else None)
    if chosen is None:
        return
    text = chosen.read_bytes()
    if kept.exists() and not text.startswith(kept.read_bytes()):
        stop(f"{newest} does not begin as the journal in the backup does: it is older, or another installation’s.", Exit.REFUSED)
    (where / "journal").mkdir(mode=0o700)
    homes.write_private(where / "journal" / "retention.jsonl", text.decode())


def _bring_up(where: Path, said: dict[str, Any], manifest: dict[str, Any], owner_url: str) -> str:
    """Tables at this version, rights, the journal replayed, the epoch opened. havenline.toml comes before Django, which reads it."""
    if elsewhere := said.pop("retention_journal", ""):
        out.print(
            f"The journal was kept at {elsewhere}; it is in the home now. Set retention_journal again where that is wanted.", soft_wrap=True
        )
    (where / "static").mkdir(exist_ok=True)
    homes.write_private(where / "havenline.toml", homes.toml_of(said))
    os.environ["HAVENLINE_ROLE"] = "all"
    if owner_url:
        os.environ["DATABASE_URL_ALL"] = owner_url
    start_django()
    from django.core.management import call_command
    from django.db import connection

    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.retention import actions, journal
    from havenline.site import database_roles, static_files

    if connection.vendor == "postgresql":
        _make_roles(connection, said)
    call_command("migrate", verbosity=0, interactive=False)
    if connection.vendor == "postgresql":
        database_roles.grant(connection)
    static_files.collect()
    try:
        ledger.append_committed()
        lost = _open_epoch(datetime.fromisoformat(manifest["made_at"]))
        done = actions.replay()
    except journal.JournalBroken as error:
        stop(f"{error} The home is not finished.", Exit.REFUSED)
    ledger.append_committed()
    if done.lines:
        out.print(f"From the journal: {done.erased} records were erased again, {done.held} are held again.", soft_wrap=True)
    return lost


def _make_roles(connection: Any, said: dict[str, Any]) -> None:
    """The roles, where the cluster has none of that name; those that are there already must take the passwords that we know."""
    import psycopg

    from havenline.site import database_roles

    urls = [said.get("database_url", ""), said.get("public_database_url") or said.get("database_url", "")]
    urls += [said.get(key, "") for key in list(USERS)[2:]]  # an installation that is older has none
    passwords = [str(urlsplit(url).password or "") for url in urls]
    taken = database_roles.taken(connection)
    if not taken:
        database_roles.make(connection, database_roles.Passwords(*passwords))
        return
    for url in filter(None, urls):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            stop(
                f"The roles {', '.join(taken)} exist in this cluster, and do not take the backup’s passwords: "
                f"{str(error).splitlines()[0]} "
                "Set their passwords as havenline.toml says, and restore again into an empty database.",
                Exit.REFUSED,
            )


def _open_epoch(begin: datetime) -> str:
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.retention import epochs

    end = moment.now()
    epochs.open_epoch(lost_from=begin, lost_until=end)
    ledger.append_committed()
    return f"{begin.astimezone(UTC):%Y-%m-%d %H:%M} to {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
