"""One form on a page of its own: what every act of this room but the access table looks like."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from havenline.foundation.handover.actions import CallMissing, NotThatMove, ReasonMissing
from havenline.foundation.identifiers.canonical import NotAnIdentifier
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.queries import in_its_place
from havenline.foundation.people.access import DeskRequest
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.investigation import actions, queries
from havenline.journey.investigation.models import Case, Subject

# Each of these says what to do; a page shows it beside the form and keeps what was typed.
REFUSALS = (
    actions.AlreadyDone,
    actions.CaseIsClosed,
    actions.CaseNotThroughTheGate,
    actions.ChangedMeanwhile,
    actions.StillWithReceiver,
    CallMissing,
    NotAnIdentifier,
    NotThatMove,
    ReasonMissing,
    ValueError,
    PermissionError,
)


def the_case(reference: str, by: Membership) -> Case:
    """What this person may not see does not exist."""
    found = queries.case(reference, by=by)
    if found is None:
        raise Http404
    return found


def the_subject(number: str, by: Membership) -> Subject:
    found = queries.subject(number, by=by)
    if found is None:
        raise Http404
    return found


def look(request: DeskRequest, case: Case, *, shown: Collection[str] = ()) -> Any:
    """A look at a case is on the ledger; its reason follows from who looks."""
    by = request.membership
    record = case.record
    if reads_by_break_glass(record, by=by):
        reason = "break_glass"
    elif record.owner_id == by.pk:
        reason = "owner"
    elif record.cover_id == by.pk:
        reason = "cover"
    else:
        reason = "supervision" if by.supervises else "team"
    entry = ledger.looked(by, case, reason=reason, shown=shown)
    return {"entry": in_its_place(entry), "reason": reason}


def act_page(
    request: DeskRequest,
    form: forms.Form,
    act: Callable[[forms.Form], Any],
    *,
    case: Case,
    back: str,
    title: str,
    crumbs: list[tuple[str, str]],
    button: str,
    done: str,
    intro: str = "",
    more: dict[str, Any] | None = None,
    template: str = "investigation/act.html",
) -> HttpResponse:
    """Show the form; carry the act out; say what was done, or why not, keeping what was typed."""
    if form.is_bound and form.is_valid():
        try:
            act(form)
        except NotPartyToRecord as gone:
            raise Http404 from gone
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(back)
    look(request, case)
    context = {"form": form, "title": title, "crumbs": crumbs, "button": button, "intro": intro, "back": back, **(more or {})}
    return render(request, template, context, status=422 if form.is_bound else 200)


def bound(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None
