"""A timeline as SVG: a lane for each kind of thing, a mark for each thing in its party's shape. A list beside it says the same.

Drawn twice, wide and narrow, as the charts are. Time runs from left to right in every script, as clocks and codes do.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .charts import _cut, _n, _svg
from .given import given
from .parties import party_of
from .shapes import shape_paths

LETTER = 7.1  # px: about the width of a letter at 13 px
SHORT = 60  # days, up to which days are named and not months
MARK, STACK = 12, 3  # px of a mark; as many stand above each other where they meet


@dataclass(frozen=True)
class _Frame:
    name: str
    width: int
    plot: int
    lane: int
    label_above: bool


WIDE = _Frame("wide", 860, 190, 40, label_above=False)
NARROW = _Frame("narrow", 320, 6, 58, label_above=True)


def timeline(chart: Any) -> SafeString:
    """`id`, `title`, `description`; `start` and `end` (days); `lanes` of `label` and `marks` of (day, party, words)."""
    return format_html('<div class="chart">{}{}</div>', _drawn(chart, WIDE), _drawn(chart, NARROW))


def _drawn(chart: Any, frame: _Frame) -> SafeString:
    start, end = given(chart, "start"), given(chart, "end")
    lanes = list(given(chart, "lanes", []))
    foot = 8 + len(lanes) * frame.lane
    span = max(1, (end - start).days)
    room = frame.width - frame.plot - MARK - 4

    def x(day: date) -> float:
        return float(frame.plot + 2 + MARK / 2 + room * (day - start).days / span)

    lines = format_html_join(
        "",
        '<line class="chart-rule" x1="{0}" x2="{0}" y1="4" y2="{1}"/><text class="chart-tick" x="{2}" y="{3}" text-anchor="{4}">{5}</text>',
        _ticks(start, end, x, frame, foot),
    )
    drawn = format_html_join("", "{}", ((_lane(lane, at, x, frame),) for at, lane in enumerate(lanes)))
    return _svg(chart, frame.name, frame.width, foot + 24, format_html("{}{}", lines, drawn))


def _lane(lane: Any, at: int, x: Any, frame: _Frame) -> SafeString:
    top = 8 + at * frame.lane
    label = str(given(lane, "label"))
    middle = top + (38 if frame.label_above else frame.lane / 2)
    words = format_html(
        '<line class="chart-rule" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="chart-label" x="{}" y="{}">{}</text>',
        frame.plot,
        frame.width,
        _n(middle),
        _n(middle),
        0 if frame.label_above else 4,
        _n(top + 15 if frame.label_above else middle + 5),
        _cut(label, int(frame.width / LETTER) if frame.label_above else int((frame.plot - 12) / LETTER)),
    )
    met: Counter[int] = Counter()
    marks = []
    for day, party, said in given(lane, "marks", []):
        place = round(x(day) / (MARK - 2))
        level, met[place] = met[place] % STACK, met[place] + 1
        y = middle - MARK / 2 + (0, -9, 9)[level]
        marks.append((party_of(party).key, _n(x(day) - MARK / 2), _n(y), MARK, MARK, said, shape_paths(party, "happened")))
    drawn = format_html_join(
        "",
        '<svg class="shape party-{}" x="{}" y="{}" width="{}" height="{}" viewBox="0 0 16 16"><title>{}</title>{}</svg>',
        marks,
    )
    return format_html("{}{}", words, drawn)


def _ticks(start: date, end: date, x: Any, frame: _Frame, foot: float) -> Iterator[tuple[str, float, str, float, str, str]]:
    """Days, or the first of months, quarters or years, whichever leaves them apart; those that stand clear of the one before."""
    free, span = -1.0, (end - start).days
    for day in _firsts(start, end, most=8 if frame is WIDE else 3):
        said = date_format(day, "j M" if span <= SHORT else "Y" if day.month == 1 and span > 730 else "M Y")
        half = len(said) * LETTER / 2
        at = min(frame.width - half, max(frame.plot + half, x(day)))
        if at - half > free:
            free = at + half + 8
            yield _n(x(day)), foot, _n(at), foot + 18, "middle", said


def _firsts(start: date, end: date, *, most: int) -> Sequence[date]:
    if (end - start).days <= SHORT:
        step = max(1, -(-((end - start).days + 1) // most))
        return [start + timedelta(days=number) for number in range(0, (end - start).days + 1, step)]
    for months in (1, 3, 6, 12, 24, 60, 120):
        found = [day for day in _months(start, end) if (day.year * 12 + day.month - 1) % months == 0]
        if len(found) <= most:
            return found or [start]
    return [start]


def _months(start: date, end: date) -> Iterator[date]:
    day = start.replace(day=1)
    while day <= end:
        if day >= start:
            yield day
        day = (day + timedelta(days=32)).replace(day=1)
