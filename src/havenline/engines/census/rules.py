"""The rules that a return is held to: what the DfE's validation of the Children in Need census asks, as far as the file alone can tell.

A list of our own, as remembered of *Children in need census: validation rules* and of the sector's validator; the names are ours. One that
ends in “?” is a query: true things may raise it, as codes that end in Q do there.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from .counting import Calendar, Clock
from .errors import NoDueDate
from .shape import Content

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""A check letter stands for the remainder modulo 23: I, O and S are left out."""
_UPN = re.compile(r"([A-Z])([0-9]{11})([0-9A-Z])")
NO_FACTORS = "21"
OLDEST = 25


@dataclass(frozen=True, slots=True)
class Fault:
    """`rule` by its name; `child` is the authority's own number."""

    rule: str
    child: str
    element: str
    said: str
    words: str

    @property
    def is_query(self) -> bool:
        return self.rule.endswith("?")


def upn_is_right(upn: str) -> bool:
    """A letter that checks the twelve digits and letters after it."""
    found = _UPN.fullmatch(upn)
    if found is None or found[3] not in "0123456789" + UPN_LETTERS:
        return False
    last = int(found[3]) if found[3].isdigit() else UPN_LETTERS.index(found[3])
    total = sum(int(digit) * weight for weight, digit in enumerate(found[2], start=2)) + last * 13
    return UPN_LETTERS[total % 23] == found[1]


class Rules:
    """`reference`: the census's reference date; its period is the year that ends then. `until`: what is known up to, where the year runs
    yet: what is due later is not missed."""

    def __init__(self, *, reference: date, calendar: Calendar, until: date | None = None) -> None:
        self.reference, self.calendar = reference, calendar
        self.until = min(until or reference, reference)
        self.first = date(reference.year - 1, reference.month, reference.day) + timedelta(days=1)
        self._children: set[str] = set()
        self._pupils: set[str] = set()
        self._found: list[Fault] = []
        self._child = ""

    def faults(self, child: Content) -> list[Fault]:
        """What is wrong with this child, given what was asked before: numbers may stand once in a return."""
        self._found, self._child = [], str(child.get("LAchildID", ""))
        self._identity(child)
        self._birth(child)
        episodes = child.get("CINdetails", [])
        if not episodes:
            self._tell("no-episode", "CINdetails", "", "A child has at least one episode.")
        for episode in episodes:
            self._episode(child, episode)
        self._between(episodes)
        return self._found

    def _tell(self, rule: str, element: str, said: object, words: str) -> None:
        self._found.append(Fault(rule, self._child, element, str(said or ""), words))

    def _in_order(self, rule: str, record: Content, first: str, last: str, words: str) -> None:
        start, end = _day(record, first), _day(record, last)
        if start and end and end < start:
            self._tell(rule, last, end, words)

    # The child

    def _identity(self, child: Content) -> None:
        if not self._child:
            self._tell("child-number-missing", "LAchildID", "", "The authority's own number of the child is missing.")
        elif self._child in self._children:
            self._tell("child-number-twice", "LAchildID", self._child, "This number stands for two children.")
        self._children.add(self._child)
        upn, unknown = child.get("UPN"), child.get("UPNunknown")
        if upn and not upn_is_right(upn):
            self._tell("upn-wrong", "UPN", upn, "The pupil's number is wrong: its letter does not check it.")
        if upn and upn in self._pupils:
            self._tell("upn-twice", "UPN", upn, "This pupil's number stands for two children.")
        if upn:
            self._pupils.add(upn)
        if bool(upn) == bool(unknown):
            self._tell("upn-or-reason", "UPNunknown", unknown, "Either the pupil's number, or why there is none.")
        all_end_at_once = all(one.get("ReferralNFA") == "true" for one in child.get("CINdetails", []))
        if unknown == "UN7" and not all_end_at_once:
            self._tell("upn-reason-no-further-action", "UPNunknown", unknown, "“Referral with no further action”, though one went on.")
        if not any(child.get(name) for name in ("Sex", "GenderCurrent", "Gender")):
            self._tell("sex-missing", "Sex", "", "The child's sex is missing (U: not known).")
        if not child.get("Ethnicity"):
            self._tell("ethnicity-missing", "Ethnicity", "", "The child's ethnicity is missing (NOBT: not known yet).")
        disabilities = child.get("Disability", [])
        if not disabilities:
            self._tell("disability-missing", "Disability", "", "Disability is missing (NONE: no disability).")
        if "NONE" in disabilities and len(disabilities) > 1:
            self._tell("disability-none-and-another", "Disability", "NONE", "No disability, and another besides.")
        if len(set(disabilities)) < len(disabilities):
            self._tell("disability-twice", "Disability", "", "The same disability stands twice.")

    def _birth(self, child: Content) -> None:
        born, expected, died = (_day(child, name) for name in ("PersonBirthDate", "ExpectedPersonBirthDate", "PersonDeathDate"))
        if bool(born) == bool(expected):
            self._tell(
                "birth-or-expected-birth",
                "PersonBirthDate",
                born,
                "Either the day of birth, or the one on which an unborn child is expected.",
            )
        if born and born > self.reference:
            self._tell("born-after-period", "PersonBirthDate", born, "Born after the census's period.")
        if expected and not self.first - timedelta(days=30) <= expected <= self.reference + timedelta(days=9 * 31):
            self._tell("expected-far-off?", "ExpectedPersonBirthDate", expected, "Expected long before or after the census's period.")
        if born and died and died < born:
            self._tell("died-before-birth", "PersonDeathDate", died, "Died before being born.")
        if born and born < date(self.reference.year - OLDEST - 1, self.reference.month, self.reference.day):
            self._tell("older-than-25?", "PersonBirthDate", born, f"Older than {OLDEST}.")

    # An episode

    def _episode(self, child: Content, episode: Content) -> None:
        referral, closed = _day(episode, "CINreferralDate"), _day(episode, "CINclosureDate")
        reason, at_once = episode.get("ReasonForClosure"), episode.get("ReferralNFA")
        groups = [name for name in ("Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans") if episode.get(name)]
        if referral is None:
            self._tell("referral-missing", "CINreferralDate", "", "The day of the referral is missing.")
        elif referral > self.reference:
            self._tell("referral-after-period", "CINreferralDate", referral, "Referred after the census's period.")
        if at_once is None:
            self._tell("no-further-action-missing", "ReferralNFA", "", "It is not said whether the referral led to no further action.")
        if at_once == "true" and groups:
            self._tell("no-further-action-and-yet", "ReferralNFA", at_once, f"No further action, and yet: {', '.join(groups)}.")
        if not episode.get("ReferralSource"):
            self._tell("source-missing", "ReferralSource", "", "Who referred is missing.")
        if not episode.get("PrimaryNeedCode"):
            self._tell("need-missing", "PrimaryNeedCode", "", "The primary need is missing (N0: not stated).")
        self._in_order("closed-before-referral", episode, "CINreferralDate", "CINclosureDate", "Closed before the referral.")
        if closed and not reason:
            self._tell("closed-without-reason", "ReasonForClosure", "", "Closed, without a reason.")
        if reason and not closed:
            self._tell("reason-without-closure", "CINclosureDate", "", "A reason for closing, without the day.")
        if closed and closed > self.reference:
            self._tell("closed-after-period", "CINclosureDate", closed, "Closed after the census's period.")
        if closed and closed < self.first:
            self._tell("closed-before-period", "CINclosureDate", closed, "Closed before the census's period.")
        died = _day(child, "PersonDeathDate")
        if referral and died and referral > died:
            self._tell("referral-after-death", "CINreferralDate", referral, "Referred after the child's death.")
        if closed and reason == "RC8" and any(name in groups for name in ("CINPlanDates", "Section47", "ChildProtectionPlans")):
            self._tell(
                "closed-after-assessment-and-yet",
                "ReasonForClosure",
                reason,
                "Closed after assessment with no further action, and yet there was more.",
            )
        for record in episode.get("Assessments", []):
            self._assessment(child, record, closed)
        for record in episode.get("CINPlanDates", []):
            self._in_order("cin-plan-out-of-order", record, "CINPlanStartDate", "CINPlanEndDate", "The plan ended before it started.")
        self._enquiries(episode, closed)
        self._plans(child, episode, closed)

    def _assessment(self, child: Content, record: Content, closed: date | None) -> None:
        start, end = _day(record, "AssessmentActualStartDate"), _day(record, "AssessmentAuthorisationDate")
        factors = record.get("AssessmentFactors", [])
        if start is None:
            self._tell("assessment-without-start", "AssessmentActualStartDate", "", "The assessment has no start.")
            return
        self._in_order(
            "assessment-out-of-order", record, "AssessmentActualStartDate", "AssessmentAuthorisationDate", "Authorised before it started."
        )
        self._inside("assessment-outside-period", "AssessmentAuthorisationDate", end)
        if end is None and closed:
            self._tell(
                "closed-with-assessment", "AssessmentAuthorisationDate", "", "The episode is closed, and this assessment is not authorised."
            )
        if end is None and self._is_overdue("assessment_45", start):
            self._tell("assessment-over-45-days?", "AssessmentAuthorisationDate", "", "Due before the period's end, and not authorised.")
        if end and not factors:
            self._tell("factors-missing?", "AssessmentFactors", "", "Authorised, and no factors are given.")
        if NO_FACTORS in factors and len(factors) > 1:
            self._tell("no-factors-and-another", "AssessmentFactors", NO_FACTORS, "No factors, and others besides.")
        if len(set(factors)) < len(factors):
            self._tell("factor-twice", "AssessmentFactors", "", "The same factor stands twice.")
        born = _day(child, "PersonBirthDate")
        if born and end and end < born - timedelta(days=280):
            self._tell("assessment-before-birth", "AssessmentAuthorisationDate", end, "Long before the child was born.")

    def _enquiries(self, episode: Content, closed: date | None) -> None:
        under_way = 0
        for record in episode.get("Section47", []):
            start, held = _day(record, "S47ActualStartDate"), _day(record, "DateOfInitialCPC")
            target, not_required = _day(record, "InitialCPCtarget"), record.get("ICPCnotRequired")
            if start is None:
                self._tell("enquiry-without-start", "S47ActualStartDate", "", "The enquiry has no start.")
                continue
            if start > self.reference:
                self._tell("enquiry-after-period", "S47ActualStartDate", start, "Begun after the census's period.")
            self._in_order(
                "conference-before-enquiry", record, "S47ActualStartDate", "DateOfInitialCPC", "The conference was before the enquiry."
            )
            self._inside("conference-outside-period", "DateOfInitialCPC", held)
            for name, day in (("DateOfInitialCPC", held), ("InitialCPCtarget", target)):
                if day and day.weekday() >= 5:
                    self._tell("conference-on-weekend", name, day, "On a weekend.")
            try:
                due = self.calendar.due("conference_15", start)[0]
            except NoDueDate:
                due = None
            if due and target and target != due:
                self._tell(
                    "conference-target", "InitialCPCtarget", target, f"The target is 15 working days after the enquiry began: {due}."
                )
            if not_required not in ("true", "false"):
                self._tell("conference-or-not-required", "ICPCnotRequired", "", "It is not said whether a conference was required.")
            if not_required == "true" and held:
                self._tell("conference-or-not-required", "DateOfInitialCPC", held, "A conference, though none was required.")
            if not held and not_required != "true":
                under_way += 1
                if closed:
                    self._tell("closed-with-enquiry", "DateOfInitialCPC", "", "The episode is closed, and this enquiry has no end.")
                if due and due < self.until:
                    self._tell("conference-over-15-days?", "DateOfInitialCPC", "", "Due before the period's end, and not held.")
        if under_way > 1:
            self._tell("two-enquiries", "S47ActualStartDate", "", "An enquiry begins while another is under way.")
        if (day := _day(episode, "DateOfInitialCPC")) and day.weekday() >= 5:
            self._tell("conference-on-weekend", "DateOfInitialCPC", day, "On a weekend.")

    def _plans(self, child: Content, episode: Content, closed: date | None) -> None:
        runs: list[tuple[date, date]] = []
        born = _day(child, "PersonBirthDate")
        for record in episode.get("ChildProtectionPlans", []):
            start, end = _day(record, "CPPstartDate"), _day(record, "CPPendDate")
            if start is None:
                self._tell("plan-without-start", "CPPstartDate", "", "The plan has no start.")
                continue
            self._in_order("plan-out-of-order", record, "CPPstartDate", "CPPendDate", "The plan ended before it started.")
            self._inside("plan-end-outside-period", "CPPendDate", end)
            if start > self.reference:
                self._tell("plan-after-period", "CPPstartDate", start, "Begun after the census's period.")
            for name in ("InitialCategoryOfAbuse", "LatestCategoryOfAbuse"):
                if not record.get(name):
                    self._tell("category-missing", name, "", "The category is missing.")
            if record.get("NumberOfPreviousCPP") is None:
                self._tell("previous-plans-missing", "NumberOfPreviousCPP", "", "The number of plans before is missing.")
            if closed and end is None:
                self._tell("closed-with-plan", "CPPendDate", "", "The episode is closed, and its plan is open.")
            if born and start < born - timedelta(days=280):
                self._tell("plan-before-birth", "CPPstartDate", start, "Long before the child was born.")
            if born and start >= _birthday(born, 18):
                self._tell("plan-at-18?", "CPPstartDate", start, "The child was 18.")
            self._reviews(record, start, end)
            runs.append((start, end or date.max))
        runs.sort()
        if any(after[0] < before[1] for before, after in pairwise(runs)):
            self._tell("two-plans", "CPPstartDate", "", "Two plans at one time.")

    def _reviews(self, record: Content, start: date, end: date | None) -> None:
        reviews = sorted(filter(None, (_as_day(one) for one in record.get("CPPreviewDate", []))))
        if reviews and reviews[0] <= start:
            self._tell("review-not-after-start", "CPPreviewDate", reviews[0], "A review on the day the plan began, or before.")
        if len(set(reviews)) < len(reviews):
            self._tell("review-twice", "CPPreviewDate", "", "The same review stands twice.")
        if reviews and reviews[-1] > (end or self.reference):
            self._tell("review-after-end", "CPPreviewDate", reviews[-1], "A review after the plan's end, or after the census's period.")
        for day in reviews:
            if day.weekday() >= 5:
                self._tell("review-on-weekend?", "CPPreviewDate", day, "On a weekend.")
        if not reviews and end is None and self._is_overdue("first_review", start):
            self._tell("no-review?", "CPPreviewDate", "", "No review in the three months after the plan began.")

    def _between(self, episodes: list[Content]) -> None:
        runs: list[tuple[date, date]] = []
        for one in episodes:
            referral = _day(one, "CINreferralDate")
            if referral and one.get("ReferralNFA") != "true":
                runs.append((referral, _day(one, "CINclosureDate") or date.max))
        runs.sort()
        if any(after[0] < before[1] for before, after in pairwise(runs)):
            self._tell("two-episodes", "CINreferralDate", "", "Two episodes at one time.")
        open_plans = sum(1 for one in episodes for plan in one.get("ChildProtectionPlans", []) if not plan.get("CPPendDate"))
        if open_plans > 1:
            self._tell("two-open-plans", "CPPstartDate", "", "More than one plan is open.")

    # Days

    def _inside(self, rule: str, element: str, day: date | None) -> None:
        if day and not self.first <= day <= self.reference:
            self._tell(rule, element, day, f"Outside the census's period, {self.first} to {self.reference}.")

    def _is_overdue(self, clock: Clock, start: date) -> bool:
        try:
            return self.calendar.due(clock, start)[0] < self.until
        except NoDueDate:
            return False


def _as_day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _day(record: Content, name: str) -> date | None:
    words = record.get(name)
    return _as_day(words) if isinstance(words, str) else None


def _birthday(born: date, years: int) -> date:
    return date(born.year + years, born.month, min(born.day, 28 if born.month == 2 else born.day))
