"""What is alike to one item, and one grade for all of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.journey.triage import actions, errors, queries
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.alike import alike, given_to
from havenline.journey.triage.standing import standing
from havenline.journey.triage.views.showing import REFUSALS, found, refuse
from havenline.journey.triage.views.working import item_of


@desk(*ANALYSTS)
def show(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """The items of open reports that are alike, nearest first: fingerprints, never a hash."""
    this = found(request, reference)
    by = request.membership
    reason = queries.look_reason(this, by)
    item = item_of(this, number)
    if not reason:
        return redirect("triage:report", this.reference)  # it is claimed first, or read for a reason
    ledger.looked(by, item, reason=reason)
    near, counts = alike(item, by=by), standing(item)
    grade = counts.grade if counts is not None and counts.was_seen and counts.grade in "ABCN" else ""
    context = {
        "report": this,
        "item": item,
        "fingerprint": queries.fingerprint(item),
        "counts": counts,
        "near": near,
        "rows": [(one, queries.fingerprint(one.item)) for one in near.alike],
        "can_get": len(given_to(near.alike, grade)) if grade else 0,
        "grade": grade,
        "is_mine": reason == "assigned",
        "given": queries.given_just_now(item, by=by),
    }
    return render(request, "triage/alike.html", context)


@desk(*ANALYSTS)
@require_POST
def give(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Give this item's grade to everything alike."""
    this = found(request, reference)
    try:
        given = actions.give_to_alike(item=item_of(this, number), by=request.membership)
    except errors.CannotGive as refusal:
        messages.error(request, str(refusal))
    except (*REFUSALS, NotPartyToRecord) as refusal:
        return refuse(request, this, refusal)
    else:
        said = [
            _("%(n)s carried over") % {"n": given.carried} if given.carried else "",
            _("%(n)s accepted unseen") % {"n": given.unseen} if given.unseen else "",
        ]
        messages.success(request, _("Given: %(what)s.") % {"what": ", ".join(part for part in said if part)})
    return redirect("triage:alike", this.reference, number)


@desk(*ANALYSTS)
@require_POST
def take_back(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Undo it, within a minute."""
    this = found(request, reference)
    given = queries.given_just_now(item_of(this, number), by=request.membership, pk=request.POST.get("given", "0"))
    if given is None:
        messages.info(request, _("There is nothing to take back."))
        return redirect("triage:alike", this.reference, number)
    try:
        kept = actions.take_back_from_alike(given=given, by=request.membership)
    except errors.TooLateToTakeBack as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back."))
        if kept:
            words = ngettext("%(n)s stays: it was decided meanwhile.", "%(n)s stay: they were decided meanwhile.", kept) % {"n": kept}
            messages.info(request, words)
    return redirect("triage:alike", this.reference, number)
