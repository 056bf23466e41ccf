"""A child's case as the engine reads it: what happened, what may follow, and who records it. Nothing here is stored."""

from dataclasses import dataclass
from datetime import date, datetime, time

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.models import CaseEvent, ChildCase

REFERRAL, DECISION, ANSWER, CHASES = "referral", "decision_on_referral", "answer_to_referrer", "referrer_chases"
EMERGENCY = "emergency_action"
FIRST_DATE_OF_HELP = "first_date_of_help"  # a policy of ours, not a step of the guidance
EMERGENCY_ENDS = ("police_protection_ends", "emergency_protection_order_ends", "emergency_protection_order_extension_ends")
PLAN, PLAN_ENDS, NOTICE_OF_MOVE = "child_protection_plan", "plan_ends", "notice_of_move"
INITIAL_CONFERENCE = "initial_child_protection_conference"
CONFERENCES = (INITIAL_CONFERENCE, "transfer_in_conference")
REVIEWS = ("first_review", "later_review")
MEETINGS = (*CONFERENCES, "first_core_group", *REVIEWS, "strategy_discussion")  # what is set for a day ahead
# Set for a day ahead, too, and written down as papers: the guidance asks for them, and names no number of days.
VISIT, CORE_GROUP = "visit", "core_group"

# Recorded by their own acts, never chosen from a list: a hand-over brings a referral, and its answer goes with the hand-over.
OF_THE_HAND_OVER = frozenset({REFERRAL, ANSWER, CHASES, NOTICE_OF_MOVE})
# Their clocks are kept elsewhere: the answer's runs on the hand-over, and asking again is the referrer's.
CLOCK_ELSEWHERE = frozenset({ANSWER, CHASES})
# They begin on a day and end, with an outcome, on another. Every other step happens on one day.
LASTING = frozenset({"section_47_enquiry", "single_assessment", "initial_assessment", "core_assessment"})

STATIONS = {
    DECISION: "Decision on the referral",
    "strategy_discussion": "Strategy discussion",
    "section_47_enquiry": "Section 47 enquiry",
    INITIAL_CONFERENCE: "Initial conference",
    PLAN: "Plan made",
    "first_core_group": "Core group",
    "first_review": "Review",
    "later_review": "Review",
}

_CASE_HOLDERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
_RECORDED_BY: dict[str, tuple[Role, ...]] = {
    "chair": (Role.CONFERENCE_CHAIR,),
    "conference": (Role.CONFERENCE_CHAIR, Role.TEAM_MANAGER),
    "reviewing officer": (Role.CONFERENCE_CHAIR,),
}


@dataclass(frozen=True)
class Offer:
    """A step that may be recorded next. `is_next`: an outcome led to it; otherwise it can happen at any time."""

    step: procedure.Step
    is_next: bool

    @property
    def may_begin(self) -> bool:
        return self.step.code in LASTING


def recorded_by(step: procedure.Step) -> tuple[Role, ...]:
    """The roles that record a step: a conference or review is its chair's (Working Together, ch. 3)."""
    return _RECORDED_BY.get("chair" if step.code in CONFERENCES else step.role, _CASE_HOLDERS)


def standing_events(child_case: ChildCase) -> list[CaseEvent]:
    """What is held to have happened: corrected events and denials are left out. Oldest first."""
    everything = list(child_case.events.all())
    corrected = {event.corrects_id for event in everything if event.corrects_id}
    return [event for event in everything if event.pk not in corrected and not event.did_not_happen]


def put_right_by(event: CaseEvent) -> list[CaseEvent]:
    """The event as it was first recorded, and each that put it right since: the last one stands, or denies them all."""
    chain = [event]
    while chain[0].corrects is not None:
        chain.insert(0, chain[0].corrects)
    while (later := CaseEvent.objects.filter(corrects=chain[-1]).first()) is not None:
        chain.append(later)
    return chain


def as_engine_events(events: list[CaseEvent]) -> list[procedure.Event]:
    return [procedure.Event(event.step, event.happened_on, event.outcome or None, event.recorded_at) for event in events]


def situation(child_case: ChildCase, *, at: date | None = None) -> procedure.Situation:
    """The case on a day (today), from its events alone."""
    return procedure.simulate(as_engine_events(standing_events(child_case)), at=at or moment.today())


def offers(now: procedure.Situation) -> list[Offer]:
    """The steps that may be recorded in this situation: first what is next, then what can happen at any time."""
    edition = procedure.edition_in_force(now.at)
    following = [Offer(step, True) for step in now.next_steps if step.code not in OF_THE_HAND_OVER]
    named = {offer.step.code for offer in following}
    open_now = {state.step for state in now.steps if state.state in ("running", "waiting")}
    plan_runs = _plan_runs(now)
    at_any_time = [
        Offer(step, False)
        for step in edition.steps
        if step.at_any_time and step.code not in named | OF_THE_HAND_OVER and _makes_sense(step, open_now, plan_runs)
    ]
    return [*following, *at_any_time]


def _makes_sense(step: procedure.Step, open_now: set[str], plan_runs: bool) -> bool:
    """What only ends something is offered while that something is going on."""
    if step.code == PLAN_ENDS:
        return plan_runs
    ways = [*step.outcomes, *([step.done] if step.done else [])]
    only_ends = all(way.ends and way.not_needed for way in ways)
    return not only_ends or any(code in open_now for way in ways for code in way.not_needed)


def _plan_runs(now: procedure.Situation) -> bool:
    """A conference made a plan, and nothing has ended it since."""
    made = [s for s in now.steps if s.step in CONFERENCES and (s.outcome or "").startswith("plan") and s.done_on]
    ended = [s for s in now.steps if s.step == PLAN_ENDS and s.done_on]
    return bool(made) and (not ended or max(s.done_on for s in made if s.done_on) > max(s.done_on for s in ended if s.done_on))


def may_be_booked(step: str, now: procedure.Situation) -> bool:
    """Whether it can be set for a day ahead: a meeting whose clock runs or that may follow, a visit, or a core group after the first."""
    running = {state.step for state in now.open_clocks}
    if step == VISIT:
        return True
    if step == CORE_GROUP:
        return _plan_runs(now) and "first_core_group" not in running
    return step in MEETINGS and (step in running or step in {offer.step.code for offer in offers(now)})


def plan_runs(child_case: ChildCase) -> bool:
    return _plan_runs(situation(child_case))


def protection_ended(child_case: ChildCase) -> bool:
    """A plan ended here by a review, or a conference made none; a plan that moved, or a child of age, needs no help of this area."""
    return protection_ended_on(child_case) is not None


def protection_ended_on(child_case: ChildCase) -> date | None:
    """The last day on which it ended so; None where it has not."""
    now = situation(child_case)
    done = [(s.done_on, s.step, s.outcome) for s in now.steps if s.done_on]
    ends = [day for day, step, outcome in done if (step, outcome) == (PLAN_ENDS, "by_review")]
    ends += [day for day, step, outcome in done if step in CONFERENCES and outcome == "no_plan"]
    return None if _plan_runs(now) else max(ends, default=None)


def began_earlier(child_case: ChildCase) -> bool:
    """It was kept elsewhere before it came here: it came with a census, or its first day was put right to an earlier one."""
    if child_case.referral is None:
        return True
    sent_at = child_case.referral.sent_at
    return sent_at is not None and child_case.started_on < sent_at.astimezone(moment.LONDON).date()


def moment_of(event: CaseEvent) -> datetime:
    """When an event happened, as far as it was told: at its time; else when it was recorded, if that was the same day; else noon."""
    if event.happened_at is not None:
        return datetime.combine(event.happened_on, event.happened_at, tzinfo=moment.LONDON)
    if moment.day_of(event.recorded_at) == event.happened_on:
        return event.recorded_at
    return datetime.combine(event.happened_on, time(12), tzinfo=moment.LONDON)


def title_of(step: str, on: date) -> str:
    """The step's name under the edition in force on that day (or the last earlier one that knows it), or its paper's.

    Raises procedure.StepUnknown.
    """
    if step in (VISIT, CORE_GROUP):
        return papers.form(step).title
    return procedure.guidance().row(step, on).title


def outcome_title(step: str, outcome: str, on: date) -> str:
    if not outcome:
        return ""
    return procedure.guidance().row(step, on).outcome(outcome).title
