"""Charts as SVG, drawn here and never by a script: a dot with whiskers for each row, and bars by week. A table below says the same.

Each is drawn twice, wide and narrow, and the style sheet shows the one that fits: words in a chart never shrink. Classes only, never
`style`. An axis of numbers counts from the left in every script, as clocks and codes do, so charts do not mirror.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .axes import nice
from .given import given

LETTER = 7.1  # px: about the width of a letter at 14 px, to break labels
BARS = ("outline", "grey", "hatch", "full")  # told apart without colour; as many stages as these


@dataclass(frozen=True)
class _Frame:
    """Where the parts of a dot chart lie, in px. `label_above`: over its row, where there is no room beside it."""

    name: str
    width: int
    plot: int
    end: int
    row: int
    label_above: bool

    def x(self, share: float) -> float:
        return self.plot + share * (self.end - self.plot)


WIDE = _Frame("wide", 860, 316, 812, 60, label_above=False)
NARROW = _Frame("narrow", 320, 10, 296, 66, label_above=True)


def dot_chart(chart: Any) -> SafeString:
    """`id`, `title`, `description`; `top` (the axis' end) and `ticks` of (value, words); `rows` of `label`, `note`, `value`, `low`,
    `high`, `words`, `strong` (value None: not shown, and `words` say so); `marks` of (value, words): dashed lines to compare with.
    """
    return format_html('<div class="chart">{}{}</div>', _dots(chart, WIDE), _dots(chart, NARROW))


def _dots(chart: Any, frame: _Frame) -> SafeString:
    rows, marks = list(given(chart, "rows", [])), list(given(chart, "marks", []))
    top = float(given(chart, "top", 1.0)) or 1.0
    foot = 14 + len(rows) * frame.row
    levels = _levels([(frame.x(value / top), words) for value, words in marks], frame)
    height = foot + 30 + (20 * (max(levels) + 1) if levels else 0)
    lines = format_html_join(
        "",
        '<line class="chart-rule" x1="{0}" x2="{0}" y1="6" y2="{1}"/>'
        '<text class="chart-tick" x="{0}" y="{2}" text-anchor="middle">{3}</text>',
        ((_n(frame.x(value / top)), foot, foot + 19, words) for value, words in given(chart, "ticks", [])),
    )
    compared = format_html_join(
        "",
        '<line class="chart-mark" x1="{0}" x2="{0}" y1="6" y2="{1}"/>'
        '<text class="chart-mark-words" x="{2}" y="{3}" text-anchor="middle">{4}</text>',
        (
            (_n(frame.x(value / top)), foot + 4, _n(_inside(frame.x(value / top), str(words), frame)), foot + 40 + 20 * level, words)
            for (value, words), level in zip(marks, levels, strict=True)
        ),
    )
    drawn = format_html_join("", "{}", ((_dot_row(row, at, top, frame),) for at, row in enumerate(rows)))
    return _svg(chart, frame.name, frame.width, height, format_html("{}{}{}", lines, compared, drawn))


def _dot_row(row: Any, at: int, top: float, frame: _Frame) -> SafeString:
    middle = 14 + at * frame.row + (46 if frame.label_above else frame.row / 2)
    strong = " is-strong" if given(row, "strong", False) else ""
    label, note = str(given(row, "label")), str(given(row, "note"))
    if frame.label_above:
        words = format_html(
            '<text class="chart-label" x="0" y="{0}">{1}</text><text class="chart-note" x="{2}" y="{0}" text-anchor="end">{3}</text>',
            _n(middle - 30),
            _cut(label, int((frame.width - len(note) * LETTER) / LETTER) - 1),
            frame.width,
            note,
        )
    else:
        lines = _wrapped(label, 27)
        said = format_html_join(
            "",
            '<text class="chart-label" x="4" y="{}">{}</text>',
            ((_n(middle + 5 + 18 * (number - (len(lines) - 1) / 2)), line) for number, line in enumerate(lines)),
        )
        words = format_html(
            '{}<text class="chart-note" x="{}" y="{}" text-anchor="end">{}</text>', said, frame.plot - 14, _n(middle + 5), note
        )
    value = given(row, "value", None)
    if value is None:
        plotted = format_html('<text class="chart-hidden" x="{}" y="{}">{}</text>', _n(frame.plot + 8), _n(middle + 5), given(row, "words"))
    else:
        plotted = _whiskers(row, float(value) / top, top, middle, frame)
    return format_html('<g class="chart-row{}">{}{}</g>', strong, words, plotted)


def _whiskers(row: Any, share: float, top: float, middle: float, frame: _Frame) -> SafeString:
    """The dot, its whiskers with their ends, and the value above it."""
    low, high = (min(1.0, float(given(row, part, share * top)) / top) for part in ("low", "high"))
    x, start, end = frame.x(min(1.0, share)), frame.x(low), frame.x(high)
    ends = f"M{start:.1f} {middle}H{end:.1f}M{start:.1f} {middle - 6}V{middle + 6}M{end:.1f} {middle - 6}V{middle + 6}"
    words = str(given(row, "words"))
    return format_html(
        '<path class="chart-whisker" d="{}"/><circle class="chart-dot" cx="{}" cy="{}" r="{}"/>'
        '<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text>',
        ends,
        _n(x),
        _n(middle),
        "8" if given(row, "strong", False) else "6",
        _n(_inside(x, words, frame)),
        _n(middle - 13),
        words,
    )


def _levels(marks: Sequence[tuple[float, object]], frame: _Frame) -> list[int]:
    """On which line each mark's words stand, so that none writes over another."""
    ends: list[float] = []
    levels = []
    for x, words in marks:
        half = len(str(words)) * LETTER / 2
        level = next((at for at, end in enumerate(ends) if x - half > end + 8), len(ends))
        ends[level : level + 1] = [_inside(x, str(words), frame) + half]
        levels.append(level)
    return levels


def _inside(x: float, words: str, frame: _Frame) -> float:
    """The middle of words that belong at x, moved so that they stay in the picture."""
    half = len(words) * LETTER / 2
    return max(frame.plot + half - 6 if frame.label_above else half, min(frame.width - half, x))


# Bars by week


@dataclass(frozen=True)
class _Ground:
    name: str
    width: int
    height: int
    plot: int
    gap: float


BARS_WIDE = _Ground("wide", 860, 250, 44, 6)
BARS_NARROW = _Ground("narrow", 320, 230, 34, 2.5)
FOOT, HEAD = 26, 10
STUB = 9  # px: the height of what is there, and too little to be shown


def bar_chart(chart: Any) -> SafeString:
    """`id`, `title`, `description`; `stages` (names, at most four); `columns` of `label`, `tick` ("" for none), `counts` (None: hidden),
    `rest` (what the hidden ones have together) and `state`: "" or "hidden" (there may be some; too few to be shown); `hides`: False where
    nothing ever is.
    """
    legend = _legend(given(chart, "stages", []), hides=given(chart, "hides", True))
    return format_html('<div class="chart">{}{}</div>{}', _bars(chart, BARS_WIDE), _bars(chart, BARS_NARROW), legend)


def _bars(chart: Any, ground: _Ground) -> SafeString:
    columns = list(given(chart, "columns", []))
    tallest = max((sum(n or 0 for n in given(column, "counts", [])) + int(given(column, "rest", 0)) for column in columns), default=0)
    top, step = nice(tallest)
    foot = ground.height - FOOT
    high = foot - HEAD

    def y(count: float) -> float:
        return foot - high * count / top

    hatch = f"{given(chart, 'id')}-{ground.name}-hatch"
    grid = format_html_join(
        "",
        '<line class="chart-rule" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
        '<text class="chart-tick" x="{3}" y="{4}" text-anchor="end">{5}</text>',
        ((ground.plot, ground.width, _n(y(count)), ground.plot - 8, _n(y(count) + 4), f"{count:,}") for count in range(0, top + 1, step)),
    )
    room = (ground.width - ground.plot) / max(1, len(columns))
    drawn = format_html_join(
        "",
        "{}",
        ((_column(column, ground.plot + at * room + ground.gap / 2, room - ground.gap, y, hatch),) for at, column in enumerate(columns)),
    )
    ticks = format_html_join(
        "",
        '<text class="chart-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (_n(ground.plot + at * room + (0 if at == 0 else room / 2)), ground.height - 6, "start" if at == 0 else "middle", tick)
            for at, tick in _ticks([str(given(column, "tick")) for column in columns], room)
        ),
    )
    return _svg(chart, ground.name, ground.width, ground.height, format_html("{}{}{}{}", _hatch(hatch), grid, drawn, ticks))


def _ticks(words: list[str], room: float) -> Iterable[tuple[int, str]]:
    """Those that stand clear of the one before."""
    free = -1.0
    for at, said in enumerate(words):
        half = len(said) * LETTER / 2
        start = at * room - (0 if at == 0 else half - room / 2)
        if said and start > free and start + 2 * half <= len(words) * room + 4:
            free = start + 2 * half + 10
            yield at, said


def _column(column: Any, x: float, width: float, y: Any, hatch: str) -> SafeString:
    label = str(given(column, "label"))
    if given(column, "state") == "hidden":
        shape = format_html('<rect class="bar bar-few" x="{}" y="{}" width="{}" height="{}"/>', _n(x), _n(y(0) - STUB), _n(width), STUB)
        return format_html("<g><title>{}</title>{}</g>", label, shape)
    pieces, height = [], 0
    for at, count in enumerate(given(column, "counts", [])):
        if count:
            pieces.append((BARS[at], count, height))
            height += count
    rest = int(given(column, "rest", 0))
    if rest:
        pieces.append(("few", rest, height))
    shapes = format_html_join(
        "",
        '<rect class="bar bar-{}" x="{}" y="{}" width="{}" height="{}"{}/>',
        (
            (
                kind,
                _n(x),
                _n(y(start + count)),
                _n(width),
                _n(max(1.0, y(start) - y(start + count) - 1)),
                format_html(' fill="url(#{})"', hatch) if kind == "hatch" else "",
            )
            for kind, count, start in pieces
        ),
    )
    return format_html("<g><title>{}</title>{}</g>", label, shapes)


def _hatch(name: str) -> SafeString:
    return format_html(
        '<defs><pattern id="{}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="bar-ground" width="5" height="5"/><rect class="bar-line" width="2.4" height="5"/></pattern></defs>',
        name,
    )


def _legend(stages: Iterable[object], *, hides: bool) -> SafeString:
    """Each stage's look beside its name. The hatching is drawn out here, since a pattern belongs to its own picture."""
    keys: list[tuple[str, object]] = [*zip(BARS, stages, strict=False)]
    if hides:
        keys.append(("few", _("Stages, or a week, with too few to be shown")))
    hatched = '<path class="bar-line" d="M0 9 9 0H12L0 12ZM8 14 14 8V11L11 14Z"/>'
    items = format_html_join(
        "",
        '<li><svg class="bar-key" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">'
        '<rect class="bar bar-{}" x="0.75" y="0.75" width="12.5" height="12.5"/>{}</svg>{}</li>',
        ((kind, mark_safe(hatched) if kind == "hatch" else "", name) for kind, name in keys),
    )
    return format_html('<ul class="chart-legend">{}</ul>', items)


# For both


def _svg(chart: Any, name: str, width: int, height: float, inside: SafeString) -> SafeString:
    base = f"{given(chart, 'id')}-{name}"
    return format_html(
        '<svg class="chart-{}" role="img" aria-labelledby="{}-title {}-words" viewBox="0 0 {} {}" width="{}" height="{}" focusable="false">'
        '<title id="{}-title">{}</title><desc id="{}-words">{}</desc>{}</svg>',
        name,
        base,
        base,
        width,
        _n(height),
        width,
        _n(height),
        base,
        given(chart, "title"),
        base,
        given(chart, "description"),
        inside,
    )


def _wrapped(words: str, letters: int) -> list[str]:
    """On two lines where it is longer than one."""
    if len(words) <= letters:
        return [words]
    at = words.rfind(" ", 0, letters + 1)
    return [words] if at < 0 else [words[:at], _cut(words[at + 1 :], letters)]


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
