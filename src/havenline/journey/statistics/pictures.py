"""The tables' numbers as the look's charts take them, with the words that a chart says to whoever can't see it."""

from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.journey.statistics.queries import SELF_REPORT_AND_RECORD, STAGES, ContactAbuseShares, Taken, Times, WeekRow
from havenline.journey.statistics.tables import interval_in_words, not_shown, percent, source_in_words, span_in_words


def of_contact_abuse(shares: ContactAbuseShares) -> dict[str, Any]:
    """A dot with Wilson's interval for each source, and the two published shares as dashed lines."""
    highest = max([0.6, *(row.interval.high for row in shares.rows if row.interval)])
    top = min(1.0, (int(highest * 10) + 1) / 10)
    words = {"record": _("12% official record"), "self_report": _("55% self-report")}
    rows, said = [], []
    for row in shares.rows:
        source = source_in_words(row.source)
        drawn: dict[str, Any] = {"label": source, "strong": row is shares.any_source}
        if row.interval is None:
            drawn |= {"note": "", "words": not_shown()}
            said.append(_("%(source)s: not shown") % {"source": source})
        else:
            of = _("%(found)s of %(of)s") % {"found": f"{row.found:,}", "of": f"{row.of:,}"}
            drawn |= {"note": of, "words": percent(row.interval.share), "value": row.interval.share}
            drawn |= {"low": row.interval.low, "high": row.interval.high}
            said.append(f"{source}: {percent(row.interval.share)}, {interval_in_words(row.interval)}, {of}")
        rows.append(drawn)
    return {
        "id": "contact-abuse",
        "title": _("Image cases in which contact abuse was found, by how it became known"),
        "description": "; ".join(said),
        "top": top,
        "ticks": [(tenth / 10, f"{tenth * 10}%") for tenth in range(round(top * 10) + 1) if top <= 0.7 or tenth % 2 == 0],
        "rows": rows,
        "marks": [(share, words[code]) for code, share in SELF_REPORT_AND_RECORD],
    }


def of_weeks(weeks: list[WeekRow]) -> dict[str, Any]:
    columns = []
    for week in weeks:
        first = week.week.start.date()
        label = _("Week from %(day)s") % {"day": date_format(first, "j M Y")}
        column: dict[str, Any] = {"tick": date_format(first, "j M")}
        if week.row is None or week.row.total is None:
            column |= {"label": f"{label}: {not_shown()}", "state": "hidden"}
        else:
            reports = ngettext("%(n)s report", "%(n)s reports", week.row.total) % {"n": f"{week.row.total:,}"}
            column |= {"label": f"{label}: {reports}", "counts": week.row.counts, "rest": week.row.rest}
        columns.append(column)
    shown = [week.row.total for week in weeks if week.row is not None and week.row.total is not None]
    said = ngettext(
        "%(n)s of %(of)s week has enough reports to be shown.", "%(n)s of %(of)s weeks have enough reports to be shown.", len(shown)
    )
    words = said % {"n": len(shown), "of": len(weeks)}
    if shown:
        words += " " + _("Between %(least)s and %(most)s reports a week.") % {"least": f"{min(shown):,}", "most": f"{max(shown):,}"}
    return {
        "id": "weeks",
        "title": _("Reports by the week in which they arrived, and how far they have come"),
        "description": words,
        "stages": STAGES,
        "columns": columns,
    }


def of_times(times: Times) -> list[dict[str, Any]]:
    """One chart for police and one for social care: a dot at the median, a whisker up to the 90th percentile."""
    return [
        _time_chart("to-police", _("From receipt to police"), [(row.month.start.date(), row.police) for row in times.months]),
        _time_chart("to-care", _("From receipt to social care"), [(row.month.start.date(), row.social_care) for row in times.months]),
    ]


def _time_chart(name: str, title: str, months: list[tuple[Any, Taken]]) -> dict[str, Any]:
    longest = max((taken.ninety or taken.median or timedelta() for _month, taken in months), default=timedelta())
    hours = longest.total_seconds() / 3600
    unit, step = next(
        (unit, step)
        for unit, step in ((1, 1), (1, 2), (1, 4), (1, 6), (1, 12), (24, 1), (24, 2), (24, 5), (24, 10), (24, 20), (24, 50), (24, 10**4))
        if hours <= unit * step * 5
    )
    each = unit * step
    rows: list[dict[str, Any]] = []
    said = []
    for month, taken in months:
        label = date_format(month, "F Y")
        if taken.median is None:
            continue  # the table says that it is not shown; a column of such rows would say it in a yard of paper
        reports = ngettext("%(n)s report", "%(n)s reports", taken.reports or 0) % {"n": f"{taken.reports:,}"}
        median, ninety = (spent.total_seconds() / 3600 for spent in (taken.median, taken.ninety or taken.median))
        rows.append({"label": label, "note": reports, "words": span_in_words(taken.median), "value": median, "low": median, "high": ninety})
        said.append(f"{label}: {span_in_words(taken.median)}")
    return {
        "id": name,
        "title": title,
        "description": "; ".join(said) or _("No month has enough reports to be shown."),
        "top": each * 5,
        "ticks": [(each * at, span_in_words(timedelta(hours=each * at)) if at else "0") for at in range(6)],
        "rows": rows,
        "is_empty": not said,
    }
