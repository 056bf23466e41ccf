"""`havenline schools`: the English register of schools."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, start_django, stop

BAD_ROWS_SHOWN = 20

app = typer.Typer(help="The register of schools.", no_args_is_help=True, rich_markup_mode="rich")


@app.callback()
def schools() -> None:
    """The register of schools."""


@app.command(name="import")
def import_register(
    file: Annotated[Path, typer.Argument(help="“edubasealldata….csv”, as the register publishes it.")],
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
) -> None:
    """Bring the register up to the published file: new schools, changed ones, closed ones. Running it again changes nothing.

    Broken off, it keeps whole batches; run it again. Exit code 1 where lines could not be taken: each is named, with its reason.

    Example: havenline schools import edubasealldata20261101.csv
    """
    must_be_set_up()
    if not file.is_file():
        stop(f"{file} is no file.", Exit.MISSING)
    start_django()
    from havenline.foundation.ledger.actors import INSTALLATION
    from havenline.journey.prevention import actions
    from havenline.journey.prevention.register_file import NotTheRegister

    try:
        with Progress(TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Reading the register", total=None)
            said = actions.import_register(
                path=file,
                by=INSTALLATION,
                report_progress=lambda rows: progress.update(task, description=f"{rows:,} rows of the register are read"),
            )
    except NotTheRegister as error:
        stop(f"{error} Nothing was changed.", Exit.REFUSED)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror or error}. Run it again.", Exit.MISSING)
    if json:
        as_json(_for_machines(said))
    else:
        _show(said)
    raise typer.Exit(Exit.NOT_WELL if said.bad_count else Exit.WELL)


def _for_machines(said: Any) -> dict[str, Any]:
    counts = {name: getattr(said, name) for name in ("rows", "added", "changed", "same", "closed", "abroad", "not_in_file")}
    return {**counts, "bad": said.bad_count, "bad_rows": [{"line": row.line, "why": row.why} for row in said.bad]}


def _show(said: Any) -> None:
    out.print(
        f"{said.rows:,} rows: {said.added:,} schools added, {said.changed:,} changed, {said.same:,} as they were. "
        f"{said.closed:,} are newly known as closed. {said.abroad:,} outside England were left out.",
        soft_wrap=True,
    )
    if said.not_in_file:
        out.print(f"{said.not_in_file:,} schools of ours are not in this file, and stay as they are.", soft_wrap=True)
    if said.bad_count:
        out.print(f"[bold red]{said.bad_count:,} lines could not be taken:[/]", soft_wrap=True)
        for row in said.bad[:BAD_ROWS_SHOWN]:
            out.print(f"  line {row.line}: {row.why}", soft_wrap=True, markup=False)
        if said.bad_count > BAD_ROWS_SHOWN:
            out.print("  … and more: --json names the first thousand.", soft_wrap=True)
