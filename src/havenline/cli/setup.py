"""`havenline setup`: a real installation, once."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlsplit, urlunsplit

import typer

from havenline.cli import home as homes
from havenline.cli.speak import Exit, must_be_set_up, out, start_django, stop
from havenline.foundation import moment
from havenline.site import installation

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from havenline.site import database_roles

# Who signs in to PostgreSQL, by the setting that says how; in the order of database_roles.Passwords.
USERS = {
    "database_url": "havenline_app",
    "public_database_url": "havenline_public",
    "api_database_url": "havenline_api",
    "match_database_url": "havenline_match",
}


def setup(
    name: Annotated[str, typer.Option(help="What this place is called on its public pages.", prompt="Name of this place")],
    base_url: Annotated[str, typer.Option(help="Where people reach it.", prompt="Address, such as https://report.example.org")],
    oversight: Annotated[str, typer.Option(help="The body that oversees it and reads its ledger.", prompt="Name of the oversight body")],
    admin_name: Annotated[str, typer.Option(help="The first administrator, who sees no case.", prompt="Name of the first administrator")],
    admin_email: Annotated[
        str, typer.Option(help="What the administrator signs in with.", prompt="E-mail address of the first administrator")
    ],
    owner_url: Annotated[
        str,
        typer.Option(
            envvar="DATABASE_URL_OWNER",
            help="PostgreSQL: the owner, who may make roles. Makes those of each process.",
        ),
    ] = "",
    database_url: Annotated[str, typer.Option(help="PostgreSQL without --owner-url: the user of desk and worker.")] = "",
    public_database_url: Annotated[str, typer.Option(help="The same for the public process.")] = "",
    api_database_url: Annotated[str, typer.Option(help="The same for the API.")] = "",
    match_database_url: Annotated[str, typer.Option(help="The same for matching.")] = "",
    mail_host: Annotated[str, typer.Option(help="The mail server. Without one, passwords are shown instead of mailed.")] = "",
    mail_port: Annotated[int, typer.Option(min=1, max=65535)] = 25,
    mail_from: Annotated[str, typer.Option(help="The sender of letters; empty: messages@ your address.")] = "",
) -> None:
    """Set up a real installation in $HAVENLINE_HOME: keys, database, first administrator, oversight body. Asks what no flag says.

    Example: havenline setup --name "Northmere Hotline" --base-url https://report.example.org --oversight "Oversight board"
    --admin-name "Jo Hale" --admin-email jo@example.org
    """
    where = installation.home()
    _must_be_free(where)
    host = host_of(base_url)
    if "@" not in admin_email:
        stop(f"{admin_email} is no e-mail address.", Exit.REFUSED)
    said: dict[str, Any] = {
        "kind": "installation",
        "made_at": moment.now().isoformat(timespec="seconds"),
        "base_url": base_url.rstrip("/"),
        "allowed_hosts": [host, "localhost", "127.0.0.1"],
    }
    if owner_url:
        said |= {key: _as_user(owner_url, user, secrets.token_urlsafe(24)) for key, user in USERS.items()}
    elif database_url:
        said |= dict(zip(USERS, (database_url, public_database_url, api_database_url, match_database_url), strict=True))
    said["mail"] = {**({"host": mail_host, "port": mail_port} if mail_host else {}), "from": mail_from or f"messages@{host}"}
    said["deployment"] = {"name": name}

    found_there = where.exists()
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    where.chmod(0o700)
    (where / "static").mkdir(exist_ok=True)
    os.environ["HAVENLINE_ROLE"] = "all"
    if owner_url:
        os.environ["DATABASE_URL_ALL"] = owner_url
    # Written last under its name: a set-up that broke off is no installation.
    draft = where / ".havenline.toml.draft"
    homes.write_private(draft, homes.toml_of(said))
    draft.rename(where / "havenline.toml")
    try:
        password = _fill(said, owner_url=owner_url, oversight=oversight, admin_name=admin_name, admin_email=admin_email)
    except BaseException:
        # Undone as far as it is ours: keys that sealed nothing yet, and the file that would call this an installation.
        homes.remove(where, keep_folder=found_there)
        raise
    _say_what_is_next(where, admin_email, password)


def host_of(base_url: str) -> str:
    """The host of an address that people may be sent to; ends with what to do where it is none, or not encrypted."""
    parts = urlsplit(base_url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        stop(f"{base_url} is no address. Give it whole, such as https://report.example.org", Exit.REFUSED)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1"}:
        stop("What people report must travel encrypted: use https, with your web server in front.", Exit.REFUSED)
    return parts.hostname


def _must_be_free(where: Path) -> None:
    found = installation.load(where)
    if found.kind != "none":
        stop(
            f"{where} holds {'a demo' if found.is_demo else 'an installation'} already; nothing was changed. Choose another home.",
            Exit.REFUSED,
        )
    if where.exists() and any(path for path in where.iterdir()):
        stop(f"{where} is not empty; nothing was changed. Choose another HAVENLINE_HOME, or empty it.", Exit.REFUSED)


def _as_user(owner_url: str, user: str, password: str) -> str:
    parts = urlsplit(owner_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}"))


def _say_what_is_next(where: Path, admin_email: str, password: str) -> None:
    must_be_set_up()
    out.print("[bold]Set up.[/]")
    out.print(f"Administrator: {admin_email}   password: [bold]{password}[/]   (shown once; change it after signing in)", soft_wrap=True)
    out.print(
        f"Keys are in {where / 'keys'}. Back them up apart from the database: without desk.key nobody can read what was reported.",
        soft_wrap=True,
    )
    out.print("Next: havenline serve, your web server with TLS in front of it, and havenline doctor.", soft_wrap=True)


def _fill(said: dict[str, Any], *, owner_url: str, oversight: str, admin_name: str, admin_email: str) -> str:
    """Keys, database, rights, agencies, administrator; the administrator's password."""
    from havenline.foundation.sealing import keys

    keys.make(installation.home() / "keys", host=host_of(said["base_url"]))
    start_django()
    from django.core.management import call_command
    from django.db import connection
    from django.db.utils import DatabaseError

    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.people import actions as people
    from havenline.foundation.people.models import Person
    from havenline.foundation.people.roles import AgencyKind, Role
    from havenline.site import database_roles, static_files

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        stop(f"The database does not answer: {error}", Exit.MISSING)
    if "people_person" in connection.introspection.table_names() and Person.objects.exists():
        stop("The database holds an installation already; nothing was changed.", Exit.REFUSED)
    if owner_url:
        passwords = [str(urlsplit(said[key]).password) for key in USERS]
        _make_tables_and_roles(connection, database_roles.Passwords(*passwords))
    else:
        call_command("migrate", verbosity=0, interactive=False)
    static_files.collect()
    own = people.add_agency(name="This installation", kind=AgencyKind.INSTALLATION, by=INSTALLATION)
    people.add_agency(name=oversight, kind=AgencyKind.OVERSIGHT, by=INSTALLATION)
    person, password = people.add_person(name=admin_name, email=admin_email, by=INSTALLATION)
    people.give_membership(person=person, agency=own, role=Role.ADMINISTRATOR, by=INSTALLATION)
    ledger.append_committed()
    return password


def _make_tables_and_roles(connection: "BaseDatabaseWrapper", passwords: "database_roles.Passwords") -> None:
    from django.core.management import call_command
    from django.db.migrations.exceptions import MigrationSchemaMissing
    from django.db.utils import DatabaseError

    from havenline.site import database_roles

    if taken := database_roles.taken(connection):
        stop(
            f"The roles {', '.join(taken)} exist in this cluster already, perhaps for another installation. "
            "Drop them, or give --database-url and --public-database-url instead of --owner-url.",
            Exit.REFUSED,
        )
    try:
        database_roles.make(connection, passwords)
        call_command("migrate", verbosity=0, interactive=False)
        database_roles.grant(connection)
    except (DatabaseError, MigrationSchemaMissing) as error:
        database_roles.unmake(connection)
        stop(
            f"PostgreSQL refuses: {str(error).splitlines()[0]}. The user of --owner-url must own the database and may make roles: "
            "CREATE ROLE havenline_owner LOGIN CREATEROLE PASSWORD '…'; CREATE DATABASE havenline OWNER havenline_owner;",
            Exit.MISSING,
        )
    except BaseException:
        database_roles.unmake(connection)
        raise
