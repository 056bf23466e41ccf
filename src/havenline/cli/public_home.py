"""`havenline public-home`: the home of a public host, which can seal reports and read none."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from havenline.cli import home as homes
from havenline.cli.setup import host_of
from havenline.cli.speak import Exit, must_be_set_up, out, stop
from havenline.site import installation

KEYS = (
    "desk.pub",
    "desk.pub.signed",
    "form.key",
    "mac.key",
    "public.secret",
    "ledger.pub",
)  # never desk.key, never desk.secret


def public_home(
    folder: Annotated[Path, typer.Argument(help="Where to write it. Move it to the public host as its HAVENLINE_HOME.")],
    receipts_at: Annotated[
        str, typer.Option(help="Where it asks about receipts: this host as that one reaches it, where serve --role receipts answers.")
    ] = "",
    base_url: Annotated[str, typer.Option(help="Where people reach the public host; empty: where they reach this one.")] = "",
) -> None:
    """Write the home of a public host: the public process's own database user, and only the keys that seal.

    Example: havenline public-home /root/public-home --base-url https://report.example.org
    """
    must_be_set_up()
    found = installation.load()
    if base_url:
        found = replace(found, base_url=base_url.rstrip("/"), allowed_hosts=(host_of(base_url), "localhost", "127.0.0.1"))
    if found.role:
        stop("This is a public host's home itself. Run it at the desk's host.", Exit.REFUSED)
    if not found.public_database_url:
        stop(
            "The public process has no database user of its own here, so a host of its own would protect nothing. "
            "Set up on PostgreSQL with --owner-url, or set public_database_url in havenline.toml.",
            Exit.REFUSED,
        )
    if folder.exists():
        stop(f"{folder} exists already; nothing was written. Choose another name.", Exit.REFUSED)
    keys = folder / "keys"
    try:
        keys.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        for name in KEYS:
            shutil.copy(found.home / "keys" / name, keys / name)  # with its mode
        (found.home / "keys" / "public-host").write_text("A public host holds desk.pub: before its old key goes, it needs the new one.\n")
        (found.home / "keys" / "public-host").chmod(0o600)
        homes.write_private(folder / "havenline.toml", homes.toml_of({**_said(found), "receipts_at": receipts_at}))
    except OSError as error:
        stop(f"{folder} could not be written: {error}. Delete what is there of it.", Exit.MISSING)
    out.print(f"{folder} is the home of a public host. It holds {', '.join(KEYS)}, and no key that reads a report.", soft_wrap=True)
    if urlsplit(found.public_database_url).hostname in {None, "localhost", "127.0.0.1", "::1"}:
        out.print(f"Name the database as that host reaches it: database_url in {folder / 'havenline.toml'}.", soft_wrap=True)
    if not receipts_at:
        out.print(
            f"Say where receipts are answered: receipts_at in {folder / 'havenline.toml'}, and here: havenline serve --role receipts "
            "--host ADDRESS --port PORT. Until then reports are taken there, and no receipt is looked up.",
            soft_wrap=True,
        )
    out.print(
        "Next, there: havenline migrate (puts style sheets in place), havenline serve --role public, havenline doctor.", soft_wrap=True
    )


def _said(found: installation.Installation) -> dict[str, Any]:
    changed = {key: value for key, value in vars(found.deployment).items() if value != getattr(installation.Deployment(), key)}
    return {
        "kind": found.kind,
        "role": "public",
        "made_at": found.made_at,
        "base_url": found.base_url,
        "allowed_hosts": list(found.allowed_hosts),
        "database_url": found.public_database_url,
        "signs_desk_key": (found.home / "keys" / "ledger.pub").read_text().split(),
        "deployment": changed,
    }
