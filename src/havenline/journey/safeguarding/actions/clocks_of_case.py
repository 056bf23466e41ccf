"""Clock rows follow the simulation: lateness and escalation need rows, and rows must never say anything else."""

from datetime import datetime, time

from havenline.engines import procedure
from havenline.engines.procedure import StepState
from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.clocks.rules import Step
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseEvent, ChildCase


def keep_clocks(*, child_case: ChildCase, by: Actor, reason: str = "") -> None:
    """Start, stop, void and reopen the case's clocks until they say what `procedure.simulate` says. Called inside an action.

    `reason` is why clocks that fell away did. Safe to run twice.
    """
    events = path.standing_events(child_case)
    wanted = [state for state in path.situation(child_case).steps if state.due is not None and state.step not in path.CLOCK_ELSEWHERE]
    rows = list(Clock.objects.filter(record=child_case.record, voided_at=None).exclude(edition="").order_by("started_at", "id"))
    pairs: list[tuple[StepState, Clock | None]] = []
    for state in wanted:
        row = next((r for r in rows if r.rule == state.step and _began_with(r, events, state)), None)
        if row is not None:
            rows.remove(row)
        pairs.append((state, row))
    for row in rows:
        _end(row, "not needed", None, reason or "what started it was put right", by)
    # Of one rule one clock runs: what ends makes room before anything runs (again).
    for state, row in sorted(pairs, key=lambda pair: _runs(events, pair[0])):
        if row is None and state.state == "not needed":
            continue  # it never ran while anybody could have looked
        row = row or clocks.start(
            record=child_case.record,
            rule=Step(state.step, edition=state.edition),
            agency=child_case.record.agency,
            by=by,
            owner=_owner(child_case, state),
            started=_started(events, state),
        )
        _end(row, state.state, _ended(events, state), reason or "no longer needed", by)


def hand_over_to_chair(child_case: ChildCase) -> None:
    """What runs and is the chair's duty goes to the chair that the case has now. Called inside an action."""
    chaired = [state.step for state in path.situation(child_case).open_clocks if state.role == "chair"]
    child_case.record.clocks.running().filter(rule__in=chaired).update(owner=child_case.chair)


def drawn_clocks(child_case: ChildCase, events: list[CaseEvent], *, closed_at: datetime | None) -> list[Clock]:
    """Unsaved rows that say of a case, which came from elsewhere with these events, what `procedure.simulate` says.

    `closed_at`: what still ran fell away then, since the case is closed.
    """
    now = procedure.simulate(path.as_engine_events(events), at=moment.today())
    rows = []
    for state in now.steps:
        if state.due is None or state.step in path.CLOCK_ELSEWHERE or state.state == "not needed":
            continue
        row = clocks.draw(
            record=child_case.record,
            rule=Step(state.step, edition=state.edition),
            agency=child_case.record.agency,
            owner=_owner(child_case, state),
            started=_started(events, state),
        )
        row.stopped_at = _ended(events, state)
        if row.stopped_at is not None:
            row.stopped_by = "census"
        elif closed_at is not None:
            row.voided_at, row.void_reason = closed_at, "closed before the case came here"
        rows.append(row)
    return rows


def _end(row: Clock, state: str, ended: datetime | None, reason: str, by: Actor) -> None:
    is_right = row.is_running if ended is None and state != "not needed" else row.stopped_at == ended and state != "not needed"
    if is_right:
        return
    if not row.is_running:
        clocks.put_right(clock=row, by=by, stopped_at=ended, void_reason=reason if state == "not needed" else "")
    elif state == "not needed":
        clocks.void(record=row.record, rule=row.rule, reason=reason, by=by, about=row.about)
    elif ended is not None:
        clocks.stop(record=row.record, rule=row.rule, by=by, at=ended, about=row.about)


def _began_with(row: Clock, events: list[CaseEvent], state: StepState) -> bool:
    """The day starts a clock that counts days. One that counts hours starts at its hour: put right, it is another clock."""
    return row.started_at == _started(events, state) if row.unit == "hours" else moment.day_of(row.started_at) == state.started


def _runs(events: list[CaseEvent], state: StepState) -> bool:
    return state.state != "not needed" and _ended(events, state) is None


def _started(events: list[CaseEvent], state: StepState) -> datetime:
    """The moment of the first event of that day which starts this clock; the day's beginning where none of them tells."""
    assert state.started is not None  # noqa: S101  (only what has a due date comes here)
    clock = procedure.edition(state.edition).step(state.step, on=state.started).clock
    for event in events:
        if event.happened_on == state.started and clock is not None and clock.started_by(event.step, event.outcome or None):
            return path.moment_of(event)
    return datetime.combine(state.started, time.min, tzinfo=moment.LONDON)


def _ended(events: list[CaseEvent], state: StepState) -> datetime | None:
    if state.done_on is None:
        return None
    done = [event for event in events if event.step == state.step and event.happened_on == state.done_on]
    started = _started(events, state)
    return max(path.moment_of(done[-1]), started) if done else datetime.combine(state.done_on, time(12), tzinfo=moment.LONDON)


def _owner(child_case: ChildCase, state: StepState) -> Membership | None:
    """Whose duty it is: the chair's where the guidance says so and one is named; else whoever holds the case."""
    if state.role == "chair" and child_case.chair is not None:
        return child_case.chair
    return child_case.record.owner or child_case.manager
