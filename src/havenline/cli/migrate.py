"""`havenline migrate`: bring the database to this version."""

import os
from typing import Annotated

import typer

from havenline.cli.speak import Exit, must_be_set_up, out, start_django, stop
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
    static_files.collect()
    out.print("The database is at this version.")
