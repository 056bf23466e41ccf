"""The tables of the page. The page and its downloads show these very cells, so that no download says more than the page."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.journey.investigation.models import ContactAbuseSource
from havenline.journey.statistics.interval import Interval
from havenline.journey.statistics.queries import STAGES, ContactAbuseShares, Share, Taken, Times, WeekRow


@dataclass(frozen=True)
class Column:
    title: str
    is_number: bool = True


@dataclass(frozen=True)
class Table:
    """`strong`: how many rows stand out at the top."""

    code: str
    title: str
    columns: list[Column]
    rows: list[list[str]]
    note: str = ""
    strong: int = 0

    @property
    def labelled(self) -> Iterator[list[tuple[Column, str]]]:
        """Each row's cells with their columns, for a phone where a cell says its column."""
        for row in self.rows:
            yield list(zip(self.columns, row, strict=True))


def not_shown() -> str:
    return _("not shown")


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def interval_in_words(interval: Interval) -> str:
    """68.9 to 73.6"""
    return _("%(low)s to %(high)s") % {"low": f"{100 * interval.low:.1f}", "high": f"{100 * interval.high:.1f}"}


def span_in_words(spent: timedelta) -> str:
    """As it was rounded: 35 min, 13 h, 3 days."""
    minutes = round(spent.total_seconds() / 60)
    if minutes < 120:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}


def source_in_words(source: str) -> str:
    return str(ContactAbuseSource(source).label) if source in ContactAbuseSource.values else _("Any source")


def of_contact_abuse(shares: ContactAbuseShares) -> Table:
    rows = [[source_in_words(row.source), *_share_cells(row.found, shares.asked, row.interval)] for row in shares.rows]
    return Table(
        "contact-abuse",
        _("The same numbers"),
        [
            Column(_("How it became known"), False),
            Column(_("Found")),
            Column(_("Cases asked")),
            Column(_("Share")),
            Column(_("95% interval")),
        ],
        rows,
        _("A case can be counted under more than one source"),
        strong=1,
    )


def of_work(shares: list[Share]) -> Table:
    rows = [[str(share.title), str(share.what), *_share_cells(share.found, share.of, share.interval)] for share in shares]
    columns = [Column(_("What"), False), Column(_("Of"), False), Column(_("In time")), Column(_("All")), Column(_("Share"))]
    return Table("work", _("Work in time"), [*columns, Column(_("95% interval"))], rows)


def _share_cells(found: int | None, of: int | None, interval: Interval | None) -> list[str]:
    if found is None or interval is None:
        return [not_shown(), not_shown() if of is None else f"{of:,}", not_shown(), not_shown()]
    return [f"{found:,}", f"{of:,}", percent(interval.share), interval_in_words(interval)]


def of_weeks(weeks: list[WeekRow]) -> Table:
    rows = []
    for week in weeks:
        first = date_format(week.week.start.date(), "j M Y")
        if week.row is None or week.row.total is None:
            rows.append([first, *[not_shown()] * (len(STAGES) + 2)])
        else:
            counts = [not_shown() if n is None else f"{n:,}" for n in week.row.counts]
            rows.append([first, *counts, f"{week.row.rest:,}" if week.row.rest else "", f"{week.row.total:,}"])
    columns = [Column(_("Week from"), False), *(Column(str(stage)) for stage in STAGES)]
    return Table("weeks", _("Reports by week"), [*columns, Column(_("Not shown, together")), Column(_("Reports"))], rows)


def of_times(times: Times) -> Table:
    rows = [[date_format(row.month.start.date(), "M Y"), *_taken(row.police), *_taken(row.social_care)] for row in times.months]
    rows.append([_("Alarms to the control room, all twelve months"), *_taken(times.alarms), "", "", ""])
    columns = [
        Column(_("Told in"), False),
        Column(_("Police: reports")),
        Column(_("Police: median")),
        Column(_("Police: 90th percentile")),
        Column(_("Social care: reports")),
        Column(_("Social care: median")),
        Column(_("Social care: 90th percentile")),
    ]
    return Table("times", _("From receipt to police and to social care"), columns, rows)


def _taken(taken: Taken) -> list[str]:
    said = [span_in_words(spent) if spent is not None else not_shown() for spent in (taken.median, taken.ninety)]
    return [not_shown() if taken.reports is None else f"{taken.reports:,}", *said]


BEGINS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def as_csv(table: Table, *, about: list[tuple[str, str]]) -> str:
    """The table as a file that a spreadsheet opens. `about`: columns that say the same in each row, such as the period."""
    out = StringIO()
    out.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    rows = csv.writer(out)
    rows.writerow([_plain(title) for title, _said in about] + [_plain(column.title) for column in table.columns])
    for row in table.rows:
        rows.writerow([_plain(said) for _title, said in about] + [_plain(cell) for cell in row])
    return out.getvalue()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (the name of an agency is typed by somebody)."""
    return f"'{cell}" if cell[:1] in BEGINS_A_FORMULA or cell.lstrip()[:1] in BEGINS_A_FORMULA else cell
