"""`havenline doctor`: is everything well, and if not, what to do."""

from typing import Annotated

import typer
from rich.markup import escape

from havenline.cli.speak import Exit, as_json, must_be_set_up, out, start_django


def doctor(json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False) -> None:
    """Look at everything that this installation needs. Exit code 1 where something is not well.

    Example: havenline doctor --json
    """
    must_be_set_up()
    start_django()
    from havenline.cli import checks

    findings = checks.run()
    well = all(finding.ok is not False for finding in findings)
    if json:
        as_json({"ok": well, "checks": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = {True: "[green]ok[/]    ", False: "[bold red]not ok[/]", None: "note  "}[finding.ok]
            out.print(f"{mark}  [bold]{finding.name}[/]: {escape(finding.said)}", soft_wrap=True)
            if finding.to_do:
                out.print(f"        {escape(finding.to_do)}", soft_wrap=True)
    raise typer.Exit(Exit.WELL if well else Exit.NOT_WELL)
