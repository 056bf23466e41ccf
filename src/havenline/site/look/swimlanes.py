"""The trace as swim-lanes: one line through the parties of a report. The list below the drawing is the truth."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from .given import given
from .parties import Party, party_of
from .shapes import shape_paths

LANE = 58  # height of a lane
NAMES = 118  # room for the names of the lanes
RADIUS = 10  # of the corners of the line
WIDTH = 1200  # what a wide desk offers; a longer line grows beyond it and scrolls


@dataclass
class _Stop:
    party: Party
    title: str
    when: str
    state: str
    is_branch: bool
    after: int | None
    x: float = 0
    turn: float = 0
    lane: int = 0

    @property
    def has_happened(self) -> bool:
        return self.state not in ("not yet", "maybe")

    @property
    def title_width(self) -> float:
        return 6.1 * len(self.title)

    @property
    def when_width(self) -> float:
        return 6.5 * len(self.when)

    @property
    def y(self) -> float:
        return self.lane * LANE + LANE / 2


def _stops(lanes: Any) -> tuple[list[Party], list[_Stop]]:
    stations = list(given(lanes, "stations", []))
    stops: list[_Stop] = []
    last_on_the_line: int | None = None
    for at, station in enumerate(stations):
        is_branch = bool(given(station, "branch", False))
        after = given(station, "after", None)
        stop = _Stop(
            party=party_of(given(station, "party")),
            title=str(given(station, "title")),
            when=str(given(station, "when")),
            state=str(given(station, "state", "happened")),
            is_branch=is_branch,
            after=int(after) if after is not None else last_on_the_line,
        )
        if not is_branch:
            last_on_the_line = at
        stops.append(stop)
    parties = [party_of(kind) for kind in given(lanes, "parties", [])]
    for stop in stops:
        if stop.party not in parties:
            parties.append(stop.party)
    for stop in stops:
        stop.lane = parties.index(stop.party)
    return parties, stops


def _place(stops: list[_Stop]) -> float:
    """Give each stop its x, so that no words meet other words and no stretch of line runs through them. Returns the width used."""
    x = NAMES + 14.0
    advances: list[float] = []
    for at, stop in enumerate(stops):
        before = stops[stop.after] if stop.after is not None else None
        if before is None:
            stop.x = x
        elif before.lane == stop.lane:
            stop.x = max(x, _right_edge(stops[:at], {stop.lane}) + 22)
        else:
            low, high = sorted((before.lane, stop.lane))
            own_words = before.title_width if stop.lane < before.lane else before.when_width
            crossed = _right_edge(stops[:at], set(range(low + 1, high)) | {stop.lane})
            stop.turn = max(before.x + own_words + 10, crossed + 18, before.x + 34)
            # Two ways that leave one stop turn one after the other.
            stop.turn = max([stop.turn, *[other.turn + 16 for other in stops[:at] if other.after == stop.after and other.turn]])
            stop.x = stop.turn + 28
        advances.append(stop.x)
        x = NAMES + 14.0
    return max((stop.x + max(stop.title_width, stop.when_width) for stop in stops), default=x)


def _right_edge(stops: list[_Stop], lanes: set[int]) -> float:
    return max((stop.x - 8 + max(stop.title_width, stop.when_width) for stop in stops if stop.lane in lanes), default=0)


def _spread(stops: list[_Stop], used: float) -> None:
    """Use the room that is left, evenly: spaces are not to scale, so they may as well be generous."""
    slack = WIDTH - 24 - used
    if slack <= 0 or len(stops) < 2:
        return
    order = sorted({stop.x for stop in stops})
    share = min(70.0, slack / (len(order) - 1))
    shift = {x: share * at for at, x in enumerate(order)}
    for stop in stops:
        moved = shift[stop.x]
        stop.turn += moved if stop.turn else 0
        stop.x += moved


def _way_class(stop: _Stop) -> str:
    if not stop.has_happened:
        return "lane-owed"
    return "lane-branch" if stop.is_branch else "lane-way"


def _way(before: _Stop, stop: _Stop) -> str:
    start, end = before.x + 11, stop.x - 11
    if before.lane == stop.lane:
        return f"M{start:.1f} {before.y:.1f}H{end:.1f}"
    down = 1 if stop.y > before.y else -1
    return (
        f"M{start:.1f} {before.y:.1f}H{stop.turn - RADIUS:.1f}"
        f"Q{stop.turn:.1f} {before.y:.1f} {stop.turn:.1f} {before.y + down * RADIUS:.1f}"
        f"V{stop.y - down * RADIUS:.1f}"
        f"Q{stop.turn:.1f} {stop.y:.1f} {stop.turn + RADIUS:.1f} {stop.y:.1f}H{end:.1f}"
    )


def swimlanes(lanes: Any) -> SafeString:
    """Draw `lanes`: `parties` (ordered) and `stations` of `party`, `title`, `when`, `state`, `branch`, `after`.

    The line joins the stations in order; a station marked `branch` hangs off the line and does not carry it on. `after` is the
    place (from 0) of the station that it comes from, where that is not the one before.
    """
    parties, stops = _stops(lanes)
    used = _place(stops)
    _spread(stops, used)
    width = max([WIDTH, *[stop.x + max(stop.title_width, stop.when_width) + 16 for stop in stops]])
    height = LANE * len(parties)
    # In scripts written from right to left the line runs from right to left too; words grow from their x by themselves.
    is_mirrored = get_language_bidi()

    def across(x: float, size: float = 0) -> str:
        return f"{width - x - size:.1f}" if is_mirrored else f"{x:.1f}"

    bands = format_html_join(
        "",
        '<rect class="lane-band" x="0" y="{}" width="{}" height="{}"/>',
        ((at * LANE, f"{width:.0f}", LANE) for at in range(0, len(parties), 2)),
    )
    names = format_html_join(
        "",
        '<g class="party-{}"><svg class="shape" x="{}" y="{}" width="13" height="13" viewBox="0 0 16 16">{}</svg>'
        '<text class="lane-name" x="{}" y="{}">{}</text></g>',
        (
            (
                party.key,
                across(16, 13),
                at * LANE + LANE / 2 - 6.5,
                shape_paths(party.key, "happened"),
                across(38),
                at * LANE + LANE / 2 + 4.5,
                party.name,
            )
            for at, party in enumerate(parties)
        ),
    )
    ways = format_html_join(
        "",
        '<path class="{}" d="{}"/>',
        (
            (
                _way_class(stop),
                _way(stops[stop.after], stop),
            )
            for stop in stops
            if stop.after is not None
        ),
    )
    stations = format_html_join(
        "",
        '<g class="party-{}"><svg class="shape" x="{}" y="{}" width="16" height="16" viewBox="0 0 16 16">{}</svg>'
        '<text class="lane-title" x="{}" y="{}">{}</text><text class="lane-when" x="{}" y="{}">{}</text></g>',
        (
            (
                stop.party.key,
                across(stop.x - 8, 16),
                f"{stop.y - 8:.1f}",
                shape_paths(stop.party.key, stop.state),
                across(stop.x - 8),
                f"{stop.y - 15:.1f}",
                stop.title,
                across(stop.x - 8),
                f"{stop.y + 23:.1f}",
                stop.when,
            )
            for stop in stops
        ),
    )
    if is_mirrored:
        ways = format_html('<g transform="translate({} 0) scale(-1 1)">{}</g>', f"{width:.0f}", ways)
    return format_html(
        '<svg class="lanes" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" focusable="false">{}{}{}{}</svg>',
        alternative(stops),
        f"{width:.0f}",
        height,
        f"{width:.0f}",
        height,
        bands,
        names,
        ways,
        stations,
    )


def alternative(stops: list[_Stop]) -> str:
    """The drawing in words, in order."""
    if not stops:
        return _("The line: nothing has happened yet.")
    said = "; ".join(
        ", ".join(filter(None, [stop.title, str(stop.party.name), stop.when, "" if stop.has_happened else _("not yet")])) for stop in stops
    )
    return _("The line, step by step: %(steps)s.") % {"steps": said}
