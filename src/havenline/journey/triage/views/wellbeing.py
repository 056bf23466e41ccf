"""My wellbeing, which only its person sees; the load of a team, and the plan of who looks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import Role
from havenline.journey.triage import actions, errors, exposure, queries
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import BreakForm, CheckInForm, LimitsForm, NotTakenForm, OwnLimitsForm, PlanForm
from havenline.journey.triage.views.showing import REFUSALS, found, refuse, to_report


@desk(*ANALYSTS)
def mine(request: DeskRequest) -> HttpResponse:
    """The person's own page."""
    return _mine(request)


@desk(*ANALYSTS)
@require_POST
def take_break(request: DeskRequest) -> HttpResponse:
    """A break, without a reason."""
    form = BreakForm(request.POST, auto_id="break_%s")
    if not form.is_valid():
        return _mine(request, status=422, break_form=form)
    actions.take_break(by=request.membership, keep_minutes=form.cleaned_data["keep"] or 0)
    messages.success(request, _("You are on a break. Nothing is offered to you until you end it."))
    return redirect("triage:wellbeing")


@desk(*ANALYSTS)
@require_POST
def end_break(request: DeskRequest) -> HttpResponse:
    """Back."""
    actions.end_break(by=request.membership)
    messages.success(request, _("Welcome back."))
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "triage:queue")


@desk(*ANALYSTS)
@require_POST
def own_limits(request: DeskRequest) -> HttpResponse:
    """Limits of one's own, stricter than the agency's."""
    by = request.membership
    form = OwnLimitsForm(request.POST, sheet=queries.my_sheet(by), agency=exposure.limits_of_agency(by.agency))

    def do() -> str:
        actions.set_own_limits(by=by, **form.cleaned_data)
        return _("Your limits are saved. Only you see them.")

    return _saved(request, form, "limits_form", do)


@desk(*ANALYSTS)
@require_POST
def not_taken(request: DeskRequest) -> HttpResponse:
    """What the queue passes on."""
    form = NotTakenForm(request.POST, sheet=queries.my_sheet(request.membership))

    def do() -> str:
        actions.set_not_taken(by=request.membership, **form.cleaned_data)
        return _("Saved. The queue passes these on, and tells nobody why.")

    return _saved(request, form, "not_taken_form", do)


@desk(*ANALYSTS)
@require_POST
def check_in(request: DeskRequest) -> HttpResponse:
    """A mood and a few words, to oneself."""
    form = CheckInForm(request.POST, auto_id="check_%s")

    def do() -> str:
        actions.check_in(by=request.membership, **form.cleaned_data)
        return _("Kept. Only you can read it.")

    return _saved(request, form, "check_in_form", do)


@desk(*ANALYSTS)
@require_POST
def erase_check_ins(request: DeskRequest) -> HttpResponse:
    """One, or all."""
    asked = request.POST.get("check_in", "")
    one = int(asked) if asked.isdecimal() and len(asked) < 16 else None
    if one is None and asked != "all":
        return redirect("triage:wellbeing")
    erased = actions.erase_check_ins(by=request.membership, pk=one)
    messages.success(request, ngettext("%(n)s check-in is erased.", "%(n)s check-ins are erased.", erased) % {"n": erased})
    return redirect("triage:wellbeing")


@desk(*ANALYSTS)
@require_POST
def go_on(request: DeskRequest, reference: str) -> HttpResponse:
    """Past a limit, by one's own choice: a child is in danger and nobody else is there."""
    this = found(request, reference)
    try:
        went = actions.go_on(report=this, by=request.membership)
    except (*REFUSALS, NotPartyToRecord) as refusal:
        return refuse(request, this, refusal)
    if went is not None:
        messages.info(request, _("You may look at the items of this report. That you went on for a child in danger is recorded."))
    return to_report(this, "items")


@desk(Role.SENIOR_ANALYST)
def team(request: DeskRequest) -> HttpResponse:
    """How much each has looked at, by day. No rank, no score."""
    return _team(request)


@desk(Role.SENIOR_ANALYST)
@require_POST
def limits(request: DeskRequest) -> HttpResponse:
    """The agency's limits."""
    by = request.membership
    form = LimitsForm(request.POST, limits=exposure.limits_of_agency(by.agency))
    if form.is_valid():
        try:
            actions.set_limits(by=by, **form.cleaned_data)
        except errors.NotALimit as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The limits hold from now on. Whoever has stricter ones keeps them."))
            return redirect("triage:team_load")
    return _team(request, form=form, status=422)


@desk(*ANALYSTS)
def plan(request: DeskRequest) -> HttpResponse:
    """Who takes looks on which half-day. A senior analyst decides; what is suggested is filled in on request, and decided by a person."""
    by = request.membership
    may_change = by.role == Role.SENIOR_ANALYST
    people = queries.analysts(by)
    sent = request.POST if request.method == "POST" and may_change else None
    form = PlanForm(sent, halves=queries.plan(by), people=people, fill=may_change and "fill" in request.GET)
    status = 200
    if form.is_bound:
        if form.is_valid():
            actions.plan_looks(by=by, plan=form.chosen())
            messages.success(request, _("The plan is saved."))
            return redirect("triage:looks_plan")
        status = 422
    return render(request, "triage/wellbeing/plan.html", {"form": form, "may_change": may_change}, status=status)


def _saved(request: DeskRequest, form: Any, name: str, do: Callable[[], str]) -> HttpResponse:
    if form.is_valid():
        try:
            messages.success(request, do())
        except (errors.NotStricter, errors.NotALimit, errors.NothingToKeep) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("triage:wellbeing")
    return _mine(request, status=422, **{name: form})


def _mine(request: DeskRequest, *, status: int = 200, **bound: Any) -> HttpResponse:
    by = request.membership
    sheet, agency, days = queries.my_sheet(by), exposure.limits_of_agency(by.agency), queries.my_days(by)
    looks, spared = sum(day.looks for day in days), sum(day.spared for day in days)
    context = {
        "meter": exposure.meter_of(by),
        "days": days,
        "looks": looks,
        "spared": spared,
        "share_spared": round(100 * spared / (looks + spared)) if looks + spared else None,
        "chart": _chart(days),
        "check_ins": list(queries.my_check_ins(by)),
        "break_form": BreakForm(auto_id="break_%s"),
        "limits_form": OwnLimitsForm(sheet=sheet, agency=agency),
        "not_taken_form": NotTakenForm(sheet=sheet),
        "check_in_form": CheckInForm(auto_id="check_%s"),
    }
    return render(request, "triage/wellbeing/mine.html", context | bound, status=status)


def _team(request: DeskRequest, *, form: LimitsForm | None = None, status: int = 200) -> HttpResponse:
    load = queries.team_load(request.membership)
    context = {"load": load, "form": form or LimitsForm(limits=load.limits)}
    return render(request, "triage/wellbeing/team.html", context, status=status)


def _chart(days: list[queries.Day]) -> dict[str, Any]:
    return {
        "id": "my-looks",
        "title": _("Looks by day and grade"),
        "description": _("The table below says the same."),
        "stages": [_("Grade A"), _("Grade B"), _("Grade C"), _("Anything else")],
        "hides": False,
        "columns": [
            {
                "label": ngettext("%(day)s: %(n)s look", "%(day)s: %(n)s looks", day.looks)
                % {"day": date_format(day.on, "D j M"), "n": day.looks},
                "tick": date_format(day.on, "j M"),
                "counts": day.by_grade,
            }
            for day in days
        ],
    }
