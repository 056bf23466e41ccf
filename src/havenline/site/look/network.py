"""The network of linked reports as a drawing: reports, identifiers, the person, in three fixed columns. The table below it is the truth.

Thick: confirmed by a person. Thin: exactly the same. Nothing is drawn that nobody confirmed or that is not equal.
"""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .given import given
from .parties import party_of
from .shapes import shape_paths

REPORTS_WIDTH, IDENTIFIERS_X, IDENTIFIERS_WIDTH, PERSON_X, PERSON_WIDTH, PERSON_HEIGHT = 292, 392, 286, 774, 196, 68
WIDTH, ROW, BOX, PILL_ROW, PILL = 970, 46, 34, 54, 42


def network(picture: Any) -> SafeString:
    """`reports` of party, label, reference, when, identifiers (keys); `identifiers` of key, kind, shown, is_confirmed; `person`."""
    reports, identifiers = list(given(picture, "reports", [])), list(given(picture, "identifiers", []))
    height = max(len(reports) * ROW, len(identifiers) * PILL_ROW, PERSON_HEIGHT) + 8
    report_at = _column(len(reports), ROW, height)
    pill_at = dict(zip([given(one, "key") for one in identifiers], _column(len(identifiers), PILL_ROW, height), strict=True))
    middle = height / 2
    ways = [
        _way(REPORTS_WIDTH, y, IDENTIFIERS_X, pill_at[key], "network-same")
        for report, y in zip(reports, report_at, strict=True)
        for key in given(report, "identifiers", [])
        if key in pill_at
    ]
    ways += [
        _way(IDENTIFIERS_X + IDENTIFIERS_WIDTH, pill_at[given(one, "key")], PERSON_X, middle, "network-confirmed")
        for one in identifiers
        if given(one, "is_confirmed", False)
    ]
    boxes = [_report(report, y) for report, y in zip(reports, report_at, strict=True)]
    boxes += [_pill(one, pill_at[given(one, "key")]) for one in identifiers]
    boxes.append(_person(given(picture, "person"), given(picture, "person_note"), middle))
    said = _("%(reports)s reports, %(identifiers)s identifiers, %(person)s. The table says the same.") % {
        "reports": len(reports),
        "identifiers": len(identifiers),
        "person": given(picture, "person"),
    }
    drawn = format_html_join("", "{}", ((one,) for one in [*ways, *boxes]))
    return format_html('<svg class="network" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, round(height), said, drawn)


def _column(count: int, step: int, height: float) -> list[float]:
    top = (height - count * step) / 2 + step / 2
    return [top + step * place for place in range(count)]


def _way(x1: float, y1: float, x2: float, y2: float, kind: str) -> SafeString:
    bend = (x2 - x1) / 2
    return format_html('<path class="{}" d="M{} {}C{} {} {} {} {} {}"/>', kind, x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)


def _report(report: Any, y: float) -> SafeString:
    party = given(report, "party")
    return format_html(
        '<g class="party-{}"><rect class="network-box" x="1" y="{}" width="{}" height="{}" rx="4"/>'
        '<g class="network-shape" transform="translate(12 {}) scale(0.8)">{}</g>'
        '<text class="network-mono" x="34" y="{}">{}</text><text class="network-text" x="152" y="{}">{}</text>'
        '<text class="network-quiet" x="{}" y="{}" text-anchor="end">{}</text></g>',
        party_of(party).key,
        y - BOX / 2,
        REPORTS_WIDTH - 2,
        BOX,
        y - 6.4,
        shape_paths(party, "happened"),
        y + 5,
        given(report, "reference"),
        y + 5,
        _short(str(given(report, "label")), 12),
        REPORTS_WIDTH - 12,
        y + 5,
        given(report, "when"),
    )


def _pill(identifier: Any, y: float) -> SafeString:
    return format_html(
        '<rect class="network-pill" x="{}" y="{}" width="{}" height="{}" rx="{}"/>'
        '<text class="network-quiet" x="{}" y="{}">{}</text><text class="network-strong" x="{}" y="{}">{}</text>',
        IDENTIFIERS_X,
        y - PILL / 2,
        IDENTIFIERS_WIDTH,
        PILL,
        PILL // 2,
        IDENTIFIERS_X + 20,
        y - 4,
        given(identifier, "kind"),
        IDENTIFIERS_X + 20,
        y + 13,
        _short(str(given(identifier, "shown")), 36),
    )


def _person(title: str, note: str, y: float) -> SafeString:
    return format_html(
        '<rect class="network-person" x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text class="network-on" x="{}" y="{}">{}</text><text class="network-on-quiet" x="{}" y="{}">{}</text>',
        PERSON_X,
        y - PERSON_HEIGHT / 2,
        PERSON_WIDTH,
        PERSON_HEIGHT,
        PERSON_X + 16,
        y - 3,
        title,
        PERSON_X + 16,
        y + 17,
        note,
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
