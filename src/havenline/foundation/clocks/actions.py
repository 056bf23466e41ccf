"""Starting, stopping and voiding clocks; raising those that ran out."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.formats import date_format

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, Escalation
from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record

MOVED_AT_ONCE = 100


def end_of_day(day: date) -> datetime:
    """The last moment of a day in London: a duty due on a day is late from the next."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=moment.LONDON) - timedelta(seconds=1)


@transaction.atomic
def start(
    *,
    record: Record,
    rule: Policy | Step,
    agency: Agency,
    by: Actor,
    owner: Membership | None = None,
    about: str = "",
    started: datetime | None = None,
) -> Clock:
    """Start a clock; one that runs already under the same rule (about the same thing) is given back unchanged.

    A Step takes the edition that it names, else the one in force on the day it starts (or the last earlier one that knows the step),
    and keeps it. Raises procedure.StepUnknown, procedure.StepHasNoLimit, procedure.EditionUnknown.
    """
    at = started or moment.now()
    running = Clock.objects.running().filter(record=record, rule=rule.code, about=about).first()
    if running is not None:
        return running
    clock = draw(record=record, rule=rule, agency=agency, owner=owner, about=about, started=at)
    clock.save()
    ledger.record(by, "started a clock", clock, reason=rule.code, changed={"due": clock.due_at.isoformat()})
    return clock


def draw(
    *, record: Record, rule: Policy | Step, agency: Agency, started: datetime, owner: Membership | None = None, about: str = ""
) -> Clock:
    """A clock as `start` starts it, unsaved. Raises as `start`."""
    day = moment.day_of(started)
    if isinstance(rule, Step):
        edition = procedure.edition(rule.edition) if rule.edition else procedure.guidance().holding(rule.code, day)
        told = edition.explain(rule.code, started=day)
        fields = {
            "title": rule.title or told.title,
            "edition": edition.name,
            "due_at": started + timedelta(hours=told.amount) if told.unit == "hours" else end_of_day(told.due),
            "counted": told.rule,
            "source": told.source,
            "amount": told.amount,
            "unit": told.unit,
        }
    else:
        if rule.unit == "minutes":
            due = started + timedelta(minutes=rule.amount)
        else:
            due = end_of_day(procedure.due_after(rule.amount, rule.unit, day))
        fields = {
            "title": rule.title,
            "due_at": due,
            "counted": rule.counted,
            "source": rule.source,
            "amount": rule.amount,
            "unit": rule.unit,
        }
    return Clock(record=record, rule=rule.code, about=about, started_at=started, agency=agency, owner=owner, **fields)


@transaction.atomic
def keep(*, drawn: Iterable[Clock]) -> list[Clock]:
    """Clocks of cases that ran elsewhere, many in a few statements, as they stand: running, stopped or void.

    Writes no entry of its own: the action that takes their cases in does, in the same transaction.
    """
    return Clock.objects.bulk_create(drawn)


@transaction.atomic
def stop(*, record: Record, rule: str, by: Actor, about: str = "", at: datetime | None = None) -> Clock | None:
    """Stop the running clock of a rule: the duty was done, in time or late. None runs: nothing happens, None is returned."""
    clock = Clock.objects.running().filter(record=record, rule=rule, about=about).first()
    if clock is None:
        return None
    clock.stopped_at, clock.stopped_by = max(at or moment.now(), clock.started_at), by.ledger_name
    clock.save(update_fields=["stopped_at", "stopped_by"])
    ledger.record(by, "stopped a clock", clock, reason="late" if clock.was_late else "in time")
    return clock


@transaction.atomic
def void(*, record: Record, rule: str, reason: str, by: Actor, about: str = "") -> None:
    """End a clock whose duty fell away, with the reason."""
    for clock in Clock.objects.running().filter(record=record, rule=rule, about=about):
        clock.voided_at, clock.void_reason = moment.now(), reason[:200]
        clock.save(update_fields=["voided_at", "void_reason"])
        ledger.record(by, "voided a clock", clock, words=reason)


@transaction.atomic
def put_right(*, clock: Clock, by: Actor, stopped_at: datetime | None = None, void_reason: str = "") -> Clock:
    """Say of a stopped clock what is true, because what stopped it was put right: when it stopped, that it is void, or (neither
    given) that it runs again. In one step: meanwhile another clock of its rule may run."""
    if void_reason:
        clock.stopped_at, clock.stopped_by = None, ""
        clock.voided_at, clock.void_reason = moment.now(), void_reason[:200]
    elif stopped_at is not None:
        clock.stopped_at, clock.stopped_by = max(stopped_at, clock.started_at), by.ledger_name
    else:
        clock.stopped_at, clock.stopped_by = None, ""
    clock.save(update_fields=["stopped_at", "stopped_by", "voided_at", "void_reason"])
    if void_reason:
        ledger.record(by, "voided a clock", clock, words=void_reason)
    elif stopped_at is not None:
        ledger.record(by, "stopped a clock", clock, reason="late" if clock.was_late else "in time")
    else:
        ledger.record(by, "reopened a clock", clock, reason=clock.rule)
    return clock


def count_again(*, by: Actor = CLOCK) -> Iterator[list[Clock]]:
    """Count each running clock in days once more, as the guidance and its bank holidays stand now; gives those whose date moved.

    A bank holiday can be proclaimed at nine days' notice. What was done is not touched; a date that moved says so, with the date it
    was and why. In pieces, each a transaction of its own, so that others write between them; safe to run twice. Costs one pass over
    the running clocks, in which each day of each step is counted once, and an entry for each that moves.
    """
    wanted, known = list[tuple[int, datetime, datetime]](), dict[tuple[object, ...], datetime | None]()
    columns = ("edition", "rule", "amount", "unit", "started_at", "due_at")
    in_days = Clock.objects.running().filter(record__erased_at=None).exclude(unit__in=("minutes", "hours"))
    for pk, *counted, started_at, due_at in in_days.values_list("pk", *columns):
        key = (*counted, moment.day_of(started_at))
        if key not in known:
            known[key] = _due(*key)
        due = known[key]
        if due is not None and due != due_at:
            wanted.append((pk, due_at, due))
    for start_of_piece in range(0, len(wanted), MOVED_AT_ONCE):
        with transaction.atomic():
            moved = [_moved(*one, by) for one in wanted[start_of_piece : start_of_piece + MOVED_AT_ONCE]]
        yield [clock for clock in moved if clock is not None]


def _due(edition: str, rule: str, amount: int, unit: procedure.Unit, day: date) -> datetime | None:
    """None where the rule is not held any more: then what was counted stands."""
    try:
        return end_of_day(procedure.edition(edition).due(rule, started=day) if edition else procedure.due_after(amount, unit, day))
    except procedure.ProcedureError:
        return None


def _moved(pk: int, was: datetime, due: datetime, by: Actor) -> Clock | None:
    """None where somebody stopped it meanwhile."""
    clock = Clock.objects.running().select_for_update().filter(pk=pk, due_at=was).first()
    if clock is None:
        return None
    started, last = moment.day_of(clock.started_at), moment.day_of(max(was, due))
    told = [f"{one.name}, {date_format(one.day, 'j M Y')}" for one in procedure.proclaimed() if started < one.day <= last]
    clock.due_at, clock.was_due_at, clock.counted_again_at = due, was, moment.now()
    clock.counted_again_for = "; ".join(told)[:200]
    clock.save(update_fields=["due_at", "was_due_at", "counted_again_at", "counted_again_for"])
    ledger.record(by, "counted a clock again", clock, reason=clock.rule, changed={"due": due.isoformat(), "was": was.isoformat()})
    return clock


@transaction.atomic
def escalate(*, clock: Clock, to: Iterable[Agency], by: Actor = CLOCK) -> list[Escalation]:
    """Raise a clock that ran out to the supervisors of these agencies, once each.

    Whom it reached is kept; nobody is an error on a screen, and is tried again: once somebody supervises there, it reaches them.
    """
    raised = []
    for agency in to:
        supervisors = list(Membership.objects.supervising(agency).select_related("person"))
        escalation, made = Escalation.objects.get_or_create(
            clock=clock,
            agency=agency,
            defaults={"at": moment.now(), "reached": len(supervisors), "names": ", ".join(m.short_name for m in supervisors)[:300]},
        )
        if not made and escalation.reached == 0 and supervisors:
            escalation.at, escalation.reached = moment.now(), len(supervisors)
            escalation.names = ", ".join(m.short_name for m in supervisors)[:300]
            escalation.save(update_fields=["at", "reached", "names"])
            made = True
        if made:
            raised.append(escalation)
            ledger.record(by, "raised a late clock", clock, to=agency.slug, reason="reached" if supervisors else "reached nobody")
    if clock.escalated_at is None:
        clock.escalated_at = moment.now()
        clock.save(update_fields=["escalated_at"])
    return raised
