"""Record a step, put one right, book a meeting."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.access import DeskRequest, desk
from havenline.journey.safeguarding import actions, path
from havenline.journey.safeguarding.forms import BookForm, CorrectForm, ReasonForm, StepForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries.reading import day, day_and_time, shown_clock
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, act, found, look


@desk(*SOCIAL_CARE)
def record(request: DeskRequest, reference: str) -> HttpResponse:
    """Choose what to record: what is next, and what can happen at any time."""
    child_case = found(request, reference)
    look(request, child_case)
    now = path.situation(child_case)
    offers = path.offers(now)
    states = {state.step: state for state in now.steps if state.state in ("running", "waiting")}
    mine = [(offer, states.get(offer.step.code), request.membership.role in path.recorded_by(offer.step)) for offer in offers]
    context = {
        "child_case": child_case,
        "child": child_case.child,
        "following": [
            (offer, shown_clock(state, owner="") if state and state.due else None, ours) for offer, state, ours in mine if offer.is_next
        ],
        "at_any_time": [(offer, ours) for offer, _state, ours in mine if not offer.is_next],
        "decision": path.DECISION,
        "is_open": child_case.record.closed_at is None,
    }
    return render(request, "safeguarding/record.html", context)


@desk(*SOCIAL_CARE)
def record_step(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """Outcome, day and note of one step."""
    child_case = found(request, reference)
    if step == path.DECISION:
        return redirect("safeguarding:decide", child_case.reference)
    if step == path.EMERGENCY:
        return redirect("safeguarding:emergency", child_case.reference)
    row = _step(step)
    begun = any(event.step == step and not event.outcome for event in path.standing_events(child_case))
    initial = {"seen": child_case.events.count(), "happened_on": moment.today()}
    form = StepForm(
        request.POST or None,
        step=row,
        may_begin=step in path.LASTING and not begun,
        ask_weekend=_weekend(request, "happened_on"),
        initial=initial,
    )
    said = form.data.get("seen") if form.is_bound else None

    def do() -> None:
        actions.record_step(
            child_case=child_case,
            step=step,
            outcome=form.outcome_code(),
            happened_on=form.cleaned_data["happened_on"],
            happened_at=form.cleaned_data["happened_at"],
            note=form.cleaned_data["note"],
            weekend_confirmed=form.cleaned_data.get("weekend_confirmed", False),
            by=request.membership,
            seen=form.cleaned_data["seen"] if said else None,
        )

    return act(
        request,
        child_case,
        form=form,
        do=do,
        title=row.title,
        button=_("Record this step"),
        done=_("Recorded: %(step)s.") % {"step": row.title},
        intro=row.rule + ".",
        points=(
            _("%(source)s. Who: %(role)s.") % {"source": row.source, "role": row.role},
            _("A date is when it happened, not when you write it down. A meeting to come is booked."),
        ),
    )


def _step(code: str) -> procedure.Step:
    try:
        return procedure.guidance().row(code, moment.today())
    except procedure.StepUnknown as unknown:
        raise Http404 from unknown


def _weekend(request: DeskRequest, field: str) -> bool:
    """Whether the day that was typed is a weekend: then the form asks about it."""
    typed = request.POST.get(field, "")
    try:
        return date.fromisoformat(typed).weekday() >= 5
    except ValueError:
        return False


@desk(*SOCIAL_CARE)
def correct(request: DeskRequest, reference: str, event: int) -> HttpResponse:
    """Put a recorded step right by a later one."""
    child_case = found(request, reference)
    wrong = get_object_or_404(child_case.events, pk=event)
    row = procedure.guidance().row(wrong.step, wrong.happened_on)
    initial = {"outcome": wrong.outcome or "begun", "happened_on": wrong.happened_on, "happened_at": wrong.happened_at}
    form = CorrectForm(request.POST or None, step=row, may_begin=wrong.step in path.LASTING, initial=initial)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.correct(
            event=wrong,
            outcome=form.outcome_code(),
            happened_on=form.cleaned_data["happened_on"],
            happened_at=form.cleaned_data["happened_at"],
            did_not_happen=form.cleaned_data["did_not_happen"],
            reason=form.cleaned_data["reason"],
            by=request.membership,
        ),
        title=_("Put right: %(step)s") % {"step": row.title},
        button=_("Put it right"),
        done=_("Put right. Both stay on the case."),
        intro=_("Recorded for %(when)s: %(outcome)s")
        % {
            "when": day_and_time(wrong.happened_on, wrong.happened_at),
            "outcome": path.outcome_title(wrong.step, wrong.outcome, wrong.happened_on) or _("no outcome"),
        },
        points=(
            _("Nothing is deleted: what was wrong stays, marked, beside what is right."),
            _("Clocks are counted afresh from what is right."),
        ),
    )


@desk(*SOCIAL_CARE)
def book(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """Set a conference, core group or review for a day ahead."""
    child_case = found(request, reference)
    try:
        title = path.title_of(step, moment.today())
    except procedure.StepUnknown as unknown:
        raise Http404 from unknown
    clock = next((c for c in path.situation(child_case).open_clocks if c.step == step), None)
    current = child_case.bookings.filter(step=step, ended_at=None).first()
    initial = {"booked_for": current.booked_for, "booked_at": current.booked_at} if current else {}
    asked = {"ask_weekend": _weekend(request, "booked_for"), "has_last_day": clock is not None}
    form = BookForm(request.POST or None, **asked, initial=initial)
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.book(
            child_case=child_case,
            step=step,
            booked_for=form.cleaned_data["booked_for"],
            booked_at=form.cleaned_data["booked_at"],
            reason=form.cleaned_data.get("reason", ""),
            weekend_confirmed=form.cleaned_data.get("weekend_confirmed", False),
            by=request.membership,
        ),
        title=_("Book: %(step)s") % {"step": title},
        button=_("Book this day"),
        done=_("Booked: %(step)s.") % {"step": title},
        intro=_("In time until %(day)s.") % {"day": day(clock.due)} if clock and clock.due else "",
        points=(
            (
                _("Booking stops no clock: only the meeting that took place does."),
                _("The limit is the latest day, not the one to aim for."),
            )
            if clock
            else (_("It stands in your day and your calendar until its paper says that it took place."),)
        ),
        more={"shown": shown_clock(clock, owner="") if clock else None, "today": moment.today()},
    )


@desk(*SOCIAL_CARE)
def cancel_booking(request: DeskRequest, reference: str, booking: int) -> HttpResponse:
    child_case: ChildCase = found(request, reference)
    booked = get_object_or_404(child_case.bookings, pk=booking)
    form = ReasonForm(request.POST or None)
    title = path.title_of(booked.step, moment.today())
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.cancel_booking(booking=booked, reason=form.cleaned_data["reason"], by=request.membership),
        title=_("Cancel: %(step)s") % {"step": title},
        button=_("Cancel this meeting"),
        done=_("Cancelled. Its clock runs on."),
        intro=day_and_time(booked.booked_for, booked.booked_at),
    )
