"""The database of one test process. On PostgreSQL the owner makes and migrates it; the suite runs as the unprivileged havenline_app.

Migrating takes ten seconds and more, so it is done once for each state of the migrations and copied by every process after: on SQLite
a file in the machine's temporary folder, on PostgreSQL a template database.

`DATABASE_URL` names the owner: a role that may make databases and roles, such as postgres://owner:secret@127.0.0.1/postgres.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from havenline.site import database_roles
from havenline.site.installation import CHECKOUT

_owner: dict[str, str] = {}
ONE_AT_A_TIME = 0x54455354  # "TEST": the advisory lock of whoever makes a test database


def passwords_of(owner: dict[str, Any]) -> database_roles.Passwords:
    """The same for each process of one run, since the roles belong to the cluster; known to nobody without the owner's."""

    def derived(role: str) -> str:
        return hashlib.sha256(f"{role}:{owner['PASSWORD']}".encode()).hexdigest()

    return database_roles.Passwords(app=derived("app"), public=derived("public"), api=derived("api"), match=derived("match"))


@contextmanager
def as_unprivileged(suffix: str) -> Iterator[None]:
    """A test database of this process on PostgreSQL, in which the suite's connection is havenline_app."""
    owner = dict(connection.settings_dict)
    _owner.update({key: owner[key] for key in ("USER", "PASSWORD")})
    name = f"test_{owner['NAME']}_{suffix or 'single'}"
    passwords = passwords_of(owner)
    database_roles.make(connection, passwords)
    with _as_owner(owner) as cursor:
        template = _migrated_on_postgresql(cursor, owner)
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _reconnect(NAME=name, USER=database_roles.APP, PASSWORD=passwords.app)
    try:
        yield
    finally:
        _reconnect(**{key: owner[key] for key in ("NAME", "USER", "PASSWORD")})
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connections.close_all()


@contextmanager
def _as_owner(owner: dict[str, Any]) -> Iterator[psycopg.Cursor[Any]]:
    """A connection of the owner's beside Django's, on which one process at a time makes databases."""
    place = {"host": owner["HOST"] or None, "port": owner["PORT"] or None}
    with (
        psycopg.connect(dbname=owner["NAME"], user=owner["USER"], password=owner["PASSWORD"], autocommit=True, **place) as line,
        line.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield cursor


def _migrated_on_postgresql(cursor: psycopg.Cursor[Any], owner: dict[str, Any]) -> str:
    """The name of a database that holds every migration and right, and no row. One that was not finished has another name."""
    prefix = f"test_{owner['NAME']}_migrated_"
    name, unfinished = f"{prefix}{migrations_digest()}", f"{prefix}unfinished"
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    there = {row[0] for row in cursor.fetchall()}
    if name in there:
        return name
    for old in there:
        cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{unfinished}"')
    _reconnect(NAME=unfinished)
    call_command("migrate", verbosity=0, interactive=False)
    database_roles.grant(connection)
    _reconnect(NAME=owner["NAME"])
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


@contextmanager
def as_a_file() -> Iterator[None]:
    """The home's own SQLite file, with the settings of real use."""
    folder = Path(tempfile.gettempdir()) / f"havenline-migrated-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else: remove it, or set TMPDIR.")
    migrated = folder / f"{migrations_digest()}.sqlite3"
    with (folder / "one-at-a-time").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if migrated.exists():
            shutil.copyfile(migrated, connection.settings_dict["NAME"])
        else:
            call_command("migrate", verbosity=0, interactive=False)
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            unfinished = migrated.with_suffix(".unfinished")
            connection.ensure_connection()
            with closing(sqlite3.connect(unfinished)) as copy:
                connection.connection.backup(copy)
            unfinished.rename(migrated)
    yield
    connections.close_all()


def migrations_digest() -> str:
    """What a migrated database depends on: our migrations and rights, and the versions of the libraries that bring their own."""
    source = CHECKOUT / "src/havenline"
    paths = [*source.rglob("migrations/*.py"), *source.glob("site/*_roles.py"), *source.glob("site/row_*.py"), CHECKOUT / "uv.lock"]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


KEPT = ("django_migrations", "django_content_type", "auth_permission")
INDEX = "search_words"  # SQLite's index of words and its own tables: it follows the documents' triggers, and breaks when emptied by hand


def empty() -> None:
    """Empty every table after a test that commits."""
    names = [name for name in connection.introspection.table_names() if name not in KEPT]
    with past_the_ledgers_triggers(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Few hold anything, and little: to delete that costs milliseconds, and TRUNCATE two files for each table and index.
            cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))  # noqa: S608
            if filled := [name for (name,) in cursor.fetchall()]:
                cursor.execute("".join(f"DELETE FROM {name};" for name in filled))  # noqa: S608  # at once: keys are asked at the end
            return
        cursor.execute("PRAGMA foreign_keys=OFF")
        for name in names:
            if not name.startswith(INDEX):
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608
        cursor.execute("PRAGMA foreign_keys=ON")


@contextmanager
def past_the_ledgers_triggers() -> Iterator[None]:
    """Be who owns the database: the ledger refuses a change and a deletion to everybody else. What was written before is committed."""
    with _past_them_on_postgresql() if connection.vendor == "postgresql" else _past_them_on_sqlite():
        yield


@contextmanager
def _past_them_on_postgresql() -> Iterator[None]:
    with as_the_owner():
        _triggers("DISABLE")
        yield
        _triggers("ENABLE")


@contextmanager
def as_the_owner() -> Iterator[None]:
    """On PostgreSQL: whoever has every right on every table, and is held by triggers alone. What was written before is committed."""
    with _signed_in(**_owner):
        yield


@contextmanager
def as_the_user_of(role: str) -> Iterator[None]:
    """On PostgreSQL: sign in as this role's own user, in every thread. What was written before is committed. SQLite has no users."""
    if connection.vendor != "postgresql":
        yield
        return
    password = vars(passwords_of(_owner))[role.removeprefix("havenline_")]
    with _signed_in(USER=role, PASSWORD=password):
        yield


@contextmanager
def _signed_in(**who: str) -> Iterator[None]:
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    _reconnect(**who)
    try:
        yield
    finally:
        _reconnect(**before)


def _triggers(verb: str) -> None:
    with connection.cursor() as cursor:
        for name in database_roles.ONLY_ADDED_TO:
            cursor.execute(f"ALTER TABLE {name} {verb} TRIGGER USER")


@contextmanager
def _past_them_on_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, text in triggers:
            cursor.execute(text)


def _reconnect(**changed: Any) -> None:
    connection.close()
    connection.settings_dict.update(changed)
    settings.DATABASES["default"].update(changed)
