"""A consistent copy of the database while others write, with what it holds: tables' counts and the ledger's head."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    import sqlite3

PAGES = 2000  # SQLite's pages at a time: 8 MB
Progress = Callable[[int, int], object]  # done, of how many


class ProgramMissing(Exception):
    """pg_dump or pg_restore is not here, or ended badly; says which, and what it said."""


@dataclass(frozen=True)
class Held:
    """What a copy holds."""

    counts: dict[str, int]
    sequence: int
    head: str


def of_sqlite(database: Path, copy: Path, progress: Progress) -> Held:
    """SQLite's own online copy, of one moment: the reading transaction stays open, and the write-ahead log lets others write meanwhile.

    Raises OSError.
    """
    import sqlite3  # here: `ledger verify FILE` needs no database, and loads none

    try:
        return _of_sqlite(database, copy, progress)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


def _of_sqlite(database: Path, copy: Path, progress: Progress) -> Held:
    import sqlite3

    source = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20, isolation_level=None)
    target = sqlite3.connect(copy, isolation_level=None)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on this connection sees one moment
        source.backup(target, pages=PAGES, progress=lambda _status, left, of: progress(of - left, of))
        source.execute("COMMIT")
        target.execute("PRAGMA journal_mode=DELETE")
        return held_in_sqlite(target)
    finally:
        source.close()
        target.close()


def held_in_sqlite(connection: "sqlite3.Connection") -> Held:
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_words%' ORDER BY 1"
        )
    ]
    counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608  (the database's own table names)
    last = connection.execute("SELECT sequence, hash FROM ledger_link ORDER BY sequence DESC LIMIT 1").fetchone()
    return Held(counts, *(last or (0, "")))


def of_postgresql(url: str, copy: Path, progress: Progress) -> Held:
    """pg_dump in a snapshot that this transaction exports: counts and dump are of one moment."""
    import psycopg

    try:
        connecting = psycopg.connect(url)
    except psycopg.OperationalError as error:
        raise ProgramMissing(f"The database does not answer: {str(error).splitlines()[0]}") from error
    with connecting as connection:
        # The tables' owner is here once a day: what was erased leaves the tables' files too, and not only the rows.
        connection.autocommit = True
        connection.execute("VACUUM")
        connection.autocommit = False
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot(), pg_database_size(current_database())").fetchone()
        assert row is not None  # noqa: S101  (a SELECT without FROM)
        held = _held_in_postgresql(connection)
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={row[0]}", f"--file={copy}"]
        process = _start("pg_dump", arguments, url)
        while process.poll() is None:
            progress(copy.stat().st_size if copy.exists() else 0, row[1])
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        _must_have_ended_well("pg_dump", process)
    return held


def held_tables(url: str) -> list[str]:
    """What stands in a database by name: nothing, where a backup can be put back."""
    import psycopg

    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [str(name) for (name,) in rows]


def _held_in_postgresql(connection: Any) -> Held:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counts = {name: connection.execute(f'SELECT count(*) FROM public."{name}"').fetchone()[0] for (name,) in found}  # noqa: S608  (the database's own table names)
    last = connection.execute("SELECT sequence, hash FROM ledger_link ORDER BY sequence DESC LIMIT 1").fetchone()
    return Held(counts, *(last or (0, "")))


def into_postgresql(url: str, copy: Path) -> None:
    """All of it or nothing. Raises ProgramMissing."""
    name = urlsplit(url).path.lstrip("/")
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={name}", str(copy)]
    process = _start("pg_restore", arguments, url)
    process.wait()
    _must_have_ended_well("pg_restore", process)


def _start(program: str, arguments: list[str], url: str) -> subprocess.Popen[bytes]:
    """Passwords go by the environment: a command line is read by everybody on the machine."""
    parts = urlsplit(url)
    said = {"PGHOST": parts.hostname, "PGPORT": str(parts.port or ""), "PGUSER": parts.username, "PGPASSWORD": parts.password}
    of_libpq = {f"PG{key.upper()}": value for key, value in parse_qsl(parts.query)}
    environment = {**os.environ, **{key: unquote(value) for key, value in said.items() if value}, **of_libpq}
    environment["PGDATABASE"] = parts.path.lstrip("/")
    try:
        return subprocess.Popen([program, *arguments], env=environment, stderr=subprocess.PIPE)
    except FileNotFoundError as error:
        raise ProgramMissing(f"{program} is not on this machine. Install PostgreSQL’s client programs of the server’s version.") from error


def _must_have_ended_well(program: str, process: subprocess.Popen[bytes]) -> None:
    said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if process.returncode:
        raise ProgramMissing(f"{program} ended with {process.returncode}: {said.splitlines()[-1] if said else 'it said nothing'}")
