"""`havenline migrate`: bring the database to this version."""

import os
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import track

from havenline.cli.speak import Exit, err, must_be_set_up, out, start_django, stop
from havenline.site import installation


def migrate(
    owner_url: Annotated[
        str, typer.Option(envvar="DATABASE_URL_OWNER", help="PostgreSQL: the URL of the role that owns the tables.", show_default=False)
    ] = "",
) -> None:
    """Bring the database to this version, and give each role its rights anew.

    Example: havenline migrate --owner-url postgres://owner@127.0.0.1/havenline
    """
    must_be_set_up()
    (installation.home() / "static").mkdir(exist_ok=True)  # settings look for it, and serve hashed names from there
    if installation.load().role:
        start_django()
        from havenline.site import static_files

        static_files.collect()
        out.print("Style sheets and pages are at this version. The database is migrated from the desk's host.")
        return
    if owner_url:
        os.environ["DATABASE_URL_ALL"] = owner_url
    os.environ["HAVENLINE_ROLE"] = "all"
    start_django()
    from django.core.management import call_command
    from django.db import connection

    from havenline.site import database_roles, static_files

    if connection.vendor == "postgresql" and not owner_url:
        stop("On PostgreSQL the owner of the tables migrates: give --owner-url, or DATABASE_URL_OWNER.", Exit.REFUSED)
    call_command("migrate", verbosity=0, interactive=False)
    if connection.vendor == "postgresql":
        database_roles.grant(connection)
    _give_agencies_their_keys()
    static_files.collect()
    out.print("The database is at this version.")


def _give_agencies_their_keys() -> None:
    """An installation that is older than agencies' keys: each gets its pair, and what it is party to is wrapped for it."""
    from havenline.foundation.people.models import Agency
    from havenline.foundation.records import actions as records
    from havenline.foundation.sealing import desk_key, holders, keys
    from havenline.journey.intake import queries as intake
    from havenline.journey.intake.actions.dialogue import seal_anew_for_the_api

    for holder in (holders.API, *(agency.holder for agency in Agency.objects.all())):
        holders.make_pair(holder)
    if not keys.is_there("ledger.key"):  # it signs the desk's
        keys.make_ledger_key(installation.home() / "keys", host=urlsplit(installation.load().base_url).hostname or "localhost")
    if not keys.is_there("lists.key"):
        keys.make_lists_key(installation.home() / "keys", host=urlsplit(installation.load().base_url).hostname or "localhost")
    desk_key.sign()
    waiting = list(records.without_a_wrap())
    for record in track(waiting, description="Wrapping keys for each party", console=err, transient=True, disable=not waiting):
        records.wrap_for_parties(record)
    for message in intake.answers_to_platforms().iterator():
        seal_anew_for_the_api(message=message)
