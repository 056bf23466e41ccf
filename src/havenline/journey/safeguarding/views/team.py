"""A social worker's day, a manager's team, and a case that goes to somebody else."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.forms import ReassignForm, ReassignSeveralForm
from havenline.journey.safeguarding.queries import day as days
from havenline.journey.safeguarding.queries import team as teams
from havenline.journey.safeguarding.views.case import REFUSALS, SOCIAL_CARE, act, found, tried


@desk(*SOCIAL_CARE)
def day(request: DeskRequest) -> HttpResponse:
    """What this person's day holds; a POST says that a hand-over note was read."""
    by = request.membership
    if request.method == "POST":
        notes = days.note_to_read(request.POST.get("read", ""), by=by)
        if not notes:
            messages.error(request, _("This note does not wait for you any more."))
        else:
            tried(request, lambda: [actions.note_read(reassignment=one, by=by) for one in notes], done=_("Read."))
        return redirect("safeguarding:day")
    shown = days.day(by=by)
    ledger.looked(by, "own day", reason="own work")
    return render(request, "safeguarding/day.html", {**shown, "today": moment.today()})


@desk(Role.TEAM_MANAGER)
def team(request: DeskRequest) -> HttpResponse:
    """Every clock of the team, what each holds, what waits for the manager, and drift."""
    asked = {name: request.GET.get(name, "") for name in ("whose", "step", "band", "page")}
    shown = teams.team(by=request.membership, **asked)
    ledger.looked(request.membership, "list of the team’s clocks", reason="list")
    return render(request, "safeguarding/team.html", {**shown, "today": moment.today()})


@desk(Role.TEAM_MANAGER)
def reassign(request: DeskRequest, reference: str) -> HttpResponse:
    """Give a case to somebody else, with a hand-over note."""
    child_case = found(request, reference)
    by = request.membership
    if child_case.record.agency_id != by.agency_id:
        raise Http404
    form = ReassignForm(request.POST or None, by=by, held_by=child_case.record.owner)
    holder = child_case.record.owner
    return act(
        request,
        child_case,
        form=form,
        do=lambda: actions.reassign(child_case=child_case, by=by, **form.cleaned_data),
        title=_("Give the case to somebody else"),
        button=_("Hand it over"),
        done=_("Handed over. They are told, and running clocks went with it."),
        intro=_("Held by %(who)s.") % {"who": holder.name} if holder else _("Nobody holds it."),
        points=[_("Running clocks go with the case; a chair keeps those of conferences and reviews. No date moves.")],
    )


@desk(Role.TEAM_MANAGER)
def reassign_several(request: DeskRequest) -> HttpResponse:
    """Give several cases to one person, with one hand-over note."""
    by = request.membership
    whose = request.GET.get("whose", "")
    shown = teams.to_give_away(by=by, whose=whose)
    form = ReassignSeveralForm(request.POST or None, by=by, cases=shown["cases"], chosen="all" in request.GET)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.reassign_several(child_cases=teams.chosen(said["cases"], by=by), to=said["to"], words=said["words"], by=by)
        except NotPartyToRecord as gone:
            raise Http404 from gone
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            done = ngettext("%(n)s case was handed over.", "%(n)s cases were handed over.", len(made)) % {"n": len(made)}
            messages.success(request, f"{done} {_('They are told, and running clocks went with it.')}")
            return redirect("safeguarding:team")
    ledger.looked(by, "list of cases to hand over", reason="list")
    context = {**shown, "form": form, "whose": whose}
    return render(request, "safeguarding/reassign_several.html", context, status=422 if form.errors else 200)
