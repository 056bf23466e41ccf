"""A census's episode as the steps of the guidance, and steps as a census's episode. Plain values; nothing here is stored.

The census holds dates of some steps, and neither what was decided nor what was found. What `simulate` needs besides is taken from what
followed, and each such step says so in words: it is no record of what anybody decided, and no figure counts it.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.translation import gettext_noop

from havenline.engines import procedure
from havenline.engines.census import Content
from havenline.journey.safeguarding import path

ENQUIRY_BEGINS = ("single_agency_enquiry", "joint_enquiry", "emergency")
CATEGORIES = {"NEG": "plan_neglect", "PHY": "plan_physical_abuse", "SAB": "plan_sexual_abuse", "EMO": "plan_emotional_abuse"}
CODES = {outcome: code for code, outcome in CATEGORIES.items()}
SAME_CONFERENCE = timedelta(days=31)
"""A plan that begins so soon after a conference was made by it."""

OWN_DATES = ("CINreferralDate", "CINclosureDate", "DateOfInitialCPC", "ReferralNFA")
GROUP_DATES = {
    "Assessments": ("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
    "Section47": ("S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired"),
    "ChildProtectionPlans": ("CPPstartDate", "CPPendDate", "CPPreviewDate"),
}

DECISION_TAKEN = gettext_noop("The census does not hold the decision: taken from what followed, on the day of the referral.")
ANSWER_TAKEN = gettext_noop("The census does not hold who referred, nor whether they were told.")
ASSESSED_TAKEN = gettext_noop("The census does not hold what the assessment found: taken from what followed.")
KIND_TAKEN = gettext_noop("The census does not hold whether police took part.")
NO_CONFERENCE_TAKEN = gettext_noop("The census says that no conference was required, not why, and not when the enquiry ended.")
CATEGORY_TAKEN = gettext_noop("The census gives several categories, or none: one stands for them here.")
CORE_GROUP_TAKEN = gettext_noop("The census does not hold core groups: taken as held by its due date, so that nobody is called late.")
END_TAKEN = gettext_noop("The census does not hold why the plan ended.")


@dataclass(frozen=True)
class Told:
    """A step that the census tells of. `taken`: what of it the census does not hold, in words; empty where it holds all."""

    step: str
    outcome: str
    on: date
    taken: str = ""


class Happened(Protocol):
    """A recorded step."""

    @property
    def step(self) -> str: ...

    @property
    def outcome(self) -> str: ...

    @property
    def happened_on(self) -> date: ...

    @property
    def did_not_happen(self) -> bool: ...


def day(record: Content, name: str) -> date | None:
    words = record.get(name)
    return date.fromisoformat(words) if words else None


def dates_of(episode: Content) -> Content:
    """What the census's clocks are counted from, and nothing else."""
    kept: Content = {name: episode[name] for name in OWN_DATES if name in episode}
    for group, names in GROUP_DATES.items():
        if records := episode.get(group):
            kept[group] = [{name: copy(one[name]) for name in names if name in one} for one in records]
    return kept


# From the census


def steps_of(episode: Content, *, reference: date) -> list[Told]:
    """The steps of an episode with a referral, in the order in which they happened. `reference`: up to when the census knows."""
    referral = day(episode, "CINreferralDate")
    assert referral is not None  # noqa: S101  (without one it was refused)
    told = [Told(path.REFERRAL, "", referral), Told(path.ANSWER, "", referral, ANSWER_TAKEN)]
    if decided := _decision(episode, referral, reference):
        told.append(Told(path.DECISION, decided, referral, DECISION_TAKEN))
    for assessment in episode.get("Assessments", ()):
        told += _assessment(assessment, episode)
    plans = [plan for plan in episode.get("ChildProtectionPlans", ()) if day(plan, "CPPstartDate")]
    for enquiry in episode.get("Section47", ()):
        told += _enquiry(enquiry, plans, reference)
    for plan in plans:  # those of no conference that the episode holds
        told += _plan_made(plan, path.INITIAL_CONFERENCE, day(plan, "CPPstartDate") or referral, reference)
    for plan in episode.get("ChildProtectionPlans", ()):
        told += _plan_goes_on(plan, episode)
    return sorted(told, key=lambda one: one.on)


def _decision(episode: Content, referral: date, reference: date) -> str:
    if any(episode.get(group) for group in ("Assessments", "CINPlanDates", "ChildProtectionPlans")):
        return "assessment"
    if episode.get("Section47"):
        return "strategy_discussion_now"
    if episode.get("ReferralNFA") == "true" or episode.get("ReasonForClosure") == "RC8":
        return "no_further_action"
    if episode.get("ReasonForClosure") == "RC9":
        return "advice_or_early_help"
    due = procedure.edition_in_force(referral).due(path.DECISION, started=referral)
    return "assessment" if episode.get("CINclosureDate") or due < reference else ""


def _assessment(assessment: Content, episode: Content) -> list[Told]:
    started, authorised = day(assessment, "AssessmentActualStartDate"), day(assessment, "AssessmentAuthorisationDate")
    if started is None:
        return []
    step = "single_assessment" if procedure.edition_in_force(started).has("single_assessment") else "core_assessment"
    begun = [] if authorised and authorised < started else [Told(step, "", started)]
    if authorised is None:
        return begun
    if episode.get("Section47") or episode.get("ChildProtectionPlans"):
        found = "child_protection"
    else:
        found = "no_further_action" if episode.get("ReasonForClosure") == "RC8" else "child_in_need"
    return [*begun, Told(step, found, authorised, ASSESSED_TAKEN)]


def _enquiry(enquiry: Content, plans: list[Content], reference: date) -> list[Told]:
    """Takes the plan that its conference made out of `plans`."""
    started, held = day(enquiry, "S47ActualStartDate"), day(enquiry, "DateOfInitialCPC")
    if started is None:
        return []
    started = min(started, held or started)
    told = [Told("strategy_discussion", "single_agency_enquiry", started, KIND_TAKEN), Told("section_47_enquiry", "", started)]
    if enquiry.get("ICPCnotRequired") == "true":
        return [*told, Told("section_47_enquiry", "not_substantiated", started, NO_CONFERENCE_TAKEN)]
    if held is None:
        return told
    told.append(Told("section_47_enquiry", "conference", held))
    made = next((plan for plan in plans if held <= (day(plan, "CPPstartDate") or date.min) <= held + SAME_CONFERENCE), None)
    if made is None:
        return [*told, Told(path.INITIAL_CONFERENCE, "no_plan", held)]
    plans.remove(made)
    return [*told, *_plan_made(made, path.INITIAL_CONFERENCE, held, reference)]


def _plan_made(plan: Content, step: str, on: date, reference: date) -> list[Told]:
    started = day(plan, "CPPstartDate") or on
    category = plan.get("InitialCategoryOfAbuse", "")
    latest = plan.get("LatestCategoryOfAbuse", "")
    outcome = CATEGORIES.get(category) or CATEGORIES.get(latest) or "plan_neglect"
    told = [Told(step, outcome, on, "" if category in CATEGORIES else CATEGORY_TAKEN), Told(path.PLAN, "", max(on, started))]
    due = procedure.edition_in_force(on).due("first_core_group", started=on)
    ended = day(plan, "CPPendDate")
    if due < reference and (ended is None or due <= ended):
        told.append(Told("first_core_group", "", due, CORE_GROUP_TAKEN))
    return told


def _plan_goes_on(plan: Content, episode: Content) -> list[Told]:
    started, ended = day(plan, "CPPstartDate"), day(plan, "CPPendDate")
    if started is None:
        return []
    reviews = sorted({one for one in map(date.fromisoformat, plan.get("CPPreviewDate", ())) if one > started})
    told = [
        Told("later_review" if number else "first_review", "end" if one == ended else "continue", one) for number, one in enumerate(reviews)
    ]
    if ended is not None:
        why = {"RC2": "death", "RC5": "transfer"}.get(episode.get("ReasonForClosure", ""), "by_review")
        told.append(Told(path.PLAN_ENDS, why, ended, "" if ended in reviews else END_TAKEN))
    return told


# To the census


def target_of(started: date) -> str:
    """The day by which the conference of an enquiry that began then is to be held."""
    edition = procedure.guidance().holding(path.INITIAL_CONFERENCE, started)
    return edition.due(path.INITIAL_CONFERENCE, started=started).isoformat()


class Episode:
    """An episode that goes on from `content`, which is changed, by what was recorded here."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def take(self, event: Happened, *, instead_of: Happened | None = None) -> None:
        """One recorded step, and the one that it puts right taken back. In the order in which they were recorded."""
        if instead_of is not None:
            if not event.did_not_happen and self._moves(event, instead_of):
                return
            self._take_back(instead_of)
        if not event.did_not_happen:
            self._put(event)

    def _moves(self, event: Happened, was: Happened) -> bool:
        """Whether only the day that begins a record changes (or a plan's category): what else the record holds stays."""
        old, new = was.happened_on.isoformat(), event.happened_on.isoformat()
        if event.step == path.REFERRAL:
            self.content["CINreferralDate"] = new
            return True
        if event.step in ("single_assessment", "core_assessment") and not event.outcome and not was.outcome:
            return self._move("Assessments", "AssessmentActualStartDate", old, new) is not None
        if event.step == "strategy_discussion" and event.outcome in ENQUIRY_BEGINS and was.outcome in ENQUIRY_BEGINS:
            enquiry = self._move("Section47", "S47ActualStartDate", old, new)
            if enquiry is not None and old != new:
                enquiry["InitialCPCtarget"] = target_of(event.happened_on)
            return enquiry is not None
        if event.step in path.CONFERENCES and event.outcome in CODES and was.outcome in CODES:
            self._move("Section47", "DateOfInitialCPC", old, new)
            if self.content.get("DateOfInitialCPC") == old:
                self.content["DateOfInitialCPC"] = new
            plan = self._move("ChildProtectionPlans", "CPPstartDate", old, new)
            if plan is not None and event.outcome != was.outcome:
                plan["InitialCategoryOfAbuse"] = plan["LatestCategoryOfAbuse"] = CODES[event.outcome]
            return plan is not None
        return False

    def _move(self, group: str, name: str, old: str, new: str) -> Content | None:
        found: Content | None = next((one for one in reversed(self.content.get(group, [])) if one.get(name) == old), None)
        if found is not None:
            found[name] = new
        return found

    def _records(self, group: str) -> list[Content]:
        records: list[Content] = self.content.setdefault(group, [])
        return records

    def _last(self, group: str, *without: str) -> Content | None:
        return next((one for one in reversed(self.content.get(group, [])) if not any(one.get(name) for name in without)), None)

    def _put(self, event: Happened) -> None:
        step, outcome, on = event.step, event.outcome, event.happened_on.isoformat()
        if step == path.DECISION:
            self.content["ReferralNFA"] = "true" if outcome == "no_further_action" else "false"
        elif step in ("single_assessment", "core_assessment"):
            self._assessed(outcome, on)
        elif (step == "strategy_discussion" and outcome in ENQUIRY_BEGINS) or (step == "section_47_enquiry" and not outcome):
            if self._under_way() is None:
                begun = {"S47ActualStartDate": on, "InitialCPCtarget": target_of(event.happened_on), "ICPCnotRequired": "false"}
                self._records("Section47").append(begun)
        elif step == "section_47_enquiry" and outcome != "conference":
            if (enquiry := self._under_way()) is not None:
                enquiry["ICPCnotRequired"] = "true"
        elif step in path.CONFERENCES:
            self._conferred(step, outcome, on)
        elif step in path.REVIEWS:
            if (plan := self._last("ChildProtectionPlans", "CPPendDate")) is not None:
                plan.setdefault("CPPreviewDate", []).append(on)
        elif step == path.PLAN_ENDS and (plan := self._last("ChildProtectionPlans", "CPPendDate")) is not None:
            plan["CPPendDate"] = on

    def _assessed(self, outcome: str, on: str) -> None:
        under_way = self._last("Assessments", "AssessmentAuthorisationDate")
        if not outcome:
            self._records("Assessments").append({"AssessmentActualStartDate": on})
        elif under_way is not None:
            under_way["AssessmentAuthorisationDate"] = on
        else:  # nobody recorded its beginning: it began with the referral, from which the guidance counts it
            started = self.content.get("CINreferralDate", on)
            self._records("Assessments").append({"AssessmentActualStartDate": started, "AssessmentAuthorisationDate": on})

    def _under_way(self) -> Content | None:
        enquiry = self._last("Section47", "DateOfInitialCPC")
        return enquiry if enquiry is not None and enquiry.get("ICPCnotRequired") != "true" else None

    def _conferred(self, step: str, outcome: str, on: str) -> None:
        enquiry = self._under_way() if step == path.INITIAL_CONFERENCE else None
        (self.content if enquiry is None else enquiry)["DateOfInitialCPC"] = on
        if outcome in CODES:
            plan = {"CPPstartDate": on, "InitialCategoryOfAbuse": CODES[outcome], "LatestCategoryOfAbuse": CODES[outcome]}
            self._records("ChildProtectionPlans").append(plan)

    def _take_back(self, event: Happened) -> None:
        step, outcome, on = event.step, event.outcome, event.happened_on.isoformat()
        if step == path.REFERRAL:
            self.content.pop("CINreferralDate", None)
        elif step == path.DECISION:
            self.content.pop("ReferralNFA", None)
        elif step in ("single_assessment", "core_assessment"):
            if outcome:
                self._empty("Assessments", "AssessmentAuthorisationDate", on)
            else:
                self._remove("Assessments", "AssessmentActualStartDate", on)
        elif step == "strategy_discussion":
            self._remove("Section47", "S47ActualStartDate", on)
        elif step == "section_47_enquiry" and outcome and outcome != "conference":
            if (enquiry := self._last("Section47", "DateOfInitialCPC")) is not None:
                enquiry["ICPCnotRequired"] = "false"
        elif step in path.CONFERENCES:
            self._empty("Section47", "DateOfInitialCPC", on)
            if self.content.get("DateOfInitialCPC") == on:
                del self.content["DateOfInitialCPC"]
            if outcome in CODES:
                self._remove("ChildProtectionPlans", "CPPstartDate", on)
        elif step in path.REVIEWS:
            for plan in self.content.get("ChildProtectionPlans", ()):
                if on in plan.get("CPPreviewDate", ()):
                    plan["CPPreviewDate"].remove(on)
                    break
        elif step == path.PLAN_ENDS:
            self._empty("ChildProtectionPlans", "CPPendDate", on)

    def _empty(self, group: str, name: str, on: str) -> None:
        found = next((one for one in reversed(self.content.get(group, [])) if one.get(name) == on), None)
        if found is not None:
            del found[name]

    def _remove(self, group: str, name: str, on: str) -> None:
        found = next((one for one in reversed(self.content.get(group, [])) if one.get(name) == on), None)
        if found is not None:
            self.content[group].remove(found)


def carried_on(content: Content, events: Iterable[tuple[Happened, Happened | None]]) -> Content:
    """The episode after these steps (each with the one that it puts right), in the order in which they were recorded."""
    episode = Episode(content)
    for event, corrected in events:
        episode.take(event, instead_of=corrected)
    return episode.content
