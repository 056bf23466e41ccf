"""The database of one test process. On PostgreSQL the owner makes and migrates it; the suite runs as the unprivileged havenline_app.

`DATABASE_URL` names the owner: a role that may make databases and roles, such as postgres://owner:secret@127.0.0.1/postgres.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from havenline.site import database_roles

_owner: dict[str, str] = {}


def passwords_of(owner: dict[str, Any]) -> database_roles.Passwords:
    """The same for each process of one run, since the roles belong to the cluster; known to nobody without the owner's."""

    def derived(role: str) -> str:
        return hashlib.sha256(f"{role}:{owner['PASSWORD']}".encode()).hexdigest()

    return database_roles.Passwords(app=derived("app"), public=derived("public"))


@contextmanager
def as_unprivileged(suffix: str) -> Iterator[None]:
    """A test database of this process on PostgreSQL, in which the suite's connection is havenline_app."""
    owner = dict(connection.settings_dict)
    _owner.update({key: owner[key] for key in ("USER", "PASSWORD")})
    name = f"test_{owner['NAME']}_{suffix or 'single'}"
    passwords = passwords_of(owner)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    database_roles.make(connection, passwords)
    _reconnect(NAME=name)
    call_command("migrate", verbosity=0, interactive=False)
    database_roles.grant(connection)
    _reconnect(NAME=name, USER=database_roles.APP, PASSWORD=passwords.app)
    try:
        yield
    finally:
        _reconnect(**{key: owner[key] for key in ("NAME", "USER", "PASSWORD")})
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connections.close_all()


@contextmanager
def as_a_file() -> Iterator[None]:
    """The home's own SQLite file, with the settings of real use."""
    call_command("migrate", verbosity=0, interactive=False)
    yield
    connections.close_all()


KEPT = ("django_migrations", "django_content_type", "auth_permission")
INDEX = "search_words"  # SQLite's index of words and its own tables: it follows the documents' triggers, and breaks when emptied by hand


def empty() -> None:
    """Empty every table after a test that commits."""
    names = [name for name in connection.introspection.table_names() if name not in KEPT]
    with past_the_ledgers_triggers(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
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
    unprivileged = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    _reconnect(**_owner)
    try:
        _triggers("DISABLE")
        yield
        _triggers("ENABLE")
    finally:
        _reconnect(**unprivileged)


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
