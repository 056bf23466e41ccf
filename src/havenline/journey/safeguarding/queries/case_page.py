"""One child's case on one page."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.engines.procedure import Situation, StepState
from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, Reading
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import TO_ANOTHER_AREA
from havenline.foundation.ledger import queries as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.models import Silence
from havenline.foundation.records.queries import ancestry
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, CaseEvent, CaseNote, ChildCase, Relationship
from havenline.journey.safeguarding.queries import acts, beside_the_steps
from havenline.journey.safeguarding.queries.beside_the_steps import Line
from havenline.journey.safeguarding.queries.reading import (
    PARTY,
    ShownClock,
    day,
    day_and_time,
    local_day_and_time,
    next_due,
    reading_of,
    shown_clock,
    stations,
)
from havenline.journey.safeguarding.queries.referrer import referrer_of


def shown(child_case: ChildCase, *, by: Membership) -> dict[str, Any]:
    """Everything that the case page shows. `child_case` was found for this person (`queries.find`)."""
    events = path.standing_events(child_case)
    now = path.situation(child_case)
    referrer = child_case.referrer
    open_clocks = sorted((c for c in now.open_clocks if c.step != path.CHASES), key=lambda c: (not c.late, c.due or date.max))
    moved = {row.rule: row.counted_again for row in Clock.objects.running().filter(record=child_case.record, was_due_at__isnull=False)}
    clocks = [
        replace(_to_the_hour(shown_clock(clock, owner=_owner(child_case, clock.role)), child_case), counted_again=moved.get(clock.step, ""))
        for clock in open_clocks
    ]
    decided = [event for event in events if event.step == path.DECISION and event.outcome]
    bookings = list(child_case.bookings.filter(ended_at=None).select_related("by__person", "room", "chair__person"))
    booked = {booking.step: booking for booking in bookings}
    may_act = by.can_act_on(child_case.record)
    moves = HandOver.objects.filter(source=child_case.record, purpose=TO_ANOTHER_AREA.code, ended_at=None)
    moving = moves.select_related("to_agency", "record").last() if child_case.record.closed_at is None else None
    returned = moving.steps.filter(state=State.RETURNED).last() if moving is not None and moving.state == State.RETURNED else None
    return {
        "child_case": child_case,
        "may_act": may_act,
        "child": child_case.child,
        "now": now,
        "edition": procedure.edition(now.edition),
        "today": moment.today(),
        "stations": stations(child_case, now, events),
        "clocks": sorted(clocks, key=lambda one: not one.late),
        "lead": child_case.record.owner if acts(child_case.record.owner) else None,
        "manager": child_case.manager if acts(child_case.manager) else None,
        "ended_clocks": list(_ended_clocks(child_case, now)),
        "late_count": sum(one.late for one in clocks),
        "next_due": next_due(now) if child_case.record.closed_at is None else None,
        "recorded": recorded(child_case),
        "bookings": [_booked(booking, now) for booking in bookings],
        "can_place": [(c.step, c.title) for c in open_clocks if c.step in (*path.CONFERENCES, *path.REVIEWS) and c.step not in booked],
        "can_book": list(_can_book(open_clocks, booked, now)),
        "answer": _answer(child_case, now, decided),
        "waiting": child_case.proposals.filter(settled_at=None).select_related("by__person").first(),
        "seen": child_case.notes.filter(kind=CaseNote.Kind.CHILD_SEEN).select_related("by__person").last(),
        "view": child_case.notes.filter(kind=CaseNote.Kind.CHILD_SEEN, view_recorded=True).select_related("by__person").last(),
        "lives_with": list(Relationship.objects.standing().filter(child=child_case.child, lives_with=True)),
        "relationships": list(Relationship.objects.standing().filter(child=child_case.child)),
        "silences": silences(child_case),
        "referrer": referrer,
        "sender": referrer_of(child_case),
        "referrer_told": list(child_case.referrer_told.exclude(told_at=None).select_related("by__person")),
        "call": local_day_and_time(child_case.referral.called_at) if child_case.referral and child_case.referral.called_at else "",
        "told": list(child_case.notes.filter(kind__in=[CaseNote.Kind.TOLD, CaseNote.Kind.INVITED]).select_related("by__person")),
        "moving": moving,
        "moved_back_why": returned.words if returned is not None else "",
        "help_on": child_case.steps_down.filter(ended_at=None).select_related("holder__person").last(),
        "help_clock": Clock.objects.running().filter(record=child_case.record, rule=path.FIRST_DATE_OF_HELP).first(),
        "protection_ended": child_case.record.closed_at is None and path.protection_ended(child_case),
        "must_decide": not decided and child_case.record.closed_at is None,
        "is_open": child_case.record.closed_at is None,
        "may_work": may_act and child_case.record.closed_at is None,
        "closed_on": local_day_and_time(child_case.record.closed_at) if child_case.record.closed_at else "",
        "may_sign_off": by.role == "team_manager",
    }


def fields(child_case: ChildCase, *, by: Membership) -> set[str]:
    """Which fields the case's page shows that are withheld from others: its own room reads them all."""
    child, sight = child_case.child, sight_of(child_case.record, by=by)
    address = child.household.address if child.household else ""
    around = list(Relationship.objects.standing().filter(child=child).values_list("name", flat=True))
    sight.of({"child": {"school": child.school, "address": address}, "relationships": around})
    return sight.shown


def _to_the_hour(shown: ShownClock, child_case: ChildCase) -> ShownClock:
    """The engine counts days; 72 hours of police protection run out at their hour, which the clock's row knows."""
    if shown.explanation is None or shown.explanation.unit != "hours":
        return shown
    row = Clock.objects.running().filter(record=child_case.record, rule=shown.step).first()
    if row is None:
        return shown
    runs_out = _("Runs out %(when)s.") % {"when": local_day_and_time(row.due_at)}
    return replace(shown, reading=row.reading, late=row.was_late, sentence=f"{shown.sentence} {runs_out}")


def _ended_clocks(child_case: ChildCase, now: Situation) -> Iterator[tuple[StepState, Reading, str, str]]:
    """What ended keeps the date that held when it was done, which its row knows: a holiday proclaimed since moves only what still runs."""
    rows = {(row.rule, moment.day_of(row.started_at)): row for row in child_case.record.clocks.exclude(stopped_at=None)}
    for state in now.steps:
        if state.due is None or state.started is None or state.ended_on is None or state.step == path.CHASES:
            continue
        row = rows.get((state.step, state.started))
        if row is not None and moment.day_of(row.due_at) != state.due:
            yield state, row.reading, day(state.started), day(moment.day_of(row.due_at))
        else:
            yield state, reading_of(state), day(state.started), day(state.due)


def _owner(child_case: ChildCase, role: str) -> str:
    if role == "chair" and child_case.chair is not None:
        return child_case.chair.short_name
    if role == "chair":
        return str(_("none named yet"))
    holder = next((one for one in (child_case.record.owner, child_case.manager) if one is not None and acts(one)), None)
    return holder.short_name if holder else str(_("nobody: name one"))


def _can_book(open_clocks: list[StepState], booked: Mapping[str, Booking], now: Situation) -> Iterator[tuple[str, str]]:
    """What can be set for a day ahead and is not: meetings whose clock runs, then what the guidance names no day for."""
    yield from ((clock.step, clock.title) for clock in open_clocks if clock.step in path.MEETINGS and clock.step not in booked)
    for step in (path.CORE_GROUP, path.VISIT):
        if step not in booked and path.may_be_booked(step, now):
            yield step, path.title_of(step, moment.today())


def _booked(booking: Booking, now: Situation) -> dict[str, Any]:
    due = next((clock.due for clock in now.open_clocks if clock.step == booking.step), None)
    return {
        "booking": booking,
        "title": path.title_of(booking.step, moment.today()),
        "when": ", ".join(filter(None, [day_and_time(booking.booked_for, booking.booked_at), *_where(booking)])),
        "invites": booking.step != path.VISIT,
        "has_place": booking.step in (*path.CONFERENCES, *path.REVIEWS),
        "after_due": due is not None and booking.booked_for > due,
        "has_passed": booking.booked_for < moment.today(),
        "words": booking.words,
        "invited": booking.child_case.invitations.filter(booking__step=booking.step, called_off_at=None).count(),
    }


def _where(booking: Booking) -> list[str]:
    return [booking.room.name if booking.room else "", booking.chair.short_name if booking.chair else ""]


def _answer(child_case: ChildCase, now: Situation, decided: list[CaseEvent]) -> dict[str, Any] | None:
    """What the referrer still waits for; None once told."""
    clock = next((state for state in now.open_clocks if state.step == path.ANSWER), None)
    if clock is None or clock.due is None:
        return None
    agency, from_outside = child_case.referrer, child_case.referral_from_outside is not None
    return {
        "late": clock.late,
        "decided_on": day(decided[-1].happened_on) if decided else "",
        "due": day(clock.due),
        "agency": agency.name,
        "is_police": agency.kind == "police",
        "from_outside": from_outside,
        "letter": from_outside and child_case.referrer_told.filter(set_aside_at=None, told_at=None).exists(),
    }


def silences(child_case: ChildCase) -> list[Silence]:
    """Who must not learn of this case, by itself or by what it arose from."""
    found = Silence.objects.filter(record__in=ancestry(child_case.record), lifted_at=None).select_related(
        "agreed_by__agency", "record__agency"
    )
    seen: dict[str, Silence] = {}
    for silence in found:
        seen.setdefault(silence.audience, silence)
    return list(seen.values())


def recorded(child_case: ChildCase) -> list[Line]:
    """All that was recorded, newest first, with each entry's number in the ledger."""
    entries: dict[str, str] = {}
    for said in ledger.of_records([child_case.reference]):
        if said.sequence is not None:
            entries.setdefault(said.object, f"{said.sequence:,}")
    events = list(child_case.events.select_related("by__person", "by__agency", "agreed_by__person"))
    corrected = {event.corrects_id for event in events}
    lines = [event_line(event, child_case, entries, is_corrected=event.pk in corrected) for event in events]
    for note in child_case.notes.select_related("by__person", "by__agency"):
        lines.append(
            Line(
                when=day_and_time(note.happened_on, note.happened_at),
                sort=moment_told(note.happened_on, note.happened_at, note.recorded_at),
                what=note_title(note),
                outcome="",
                words=note.words,
                party=PARTY,
                who=note.by.short_name,
                entry=entries.get(note.ledger_object, ""),
                recorded_at=_recorded_later(note.happened_on, note.recorded_at),
            )
        )
    lines += beside_the_steps.lines(child_case, entries)
    return sorted(lines, key=lambda line: line.sort, reverse=True)


def event_line(
    event: CaseEvent, child_case: ChildCase, entries: Mapping[str, str] = MappingProxyType({}), *, is_corrected: bool | None = None
) -> Line:
    """One step as it stands among what is recorded."""
    corrected = CaseEvent.objects.filter(corrects=event).exists() if is_corrected is None else is_corrected
    title = path.title_of(event.step, event.happened_on)
    if event.step == path.REFERRAL and child_case.referral is not None:
        title = _("Referral %(reference)s received") % {"reference": child_case.referral.reference}
        if event.corrects_id:  # whoever put it right stands beside it as its author: who referred is said in words
            title = _("%(referral)s from %(who)s") % {"referral": title, "who": referrer_of(child_case).name}
    if event.did_not_happen:
        title = _("Put right: “%(step)s” did not happen") % {"step": title}
    elif event.corrects_id:
        title = _("Put right: %(step)s") % {"step": title}
    elif event.step in path.LASTING and not event.outcome:
        title = _("%(step)s begun") % {"step": title}
    outcome = "" if event.did_not_happen else path.outcome_title(event.step, event.outcome, event.happened_on)
    who = event.by.short_name if event.by else referrer_of(child_case).name
    if event.agreed_by:
        who = _("%(who)s, signed off by %(manager)s") % {"who": who, "manager": event.agreed_by.short_name}
    return Line(
        when=day_and_time(event.happened_on, event.happened_at),
        sort=moment_told(event.happened_on, event.happened_at, event.recorded_at),
        what=title,
        outcome=outcome,
        words=event.note,
        party=event.by.agency.kind if event.by else child_case.referrer.kind,
        who=who,
        entry=entries.get(event.ledger_object, ""),
        event=event if event.step not in path.OF_THE_HAND_OVER and not event.did_not_happen and not corrected else None,
        corrected=corrected,
        recorded_at=_recorded_later(event.happened_on, event.recorded_at),
        step=event.pk,
    )


def _recorded_later(on: date, recorded_at: datetime) -> str:
    """When it was written down, where that was on another day: both days are shown, and the clocks count from the first."""
    return local_day_and_time(recorded_at) if moment.day_of(recorded_at) != on else ""


def note_title(note: CaseNote) -> str:
    if note.kind == CaseNote.Kind.CHILD_SEEN:
        return _("Child seen and spoken to; their view recorded") if note.view_recorded else _("Child seen and spoken to")
    if note.kind == CaseNote.Kind.INVITED:
        return _("%(whom)s invited: %(meeting)s") % {
            "whom": note.get_whom_display(),
            "meeting": path.title_of(note.about_step, note.happened_on),
        }
    if note.kind == CaseNote.Kind.TOLD:
        return _("%(whom)s told") % {"whom": note.get_whom_display()}
    return _("Note")


def moment_told(on: date, at: time | None, recorded_at: datetime) -> datetime:
    if at is not None:
        return datetime.combine(on, at, tzinfo=moment.LONDON)
    return recorded_at if moment.day_of(recorded_at) == on else datetime.combine(on, time(12), tzinfo=moment.LONDON)


__all__ = ["Line", "ShownClock", "recorded", "shown", "silences"]
