"""Days in what somebody asks for, however they write them: 2017-03-02, 2/3/2017, 2.3.17, 2 March 2017, 2nd Mar 2017."""

import re
from datetime import date

from havenline.foundation import moment

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = r"(?P<iy>\d{4})-(?P<im>\d{1,2})-(?P<id>\d{1,2})"
_NUMBERS = r"(?P<d>\d{1,2})(?P<by>[./-])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4}|\d{2})"
_WORDS = rf"(?P<wd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<wm>{'|'.join(_MONTHS)})[a-z]*\.?,?\s+(?P<wy>\d{{4}})"
_DAY = re.compile(rf"(?<![\w./-])(?:{_ISO}|{_NUMBERS}|{_WORDS})(?![\w/-])", re.IGNORECASE)


def taken_out(asked: str) -> tuple[list[date], str]:
    """The days that stand in a question, and the question without them. What is no day of the calendar stays in it."""
    found: list[date] = []

    def take(match: re.Match[str]) -> str:
        day = _day(match)
        if day is None:
            return match.group()
        found.append(day)
        return " "

    return found, _DAY.sub(take, asked)


def exchanged(day: date) -> date:
    """What whoever writes the month first writes; a day that cannot be exchanged is itself."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _day(match: re.Match[str]) -> date | None:
    said = match.groupdict()
    try:
        if said["iy"]:
            return date(int(said["iy"]), int(said["im"]), int(said["id"]))
        if said["wy"]:
            return date(int(said["wy"]), _MONTHS.index(said["wm"].lower()) + 1, int(said["wd"]))
        return date(_whole_year(said["y"]), int(said["m"]), int(said["d"]))
    except ValueError:
        return None


def _whole_year(said: str) -> int:
    """`17` is 2017, and `98` is 1998: of two digits, the last such year that a day can lie in, next year's included."""
    year = int(said)
    if len(said) == 4:
        return year
    latest = moment.today().year + 1
    return year + (latest - year) // 100 * 100
