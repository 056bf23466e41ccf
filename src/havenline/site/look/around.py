"""The people around a child as a drawing: in the frame whoever lives with the child, beside it whoever does not. A table says the same.

Thick: cares for the child. Thin: related. What somebody said, and when, stands in each box; nothing is drawn that nobody said.
"""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .given import given

WIDTH, ROW, BOX, TOP = 900, 78, 64, 44
INSIDE_X, PERSON_WIDTH, CHILD_X, CHILD_WIDTH, FRAME_WIDTH, OUTSIDE_X = 20, 250, 350, 210, 580, 640


def around(picture: Any) -> SafeString:
    """`child`, `note`, `home`; `inside` and `outside`: people of name, relation, said, cares; `siblings`: names of children of the home."""
    inside, outside = list(given(picture, "inside", [])), list(given(picture, "outside", []))
    siblings = list(given(picture, "siblings", []))
    rows = max(len(inside), len(outside), 1 + len(siblings))
    height = TOP + rows * ROW + 8
    child_at = _column(1 + len(siblings), rows)
    ways = [_way(INSIDE_X + PERSON_WIDTH, y, CHILD_X, child_at[0], one) for one, y in zip(inside, _column(len(inside), rows), strict=True)]
    ways += [
        _way(OUTSIDE_X, y, CHILD_X + CHILD_WIDTH, child_at[0], one) for one, y in zip(outside, _column(len(outside), rows), strict=True)
    ]
    boxes = [_person(INSIDE_X, y, one) for one, y in zip(inside, _column(len(inside), rows), strict=True)]
    boxes += [_person(OUTSIDE_X, y, one) for one, y in zip(outside, _column(len(outside), rows), strict=True)]
    boxes.append(_child(child_at[0], given(picture, "child"), given(picture, "note"), "around-child"))
    boxes += [_child(y, name, _("also lives here"), "around-sibling") for name, y in zip(siblings, child_at[1:], strict=True)]
    said = _("%(child)s: %(inside)s live with the child, %(outside)s do not. The table says the same, with who said so.") % {
        "child": given(picture, "child"),
        "inside": len(inside),
        "outside": len(outside),
    }
    return format_html(
        '<svg class="network around" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<rect class="around-home" x="1" y="1" width="{}" height="{}" rx="8"/><text class="network-quiet" x="20" y="26">{}</text>'
        '<text class="network-quiet" x="{}" y="26">{}</text>{}</svg>',
        WIDTH,
        height,
        said,
        FRAME_WIDTH,
        height - 2,
        _short(str(given(picture, "home")), 76),
        OUTSIDE_X,
        _("Lives elsewhere, or not told where") if outside else "",
        format_html_join("", "{}", ((one,) for one in [*ways, *boxes])),
    )


def _column(count: int, rows: int) -> list[float]:
    top = TOP + (rows - count) * ROW / 2 + ROW / 2
    return [top + ROW * place for place in range(count)]


def _way(x1: float, y1: float, x2: float, y2: float, person: Any) -> SafeString:
    bend = (x2 - x1) / 2
    kind = "around-cares" if given(person, "cares", False) else "network-same"
    return format_html('<path class="{}" d="M{} {}C{} {} {} {} {} {}"/>', kind, x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)


def _person(x: float, y: float, person: Any) -> SafeString:
    return format_html(
        '<rect class="network-box" x="{}" y="{}" width="{}" height="{}" rx="4"/><text class="network-strong" x="{}" y="{}">{}</text>'
        '<text class="network-text" x="{}" y="{}">{}</text><text class="network-quiet" x="{}" y="{}">{}</text>',
        *(x, y - BOX / 2, PERSON_WIDTH, BOX),
        *(x + 12, y - 13, _short(str(given(person, "name")), 31)),
        *(x + 12, y + 5, _short(str(given(person, "relation")), 34)),
        *(x + 12, y + 23, _short(str(given(person, "said")), 37)),
    )


def _child(y: float, name: str, note: str, kind: str) -> SafeString:
    return format_html(
        '<g class="{}"><rect class="around-box" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="around-name" x="{}" y="{}">{}</text>'
        '<text class="around-note" x="{}" y="{}">{}</text></g>',
        kind,
        *(CHILD_X, y - BOX / 2, CHILD_WIDTH, BOX),
        *(CHILD_X + 14, y - 3, _short(name, 24)),
        *(CHILD_X + 14, y + 17, _short(str(note), 28)),
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
