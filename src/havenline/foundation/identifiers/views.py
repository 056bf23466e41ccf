"""Enquiries: somebody asked about an identifier that stands in a record of ours."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.identifiers import actions, queries
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import MAY_SEE, Role
from havenline.foundation.records.pages import page_of

OWNERS = tuple(str(role) for role, kinds in MAY_SEE.items() if kinds and role != Role.AUDITOR)


@desk(*OWNERS)
def enquiries(request: DeskRequest) -> HttpResponse:
    """What waits for this person's agency. Whoever asked was told nothing: an answer is ours to give, or not."""
    found = [(one, page_of(one.sighting.record)) for one in queries.open_enquiries(by=request.membership)]
    ledger.looked(request.membership, "list of enquiries", reason="own agency")
    return render(request, "identifiers/enquiries.html", {"enquiries": found})


@desk(*OWNERS)
@require_POST
def settle(request: DeskRequest, pk: int) -> HttpResponse:
    """They were told, or it is kept: in words either way."""
    enquiry = get_object_or_404(queries.open_enquiries(by=request.membership), pk=pk)
    settled = request.POST.get("settled")
    if settled not in ("told", "kept"):
        raise Http404
    words = request.POST.get("words", "")
    if not words.strip():
        messages.error(request, _("Say in a few words what you told them, or why you keep it."))
    else:
        actions.settle_enquiry(enquiry=enquiry, answered=settled == "told", words=words, by=request.membership)
        messages.success(request, _("Settled. It stands on the ledger under your name."))
    return redirect("identifiers:enquiries")
