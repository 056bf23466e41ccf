"""Small drawings as SVG: party shapes, the mark, icons, clock faces. Presentation attributes and classes only, never `style`."""

from math import cos, pi, sin
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .parties import party_of

State = Literal["happened", "now", "not yet", "maybe"]

# Each shape in a box of 16 by 16: its element and where it lies. Filled: it happened. Outlined: it has not.
_OUTLINES = {
    "disc": '<circle cx="8" cy="8" r="7"{}/>',
    "diamond": '<path d="M8 0.6 15.4 8 8 15.4 0.6 8Z"{}/>',
    "house": '<path d="M8 1 15 7.2V15H1V7.2Z"{}/>',
    "pennant": '<path d="M1.5 1.5 15 8 1.5 14.5Z"{}/>',
    "bars": '<path d="M1 2H15V7H1Z M1 9.5H15V14.5H1Z"{}/>',
    "hexagon": '<path d="M8 0.8 14.4 4.4V11.6L8 15.2 1.6 11.6V4.4Z"{}/>',
    "shield": '<path d="M1.5 1.5H14.5V8.5L8 15 1.5 8.5Z"{}/>',
    "cross": '<path d="M5.5 1H10.5V5.5H15V10.5H10.5V15H5.5V10.5H1V5.5H5.5Z"{}/>',
    "square": '<path d="M1.5 1.5H14.5V14.5H1.5Z"{}/>',
    "hourglass": '<path d="M2 1H14L9.2 8 14 15H2L6.8 8Z"{}/>',
}
_FILLED = ' fill="currentColor"'
_OUTLINED = ' fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"'
_RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="3"/>'
_RING_NOT_YET = '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.6 2"/>'


def shape_paths(kind: object, state: str) -> SafeString:
    """The inside of a party's shape, for a box of 16 by 16; `currentColor` is the party's colour."""
    party = party_of(kind)
    has_happened = state in ("happened", "now")
    if party.shape == "ring":
        return mark_safe(_RING if has_happened else _RING_NOT_YET)
    return mark_safe(_OUTLINES[party.shape].format(_FILLED if has_happened else _OUTLINED))


def shape(kind: object, state: str = "happened", label: str = "") -> SafeString:
    """A party's shape. Without a label it is decoration beside a name that says the same."""
    party = party_of(kind)
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="shape party-{} is-{}" viewBox="0 0 16 16" width="16" height="16" focusable="false" {}>{}</svg>',
        party.key,
        state.replace(" ", "-"),
        said,
        shape_paths(kind, state),
    )


def pie(fraction: float) -> SafeString:
    """A clock face that fills, from the top and clockwise, with the share of time spent (0 to 1)."""
    spent = min(1.0, max(0.0, fraction))
    ring = '<circle cx="8" cy="8" r="6.8" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    if spent >= 0.999:
        slice_ = '<circle cx="8" cy="8" r="5.6" fill="currentColor"/>'
    elif spent <= 0.001:
        slice_ = ""
    else:
        angle = 2 * pi * spent
        x, y = 8 + 5.6 * sin(angle), 8 - 5.6 * cos(angle)
        slice_ = f'<path d="M8 8V2.4A5.6 5.6 0 {int(spent > 0.5)} 1 {x:.2f} {y:.2f}Z" fill="currentColor"/>'
    return mark_safe(
        f'<svg class="pie" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">{ring}{slice_}</svg>'
    )


_STROKE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="square"'
_ICONS = {
    "arrow-out": f'<path d="M2.5 13.5 12.5 3.5M5 2.5H13.5V11" {_STROKE}/>',
    "chevron": '<path d="M5 2.5 10.5 8 5 13.5" fill="none" stroke="currentColor" stroke-width="2.6"/>',
    "back": '<path d="M11 2.5 5.5 8 11 13.5" fill="none" stroke="currentColor" stroke-width="2.6"/>',
    "down": '<path d="M2.5 5 8 10.5 13.5 5" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "tick": '<path d="M2 8.5 6.2 12.7 14 4" fill="none" stroke="currentColor" stroke-width="2.6"/>',
    "cross": '<path d="M3 3 13 13M13 3 3 13" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "plus": '<path d="M8 2V14M2 8H14" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "search": '<circle cx="6.8" cy="6.8" r="4.8" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M10.5 10.5 15 15" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "telephone": '<path d="M4 1.5 6.5 5 5 7C6 9 7 10 9 11L11 9.5 14.5 12V14.5C7 15.5 0.5 9 1.5 1.5Z" fill="currentColor"/>',
    "lock": '<path d="M2.5 7H13.5V15H2.5Z" fill="currentColor"/>'
    '<path d="M5 7V4.5A3 3 0 0 1 11 4.5V7" fill="none" stroke="currentColor" stroke-width="2"/>',
    # A solid disc with the sign cut out of it, so that it keeps its contrast on any ground.
    "bang": '<path fill="currentColor" fill-rule="evenodd" '
    'd="M8 0.5A7.5 7.5 0 1 1 8 15.5A7.5 7.5 0 1 1 8 0.5ZM6.8 3.4V9H9.2V3.4ZM6.8 10.4V12.8H9.2V10.4Z"/>',
}
_MIRRORED = {"arrow-out", "chevron", "back"}


def icon(name: str) -> SafeString:
    """One of our few icons; always beside words, so hidden from screen readers.

    Raises KeyError for a name that is not drawn.
    """
    mirrored = " icon-mirrored" if name in _MIRRORED else ""
    return mark_safe(
        f'<svg class="icon icon-{name}{mirrored}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        f"{_ICONS[name]}</svg>"
    )


def mark() -> SafeString:
    """Havenline's mark: a line that leads from a child to a shelter."""
    return mark_safe(
        '<svg class="mark" viewBox="0 0 44 26" width="44" height="26" aria-hidden="true" focusable="false">'
        '<circle cx="5.5" cy="18.5" r="4" fill="none" stroke="currentColor" stroke-width="3"/>'
        '<path d="M9.5 18.5H43M20 18.5V13A9 9 0 0 1 38 13V18.5" fill="none" stroke="currentColor" stroke-width="3"/></svg>'
    )


def waiting_station() -> SafeString:
    """The line with one station: the drawing of an empty state."""
    return mark_safe(
        '<svg class="waiting" viewBox="0 0 72 16" width="72" height="16" aria-hidden="true" focusable="false">'
        '<path class="waiting-line" d="M0 8H27M45 8H72" fill="none" stroke="currentColor" stroke-opacity="0.35" stroke-width="3"/>'
        '<circle cx="36" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="3"/></svg>'
    )


def meter_bar(share: float) -> SafeString:
    """A bar filled to a share of 0 to 1; the numbers stand beside it."""
    width = round(100 * min(1.0, max(0.0, share)), 1)
    return mark_safe(
        '<svg class="meter" width="100%" height="8" aria-hidden="true" focusable="false">'
        f'<rect class="meter-ground" width="100%" height="8" rx="2"/><rect width="{width}%" height="8" rx="2" fill="currentColor"/></svg>'
    )


def interval_bar(share: float, low: float, high: float) -> SafeString:
    """A share between 0 and 1 with its interval, on an axis from 0 to 1; the numbers stand beside it."""
    at, start, width = (round(100 * part, 2) for part in (share, low, max(0.004, high - low)))
    return mark_safe(
        '<svg class="interval" width="100%" height="14" aria-hidden="true" focusable="false">'
        '<line class="interval-axis" x1="0" x2="100%" y1="7" y2="7"/>'
        f'<rect class="interval-bar" x="{start}%" y="3" width="{width}%" height="8"/>'
        f'<rect class="interval-share" x="{at}%" y="0" width="2.5" height="14"/></svg>'
    )
