"""Screens of retention: what is due, what is held, the rules, and what was erased."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import MAY_SEE, SUPERVISORS
from havenline.foundation.records import queries as records
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_for
from havenline.foundation.retention import actions, queries
from havenline.foundation.retention.forms import EraseForm, FindRecordForm, HoldForm, ReleaseForm

READERS = tuple(str(role) for role, kinds in MAY_SEE.items() if kinds)
SUPERVISING = tuple(str(role) for role in SUPERVISORS.values())
A_PAGE = 50
MOST_AT_ONCE = 500


@desk(*READERS)
def due(request: DeskRequest) -> HttpResponse:
    by = request.membership
    ledger.looked(by, "list of records due to be erased", reason="list")
    found = queries.dues(by=by)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    said = {
        "rows": queries.rows(list(page.object_list), by=request.membership),
        "page": page,
        "due_now": sum(due.on <= moment.today() for due in found),
        "being_erased": queries.being_erased(by=by),
        "place": "due",
    }
    return render(request, "retention/due.html", said)


@desk(*SUPERVISING)
def erase(request: DeskRequest) -> HttpResponse:
    """The grave page: which records, what happens, how many. Nothing is erased before it is pressed."""
    by = request.membership
    chosen = (request.POST if request.method == "POST" else request.GET).getlist("record")[:MOST_AT_ONCE]
    rows = queries.to_erase(chosen, by=by)
    if not rows:
        messages.error(request, _("Choose records that are due, and against whose end nothing stands."))
        return redirect("retention:due")
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            approved = actions.approve(records=[row.due.record for row in rows], count=form.cleaned_data["count"], by=by)
        except (actions.CountDiffers, actions.NotDue) as refused:
            form.add_error("count", str(refused))
        except Record.DoesNotExist:
            form.add_error("count", _("One of them was erased meanwhile. Look at the list again."))
        else:
            count = len(approved)
            messages.success(request, ngettext("%(n)s record is being erased.", "%(n)s records are being erased.", count) % {"n": count})
            return redirect("retention:due")
    return render(request, "retention/erase.html", {"rows": rows, "form": form, "place": "due"})


@desk(*READERS)
def holds(request: DeskRequest) -> HttpResponse:
    by = request.membership
    form = FindRecordForm(request.GET if "reference" in request.GET else None)
    if form.is_bound and form.is_valid():
        record = records.find(form.cleaned_data["reference"], by=by)
        if record is not None and by.supervises:
            return redirect("retention:hold", record.reference)
        form.add_error("reference", _("There is no such record that you can put on hold."))
    ledger.looked(by, "list of legal holds", reason="list")
    said = {"holds": Paginator(queries.holds(by=by), A_PAGE).get_page(request.GET.get("page")), "form": form, "place": "holds"}
    return render(request, "retention/holds.html", said)


@desk(*SUPERVISING)
def hold(request: DeskRequest, reference: str) -> HttpResponse:
    """Put one record on hold."""
    record = get_object_or_404(Record.objects.party_to(request.membership).select_related("agency"), reference=reference)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            actions.put_on_hold(record=record, reason=said["reason"], review_on=said["review_on"], by=request.membership)
        except actions.ReasonMissing as refused:
            form.add_error("review_on" if said["reason"].strip() else "reason", str(refused))
        except (NotPartyToRecord, actions.NotYours, Record.DoesNotExist) as refused:
            messages.error(request, str(refused))
            return redirect("retention:holds")
        else:
            messages.success(request, _("It is held: nothing erases it until the hold is released."))
            return redirect("retention:holds")
    ledger.looked(request.membership, record, reason="to hold it")
    return render(
        request, "retention/hold.html", {"record": record, "form": form, "page": page_for(record, request.membership), "place": "holds"}
    )


@desk(*SUPERVISING)
@require_POST
def release(request: DeskRequest, hold_id: UUID) -> HttpResponse:
    by = request.membership
    standing = get_object_or_404(queries.holds_seen(by=by), pk=hold_id)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("retention:holds")
    try:
        actions.release_hold(hold=standing, reason=form.cleaned_data["reason"], by=by)
    except (actions.NotYours, actions.ReasonMissing, NotPartyToRecord) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The hold is released."))
    return redirect("retention:holds")


@desk(*READERS)
def rules(request: DeskRequest) -> HttpResponse:
    return render(request, "retention/rules.html", {"rules": queries.rules_shown(), "place": "rules"})


@desk(*READERS)
def erased(request: DeskRequest) -> HttpResponse:
    """Tombstones: that there was a record, by which rule it ended, who approved it, and when the last backup of it expires."""
    ledger.looked(request.membership, "list of erased records", reason="list")
    page = Paginator(queries.tombstones(by=request.membership), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "retention/erased.html", {"tombstones": page, "place": "erased"})
