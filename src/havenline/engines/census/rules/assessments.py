"""What is asked of an episode's assessments."""

from datetime import date

from havenline.engines.census.shape import LEAVES, Content

from .episodes import CLOSED_AFTER_ASSESSMENT
from .year import Told, Year, day, is_before, overlap

NO_FACTORS = "21"
_FACTORS = LEAVES["Assessments", "AssessmentFactors"].codes
_OF_DISABILITY = frozenset(("5A", "6A"))
_NO_MORE_SINCE_2025 = {"18A": "factor-18a?", "19A": "factor-19a?"}


def ask(child: Content, episode: Content, year: Year, told: Told) -> None:
    records = episode.get("Assessments", ())
    if not records:
        return
    is_disabled = any(one != "NONE" for one in child.get("Disability", ()))
    referral = day(episode, "CINreferralDate")
    runs: list[tuple[date, date]] = []
    under_way = 0
    for record in records:
        start, end = day(record, "AssessmentActualStartDate"), day(record, "AssessmentAuthorisationDate")
        if is_before(start, referral):
            told("assessment-before-referral", "AssessmentActualStartDate", start)
        if end is None:
            under_way += 1
            _open(record, episode, start, year, told)
        else:
            _authorised(record, start, end, is_disabled, year, told)
        _factors(record.get("AssessmentFactors", ()), year, told)
        if start:
            runs.append((start, end or max(start, year.reference)))
    if under_way > 1:
        told("two-open-assessments", "AssessmentAuthorisationDate")
    if len(records) == 1:
        if NO_FACTORS in records[0].get("AssessmentFactors", ()) and episode.get("ReasonForClosure") not in CLOSED_AFTER_ASSESSMENT:
            told("no-factors-and-went-on?", "AssessmentFactors", NO_FACTORS)
    elif overlap(runs):
        told("assessments-overlap?", "AssessmentActualStartDate")


def _open(record: Content, episode: Content, start: date | None, year: Year, told: Told) -> None:
    if "CINclosureDate" in episode:
        told("closed-with-assessment", "AssessmentAuthorisationDate")
    if record.get("AssessmentFactors"):
        told("factors-before-authorised", "AssessmentFactors")
    if start is None:
        return
    if not year.holds(start):
        told("open-assessment-outside-period", "AssessmentActualStartDate", start)
    if year.is_overdue("assessment_45", start):
        told("assessment-over-45-days?", "AssessmentAuthorisationDate")


def _authorised(record: Content, start: date | None, end: date, is_disabled: bool, year: Year, told: Told) -> None:
    factors = record.get("AssessmentFactors", ())
    if is_before(end, start):
        told("assessment-out-of-order", "AssessmentAuthorisationDate", end)
    if not year.holds(end):
        told("assessment-outside-period", "AssessmentAuthorisationDate", end)
    if end >= year.first:
        if not factors or not _FACTORS.issuperset(factors):
            told("factors-missing?", "AssessmentFactors", " ".join(factors))
        if is_disabled and _OF_DISABILITY.isdisjoint(factors):
            told("disability-not-a-factor?", "AssessmentFactors")


def _factors(factors: list[str], year: Year, told: Told) -> None:
    if len(factors) > 1:
        if NO_FACTORS in factors:
            told("no-factors-and-another", "AssessmentFactors", NO_FACTORS)
        if len(set(factors)) < len(factors):
            told("factor-twice", "AssessmentFactors")
    for factor in factors:
        if factor == "8A":
            told("factor-8a", "AssessmentFactors", factor)
        elif factor in _NO_MORE_SINCE_2025 and year.reference.year >= 2025:
            told(_NO_MORE_SINCE_2025[factor], "AssessmentFactors", factor)
