"""What is asked of pre-proceedings and family group meetings, which the census has since 2025-26."""

from havenline.engines.census.shape import LEAVES, Content

from .year import Told, Year, day, is_before

_OUTCOMES = LEAVES["PreProceedingsandFGDM", "PPOutcome"].codes
_DAYS = (
    ("pre-proceedings-outside-period", "PPStartDate", None),
    ("letter-outside-period", "LBPSentDate", "PPStartDate"),
    ("first-meeting-outside-period", "InitialPPMeetingDate", None),
    ("decision-outside-period", "StepDecisionDate", "PPStartDate"),
    ("application-outside-period", "CourtAppDate", "StepDecisionDate"),
    ("care-letter-outside-period", "LetterInitCPDate", "CourtAppDate"),
)
"""By rule: a day that lies in the year, and on or after another."""


def ask(episode: Content, year: Year, told: Told) -> None:
    for record in episode.get("PreProceedingsandFGDM", ()):
        for rule, element, after in _DAYS:
            happened = day(record, element)
            if not year.holds(happened) or (after and is_before(happened, day(record, after))):
                told(rule, element, happened)
        if "LBPSentDate" in record and "FGDMMeetingOffer" not in record:
            told("family-meeting-not-told", "FGDMMeetingOffer")
        if record.get("FGDMMeetingOffer") == "true" and "FGDMMeetingFac" not in record:
            told("family-meeting-not-held?", "FGDMMeetingFac")
        if "PPOutcome" in record and record["PPOutcome"] not in _OUTCOMES:
            told("outcome-wrong", "PPOutcome", record["PPOutcome"])
        if "InitialPPMeetingDate" in record and "ReviewMeetingsCount" not in record:
            told("meetings-not-counted?", "ReviewMeetingsCount")
