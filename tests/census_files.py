"""Small made-up censuses, written as councils' systems write them."""

import io
from collections.abc import Iterable
from datetime import date, timedelta

from havenline.engines.census import Census, Clock, NoDueDate, Timeliness, timeliness

Day = str | date | None


def one(name: str, said: object) -> str:
    return "" if said is None else f"<{name}>{said}</{name}>"


def assessment(started: Day, authorised: Day = None) -> str:
    inside = one("AssessmentActualStartDate", started) + one("AssessmentAuthorisationDate", authorised)
    factors = "<FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment>"
    return f"<Assessments>{inside}{factors}</Assessments>"


def enquiry(started: Day, conference: Day = None, not_required: str | None = "false") -> str:
    inside = one("S47ActualStartDate", started) + one("DateOfInitialCPC", conference) + one("ICPCnotRequired", not_required)
    return f"<Section47>{inside}</Section47>"


def plan(started: Day, *reviews: Day, ended: Day = None) -> str:
    each = "".join(one("CPPreviewDate", review) for review in reviews)
    inside = one("CPPstartDate", started) + one("CPPendDate", ended) + one("InitialCategoryOfAbuse", "NEG")
    return f"<ChildProtectionPlans>{inside}{f'<Reviews>{each}</Reviews>' if each else ''}</ChildProtectionPlans>"


def episode(*groups: str, referral: Day = "2025-04-01") -> str:
    return f"<CINdetails>{one('CINreferralDate', referral)}{one('ReferralSource', '1A')}{''.join(groups)}</CINdetails>"


def child(identifier: str | None, *episodes: str) -> str:
    known = f"<ChildIdentifiers>{one('LAchildID', identifier)}{one('PersonBirthDate', '2015-06-01')}</ChildIdentifiers>"
    return f"\n<Child>{known}{''.join(episodes)}</Child>"


def message(*children: str, reference: Day = "2026-03-31", year: str | None = "2026", collection: str | None = "CIN") -> str:
    """Line 1 is the header; each child has a line of its own, from 2."""
    details = one("Collection", collection) + one("Year", year) + one("ReferenceDate", reference)
    header = f"<Header><CollectionDetails>{details}</CollectionDetails><Source><LEA>201</LEA></Source></Header>"
    return f"<Message>{header}<Children>{''.join(children)}\n</Children></Message>"


class PlainCalendar:
    """No bank holidays; limits as the census's clocks are called. It tells no due date before 2010."""

    def due(self, clock: Clock, started: date) -> tuple[date, str]:
        if started.year < 2010:
            raise NoDueDate("starts no clock here")
        if clock in ("first_review", "later_review"):
            return started + timedelta(days=90 if clock == "first_review" else 180), "plain"
        day, left = started, 45 if clock == "assessment_45" else 15
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day, "plain"

    def working_days(self, first: date, last: date) -> Iterable[date]:
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return (day for day in days if day.weekday() < 5)


def judged(text: str | bytes, *, from_referral: bool = False) -> Timeliness:
    data = text.encode() if isinstance(text, str) else text
    return timeliness(Census(io.BytesIO(data)), PlainCalendar(), from_referral=from_referral)


def counts(found: Timeliness, clock: Clock) -> tuple[int, int, int]:
    """In time, late, open; their sum is what was due."""
    count = found.count(clock)
    assert count.due == count.in_time + count.late + count.open
    return count.in_time, count.late, count.open


def notes(found: Timeliness) -> list[tuple[str | None, int, str, str]]:
    return [(note.child, note.line, note.element, note.said) for note in found.not_understood]
