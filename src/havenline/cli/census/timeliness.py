"""`havenline census timeliness`: every statutory date of every child, kept or missed and by how much."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated, Any, BinaryIO, NoReturn

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from havenline.cli.census import page, sheet
from havenline.cli.census.words import TITLES, drift_in_words, of_the_file
from havenline.cli.speak import Exit, as_json, err, out, plain, stop
from havenline.engines import procedure
from havenline.engines.census import CLOCKS, Case, Census, CensusError, Clock, Timeliness
from havenline.engines.census import timeliness as judge
from havenline.journey.safeguarding.census_calendar import WorkingTogether

LATE_SHOWN = 5
KINDS_SHOWN = 20
LONG = 20_000_000  # bytes; from here on progress is told where no terminal can show it


def timeliness(
    file: Annotated[str, typer.Argument(help="The census as it was exported (XML), or - for standard input.")],
    edition: Annotated[
        str | None,
        typer.Option("--edition", help="Count by this edition, such as 2023; else each clock by the one in force when it started."),
    ] = None,
    from_referral: Annotated[
        bool, typer.Option("--from-referral", help="An episode's first assessment counts from the referral, as the guidance says.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Answer for machines.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write every clock of every child to this file.", metavar="OUT")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with charts to this file.", metavar="OUT")] = None,
) -> None:
    """Tell which statutory dates a Children in Need census kept and which it missed, by how many working days, and by month.

    Assessments in 45 working days, initial conferences in 15, first reviews in 3 months, later ones in 6. Whatever cannot be read is
    listed with its child and line. Exit code 0 whether steps are late or not, 3 where the file is no census or not whole. Nothing is
    stored or sent.

    Example: havenline census timeliness cin-2026.xml --html cin-2026.html
    """
    by = WorkingTogether(_edition(edition))
    if csv and html and csv.resolve() == html.resolve():
        raise typer.BadParameter("is the file of --csv too. Give each its own.", param_hint="--html")
    with ExitStack() as files:
        source = files.enter_context(opened(file))
        sheet_file = files.enter_context(written(csv, file, "--csv")) if csv else None
        page_file = files.enter_context(written(html, file, "--html")) if html else None
        try:
            with watched(source, file) as counted:
                found = judge(Census(counted), by, from_referral=from_referral)
        except CensusError as error:
            stop_plainly(f"{file} was not counted. {error}")
        except OSError as error:
            stop_plainly(f"{file} cannot be read any further: {error.strerror or error}.")
        if sheet_file:
            sheet.write(sheet_file, found)
        if page_file:
            page.write(page_file, found, name=_name(file), edition=by.edition, from_referral=from_referral)
    if json:
        as_json(for_machines(found, name=_name(file), edition=edition, from_referral=from_referral))
    else:
        _show(found)
    for path in (csv, html):
        if path:
            err.print(f"Written: {path}. It names children: keep it where the census is kept.", soft_wrap=True, markup=False)
    raise typer.Exit(Exit.WELL)


def for_machines(found: Timeliness, *, name: str, edition: str | None, from_referral: bool) -> dict[str, Any]:
    """The answer of `--json`. Dates are YYYY-MM-DD.

    `children`, `episodes`; `edition` (None: each clock by the one in force on the day it started); for each of `assessment_45`,
    `conference_15`, `first_review`, `later_review`: `due` = `in_time` + `late` + `open`; `late_cases` of `child`, `start`, `due`,
    `happened` (or null), `working_days_late` (to the reference date if it has not happened); `by_month` of the due date;
    `on_the_last_day` and `in_the_last_days` (five) of those in time; `days_used` of those that happened (working days, for reviews
    calendar days); `editions` asked. `not_understood`: `child`, `line`, `element`, `said`, `reason`; a thousand of a kind at most, while
    `not_understood_count` and `not_understood_kinds` count all.
    """
    return {
        "file": name,
        "local_authority": found.header.local_authority,
        "year": found.header.year,
        "reference_date": _iso(found.header.reference_date),
        "edition": edition,
        "from_referral": from_referral,
        "children": found.children,
        "episodes": found.episodes,
        **{clock: _clock(found, clock) for clock in CLOCKS},
        "not_understood_count": found.not_understood.count,
        "not_understood_kinds": [
            {"element": element, "reason": reason, "count": count} for (element, reason), count in found.not_understood.kinds.most_common()
        ],
        "not_understood": [
            {"child": note.child, "line": note.line, "element": note.element, "said": note.said, "reason": note.reason}
            for note in found.not_understood
        ],
    }


def _clock(found: Timeliness, clock: Clock) -> dict[str, Any]:
    count, drift = found.count(clock), found.drift(clock)
    return {
        "due": count.due,
        "in_time": count.in_time,
        "late": count.late,
        "open": count.open,
        "late_cases": [
            {
                "child": case.child,
                "start": _iso(case.started),
                "due": _iso(case.due),
                "happened": _iso(case.happened),
                "working_days_late": case.working_days_late,
            }
            for case in found.late_cases(clock)
        ],
        "on_the_last_day": drift.on_the_last_day,
        "in_the_last_days": drift.in_the_last_days,
        "by_month": [
            {"month": one.month, "due": one.count.due, "in_time": one.count.in_time, "late": one.count.late, "open": one.count.open}
            for one in found.by_month(clock)
        ],
        "days_used": [{"days": days, "in_time": kept, "late": late} for days, (kept, late) in found.days_used(clock).items()],
        "editions": found.rules(clock),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


# For a person


def _show(found: Timeliness) -> None:
    out.print(of_the_file(found), soft_wrap=True, markup=False)
    table = Table("", box=None, pad_edge=False)
    for heading in ("due", "in time", "late", "open", "on the last day"):
        table.add_column(heading, justify="right")
    for clock in CLOCKS:
        count = found.count(clock)
        numbers = (count.due, count.in_time, count.late, count.open, found.drift(clock).on_the_last_day)
        table.add_row(TITLES[clock], *(f"{number:,}" for number in numbers))
    out.print(table)
    for clock in CLOCKS:
        if said := drift_in_words(found, clock):
            out.print(f"{TITLES[clock]}: {said}", soft_wrap=True)
    _show_late(found)
    _show_not_understood(found)


def _show_late(found: Timeliness) -> None:
    if not found.total.late:
        return
    out.print("\nLatest of all (--json, --csv and --html have every one)", soft_wrap=True)
    for clock in CLOCKS:
        for case in sorted(found.late_cases(clock), key=lambda case: -case.working_days_late)[:LATE_SHOWN]:
            out.print(f"  {TITLES[clock]}, child {plain(case.child)}: {_how_late(case)}", soft_wrap=True, markup=False)


def _how_late(case: Case) -> str:
    done = f"done on {case.happened}" if case.happened else "not done by the reference date"
    return f"due on {case.due}, {done}, {case.working_days_late:,} working days late (line {case.line:,})"


def _show_not_understood(found: Timeliness) -> None:
    notes = found.not_understood
    if not notes.count:
        return
    out.print(f"\nNot understood: {notes.count:,} (--json lists them with child and line)", soft_wrap=True)
    places = {(note.element, note.reason): note for note in reversed(list(notes))}
    for kind, count in notes.kinds.most_common(KINDS_SHOWN):
        first = places[kind]
        who = f", child {first.child}" if first.child else ""
        said = f"{count:>7,}  {kind[0]} {kind[1]}. The first: line {first.line:,}{who}{f', “{first.said}”' if first.said else ''}"
        out.print(plain(said), soft_wrap=True, markup=False)
    if len(notes.kinds) > KINDS_SHOWN:
        out.print(f"         and {len(notes.kinds) - KINDS_SHOWN:,} further kinds.")


# Files


def stop_plainly(words: str) -> NoReturn:
    """Names in the file are other people's words: nothing of them steers the terminal."""
    from rich.markup import escape

    stop(escape(plain(words)), Exit.REFUSED)


def _edition(name: str | None) -> procedure.Edition | None:
    try:
        return procedure.edition(name) if name else None
    except procedure.EditionUnknown as error:
        raise typer.BadParameter(str(error), param_hint="--edition") from error


def _name(file: str) -> str:
    return "standard input" if file == "-" else Path(file).name


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror or error}.", param_hint="FILE") from error
    with source:
        yield source


@contextmanager
def written(path: Path, file: str, option: str) -> Iterator[IO[str]]:
    """A file that appears whole or not at all, and that only its owner can read. It is begun before the census is read, to fail early."""
    if file != "-" and path.exists() and path.samefile(file):
        raise typer.BadParameter("would overwrite the census itself. Give another name.", param_hint=option)
    if path.exists() and not path.is_file():
        raise typer.BadParameter(f"{path} is no ordinary file. Give another name.", param_hint=option)
    try:
        begun = NamedTemporaryFile(  # noqa: SIM115 - closed below
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
        )
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror or error}.", param_hint=option) from error
    try:
        with begun:
            yield begun
        Path(begun.name).replace(path)
    except BaseException:
        Path(begun.name).unlink(missing_ok=True)
        raise


class _Watched:
    """A source that says how much of it was read."""

    def __init__(self, source: BinaryIO, told: Any) -> None:
        self._source, self._told = source, told

    def read(self, size: int, /) -> bytes:
        chunk = self._source.read(size)
        self._told(len(chunk))
        return chunk


@contextmanager
def watched(source: BinaryIO, file: str) -> Iterator[_Watched]:
    """The source, with progress."""
    with progress_of(Path(file).stat().st_size if file != "-" else 0) as told:
        yield _Watched(source, told)


@contextmanager
def progress_of(size: int) -> Iterator[Callable[[int], None]]:
    """Progress on standard error: a bar on a terminal; elsewhere, for a long file, a line at each tenth. Takes how many bytes were read."""
    if err.is_terminal:
        columns = (TextColumn("Reading the census"), BarColumn(), DownloadColumn())
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task("", total=size or None)
            yield lambda read: progress.advance(task, read)
        return
    yield _Tenths(size).read


class _Tenths:
    def __init__(self, size: int) -> None:
        self._size, self._read, self._next = size, 0, LONG // 10 if not size else max(size // 10, 1)
        self._step = self._next

    def read(self, count: int) -> None:
        self._read += count
        if self._read < self._next or 0 < self._size < LONG or not count:
            return
        self._next += self._step
        of = f" of {self._size / 1e6:,.0f}" if self._size else ""
        err.print(f"{self._read / 1e6:,.0f}{of} MB of the census are read.")
