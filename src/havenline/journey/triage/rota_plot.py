"""The week as it is covered: a bar a day, midnight to midnight in London. The list beside it is the truth; this is its drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from havenline.foundation import moment
from havenline.journey.triage.models import OnCall
from havenline.journey.triage.queries import Gap


@dataclass(frozen=True)
class Day:
    title: str
    drawing: SafeString
    people: str
    is_covered: bool


def week(shifts: Sequence[OnCall], gaps: Sequence[Gap], *, days: int = 7) -> list[Day]:
    """The days from today, each with its bar."""
    today = moment.today()
    return [_day(today + timedelta(days=ahead), shifts, gaps) for ahead in range(days)]


def _day(day: date, shifts: Sequence[OnCall], gaps: Sequence[Gap]) -> Day:
    start = datetime.combine(day, time.min, tzinfo=moment.LONDON)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=moment.LONDON)
    mine = [shift for shift in shifts if shift.since < end and shift.until > start]
    open_ = [gap for gap in gaps if gap.since < end and gap.until > start]
    covered = format_html_join(
        "", '<rect x="{}" y="2" width="{}" height="12" fill="var(--party)"/>', (_span(s.since, s.until, start, end) for s in mine)
    )
    uncovered = format_html_join(
        "",
        '<rect class="late-text" x="{}" y="3" width="{}" height="10" fill="none" stroke="currentColor" stroke-width="2"/>',
        (_span(g.since, g.until, start, end) for g in open_),
    )
    drawing = format_html(
        '<svg class="party-hotline" viewBox="0 0 480 16" width="100%" height="16" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">'
        '<path d="M0 15.5H480" stroke="var(--rule-strong)" stroke-width="1"/>{}{}</svg>',
        covered,
        uncovered,
    )
    names = ", ".join(dict.fromkeys(shift.membership.short_name for shift in mine))
    return Day(date_format(day, "D j M"), drawing, names, not open_)


def _span(since: datetime, until: datetime, start: datetime, end: datetime) -> tuple[int, int]:
    whole = (end - start).total_seconds()
    first = max(0.0, (since - start).total_seconds()) / whole
    last = min(whole, (until - start).total_seconds()) / whole
    return round(first * 480), max(1, round((last - first) * 480))
