"""`havenline lists pull`, `verify`, `serve-info` and `key`: lists that arrive from others, and leave to them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, plain, start_django, stop
from havenline.engines import proof


def register(app: typer.Typer) -> None:
    """Put these beside the other commands on lists."""
    app.command()(pull)
    app.command()(verify)
    app.command(name="serve-info")(serve_info)
    app.command()(key)


def pull(
    name: Annotated[str, typer.Argument(help="The list's short name.")],
    anew: Annotated[bool, typer.Option("--anew", help="From its first page, as if nothing had been read.")] = False,
) -> None:
    """Read a list's source to its end, now and here. Broken off anywhere, it goes on there when it is run again.

    What it would take away beyond a fifth of the list waits for a person at the desk. Exit code 1 where it failed.

    Example: havenline lists pull ncmec-industry
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.lists import actions as lists
    from havenline.foundation.lists.exchange import actions
    from havenline.foundation.lists.exchange import pull as pulling
    from havenline.foundation.lists.exchange.models import Pull, Source

    source = Source.objects.filter(known_list__slug=name).select_related("known_list__agency").first()
    if source is None:
        stop(f"No list {plain(name)!r} has a source. A senior analyst names one at the desk.", Exit.REFUSED)
    try:
        actions.ask_now(source=source, by=INSTALLATION, anew=anew)
    except actions.BadSource as error:
        stop(str(error), Exit.REFUSED)
    with Progress(TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Asking", total=None)
        while True:
            last = None
            for last in pulling.go_on(source):
                progress.update(task, description=f"{last.pages:,} pages, {last.told:,} values are read")
            if last is None or last.state != Pull.State.HANDED or last.list_import is None or last.list_import.waits:
                break
            for part in lists.apply_parts(imported=last.list_import):
                progress.update(task, description=f"{part.done:,} of {part.lines:,} lines are applied")
    source.refresh_from_db()
    if source.problem:
        out.print(f"[bold red]It failed.[/] {plain(source.problem)}", soft_wrap=True, markup=True)
        raise typer.Exit(Exit.NOT_WELL)
    if source.pull is not None:
        out.print("It was read to its end. What it says waits: look at the list's page at the desk.", soft_wrap=True)
        raise typer.Exit(Exit.NOT_WELL)
    source.known_list.refresh_from_db()
    out.print(f"[bold]It is in step.[/] {source.known_list.live:,} entries stand on it.", soft_wrap=True)


def verify(
    file: Annotated[Path, typer.Argument(help="A snapshot or a page of changes, as it was served.")],
    key: Annotated[list[str], typer.Option(help="A public key that signs lists, as you were told it; again for another.")],
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Check that a list is whole, as it was written, and signed. Needs no database.

    Example: havenline lists verify snapshot.ndjson --key report.example.org/lists/1a2b3c4d+5e6f7a8b+AX…
    """
    from havenline.foundation.lists.exchange.formats import signed
    from havenline.foundation.lists.exchange.told import NotReadable

    try:
        keys = [proof.VerifierKey.read(one) for one in key]
        read = signed.read(file.read_bytes(), keys)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror or error}", Exit.MISSING)
    except proof.BadKey as error:
        stop(str(error), Exit.REFUSED)
    except NotReadable as error:
        if json:
            as_json({"ok": False, "why": str(error)})
        else:
            out.print(f"[bold red]It does not hold.[/] {plain(str(error))}", soft_wrap=True)
        raise typer.Exit(Exit.NOT_WELL) from error
    head, seal = read.head, read.seal
    if json:
        said = {"ok": True, "list": head.known_list, "what": head.what, "count": seal.count, "more": seal.more}
        as_json(said | {"made_at": head.made_at.isoformat(), "signed_by": read.signed_by})
        return
    more = " There is more: go on with its cursor." if seal.more else ""
    what = plain(f"{head.what} of {head.known_list}, made {head.made_at:%Y-%m-%d %H:%M} UTC")
    out.print(f"[bold]It holds.[/] {what}: {seal.count:,} values, signed by {plain(read.signed_by)}.{more}", soft_wrap=True, markup=True)


def serve_info(json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False) -> None:
    """Who is sent which list, where they read it, and how far they have come."""
    must_be_set_up()
    start_django()
    from django.urls import reverse

    from havenline.foundation.lists.exchange import queries
    from havenline.foundation.lists.models import KnownList, ListReader
    from havenline.site import installation

    base = installation.load().base_url.rstrip("/")
    sent = ListReader.objects.filter(may_be_sent=True, until=None, known_list__closed_at=None)
    rows = []
    for reader in sent.select_related("known_list", "agency").order_by("known_list__slug", "agency__slug"):
        slug = reader.known_list.slug
        about = {
            "list": slug,
            "agency": reader.agency.slug,
            "snapshot": base + reverse("api:list_snapshot", args=[slug]),
            "threatexchange": base + reverse("feeds:threat_updates", args=[reader.known_list_id]),
        }
        if reader.known_list.kind == KnownList.Kind.HASH:
            about["ncmec"] = base + reverse("feeds:ncmec_status", args=[slug]).removesuffix("/v2/status")
        rows.append(about)
    behind = [{"list": one.reading.known_list.slug, "agency": one.reading.agency.slug} for one in queries.behind()]
    if json:
        as_json({"sent": rows, "behind": behind})
        return
    if not rows:
        out.print("No list is sent to anybody. A senior analyst lets an agency be sent one, on the list's page.", soft_wrap=True)
    for row in rows:
        out.print(f"[bold]{row['list']}[/] to {row['agency']}", soft_wrap=True)
        for form in ("snapshot", "ncmec", "threatexchange"):
            if form in row:
                out.print(f"  {form}: {row[form]}", soft_wrap=True)
    for late in behind:
        out.print(f"[bold red]{late['agency']} has not fetched withdrawals of {late['list']} for days.[/] Write to them.", soft_wrap=True)


def key() -> None:
    """The public keys that sign lists: tell them to whoever reads ours, by telephone or on paper."""
    must_be_set_up()
    start_django()
    from havenline.foundation.sealing import keys

    try:
        print(keys.read("lists.pub").decode(), end="")
    except keys.KeyMissing as error:
        stop(str(error), Exit.MISSING)
