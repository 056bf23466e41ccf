"""Steps of the guidance are recorded, put right, and booked ahead."""

from collections.abc import Callable
from datetime import date, time

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.sealing import actions as sealing
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.asking_to_act import say_that_it_was_none
from havenline.journey.safeguarding.actions.calling_off import call_off_with
from havenline.journey.safeguarding.actions.clocks_of_case import hand_over_to_chair, keep_clocks
from havenline.journey.safeguarding.actions.findable import make_case_findable, make_words_findable
from havenline.journey.safeguarding.actions.place_in_diary import must_be_free
from havenline.journey.safeguarding.actions.refusals import (
    CaseClosed,
    ChangedMeanwhile,
    DateNotPossible,
    NotOfThisCase,
    OnAWeekend,
    OutcomeMissing,
    ReasonMissing,
    StepNotNext,
    TimeMissing,
)
from havenline.journey.safeguarding.events import step_recorded
from havenline.journey.safeguarding.models import Booking, CaseEvent, ChildCase, ConferenceRoom


def locked(child_case: ChildCase, *, by: Membership, may_be_closed: bool = False) -> ChildCase:
    """The case, locked for one act of this person. Raises NotPartyToRecord, CaseClosed."""
    by.must_be_party_to(child_case)
    cases = ChildCase.objects.select_for_update(of=("self",)).select_related("record", "record__agency", "child", "referral")
    found: ChildCase = cases.get(pk=child_case.pk)
    if found.record.closed_at is not None and not may_be_closed:
        raise CaseClosed(_("This case is closed. A new referral opens a new one."))
    return found


def sent_before(child_case: ChildCase, *, seen: int | None, by: Membership, is_same: Callable[[CaseEvent], bool]) -> CaseEvent | None:
    """The event that this form made when it came the first time. `seen`: how many events the person's page showed.

    Raises ChangedMeanwhile where something else was recorded since.
    """
    newer = list(child_case.events.order_by("id")[seen:]) if seen is not None else []
    same = next((event for event in newer if event.by_id == by.pk and is_same(event)), None)
    if newer and same is None:
        last = newer[-1]
        raise ChangedMeanwhile(
            _("%(who)s recorded “%(what)s” after this page was opened. Look at the case again; nothing was saved.")
            % {"who": last.by.short_name if last.by else _("The clock"), "what": path.title_of(last.step, last.happened_on)}
        )
    return same


def put_on_record(
    child_case: ChildCase,
    *,
    step: str,
    outcome: str,
    happened_on: date,
    happened_at: time | None,
    by: Membership | None,
    recorder: Membership,
    note: str = "",
    agreed_by: Membership | None = None,
    corrects: CaseEvent | None = None,
    did_not_happen: bool = False,
    verb: str = "recorded a step",
) -> CaseEvent:
    """Write one event and its entry. Checks nothing: the actions do."""
    event = CaseEvent.objects.create(
        child_case=child_case,
        step=step,
        outcome=outcome,
        happened_on=happened_on,
        happened_at=happened_at,
        recorded_at=moment.now(),
        by=by,
        note_sealed=child_case.ledger_seal().seal("event", note) if note.strip() else None,
        agreed_by=agreed_by,
        corrects=corrects,
        did_not_happen=did_not_happen,
    )
    code = f"{step}: {outcome}" if outcome else step
    ledger.record(
        recorder,
        verb,
        event,
        changed={"step": step, "outcome": outcome, "on": happened_on, "at": happened_at, "did_not_happen": did_not_happen},
        # Entered late, or out of its order: the entry's own time says when, and this says of which day.
        reason=code if happened_on == moment.today() else f"{code}, on {happened_on.isoformat()}",
        station=path.STATIONS.get(step, ""),
    )
    if corrects is None:
        make_words_findable(child_case, note, days=[happened_on])
    else:
        make_case_findable(child_case)
    return event


@transaction.atomic
@sealing.kept_open()
def record_step(
    *,
    child_case: ChildCase,
    step: str,
    outcome: str = "",
    happened_on: date,
    by: Membership,
    note: str = "",
    happened_at: time | None = None,
    seen: int | None = None,
    weekend_confirmed: bool = False,
    agreed_by: Membership | None = None,
) -> CaseEvent:
    """Record that a step happened, on a day, with its outcome. The same form twice makes one event.

    Raises StepNotNext, OutcomeMissing, DateNotPossible, OnAWeekend, ChangedMeanwhile, CaseClosed, NotYourRole,
    procedure.StepUnknown, procedure.OutcomeUnknown.
    """
    child_case = locked(child_case, by=by)
    before = sent_before(child_case, seen=seen, by=by, is_same=lambda e: (e.step, e.outcome, e.happened_on) == (step, outcome, happened_on))
    if before is not None:
        return before
    row = _possible(child_case, step, happened_on, happened_at)
    by.must_be(*path.recorded_by(row))
    if outcome:
        row.outcome(outcome)
    elif row.outcomes and step not in path.LASTING:
        raise OutcomeMissing(_("Choose the outcome of: %(step)s.") % {"step": row.title})
    _not_on_a_weekend(step, happened_on, weekend_confirmed)
    event = put_on_record(
        child_case,
        step=step,
        outcome=outcome,
        happened_on=happened_on,
        happened_at=happened_at,
        by=by,
        recorder=agreed_by or by,
        note=note,
        agreed_by=agreed_by,
    )
    child_case.bookings.filter(step=step, ended_at=None).update(ended_at=moment.now(), ended_as=Booking.Ended.TOOK_PLACE)
    keep_clocks(child_case=child_case, by=by, reason=f"{row.title}: {row.outcome(outcome).title}" if outcome else "")
    step_recorded.send(sender=CaseEvent, child_case=child_case, event=event, by=by)
    return event


def _possible(child_case: ChildCase, step: str, on: date, at: time | None) -> procedure.Step:
    """The step, if it may be recorded for that day. Raises DateNotPossible, StepNotNext."""
    now = moment.now().astimezone(moment.LONDON)
    if on > now.date() or (on == now.date() and at is not None and at > now.time()):
        raise DateNotPossible(_("Enter a date and time that are not in the future. A meeting that is still to come is booked."))
    if on < child_case.started_on:
        raise DateNotPossible(_("Enter a date on or after the referral, %(day)s.") % {"day": date_format(child_case.started_on, "D j M Y")})
    may_follow = path.offers(path.situation(child_case))
    offer = next((offer for offer in may_follow if offer.step.code == step), None)
    if offer is None:
        raise StepNotNext(_may_follow(step, on, may_follow))
    if step not in {offer.step.code for offer in path.offers(path.situation(child_case, at=on))}:
        raise DateNotPossible(
            _("On %(day)s nothing had led to “%(step)s” yet. Check the date, or record first what led to it.")
            % {"day": date_format(on, "D j M Y"), "step": offer.step.title}
        )
    return offer.step


def _may_follow(step: str, on: date, offers: list[path.Offer]) -> str:
    following = [offer.step.title for offer in offers if offer.is_next]
    if not following:
        return _("“%(step)s” cannot be recorded now: no step waits.") % {"step": path.title_of(step, on)}
    return _("“%(step)s” cannot be recorded now. What may follow: %(following)s.") % {
        "step": path.title_of(step, on),
        "following": "; ".join(following),
    }


def _not_on_a_weekend(step: str, on: date, confirmed: bool) -> None:
    if step in (*path.CONFERENCES, *path.REVIEWS) and on.weekday() >= 5 and not confirmed:
        raise OnAWeekend(
            _("%(day)s is a weekend, and conferences are not held then. Check the date; if it is right, say so.")
            % {"day": date_format(on, "l j F Y")}
        )


def _hour_possible(step: str, on: date, at: time | None) -> None:
    """Raises TimeMissing (an emergency's hours are counted from its own), DateNotPossible."""
    if step == path.EMERGENCY and at is None:
        raise TimeMissing(_("Enter the time: its hours are counted from then."))
    now = moment.now().astimezone(moment.LONDON)
    if at is not None and on == now.date() and at > now.time():
        raise DateNotPossible(_("Enter a time that is not in the future."))


@transaction.atomic
@sealing.kept_open()
def correct(
    *,
    event: CaseEvent,
    by: Membership,
    reason: str,
    outcome: str = "",
    happened_on: date | None = None,
    happened_at: time | None = None,
    did_not_happen: bool = False,
) -> CaseEvent:
    """Put a recorded step right by a later event; the wrong one stays and shows that it was corrected.

    Raises ReasonMissing, ChangedMeanwhile, DateNotPossible, TimeMissing, StepNotNext, CaseClosed, NotYourRole.
    """
    child_case = locked(event.child_case, by=by)
    if not reason.strip():
        raise ReasonMissing(_("Say what was wrong: it is kept beside what is put right."))
    if event.step in path.OF_THE_HAND_OVER:
        raise StepNotNext(_("This came with the hand-over. It is put right by whoever sent or answered it."))
    if CaseEvent.objects.filter(corrects=event).exists():
        raise ChangedMeanwhile(_("This was put right already. Look at the case again; nothing was saved."))
    on = happened_on or event.happened_on
    # What another area recorded before the case came here keeps its own day.
    if on > moment.today() or on < min(child_case.started_on, event.happened_on):
        raise DateNotPossible(_("Enter a date from the referral until today."))
    if not did_not_happen:
        _hour_possible(event.step, on, happened_at)
    row = procedure.guidance().row(event.step, event.happened_on)
    by.must_be(*path.recorded_by(row), Role.TEAM_MANAGER)
    new_outcome = event.outcome if did_not_happen else outcome
    if new_outcome:
        row.outcome(new_outcome)
    elif row.outcomes and event.outcome:
        raise OutcomeMissing(_("Choose the outcome of: %(step)s.") % {"step": row.title})
    right = put_on_record(
        child_case,
        step=event.step,
        outcome=new_outcome,
        happened_on=on,
        happened_at=happened_at,
        by=by,
        recorder=by,
        note=reason,
        corrects=event,
        did_not_happen=did_not_happen,
        verb="put a step right",
    )
    if did_not_happen and event.step == path.EMERGENCY:
        say_that_it_was_none(right, by=by)
    keep_clocks(child_case=child_case, by=by, reason="put right")
    step_recorded.send(sender=CaseEvent, child_case=child_case, event=right, by=by)
    return right


@transaction.atomic
def book(
    *,
    child_case: ChildCase,
    step: str,
    booked_for: date,
    by: Membership,
    booked_at: time | None = None,
    minutes: int = 120,
    room: ConferenceRoom | None = None,
    chair: Membership | None = None,
    reason: str = "",
    weekend_confirmed: bool = False,
) -> Booking:
    """Set a meeting for a day ahead; the one set before is moved. A day after its due date needs a reason. It stops no clock.

    With a room or a chair it takes a place in the diary, which has to be free, for whoever holds the case too. The first chair who is
    booked for a conference chairs the case, unless somebody was named.
    Raises StepNotNext, DateNotPossible, OnAWeekend, ReasonMissing, CaseClosed, PlaceNotFree.
    """
    by.must_be(Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
    child_case = locked(child_case, by=by)
    now = path.situation(child_case)
    due = {state.step: state.due for state in now.open_clocks}
    if not path.may_be_booked(step, now):
        raise StepNotNext(_may_follow(step, moment.today(), path.offers(now)))
    if booked_for < moment.today():
        raise DateNotPossible(_("Enter a day that is today or later. What happened already is recorded as a step."))
    _not_on_a_weekend(step, booked_for, weekend_confirmed)
    last_day = due.get(step)
    if last_day is not None and booked_for > last_day and not reason.strip():
        raise ReasonMissing(
            _("This is after the last day in time, %(day)s. Choose an earlier day, or say why it cannot be earlier.")
            % {"day": date_format(last_day, "D j M Y")}
        )
    same = child_case.bookings.filter(
        step=step, ended_at=None, booked_for=booked_for, booked_at=booked_at, minutes=minutes, room=room, chair=chair
    ).first()
    if same is not None:
        return same
    if room is not None or chair is not None:
        if booked_at is None:
            raise DateNotPossible(_("Enter the time: a room or a chair is booked for one."))
        must_be_free(child_case, step=step, on=booked_for, begins=booked_at, minutes=minutes, room=room, chair=chair, by=by)
    child_case.bookings.filter(step=step, ended_at=None).update(ended_at=moment.now(), ended_as=Booking.Ended.MOVED)
    booking = Booking.objects.create(
        child_case=child_case,
        step=step,
        booked_for=booked_for,
        booked_at=booked_at,
        minutes=minutes,
        room=room,
        chair=chair,
        words_sealed=child_case.ledger_seal().seal("words", reason) if reason.strip() else None,
        recorded_at=moment.now(),
        by=by,
    )
    ledger.record(by, "booked a meeting", booking, changed=_place(booking), reason=step, words=reason)
    if chair is not None and child_case.chair_id is None and step in (*path.CONFERENCES, *path.REVIEWS):
        _chairs_the_case(child_case, chair, by)
    return booking


def took_place(child_case: ChildCase, step: str, on: date) -> None:
    """What is written down as a paper was held: whatever of it was booked until that day waits no longer."""
    held = child_case.bookings.filter(step=step, ended_at=None, booked_for__lte=on)
    held.update(ended_at=moment.now(), ended_as=Booking.Ended.TOOK_PLACE)


def _chairs_the_case(child_case: ChildCase, chair: Membership, by: Membership) -> None:
    """Where nobody was named, whoever is booked to chair is: its clock is theirs from now on, and the review is planned with them."""
    child_case.chair = chair
    child_case.save(update_fields=["chair"])
    ledger.record(by, "named who manages and chairs", child_case, changed={"manager": child_case.manager_id, "chair": chair.pk})
    hand_over_to_chair(child_case)


def _place(booking: Booking) -> dict[str, object]:
    """What a booking sets: the ledger keeps a digest of it."""
    place: dict[str, object] = {"step": booking.step, "for": booking.booked_for, "at": booking.booked_at}
    if booking.room_id or booking.chair_id:
        place |= {"minutes": booking.minutes, "room": booking.room_id, "chair": booking.chair_id}
    return place


@transaction.atomic
def cancel_booking(*, booking: Booking, reason: str, by: Membership) -> None:
    """Agencies that are invited to it are told. Raises ReasonMissing, NotOfThisCase."""
    child_case = locked(booking.child_case, by=by)
    if not reason.strip():
        raise ReasonMissing(_("Say why it is cancelled."))
    standing = child_case.bookings.filter(pk=booking.pk, ended_at=None)
    if not standing.update(ended_at=moment.now(), ended_as=Booking.Ended.CANCELLED):
        raise NotOfThisCase(_("It has taken place, was moved, or was cancelled already."))
    call_off_with(child_case, booking=booking, by=by)
    ledger.record(by, "cancelled a meeting", booking, reason=booking.step, words=reason)


@transaction.atomic
def put_back(*, booking: Booking, by: Membership) -> Booking:
    """Undo a move or a cancellation: the meeting is set again as it was, if its place is still free. The one set since is moved.

    Raises NotOfThisCase, and whatever `book` raises.
    """
    child_case = locked(booking.child_case, by=by)
    found = child_case.bookings.select_related("room", "chair__person", "chair__agency").filter(pk=booking.pk).first()
    if found is None or found.ended_as not in (Booking.Ended.MOVED, Booking.Ended.CANCELLED):
        raise NotOfThisCase(_("It stands as it was, or has taken place: there is nothing to put back."))
    return book(
        child_case=child_case,
        step=found.step,
        booked_for=found.booked_for,
        booked_at=found.booked_at,
        minutes=found.minutes,
        room=found.room,
        chair=found.chair,
        reason=found.words or _("Put back as it was."),
        weekend_confirmed=True,
        by=by,
    )
