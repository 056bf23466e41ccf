"""The charts of the page, as SVG: bars by month, and days used against the limit. Drawn twice, wide and narrow, so that words never shrink.

Told apart by shape before colour: in time is full, late is hatched, open is an outline. Classes only; the colours are LOOK's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from havenline.site.look.axes import nice

LETTER = 7.2  # px: about the width of a letter at 13 px
HEAD, FOOT = 22, 28
KINDS = ("in-time", "late", "open")


@dataclass(frozen=True)
class _Ground:
    """Where the parts of a chart lie, in px."""

    name: str
    width: int
    height: int
    plot: int


GROUNDS = (_Ground("wide", 860, 240, 56), _Ground("narrow", 320, 220, 44))


@dataclass(frozen=True)
class Column:
    """One bar: `counts` are those in time, late and open; `label` is its text alternative, `tick` what stands below it."""

    label: str
    tick: str
    counts: tuple[int, int, int]


def bars(name: str, title: str, description: str, columns: Sequence[Column], *, mark: tuple[float, str] | None = None) -> str:
    """Stacked bars; `mark` is a dashed line at a place counted in columns, such as the limit, with its words.

    `name` is unique on the page. All words may be other people's.
    """
    return "".join(_bars(f"{name}-{ground.name}", title, description, columns, mark, ground) for ground in GROUNDS)


def _bars(name: str, title: str, description: str, columns: Sequence[Column], mark: tuple[float, str] | None, ground: _Ground) -> str:
    foot = ground.height - FOOT
    top, step = nice(max((sum(column.counts) for column in columns), default=0))
    room = (ground.width - ground.plot) / max(1, len(columns))

    def y(count: float) -> float:
        return foot - (foot - HEAD) * count / top

    grid = "".join(
        f'<line class="rule" x1="{ground.plot}" x2="{ground.width}" y1="{_n(y(count))}" y2="{_n(y(count))}"/>'
        f'<text class="tick" x="{ground.plot - 8}" y="{_n(y(count) + 4)}" text-anchor="end">{count:,}</text>'
        for count in range(0, top + 1, step)
    )
    gap = min(6.0, room * 0.25)
    drawn = "".join(_column(column, ground.plot + at * room + gap / 2, room - gap, y, name) for at, column in enumerate(columns))
    inside = f"{_hatch(name)}{grid}{drawn}{_ticks(columns, room, ground)}{_mark(mark, room, foot, ground)}"
    return (
        f'<svg class="{ground.name}" role="img" aria-labelledby="{name}-title {name}-words" viewBox="0 0 {ground.width} {ground.height}"'
        f' width="{ground.width}" height="{ground.height}"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-words">{escape(description)}</desc>{inside}</svg>'
    )


def _column(column: Column, x: float, width: float, y: Callable[[float], float], name: str) -> str:
    pieces, height = [], 0
    for kind, count in zip(KINDS, column.counts, strict=True):
        if count:
            fill = f' fill="url(#{name}-hatch)"' if kind == "late" else ""
            tall = max(1.0, y(height) - y(height + count) - 1)
            pieces.append(
                f'<rect class="bar {kind}" x="{_n(x)}" y="{_n(y(height + count))}" width="{_n(width)}" height="{_n(tall)}"{fill}/>'
            )
            height += count
    return f"<g><title>{escape(column.label)}</title>{''.join(pieces)}</g>"


def _ticks(columns: Sequence[Column], room: float, ground: _Ground) -> str:
    """Those that stand clear of the one before."""
    drawn, free = [], -1.0
    for at, column in enumerate(columns):
        half = len(column.tick) * LETTER / 2
        middle = max(half - 8, min((at + 0.5) * room, ground.width - ground.plot - half))
        if column.tick and middle - half > free:
            free = middle + half + 8
            place = f'x="{_n(ground.plot + middle)}" y="{ground.height - 8}"'
            drawn.append(f'<text class="tick" {place} text-anchor="middle">{escape(column.tick)}</text>')
    return "".join(drawn)


def _mark(mark: tuple[float, str] | None, room: float, foot: float, ground: _Ground) -> str:
    if mark is None:
        return ""
    at, words = mark
    x = ground.plot + at * room
    half = len(words) * LETTER / 2
    middle = max(half, min(x, ground.width - half))
    return (
        f'<line class="mark" x1="{_n(x)}" x2="{_n(x)}" y1="{HEAD - 4}" y2="{_n(foot)}"/>'
        f'<text class="mark-words" x="{_n(middle)}" y="{HEAD - 9}" text-anchor="middle">{escape(words)}</text>'
    )


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-ground" width="5" height="5"/><rect class="hatch-line" width="2.6" height="5"/></pattern></defs>'
    )


def legend(*, of_done: bool = False) -> str:
    """Each kind's look beside its name; `of_done`: none is open. The hatching is drawn out, since a pattern belongs to its own picture."""
    hatched = '<path class="hatch-line" d="M0 9 9 0H12L0 12ZM8 14 14 8V11L11 14Z"/>'
    items = "".join(
        f'<li><svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">'
        f'<rect class="bar {kind} key" x="0.75" y="0.75" width="12.5" height="12.5"/>{hatched if kind == "late" else ""}</svg>{words}</li>'
        for kind, words in zip(KINDS[: 2 if of_done else 3], ("in time", "late", "open: not done, not yet due"), strict=False)
    )
    return f'<ul class="legend">{items}</ul>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
