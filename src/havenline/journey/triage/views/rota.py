"""Who is on call, and when nobody is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotYourRole
from havenline.foundation.people.roles import Role
from havenline.journey.triage import actions, errors, queries, rota_plot
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import ShiftForm


@desk(*ANALYSTS)
def on_call(request: DeskRequest) -> HttpResponse:
    """The coming week. Seniors add a shift here."""
    by = request.membership
    form = ShiftForm(request.POST if request.method == "POST" else None, by=by, initial=queries.next_gap(by.agency))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.add_shift(by=by, **form.cleaned_data)
            except (errors.NotOnRota, NotYourRole) as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("%(who)s is on call.") % {"who": form.cleaned_data["membership"].name})
                return redirect("triage:on_call")
    shifts, gaps = queries.shifts(by.agency), queries.rota_gaps(agency=by.agency)
    context = {
        "form": form,
        "shifts": shifts,
        "gaps": gaps,
        "days": rota_plot.week(shifts, gaps),
        "now": queries.on_call_now(by.agency),
        "may_change": by.role == Role.SENIOR_ANALYST,
    }
    return render(request, "triage/on_call.html", context, status=status)


@desk(*ANALYSTS)
@require_POST
def remove(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a shift off the rota. One that is gone already stays gone."""
    shift = queries.shift(pk, by=request.membership)
    if shift is None:
        messages.info(request, _("This shift was taken off already."))
        return redirect("triage:on_call")
    try:
        actions.remove_shift(shift=shift, by=request.membership)
    except (errors.NotOnRota, NotYourRole) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken off. See below whether somebody else is on call then."))
    return redirect("triage:on_call")
