"""What every screen on a case shares: finding it for this person, and saying a refusal where the person works."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from havenline.engines.procedure import ProcedureError
from havenline.foundation.handover import actions as handover
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest
from havenline.foundation.people.models import NotPartyToRecord, NotYourRole
from havenline.foundation.people.roles import Role
from havenline.foundation.records.actions import Silenced
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding import actions, queries
from havenline.journey.safeguarding.models import ChildCase

SOCIAL_CARE = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
READ_THE_RETURN = (Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)
REFUSALS = (
    actions.AnotherPersonSignsOff,
    actions.CannotMerge,
    actions.CaseClosed,
    actions.ChangedMeanwhile,
    actions.DateNotPossible,
    actions.DecisionMissing,
    actions.NotAChild,
    actions.NotAReferral,
    actions.NotOfThisCase,
    actions.NothingToEnd,
    actions.NumberNotPossible,
    actions.OnAWeekend,
    actions.OutcomeMissing,
    actions.PaperFinished,
    actions.PaperNotWhole,
    actions.PlaceNotFree,
    actions.PlanNotReady,
    actions.ReasonMissing,
    actions.SettingNotPossible,
    actions.StepNotNext,
    actions.TimeMissing,
    handover.CallMissing,
    handover.NotThatMove,
    handover.NotYoursToMove,
    handover.ReasonMissing,
    NotYourRole,
    ProcedureError,
    Silenced,
)


def found(request: DeskRequest, reference: str) -> ChildCase:
    """The case, if this person may see it. Raises Http404: what they may not see does not exist."""
    child_case = queries.find(reference, by=request.membership)
    if child_case is None:
        raise Http404
    return child_case


def look(request: DeskRequest, child_case: ChildCase, *, shown: Collection[str] = ()) -> None:
    """A look at a case is on the ledger; its reason follows from who looks. `shown`: which fields it shows that others do not read."""
    by = request.membership
    reason = "assigned" if child_case.record.owner_id == by.pk else "area"
    ledger.looked(by, child_case, reason="break_glass" if reads_by_break_glass(child_case.record, by=by) else reason, shown=shown)


def tried(request: DeskRequest, do: Callable[[], object], *, done: str = "") -> bool:
    """One act without a form of its own: whether it was done. A refusal is said on the next page.

    Raises Http404 for who reads and may not act: for them there is no such act.
    """
    try:
        do()
    except NotPartyToRecord as gone:
        raise Http404 from gone
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True


def to_case(child_case: ChildCase) -> HttpResponseRedirect:
    return redirect("safeguarding:child_case", child_case.reference)


def act(
    request: DeskRequest,
    child_case: ChildCase,
    *,
    form: forms.Form,
    do: Callable[[], object],
    title: str,
    button: str,
    done: str,
    intro: str = "",
    points: Sequence[str] = (),
    grave: bool = False,
    shown: Collection[str] = (),
    more: dict[str, Any] | None = None,
    template: str = "safeguarding/act.html",
) -> HttpResponse:
    """A page with one form and one act. Done: back to the case, which says so. Refused: the same page, which says what to do.

    `shown`: which fields it shows that others do not read.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do()
            except NotPartyToRecord as gone:
                raise Http404 from gone
            except REFUSALS as refusal:
                wrong = {name: told for name, told in getattr(refusal, "wrong", {}).items() if name in form.fields}
                for name, told in (wrong or {None: str(refusal)}).items():
                    form.add_error(name, told)
                status = 409 if isinstance(refusal, actions.ChangedMeanwhile | handover.NotThatMove) else 422
            else:
                messages.success(request, done)
                return to_case(child_case)
    look(request, child_case, shown=shown)
    context = {
        "child_case": child_case,
        "child": child_case.child,
        "form": form,
        "title": title,
        "button": button,
        "intro": intro,
        "points": points,
        "grave": grave,
        **(more or {}),
    }
    return render(request, template, context, status=status)
