"""The queue, and how a person comes to read a report."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.journey.triage import actions, errors, queries
from havenline.journey.triage.actions.claiming import ANALYSTS, hour
from havenline.journey.triage.forms import ReasonForm
from havenline.journey.triage.views.showing import around, found, refuse, show, to_report


@desk(*ANALYSTS)
def queue(request: DeskRequest) -> HttpResponse:
    """The one queue, most urgent first."""
    ledger.looked(request.membership, "list of reports", reason="list")
    return render(request, "triage/queue.html", around(request))


@desk(*ANALYSTS)
@require_POST
def claim_next(request: DeskRequest) -> HttpResponse:
    """Claim the first of the queue."""
    try:
        claimed = actions.claim_next(by=request.membership)
    except (errors.NothingWaits, errors.OnBreak) as nothing:
        messages.info(request, str(nothing))
        return redirect("triage:queue")
    return to_report(claimed.report)


@desk(*ANALYSTS)
def report(request: DeskRequest, reference: str) -> HttpResponse:
    """One report: its cover, and what is in it for whoever has a reason to read it."""
    again = request.GET.get("item", "")
    return show(request, found(request, reference), regrade=int(again) if again.isdecimal() and len(again) < 6 else 0)


@desk(*ANALYSTS)
@require_POST
def claim(request: DeskRequest, reference: str) -> HttpResponse:
    """Read this report; nobody else decides it meanwhile."""
    this = found(request, reference)
    try:
        made = actions.claim(report=this, by=request.membership)
    except (errors.ClaimedByAnother, errors.NotWaiting, errors.AlreadyDecided, errors.OnBreak, errors.LimitReached) as refusal:
        return refuse(request, this, refusal)
    messages.success(request, _("Yours until %(until)s. Working on it extends that.") % {"until": hour(made.until)})
    return to_report(this)


@desk(*ANALYSTS)
@require_POST
def set_aside(request: DeskRequest, reference: str) -> HttpResponse:
    """Give the report back to its place in the queue."""
    this = found(request, reference)
    try:
        actions.release(report=this, by=request.membership)
    except errors.ClaimedByAnother as refusal:
        return refuse(request, this, refusal)
    messages.success(request, _("%(reference)s is back at its place in the queue.") % {"reference": this.reference})
    return redirect("triage:queue")


@desk(*ANALYSTS)
@require_POST
def read(request: DeskRequest, reference: str) -> HttpResponse:
    """Read without claiming, for a typed reason. The page is the answer itself: looking again needs its reason again."""
    this = found(request, reference)
    form = ReasonForm(request.POST, auto_id="read_%s")
    form.is_valid()
    try:
        actions.read_with_reason(report=this, words=form.cleaned_data.get("words", ""), by=request.membership)
    except errors.NotClaimed as refusal:
        form.add_error("words", str(refusal))
        return show(request, this, reason_form=form, status=422)
    return show(request, this, reason="typed")


@desk(*ANALYSTS)
@require_POST
def confirm_alarm(request: DeskRequest, pk: int) -> HttpResponse:
    """A person says that they have it."""
    alarm = queries.open_alarms(request.membership, confirmed_too=True).filter(pk=pk).first()
    if alarm is None:
        raise Http404
    actions.confirm_alarm(alarm=alarm, by=request.membership)
    messages.success(request, _("You confirmed the alarm for %(reference)s. Read it now.") % {"reference": alarm.report.reference})
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return to_report(alarm.report)
