"""The decision: made, looked over, taken back, or sent at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.journey.intake.models import Report
from havenline.journey.triage import actions, errors, page
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import DecisionForm
from havenline.journey.triage.hosts import at_hosts
from havenline.journey.triage.models import Decision
from havenline.journey.triage.views.showing import REFUSALS, claimed_again, found, refuse, show, to_report


@desk(*ANALYSTS)
@require_POST
def decide(request: DeskRequest, reference: str) -> HttpResponse:
    """Decide. Enter alone only looks the decision over: the button that names the result makes it."""
    this = found(request, reference)
    if _sent_twice(this, request):
        return to_report(this)
    data = request.POST.copy()
    form = DecisionForm(data, duties=page.duties(this), place=page.place_of(this), at_hosts=at_hosts(this))
    try:
        if claimed_again(request, this):
            data["seen"] = str(page.written(this))
            return show(request, this, decision=form)
        if not form.is_valid():
            return show(request, this, decision=form, status=422)
        if "sure" not in request.POST:
            return show(request, this, decision=form, asks=True)
        actions.decide(report=this, by=request.membership, **form.chosen())
    except (*REFUSALS, NotPartyToRecord) as refusal:
        if isinstance(refusal, errors.ReportChanged):
            data["seen"] = str(page.written(this))  # the page shows now what they had not seen
        return refuse(request, this, refusal, decision=form)
    return to_report(this)


@desk(*ANALYSTS)
@require_POST
def take_back(request: DeskRequest, reference: str) -> HttpResponse:
    """Nothing has left yet: the report is the analyst's again."""
    this = found(request, reference)
    decision = _last(this)
    if decision is not None:
        try:
            actions.take_back(decision=decision, by=request.membership)
        except (*REFUSALS, NotPartyToRecord) as refusal:
            return refuse(request, this, refusal)
        messages.success(request, _("Taken back. Nothing was sent; the report is yours again."))
    return to_report(this)


@desk(*ANALYSTS)
@require_POST
def send_now(request: DeskRequest, reference: str) -> HttpResponse:
    """Don't wait for the minute to end."""
    this = found(request, reference)
    decision = _last(this)
    if decision is not None:
        done = actions.send_now(decision=decision, by=request.membership)
        if done.taken_back_at is not None:
            messages.warning(request, _("This decision was taken back. Nothing was sent."))
        elif done.problem:
            messages.error(request, done.problem)
        else:
            messages.success(request, _("Carried out."))
    return to_report(this)


def _last(this: Report) -> Decision | None:
    return this.decisions.select_related("report__record").last()


def _sent_twice(this: Report, request: DeskRequest) -> bool:
    """The same person's decision stands already: a double click."""
    return this.decisions.filter(carried_out_at=None, taken_back_at=None, by=request.membership).exists()
