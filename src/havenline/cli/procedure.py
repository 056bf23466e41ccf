"""`havenline procedure`: the guidance as data, compared, checked and counted with. Needs no installation, stores nothing.

Where there is an installation, its own rules (`guidance/` in its home) count as they do on its screens.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from havenline.cli.speak import Exit, as_json, out
from havenline.engines import procedure
from havenline.engines.procedure import Change, Edition, Explanation, Guidance, Step

app = typer.Typer(help="The guidance, edition by edition, as data.", no_args_is_help=True, rich_markup_mode="rich")
Folders = Annotated[
    list[Path] | None,
    typer.Option("--also", metavar="FOLDER", help="A folder with further editions, or with an area’s own rules. May be said again."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer for machines.")]


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="An edition’s name, such as 1999.")],
    new: Annotated[str, typer.Argument(help="Another’s, such as 2026.")],
    also: Folders = None,
    json: Json = False,
) -> None:
    """Show what changed between two editions of the guidance: steps, limits, roles, outcomes and what they lead to.

    Each edition is taken as its last revision left it. How far a limit was checked stands behind it.

    Example: havenline procedure diff 1999 2026
    """
    guidance = _guidance(also)
    before, after = _edition(guidance, old, "OLD"), _edition(guidance, new, "NEW")
    changes = procedure.compare(before, after)
    if json:
        as_json({"old": _head(before), "new": _head(after), "changes": [_change(change) for change in changes]})
        return
    for edition in (before, after):
        out.print(f"[bold]{escape(edition.title)}[/], {_since(edition)}", soft_wrap=True)
    for change in changes:
        _show(change)
    same = sum(before.has(step.code) for step in after.steps) - sum(change.kind == "changed" for change in changes)
    out.print(f"\n{len(changes)} steps differ; {same} are the same in both.")


@app.command()
def check(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Folders with editions (*.toml) or an area’s own rules.")],
    alone: Annotated[bool, typer.Option("--alone", help="Without the editions that come with Havenline.")] = False,
    json: Json = False,
) -> None:
    """Check editions and local rules before they are used: every problem with its file, line, step and key.

    Exit code 1 where something is wrong.

    Example: havenline procedure check /etc/havenline/guidance
    """
    _must_be_folders(folders, "FOLDER")
    try:
        proclaimed = procedure.read_bank_holidays(*folders)
        guidance = procedure.read_guidance(*([] if alone else [procedure.EDITIONS]), *folders)
    except procedure.EditionRefused as refused:
        if json:
            as_json({"problems": list(refused.problems), "editions": []})
        else:
            for problem in refused.problems:
                out.print(Text(problem), soft_wrap=True)
        raise typer.Exit(Exit.NOT_WELL) from None
    if json:
        days = [{"day": one.day.isoformat(), "name": one.name} for one in proclaimed]
        as_json({"problems": [], "editions": [_head(edition) for edition in guidance.editions], "bank_holidays": days})
        return
    for edition in guidance.editions:
        local = [each.area for each in edition.overrides if each.area]
        own = f"; local rules: {len(local)} ({', '.join(sorted(set(local)))})" if local else ""
        out.print(Text(f"{edition.name:<6} {_since(edition)}: {len(edition.steps)} steps{own}"), soft_wrap=True)
    for holiday in proclaimed:
        out.print(Text(f"Bank holiday {_day(holiday.day)}: {holiday.name}"), soft_wrap=True)


@app.command()
def due(
    step: Annotated[str, typer.Argument(help="A step’s code, such as initial_child_protection_conference.")],
    started: Annotated[str, typer.Argument(metavar="DAY", help="The day on which its clock starts, such as 2026-11-19.")],
    edition: Annotated[str, typer.Option(help="An edition’s name. Without it, the one in force on that day.")] = "",
    nation: Annotated[str, typer.Option(help=f"Whose working days: {', '.join(procedure.NATIONS)}.")] = "england",
    also: Folders = None,
    json: Json = False,
) -> None:
    """Tell when a step is due, and how that was counted.

    Example: havenline procedure due initial_child_protection_conference 2026-11-19
    """
    guidance = _guidance(also)
    try:
        day = date.fromisoformat(started)
        held = guidance.edition(edition) if edition else guidance.in_force(day)
        told = held.explain(step, day, calendar=procedure.working_days_of(nation))
    except (ValueError, procedure.ProcedureError) as error:
        raise typer.BadParameter(str(error)) from error
    if json:
        as_json(_explained(told, held))
        return
    out.print(f"[bold]{escape(told.title)}: due {_day(told.due)}[/]")
    out.print(Text(f"{told.rule}, {_day(told.started)}."), soft_wrap=True)
    for skipped in told.skipped:
        out.print(Text(f"Not counted: {_day(skipped.date)}, {skipped.name}."))
    if not told.falls_on_working_day:
        out.print(Text(f"That is no working day: the last one before it is {_day(told.last_working_day)}."))
    out.print(Text(f"{told.source} ({told.verified}); {held.title}."), soft_wrap=True)
    if told.doubt:
        out.print(Text(told.doubt), soft_wrap=True)


def _guidance(also: list[Path] | None) -> Guidance:
    from havenline.site import installation

    folders = [*installation.guidance_folders(installation.home()), *(also or [])]
    _must_be_folders(folders, "--also")
    try:
        procedure.proclaim(procedure.read_bank_holidays(*folders))
        return procedure.read_guidance(procedure.EDITIONS, *folders) if folders else procedure.guidance()
    except procedure.EditionRefused as refused:
        raise typer.BadParameter(str(refused), param_hint="--also") from refused


def _must_be_folders(folders: list[Path], hint: str) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is no folder.", param_hint=hint)


def _edition(guidance: Guidance, name: str, hint: str) -> Edition:
    try:
        return guidance.edition(name)
    except procedure.EditionUnknown as unknown:
        raise typer.BadParameter(str(unknown), param_hint=hint) from unknown


def _since(edition: Edition) -> str:
    begins = edition.in_force_from
    day = f"{begins:%B %Y}, day not known" if edition.dated == "month" else f"{begins.day} {begins:%B %Y}"
    return f"in force from {day} ({edition.verified})"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _show(change: Change) -> None:
    now = change.after or change.before
    assert now is not None  # noqa: S101  (a change has a row)
    out.print(f"\n[bold]{escape(change.title)}[/]  {change.kind}")
    rows: list[tuple[str, str]] = []
    if change.kind == "changed":
        rows = [(each.part, f"{each.before or 'none'} → {each.after or 'none any more'}") for each in change.differences]
    else:
        rows = [("limit", _limit(now)), ("who", now.role)]
        if change.instead is not None:
            rows.append(("instead", f"{change.instead.title}: {_limit(change.instead)}"))
    table = Table.grid(padding=(0, 2))
    for part, words in rows:
        table.add_row(Text(part, style="dim"), Text(words))
    out.print(Padding(table, (0, 0, 0, 2)))


def _limit(step: Step) -> str:
    return f"{step.rule} ({step.verified})"


def _head(edition: Edition) -> dict[str, Any]:
    return {
        "name": edition.name,
        "title": edition.title,
        "in_force_from": edition.in_force_from.isoformat(),
        "dated": edition.dated,
        "verified": edition.verified,
    }


def _row(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    fields = ("code", "title", "role", "status", "rule", "source", "verified")
    return {field: getattr(step, field) for field in fields}


def _change(change: Change) -> dict[str, Any]:
    return {
        "step": change.code,
        "title": change.title,
        "kind": change.kind,
        "before": _row(change.before),
        "after": _row(change.after),
        "instead": change.instead.code if change.instead else None,
        "differences": [{"part": each.part, "before": each.before, "after": each.after} for each in change.differences],
    }


def _explained(told: Explanation, edition: Edition) -> dict[str, Any]:
    return {
        "step": told.step,
        "title": told.title,
        "edition": edition.name,
        "started": told.started.isoformat(),
        "due": told.due.isoformat(),
        "last_working_day": told.last_working_day.isoformat(),
        "rule": told.rule,
        "source": told.source,
        "verified": told.verified,
        "doubt": told.doubt,
        "days": [{"date": day.date.isoformat(), "kind": day.kind, "number": day.number, "name": day.name} for day in told.days],
    }
