"""The day ribbon: each calendar day a cell, so that anyone can count along."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.engines.procedure import working_days

from .given import given

# Beyond _WIDE days the cells close up and only the days that matter carry their number. Beyond _LONG the late ones lose theirs too,
# so that a quarter of a year still stands whole in its panel.
_WIDE = 31
_LONG = 75
# Nobody counts along for longer: of what is late by more, the first weeks are drawn, then a gap, then today.
_DRAWN_LATE, _AFTER_DUE = 200, 28


@dataclass(frozen=True)
class Cell:
    """One day: its class names, the words in it, the month that begins at it, and what it is, for a tooltip."""

    day: date
    classes: str
    words: str
    month: str
    title: str


@dataclass(frozen=True)
class Ribbon:
    """The cells and the same in words."""

    cells: list[Cell]
    is_close: bool
    is_long: bool
    alternative: str


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        return localtime(value).date() if is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def _rule_of(explanation: Any) -> Callable[[date], bool]:
    """Which days count as late: of a clock in calendar days each one, of all others working days, as the clock's chip says."""
    if given(explanation, "unit", "working days") == "calendar days":
        return lambda _day: True
    rule: Callable[[date], bool] = given(explanation, "is_working_day", working_days.is_working_day)
    return rule


def late_working_days(due: date, today: date, is_working_day: Callable[[date], bool]) -> list[date]:
    """The working days after `due`, up to and with `today`."""
    days = (due + timedelta(days=step) for step in range(1, (today - due).days + 1))
    return [day for day in days if is_working_day(day)]


def ribbon(
    explanation: Any,
    today: date | datetime,
    late_days: list[date] | None = None,
    is_working_day: Callable[[date], bool] | None = None,
) -> Ribbon:
    """Lay an engine's explanation out as cells, from the day on which the clock started to the due date, or to today where that is late.

    `explanation` has `started`, `due`, `unit` and `days`, each with `date`, `kind` ("counted", "weekend", "bank holiday"), `number`,
    `name`. Past the due date the late days are counted on, as dates or by a rule that tells one; without either a clock of calendar
    days goes by every day, any other by the engine's calendar.
    """
    now, due = _as_date(today), _as_date(given(explanation, "due"))
    started = _as_date(given(explanation, "started"))
    days = list(given(explanation, "days", []))
    if late_days is None:
        late_days = late_working_days(due, now, is_working_day or _rule_of(explanation))
    late = {_as_date(day): number for number, day in enumerate(late_days, start=1)}

    laid = [
        (_as_date(given(day, "date")), str(given(day, "kind")), given(day, "number", None), str(given(day, "name", ""))) for day in days
    ]
    shown = {day for day, *_rest in laid}
    if started not in shown:
        laid.insert(0, (started, "counted", 0, ""))
    if due not in shown and due != started:
        laid.append((due, "due", None, ""))
    last = laid[-1][0]
    gap = last + timedelta(days=_AFTER_DUE) if (now - last).days > _DRAWN_LATE else None
    while last < now:
        if last == gap:
            last = now - timedelta(days=1)
            laid.append((last, "gap", None, ""))
            continue
        last += timedelta(days=1)
        if last in late:
            laid.append((last, "late", late[last], ""))
        else:
            laid.append((last, "weekend" if last.weekday() >= 5 else "bank holiday", None, ""))

    is_close, is_long = len(laid) > _WIDE, len(laid) > _LONG
    cells: list[Cell] = []
    for at, (day, kind, number, name) in enumerate(laid):
        classes, words = [], ""
        is_late = day > due and day in late and kind != "gap"
        if is_late:
            classes.append("is-late")
            words = f"+{late[day]}" if late[day] < 1000 else ""  # no cell is wide enough for more; the clock's chip says it
        elif kind == "gap":
            words = "…"
        elif kind == "weekend":
            classes.append("is-weekend")
        elif kind in ("bank holiday", "holiday"):
            classes.append("is-holiday")
        else:
            classes.append("is-counted" if day < now or (day == now and day != due and day == started) else "is-ahead")
            words = "" if number is None else str(number)
        if day == now:
            classes.append("is-today")
        if day == due:
            classes.append("is-due")
        matters = day in (started, due, now) or (is_late and not is_long)
        if is_close and not matters and kind != "gap":
            words = ""
        if words:
            classes.append("is-numbered")
        begins_month = at == 0 or (day.day == 1)
        month = ""
        if begins_month:
            # Two marks side by side would write over each other: the first gives way to a month that begins at once.
            crowded = at == 0 and any(later.day == 1 for later, *_rest in laid[1 : (6 if is_close else 2)])
            month = "" if crowded else date_format(day, "M Y" if day.month == 1 and at else "M")
        title = _("Further late days, not drawn") if kind == "gap" else _title(day, kind, number, name, is_late, late)
        cells.append(Cell(day, " ".join(classes), words, month, title))
    return Ribbon(cells, is_close, is_long, _alternative(explanation, started, due, now, late, laid))


def _title(day: date, kind: str, number: Any, name: str, is_late: bool, late: dict[date, int]) -> str:
    said = date_format(day, "D j M Y")
    if is_late:
        return _("%(day)s: late, +%(number)s") % {"day": said, "number": late[day]}
    if kind in ("bank holiday", "holiday"):
        return _("%(day)s: %(name)s, not counted") % {"day": said, "name": name or _("bank holiday")}
    if kind == "weekend":
        return _("%(day)s: weekend, not counted") % {"day": said}
    return said if number is None else _("%(day)s: day %(number)s") % {"day": said, "number": number}


def _alternative(explanation: Any, started: date, due: date, now: date, late: dict[date, int], laid: list[Any]) -> str:
    """What the drawing shows, as sentences."""
    numbers = {day: number for day, kind, number, _name in laid if kind == "counted" and number is not None}
    parts = [
        _("Day 0 is %(started)s. Due %(due)s.") % {"started": date_format(started, "D j M Y"), "due": date_format(due, "D j M Y")},
    ]
    if due in numbers:
        parts[0] = _("Day 0 is %(started)s. Due on day %(number)s, %(due)s.") % {
            "started": date_format(started, "D j M Y"),
            "number": numbers[due],
            "due": date_format(due, "D j M Y"),
        }
    if now > due:
        count = len(late)
        if given(explanation, "unit", "working days") == "calendar days":
            said = ngettext("Today, %(today)s, is %(count)s day late.", "Today, %(today)s, is %(count)s days late.", count)
        else:
            said = ngettext("Today, %(today)s, is %(count)s working day late.", "Today, %(today)s, is %(count)s working days late.", count)
        parts.append(said % {"today": date_format(now, "D j M Y"), "count": count})
    elif now in numbers:
        parts.append(_("Today is day %(number)s.") % {"number": numbers[now]})
    else:
        parts.append(_("Today is %(today)s.") % {"today": date_format(now, "D j M Y")})
    holidays = [(day, name) for day, kind, _number, name in laid if kind in ("bank holiday", "holiday")]
    if holidays:
        said = ", ".join(f"{date_format(day, 'j M')}{f' ({name})' if name else ''}" for day, name in holidays)
        parts.append(_("Not counted besides weekends: %(holidays)s.") % {"holidays": said})
    return " ".join(parts)
