"""A small strip of dots: how many days were left each time something was done. The last day is a line; what was late stands behind it."""

from collections import Counter
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, ROW, DOT = 150, 9, 3.2  # px
MOST = 10  # days on each side; what is further away stands at the end
HIGH = 4  # dots above each other; further ones stand on the last


def days_left_strip(left: Sequence[int], label: str) -> SafeString:
    """`left`: for each time, the working days that were left; nought is the last day, below it late. `label` says the same in words."""
    behind = min(0, *left) if left else 0
    most = min(MOST, max([3, *left]))
    steps = most + min(MOST, -behind)
    room = (WIDTH - 2 * DOT - 4) / max(1, steps)
    height = ROW * min(HIGH, max(Counter(_within(one) for one in left).values(), default=1)) + 8

    def x(days: int) -> float:
        return DOT + 2 + (most - days) * room

    dots, stacked = [], Counter[int]()
    for days in sorted(map(_within, left), reverse=True):
        stacked[days] += 1
        y = height - 6 - ROW * (min(HIGH, stacked[days]) - 1) - DOT / 2
        dots.append(("strip-late" if days < 0 else "strip-dot", f"{x(days):.1f}", f"{y:.1f}", DOT))
    drawn = format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>', dots)
    return format_html(
        '<svg class="strip" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" focusable="false">'
        '<line class="chart-rule" x1="0" x2="{}" y1="{}" y2="{}"/><line class="chart-mark" x1="{}" x2="{}" y1="0" y2="{}"/>{}</svg>',
        label,
        WIDTH,
        height,
        WIDTH,
        height,
        WIDTH,
        height - 2,
        height - 2,
        f"{x(0):.1f}",
        f"{x(0):.1f}",
        height,
        drawn,
    )


def _within(days: int) -> int:
    return max(-MOST, min(MOST, days))
