"""Who is on call, and when nobody is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.journey.triage import actions, queries, rota_plot
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.errors import NotOnRota
from havenline.journey.triage.forms import ShiftForm
from havenline.journey.triage.models import OnCall
from havenline.journey.triage.views.desk import told

DAYS = 7


@desk(*ANALYSTS)
def on_call(request: DeskRequest) -> HttpResponse:
    """The coming week. A senior analyst adds and removes shifts."""
    hotline = request.membership.agency
    form = ShiftForm(request.POST or None, hotline=hotline)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_shift(by=request.membership, **form.cleaned_data)
        except NotOnRota as refused:
            form.add_error("until", str(refused))
        else:
            return redirect("triage:on_call")
    shifts, gaps = queries.shifts(hotline, days=DAYS), queries.rota_gaps(DAYS, agency=hotline)
    context = {
        "form": form,
        "shifts": shifts,
        "gaps": gaps,
        "days": rota_plot.week(shifts, gaps, days=DAYS),
        "may_change": request.membership.role == Role.SENIOR_ANALYST,
    }
    return render(request, "triage/on_call.html", context, status=409 if form.errors else 200)


@desk(Role.SENIOR_ANALYST)
@require_POST
def remove_shift(request: DeskRequest, shift: int) -> HttpResponse:
    one = get_object_or_404(OnCall, pk=shift, membership__agency=request.membership.agency)
    try:
        actions.remove_shift(shift=one, by=request.membership)
    except NotOnRota as refused:
        told(request, refused)
    return redirect("triage:on_call")
