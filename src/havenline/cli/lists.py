"""`havenline lists`: hash lists and URL lists, in and out as CSV."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, plain, start_django, stop

if TYPE_CHECKING:
    from havenline.foundation.lists.models import KnownList, ListImport

BAD_LINES_SHOWN = 20
LISTS_SHOWN = 1_000

app = typer.Typer(help="Lists of what is known: hashes and web addresses.", no_args_is_help=True, rich_markup_mode="rich")
Slug = Annotated[str, typer.Argument(help="The list's short name; “havenline lists show” names them all.")]
Json = Annotated[bool, typer.Option("--json", help="Answer for machines.")]


@app.callback()
def lists() -> None:
    """Lists of what is known: hashes and web addresses."""


@app.command()
def show(slug: Annotated[str, typer.Argument(help="One list; without it, all.")] = "", json: Json = False) -> None:
    """Show lists: whose word they hold, how much stands on them, the number of their last change, what is held.

    Example: havenline lists show
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.lists.models import KnownList

    found = [_named(slug)] if slug else list(KnownList.objects.select_related("agency").order_by("name")[:LISTS_SHOWN])
    said = [_said_of(one) for one in found]
    if json:
        as_json(said[0] if slug else said)
        return
    if not said:
        out.print("There is no list yet. A senior analyst makes one at the desk.")
    for one in said:
        held = f", held: {one['held']}" if one["held"] else ""
        waits = f", {one['waiting']} imports wait for a person" if one["waiting"] else ""
        stands = f"{one['kind']}, {one['origin']}, {one['live']:,} entries, change {one['sequence']:,}"
        out.print(plain(f"{one['slug']}: {one['name']}. {stands}{held}{waits}"), soft_wrap=True, markup=False)


@app.command(name="import")
def bring(
    slug: Slug,
    file: Annotated[Path, typer.Argument(help="CSV, in UTF-8; its schema is docs/platforms/lists-csv.md.")],
    whole: Annotated[bool, typer.Option("--whole", help="The file is the whole list: what it does not name is withdrawn.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Apply it at once, where nothing of it has to be held for a person.")] = False,
    json: Json = False,
) -> None:
    """Read a file whole, say what it would do, and on your word apply it. Where a line cannot be taken, none is.

    It is applied in parts: broken off, the worker goes on with the rest. What would withdraw more than a fifth of a list is held, and
    waits for a senior analyst at the desk. Exit code 1: it is held; 3: lines cannot be taken, each is named.

    Example: havenline lists import our-hashes additions.csv
    """
    must_be_set_up()
    if not file.is_file():
        stop(f"{plain(str(file))} is no file.", Exit.MISSING)
    start_django()
    from havenline.foundation.ledger import actions as ledger
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.lists import actions, csv_file

    known_list = _named(slug)
    try:
        with file.open("rb") as source, _progress("Reading", json) as report:
            digest = csv_file.digest_of(source)
            lines = _counted(csv_file.lines_of(source), report, "lines are read")
            imported = actions.read_in(known_list=known_list, lines=lines, source=file.name, digest=digest, is_whole=whole, by=INSTALLATION)
    except actions.LinesRefused as refused:
        _refuse(refused.errors, refused.count, json)
    except (csv_file.NotThisFile, actions.ListClosed) as refused:
        stop(f"{refused} Nothing was changed.", Exit.REFUSED)
    except OSError as error:
        stop(f"{plain(str(file))} cannot be read: {error.strerror or error}. Nothing was changed.", Exit.MISSING)
    if not json:
        _tell(imported)
    if imported.state == imported.State.HELD:
        ledger.append_committed()
        _end(
            imported,
            json,
            f"It is held for a person: {imported.held_why} A senior analyst applies or refuses it at the desk.",
            Exit.NOT_WELL,
        )
    if not apply and not _said_yes(json):
        _end(imported, json, "It is read, and waits: apply or refuse it at the desk.", Exit.WELL)
    imported = actions.begin(imported=imported, by=INSTALLATION)
    with _progress("Applying", json) as report:
        for so_far in actions.apply_parts(imported=imported):
            report(f"{so_far.done:,} lines are applied")
    ledger.append_committed()
    imported.refresh_from_db()
    known_list.refresh_from_db()
    _end(imported, json, f"Applied. {known_list.live:,} entries stand on the list.", Exit.WELL)


@app.command()
def export(
    slug: Slug,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also what was withdrawn, as such.")] = False,
) -> None:
    """Write a list as CSV to standard output. That it was taken out stands on the ledger.

    Example: havenline lists export our-hashes > our-hashes.csv
    """
    must_be_set_up()
    start_django()
    import hashlib

    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.lists import actions, csv_file
    from havenline.foundation.lists.models import ListEntry

    known_list, digest, count = _named(slug), hashlib.sha256(), -1  # its first line names the columns
    entries = ListEntry.objects.filter(known_list=known_list).order_by("pk").iterator(chunk_size=2_000)
    for line in csv_file.written(entries, withdrawn=withdrawn):
        sys.stdout.write(line)
        digest.update(line.encode())
        count += 1
    actions.note_export(known_list=known_list, count=count, digest=digest.hexdigest(), by=INSTALLATION)


@app.command()
def hold(slug: Slug, reason: Annotated[str, typer.Option("--reason", help="Why, in words.")]) -> None:
    """Apply nothing that arrives to a list, until it is released. What stands on it stays, and is matched.

    Example: havenline lists hold southern-hotline --reason "Its source was broken into."
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.lists import actions

    try:
        actions.hold_list(known_list=_named(slug), reason=reason, by=INSTALLATION)
    except (actions.WordsMissing, actions.ListClosed) as refused:
        stop(str(refused), Exit.REFUSED)
    out.print("The list is held.")


@app.command()
def release(slug: Slug) -> None:
    """Let what arrives be applied again. What waited still waits for a person.

    Example: havenline lists release southern-hotline
    """
    must_be_set_up()
    start_django()
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.foundation.lists import actions

    try:
        actions.release_list(known_list=_named(slug), by=INSTALLATION)
    except actions.ListClosed as refused:
        stop(str(refused), Exit.REFUSED)
    out.print("The list is released.")


def _named(slug: str) -> "KnownList":
    from havenline.foundation.lists.models import KnownList

    found = KnownList.objects.select_related("agency").filter(slug=slug).first()
    if found is None:
        known = ", ".join(KnownList.objects.order_by("slug").values_list("slug", flat=True)[:50]) or "none"
        stop(f"There is no list “{plain(slug)}”. There are: {known}.", Exit.MISSING)
    return found


def _said_of(known_list: "KnownList") -> dict[str, Any]:
    waiting = known_list.imports.filter(state__in=["held", "read"]).count()
    return {
        "slug": known_list.slug,
        "name": known_list.name,
        "kind": known_list.kind,
        "origin": known_list.origin,
        "agency": known_list.agency.slug,
        "live": known_list.live,
        "sequence": known_list.sequence,
        "is_matched": known_list.is_matched,
        "held": known_list.held_why,
        "closed": known_list.closed_at is not None,
        "waiting": waiting,
    }


COUNTS = ("lines", "additions", "changes", "withdrawals", "already", "duplicates", "unknown", "never_matched")


def _tell(imported: "ListImport") -> None:
    said = {name: f"{getattr(imported, name):,}" for name in COUNTS}
    out.print(
        f"{said['lines']} lines: {said['additions']} new, {said['changes']} say something new of what stands, "
        f"{said['withdrawals']} withdrawn, {said['already']} stand already.",
        soft_wrap=True,
    )
    out.print(
        f"{said['duplicates']} lines say the same again; {said['unknown']} withdraw what does not stand; "
        f"{said['never_matched']} are kept and never matched by themselves.",
        soft_wrap=True,
    )


def _end(imported: "ListImport", json: bool, words: str, code: Exit) -> None:
    if json:
        counts = {name: getattr(imported, name) for name in COUNTS}
        as_json({"import": imported.pk, "state": str(imported.state), "held": imported.held_why, "sha256": imported.digest, **counts})
    else:
        out.print(words, soft_wrap=True, markup=False)
    raise typer.Exit(code)


def _refuse(errors: list[tuple[int, str]], count: int, json: bool) -> None:
    if json:
        as_json({"state": "refused", "bad": count, "bad_lines": [{"line": number, "why": why} for number, why in errors]})
        raise typer.Exit(Exit.REFUSED)
    out.print(f"[bold red]{count:,} lines cannot be taken. Nothing was changed:[/]", soft_wrap=True)
    for number, why in errors[:BAD_LINES_SHOWN]:
        out.print(f"  line {number}: {plain(why)}", soft_wrap=True, markup=False)
    if count > BAD_LINES_SHOWN:
        out.print("  … and more: --json names the first hundred.")
    raise typer.Exit(Exit.REFUSED)


def _said_yes(json: bool) -> bool:
    return not json and sys.stdin.isatty() and typer.confirm("Apply it?")


def _progress(doing: str, json: bool) -> Any:
    if json:
        return nullcontext(lambda _words: None)
    return _Shown(doing)


class _Shown:
    """A line on standard error that is rewritten, and gone at the end."""

    def __init__(self, doing: str) -> None:
        self.progress = Progress(TextColumn("{task.description}"), console=Console(stderr=True), transient=True)
        self.doing = doing

    def __enter__(self) -> Any:
        self.progress.start()
        task = self.progress.add_task(self.doing, total=None)
        return lambda words: self.progress.update(task, description=f"{self.doing}: {words}")

    def __exit__(self, *_error: object) -> None:
        self.progress.stop()


def _counted(lines: Any, report: Any, what: str) -> Any:
    for number, line in enumerate(lines, 1):
        if number % 5_000 == 0:
            report(f"{number:,} {what}")
        yield line
