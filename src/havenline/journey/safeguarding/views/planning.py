"""Plans of conferences that a person accepts, and what would become late if things were otherwise."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms.conferences import AcceptForm, PlanForm, WhatIfForm
from havenline.journey.safeguarding.queries import plans, what_if, windows
from havenline.journey.safeguarding.views.conferences import SERVICE


@desk(*SERVICE)
def conference_plans(request: DeskRequest) -> HttpResponse:
    """The plans that were asked for; another one can be."""
    by = request.membership
    form = PlanForm(request.POST or None, initial={"until": windows.first_day() + timedelta(weeks=4)})
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.ask_for_plan(until=form.cleaned_data["until"], by=by)
        except (actions.SettingNotPossible, actions.PlanNotReady) as refusal:
            form.add_error("until", str(refusal))
        else:
            return redirect("safeguarding:conference_plan", plan.pk)
    status = 422 if form.is_bound else 200
    return render(request, "safeguarding/plans.html", {"plans": plans.of_agency(by=by), "form": form}, status=status)


@desk(*SERVICE)
def conference_plan(request: DeskRequest, plan: int) -> HttpResponse:
    """A plan, and what of it is accepted."""
    by = request.membership
    asked = plans.find(plan, by=by)
    if asked is None:
        raise Http404
    form = AcceptForm(request.POST or None)
    refused: list[actions.Accepted] = []
    if request.method == "POST" and form.is_valid():
        wanted = set(request.POST.getlist("row"))
        rows = [row for row in plans.rows(asked, by=by) if str(row.pk) in wanted]
        try:
            told = actions.accept(plan=asked, rows=rows, reason=form.cleaned_data["reason"], by=by)
        except actions.PlanNotReady as refusal:
            messages.error(request, str(refusal))
            return redirect("safeguarding:conference_plan", asked.pk)
        refused = [one for one in told if one.why_not]
        booked = len(told) - len(refused)
        if booked:
            messages.success(request, ngettext("%(n)s conference is booked.", "%(n)s conferences are booked.", booked) % {"n": booked})
        if not rows:
            messages.error(request, _("Choose the conferences that are to be booked."))
        if not refused:
            return redirect("safeguarding:conference_plan", asked.pk)
    ledger.looked(by, "plan of conferences", reason="list")
    context = {**plans.shown(asked, by=by), "form": form, "refused": refused}
    return render(request, "safeguarding/plan.html", context, status=422 if refused else 200)


@desk(*SERVICE)
def conference_what_if(request: DeskRequest) -> HttpResponse:
    """What becomes late if the guidance, the calendar, the chairs or a person’s time were otherwise. Asked by GET: a link keeps it."""
    by = request.membership
    form = WhatIfForm(request.GET or None, by=by)
    shown = {}
    if form.is_bound and form.is_valid():
        shown = what_if.shown(form.imagined(), by=by)
        ledger.looked(by, "what becomes late if", reason="list")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "safeguarding/what_if.html", {**shown, "form": form, "asked": bool(shown)}, status=status)
