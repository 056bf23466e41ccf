"""What is asked of an episode (`CINdetails`), and of a child's episodes beside each other."""

from collections.abc import Iterator
from datetime import date

from havenline.engines.census.shape import LEAVES, Content

from .year import BEFORE_BIRTH, Life, Told, Year, as_day, day, is_before

CLOSED_AFTER_ASSESSMENT = ("RC8", "RC9")
_DIED = "RC2"
_SOURCE_SINCE = date(2013, 4, 1)
_SOURCES = LEAVES["CINdetails", "ReferralSource"].codes
_NEEDS = LEAVES["CINdetails", "PrimaryNeedCode"].codes
_REASONS = LEAVES["CINdetails", "ReasonForClosure"].codes
_ACTIVITY = (
    ("Assessments", ("AssessmentActualStartDate", "AssessmentAuthorisationDate")),
    ("Section47", ("S47ActualStartDate", "DateOfInitialCPC")),
    ("ChildProtectionPlans", ("CPPendDate",)),
    ("CINPlanDates", ("CINPlanStartDate", "CINPlanEndDate")),
)


def ask(episode: Content, life: Life, year: Year, told: Told) -> None:
    _referral(episode, life, year, told)
    _codes(episode, told)
    closed = day(episode, "CINclosureDate")
    if closed or "ReasonForClosure" in episode:
        _closure(episode, closed, life, year, told)
    if episode.get("ReferralNFA") == "true":
        _nothing_further(episode, told)
    if episode.get("Section47") and not episode.get("Assessments"):
        told("enquiry-without-assessment?", "Section47")


def _referral(episode: Content, life: Life, year: Year, told: Told) -> None:
    referral, at_once = day(episode, "CINreferralDate"), episode.get("ReferralNFA")
    if at_once not in ("true", "false"):
        told("no-further-action-missing", "ReferralNFA")
    if referral is None:
        told("referral-missing", "CINreferralDate")
        return
    if referral > year.reference:
        told("referral-after-period", "CINreferralDate", referral)
    if at_once == "true" and referral < year.working_day_before:
        told("no-further-action-of-earlier-year?", "CINreferralDate", referral)
    if is_before(life.died, referral):
        told("referral-after-death?", "CINreferralDate", referral)
    if any(expected and referral < expected - BEFORE_BIRTH for expected in (life.born, life.expected)):
        told("referral-before-conception", "CINreferralDate", referral)
    if episode.get("ReferralSource") not in _SOURCES and referral >= _SOURCE_SINCE:
        told("source-missing", "ReferralSource", episode.get("ReferralSource"))


def _codes(episode: Content, told: Told) -> None:
    need, reason = episode.get("PrimaryNeedCode"), episode.get("ReasonForClosure")
    if not need:
        if episode.get("ReferralNFA") == "false":
            told("need-missing", "PrimaryNeedCode")
    elif need not in _NEEDS:
        told("need-wrong", "PrimaryNeedCode", need)
    if reason and reason not in _REASONS:
        told("reason-for-closure-wrong", "ReasonForClosure", reason)


def _closure(episode: Content, closed: date | None, life: Life, year: Year, told: Told) -> None:
    reason = episode.get("ReasonForClosure")
    if reason == _DIED and life.died is None:
        told("died-without-day?", "PersonDeathDate")
    if reason in CLOSED_AFTER_ASSESSMENT:
        if not episode.get("Assessments"):
            told("closed-after-no-assessment?", "ReasonForClosure", reason)
        if any(episode.get(name) for name in ("Section47", "ChildProtectionPlans", "DateOfInitialCPC", "CINPlanDates")):
            told("closed-after-assessment-and-yet", "ReasonForClosure", reason)
    if closed is None:
        told("reason-without-closure", "CINclosureDate")
        return
    if not reason:
        told("closed-without-reason", "ReasonForClosure")
    if not year.holds(closed):
        told("closed-outside-period", "CINclosureDate", closed)
    if is_before(closed, day(episode, "CINreferralDate")):
        told("closed-before-referral", "CINclosureDate", closed)
    for element, happened in _activity(episode):
        if happened > closed:
            told("activity-after-closure", element, happened)


def _activity(episode: Content) -> Iterator[tuple[str, date]]:
    if held := day(episode, "DateOfInitialCPC"):
        yield "DateOfInitialCPC", held
    for group, elements in _ACTIVITY:
        for record in episode.get(group, ()):
            for element in elements:
                if element in record and (happened := as_day(record[element])):
                    yield element, happened


def _nothing_further(episode: Content, told: Told) -> None:
    happened = (element for element, _day in _activity(episode) if element not in ("CPPendDate", "CINPlanStartDate", "CINPlanEndDate"))
    if element := next(happened, None):
        told("no-further-action-and-yet", element)
    if episode.get("ChildProtectionPlans"):
        told("no-further-action-and-protection", "ChildProtectionPlans")
    if episode.get("CINPlanDates"):
        told("no-further-action-and-need-plan", "CINPlanDates")


def ask_beside_each_other(episodes: list[Content], year: Year, told: Told) -> None:
    if len(episodes) < 2:
        return
    referrals = [day(one, "CINreferralDate") for one in episodes]
    latest = max(filter(None, referrals), default=None)
    still_open = [one.get("ReferralNFA") == "false" and "CINclosureDate" not in one for one in episodes]
    if sum(still_open) > 1:
        told("two-open-episodes", "CINclosureDate")
    for number, referral in enumerate(referrals):
        if referral is None:
            continue
        if still_open[number] and referral != latest:
            told("open-episode-not-latest", "CINreferralDate", referral)
        closed = day(episodes[number], "CINclosureDate")
        others = [other for at, other in enumerate(referrals) if other is not None and at != number]
        if closed:  # one may begin on the day that the one before was closed
            during = [other for other in others if referral <= other < closed]
        else:
            during = [other for other in others if still_open[number] and referral <= other <= year.reference]
        if during:
            told("two-episodes", "CINreferralDate", during[0])
