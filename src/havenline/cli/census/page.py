"""The page with charts: one file, without script, that opens anywhere and prints. Its colours and its typeface are LOOK's."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from re import DOTALL, sub
from typing import IO

import havenline.site
from havenline.cli.census.drawing import Column, bars, legend
from havenline.cli.census.words import TITLES, days_of, drift_in_words, limit_in_words, of_the_file, share
from havenline.engines import procedure
from havenline.engines.census import CLOCKS, IN_WORKING_DAYS, Case, Clock, Count, Timeliness

STATIC = Path(havenline.site.__file__).parent / "static"
STYLE = Path(__file__).parent / "page.css"
TYPEFACE = STATIC / "vendor/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
LATE_SHOWN = 50
NOTES_SHOWN = 100
MOST_MONTHS = 36
BINS = 40
NUMBERS = {"steps due", "in time", "late", "open", "working days late", "line", "places"}
STARTS_WITH: dict[Clock, str] = {
    "assessment_45": "its start",
    "conference_15": "the start of the section 47 enquiry",
    "first_review": "the start of the plan",
    "later_review": "the review before",
}


def write(file: IO[str], found: Timeliness, *, name: str, edition: procedure.Edition | None, from_referral: bool) -> None:
    """`name`: of the census's file; `edition`: None where each clock took the one in force on its day."""
    title = "Statutory dates of the Children in Need census"
    file.write(
        f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}: {escape(name)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; font-src data:\">\n"
        f"<style>{_style()}</style></head>\n<body><header><p>{_mark()}Havenline</p></header><main>\n"
        f'<h1>{title}</h1>\n<p class="lead">{escape(of_the_file(found))}</p>\n'
        f'<p class="quiet">From {escape(name)}. This page names children: keep it where the census is kept.</p>\n'
    )
    file.write(f'<ul class="tiles">{"".join(_tile(found, clock) for clock in CLOCKS)}</ul>\n')
    for clock in CLOCKS:
        file.writelines(_of_the_clock(found, clock))
    file.writelines(_not_understood(found))
    file.write(_how(edition, from_referral))
    file.write("</main></body></html>\n")


def _style() -> str:
    """LOOK's tokens, with the one typeface in the file itself."""
    tokens = sub(r"@font-face \{.*?\}\n?", "", (STATIC / "tokens.css").read_text(encoding="utf-8"), flags=DOTALL)
    typeface = b64encode(TYPEFACE.read_bytes()).decode()
    face = (
        '@font-face { font-family: "Atkinson Hyperlegible Next"; font-weight: 200 800;'
        f' src: url("data:font/woff2;base64,{typeface}") format("woff2"); }}'
    )
    return f"{face}\n{tokens}\n{STYLE.read_text(encoding='utf-8')}"


def _mark() -> str:
    """The line from a child to safety, with its two stations."""
    return (
        '<svg viewBox="0 0 42 26" width="42" height="26" aria-hidden="true"><path d="M2 20H15A10 10 0 0 1 35 20H40" fill="none"'
        ' stroke="currentColor" stroke-width="3"/>'
        '<circle class="station" cx="5" cy="20" r="4"/><circle class="station" cx="25" cy="20" r="4"/></svg>'
    )


def _tile(found: Timeliness, clock: Clock) -> str:
    count = found.count(clock)
    ended = count.in_time + count.late
    words = f"{count.in_time:,} of {ended:,} in time, {count.late:,} late; {count.open:,} more are open" if count.due else "None was due"
    return (
        f'<li class="panel"><a href="#{clock}">{TITLES[clock]}</a><strong>{share(count.in_time, ended) if ended else "–"}</strong>'
        f"<span>{words}</span></li>"
    )


def _of_the_clock(found: Timeliness, clock: Clock) -> Iterable[str]:
    count, title = found.count(clock), TITLES[clock]
    yield f'<section id="{clock}"><h2>{title}</h2>\n'
    if not count.due:
        yield "<p>None was due.</p></section>\n"
        return
    yield f"<p>Due within {limit_in_words(found, clock)} of {STARTS_WITH[clock]}. {_numbers(count)}</p>\n"
    if said := drift_in_words(found, clock):
        yield f"<p>{said[0].upper()}{said[1:]}</p>\n"
    months = found.by_month(clock)
    shown = months[-MOST_MONTHS:]
    ticks = [shown[0].month, *(_tick(one.month) for one in shown[1:])]
    columns = [Column(f"{one.month}: {_numbers(one.count)}", tick, _three(one.count)) for one, tick in zip(shown, ticks, strict=True)]
    left_out = f"The {len(months) - len(shown)} months before stand in the table." if len(months) > len(shown) else ""
    yield f'<div class="panel"><h3>By the month of the due date</h3>{legend()}<div class="chart">'
    yield bars(
        f"{clock}-months", f"{title} by month", f"Bars by month: {_numbers(count)} The table below says the same. {left_out}", columns
    )
    yield f'</div><p class="quiet">{left_out}</p>' if left_out else "</div>"
    rows = [(one.month, *(f"{number:,}" for number in (one.count.due, *_three(one.count)))) for one in months]
    yield _table(f"{title} by month", ("month", "steps due", "in time", "late", "open"), rows, folded="The same numbers")
    yield "</div>\n"
    yield from _days_used(found, clock)
    yield from _late(found, clock)
    yield "</section>\n"


def _numbers(count: Count) -> str:
    return f"{count.due:,} were due: {count.in_time:,} in time, {count.late:,} late, {count.open:,} open."


def _three(count: Count) -> tuple[int, int, int]:
    return count.in_time, count.late, count.open


def _tick(month: str) -> str:
    """'2026' at a year's first month, else the month's number."""
    year, _, number = month.partition("-")
    return year if number == "01" else number.lstrip("0")


def _days_used(found: Timeliness, clock: Clock) -> Iterable[str]:
    used, limit = found.days_used(clock), found.limit(clock)
    if not used or limit is None:
        return
    width = max(1, -(-2 * limit[1] // BINS)) if clock in IN_WORKING_DAYS else 7
    last = -(-2 * limit[1] // width)  # up to twice the limit; what is later stands together
    table = [[0, 0] for _bin in range(last + 1)]
    for days, (in_time, late) in used.items():
        at = min(max(days - 1, 0) // width, last)
        table[at][0] += in_time
        table[at][1] += late
    columns, rows = [], []
    for at, (in_time, late) in enumerate(table):
        start, end = at * width + 1 if at else 0, (at + 1) * width
        words = f"more than {at * width}" if at == last else f"{start} to {end}" if end > start else f"{end}"
        columns.append(
            Column(f"{words} {days_of(clock)}: {in_time:,} in time, {late:,} late", "more" if at == last else f"{end}", (in_time, late, 0))
        )
        if in_time or late:
            rows.append((words, f"{in_time:,}", f"{late:,}"))
    done = sum(in_time + late for in_time, late in used.values())
    title = f"{days_of(clock).capitalize()} used, against the limit"
    met = limit_in_words(found, clock)
    words = f"Bars by days used, of {done:,} that were done; the dashed line is the limit, {met}. The table below says the same."
    yield f'<div class="panel"><h3>{title}</h3>{legend(of_done=True)}<div class="chart">'
    named = f"{TITLES[clock]}: {title.lower()}"
    yield bars(f"{clock}-days", named, words, columns, mark=(limit[1] / width, f"limit: {met}"))
    yield f"</div>{_table(named, (days_of(clock), 'in time', 'late'), rows, folded='The same numbers')}</div>\n"


def _late(found: Timeliness, clock: Clock) -> Iterable[str]:
    cases = sorted(found.late_cases(clock), key=lambda case: (-case.working_days_late, case.line))
    if not cases:
        return
    shown = cases[:LATE_SHOWN]
    more = (
        f'<p class="quiet">The latest {len(shown)} of {len(cases):,}; --csv and --json have every one.</p>'
        if len(cases) > len(shown)
        else ""
    )
    headings = ("child", "started", "due", "done", "working days late", "line")
    table = _table(f"{TITLES[clock]} that are late", headings, map(_row, shown))
    yield f'<div class="panel"><h3>Late</h3><p class="quiet">{more}</p>{table}</div>\n'


def _row(case: Case) -> tuple[str, ...]:
    done = case.happened.isoformat() if case.happened else "not by the reference date"
    return case.child, case.started.isoformat(), case.due.isoformat(), done, f"{case.working_days_late:,}", f"{case.line:,}"


def _not_understood(found: Timeliness) -> Iterable[str]:
    notes = found.not_understood
    yield '<section id="not-understood"><h2>Not understood</h2>\n'
    if not notes.count:
        yield "<p>Everything was understood.</p></section>\n"
        return
    kinds = [(element, reason, f"{count:,}") for (element, reason), count in notes.kinds.most_common(NOTES_SHOWN)]
    yield f'<p>{notes.count:,} places in the file. --json lists them with child and line.</p><div class="panel"><h3>By kind</h3>'
    yield _table("What was not understood, by kind", ("element", "why", "places"), kinds)
    listed = list(notes)
    rows = [(note.child or "–", f"{note.line:,}", note.element, note.said, note.reason) for note in listed[:NOTES_SHOWN]]
    more = f'<p class="quiet">The first {len(rows)} of {notes.count:,}.</p>' if notes.count > len(rows) else ""
    yield f'</div><div class="panel"><h3>Places</h3>{more}'
    yield _table("Places that were not understood", ("child", "line", "element", "what stands there", "why"), rows)
    yield "</div></section>\n"


def _how(edition: procedure.Edition | None, from_referral: bool) -> str:
    by = f"every clock by {escape(edition.title)}" if edition else "each clock by the edition of the guidance in force when it started"
    first = "An episode’s first assessment counts from the referral, each other one" if from_referral else "Each assessment counts"
    return f"""<section id="how"><h2>How it was counted</h2>
<p>Limits: {by}. {first} from its own start. A step is in time if it was done on or before its due date; late if after, or if it was not
done and its due date lies before the census’s reference date; else open. A conference is not due where the enquiry says that none is
required. A review that was not done is not due after the plan’s end. Working days are Monday to Friday less the bank holidays of England
and Wales; the day on which a clock starts is day 0. Statutory limits are the longest that may be taken, never targets.</p></section>
"""


def _table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, folded: str = "") -> str:
    head = "".join(f'<th scope="col"{_class(heading)}>{escape(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{''.join(_cell(heading, cell) for heading, cell in zip(headings, row, strict=True))}</tr>" for row in rows)
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    return f"<details><summary>{escape(folded)}</summary>{table}</details>" if folded else table


def _cell(heading: str, cell: str) -> str:
    return f"<td{_class(heading)}><bdi>{escape(cell)}</bdi></td>"


def _class(heading: str) -> str:
    return ' class="number"' if heading in NUMBERS else ""
