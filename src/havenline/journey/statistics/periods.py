"""The periods of the page: whole quarters, weeks and months that have ended, on London's calendar.

Bounds are worked out here, so that a database only compares moments: a week with a change of clocks is as whole as any other.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from havenline.foundation import moment

WEEKS, MONTHS = 26, 12
FOUR, THIS_YEAR, LAST_YEAR, ALL = "four-quarters", "this-year", "last-year", "all"
PERIODS = (
    (FOUR, gettext_lazy("Last four quarters")),
    (THIS_YEAR, gettext_lazy("This year")),
    (LAST_YEAR, gettext_lazy("Last year")),
    (ALL, gettext_lazy("All years")),
)
# Which of the four parts of time each period takes: before last year; last year until the four quarters begin; the rest of last
# year; this year. The first listed is told first: what comes later is hidden where the two would tell a third.
PARTS = {ALL: (1, 1, 1, 1), FOUR: (0, 0, 1, 1), THIS_YEAR: (0, 0, 0, 1), LAST_YEAR: (0, 1, 1, 0)}


@dataclass(frozen=True)
class Span:
    """From a London midnight up to, and without, another."""

    start: datetime
    end: datetime

    @property
    def last_day(self) -> date:
        return self.end.date() - timedelta(days=1)


@dataclass(frozen=True)
class Quarters:
    """Time as the filters cut it: four parts up to the end of the last whole quarter."""

    last_year: date
    four: date
    this_year: date
    end: date

    def part_of(self, when: datetime) -> int | None:
        """0 to 3; None for what lies after the last whole quarter."""
        day = moment.day_of(when)
        return None if day >= self.end else bisect_right((self.last_year, self.four, self.this_year), day)

    @property
    def ends(self) -> datetime:
        return midnight(self.end)

    @property
    def next_end(self) -> date:
        """The last day of the quarter that runs."""
        return _quarter_after(self.end) - timedelta(days=1)

    def in_words(self, period: str) -> str:
        """As “1 Oct 2025 to 30 Sep 2026”."""
        start = {FOUR: self.four, THIS_YEAR: self.this_year, LAST_YEAR: self.last_year}.get(period)
        end = self.this_year if period == LAST_YEAR else self.end
        until = date_format(end - timedelta(days=1), "j M Y")
        if start is None:
            return _("up to %(until)s") % {"until": until}
        if start >= end:
            return _("this year, of which no quarter has ended")
        return _("%(since)s to %(until)s") % {"since": date_format(start, "j M Y"), "until": until}


def quarters(today: date) -> Quarters:
    """How the filters cut time on that day."""
    end = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return Quarters(date(today.year - 1, 1, 1), date(end.year - 1, end.month, 1), date(today.year, 1, 1), end)


def _quarter_after(start: date) -> date:
    return date(start.year + 1, 1, 1) if start.month == 10 else date(start.year, start.month + 3, 1)


def midnight(day: date) -> datetime:
    """The beginning of a day in London."""
    return datetime.combine(day, time(), tzinfo=moment.LONDON)


def weeks(today: date, count: int = WEEKS) -> list[Span]:
    """The last whole weeks, Monday to Sunday, oldest first."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(count, -1, -1)]
    return [Span(midnight(a), midnight(b)) for a, b in pairwise(mondays)]


def months(today: date, count: int = MONTHS) -> list[Span]:
    """The last whole months, oldest first."""
    firsts = [_month_before(today, back) for back in range(count, -1, -1)]
    return [Span(midnight(a), midnight(b)) for a, b in pairwise(firsts)]


def _month_before(day: date, back: int) -> date:
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def place_of(when: datetime, spans: list[Span]) -> int | None:
    """Which of these spans, one after the other, it falls into."""
    at = bisect_right([span.start for span in spans], when) - 1
    return at if at >= 0 and when < spans[at].end else None
