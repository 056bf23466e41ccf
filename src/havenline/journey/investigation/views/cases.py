"""Cases: lists, the referral that becomes one, the case itself, and its end."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.handover import queries as handovers
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.identifiers.queries import in_record
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.records.history import recorded
from havenline.foundation.records.masking import sight_of
from havenline.foundation.sharing.queries import parties_now
from havenline.journey.investigation import actions, queries
from havenline.journey.investigation.forms import CloseForm, JoinForm, TakeUpForm, WordsForm
from havenline.journey.investigation.gate import likely_ending, what_blocks
from havenline.journey.investigation.models import Case, Ending
from havenline.journey.investigation.policies import WORKERS
from havenline.journey.investigation.views.act import REFUSALS, bound, look, the_case

READERS = (*WORKERS, Role.INTELLIGENCE_OFFICER)
PAGE = 30
ACTS_SHOWN = 12


@desk(*READERS)
def cases(request: DeskRequest) -> HttpResponse:
    """Mine, those I cover, the team's, those that nobody holds, closed ones."""
    by = request.membership
    view = request.GET.get("view", "")
    if view not in queries.VIEWS:
        view = "mine" if queries.cases_in("mine", by=by).exists() else "team"
    titles = {
        "mine": _("Mine"),
        "cover": _("I cover"),
        "team": _("Open"),
        "without_owner": _("Without an owner"),
        "closed": _("Closed"),
    }
    page = Paginator(queries.cases_in(view, by=by), PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "case": case,
            "clock": case.record.clocks.running().order_by("due_at").first(),
            "blocks": what_blocks(case) if case.is_open else [],
            "nobody": not _is_held(case),
        }
        for case in page
    ]
    ledger.looked(by, "list of cases", reason=view)
    filters = [{"view": key, "title": title, "count": queries.cases_in(key, by=by).count()} for key, title in titles.items()]
    context = {
        "rows": rows,
        "filters": filters,
        "view": view,
        "page": page,
        "waiting": queries.accepted_without_a_case(by=by),
        "owed": handovers.to_do_for_sender(by=by),
    }
    return render(request, "investigation/cases.html", context)


def _is_held(case: Case) -> bool:
    owner = case.record.owner
    return owner is not None and owner.person.is_active and (owner.until is None or owner.until > moment.now())


@desk(*WORKERS)
def take_up(request: DeskRequest, reference: str) -> HttpResponse:
    """Open a case of a referral, join it to one, or answer that nothing further is done. The referral's page posts here."""
    by = request.membership
    mine = HandOver.objects.visible_to(by).filter(to_agency=by.agency).select_related("record", "from_agency")
    hand_over = get_object_or_404(mine, record__reference=reference)
    existing = actions.cases.case_of(hand_over)
    if existing is not None and queries.case(existing.reference, by=by):
        messages.info(request, _("This was taken up as %(case)s.") % {"case": existing.reference})
        return redirect("investigation:case", existing.reference)
    how = request.POST.get("how", "") if request.method == "POST" else ""
    opening = TakeUpForm(request.POST if how == "open" else None, by=by)
    joining = JoinForm(request.POST if how == "join" else None, by=by)
    nothing = WordsForm(request.POST if how == "nothing" else None, label=_("Why"), hint=_("The sender reads this."))
    form: Any = {"open": opening, "join": joining, "nothing": nothing}.get(how)
    if form is not None and form.is_valid():
        told = form.cleaned_data
        try:
            if how == "open":
                case = actions.take_up(hand_over=hand_over, by=by, **told)
            elif how == "join":
                case = actions.take_up(hand_over=hand_over, by=by, join=told["case"])
            else:
                actions.no_further_action(hand_over=hand_over, words=told["words"], by=by)
                messages.success(request, _("Answered: no further action."))
                return redirect("investigation:cases")
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(case)s is open.") % {"case": case.reference})
            return redirect("investigation:case", case.reference)
    sight = sight_of(hand_over.record, by=by)
    package = sight.of(hand_over.contents())
    ledger.looked(by, hand_over, reason="to take it up", shown=sight.shown)
    context = {
        "hand_over": hand_over,
        "package": package,
        "opening": opening,
        "joining": joining,
        "nothing": nothing,
        "form": form,
    }
    return render(request, "investigation/take_up.html", context, status=422 if form is not None else 200)


@desk(*READERS)
def case(request: DeskRequest, reference: str) -> HttpResponse:
    by = request.membership
    found = the_case(reference, by)
    seen = look(request, found)
    may_work = by.role in WORKERS and by.agency_id == found.record.agency_id
    context = {
        "case": found,
        "look": seen,
        "may_work": may_work and found.is_open,
        "may_answer": may_work,
        "stations": _stations(found),
        "blocks": what_blocks(found) if found.is_open else [],
        "referrals_in": queries.referrals_in(found, by=by),
        "referrals_out": queries.referrals_out(found, by=by),
        "sightings": in_record(found.record),
        "elsewhere": queries.same_identifier_elsewhere(found, by=by),
        "subjects": found.subjects.all(),
        "steps": found.identification_steps.select_related("by__person"),
        "watches": found.watches.filter(until=None).select_related("identifier"),
        "reopenings": found.reopenings.select_related("taken_in_by__person"),
        "clocks": found.record.clocks.running().select_related("owner__person"),
        "sees_part": queries.who_sees_a_part(found),
        "parties": parties_now(found.record),
        "silences": queries.silences(found),
        "recorded": recorded(found.record, at_most=ACTS_SHOWN),
        "held": _is_held(found),
        "open_state": State.ACCEPTED,
    }
    return render(request, "investigation/case.html", context)


def _stations(case: Case) -> list[dict[str, Any]]:
    titles = {
        "opened": _("Case opened"),
        "identified": _("Subject identified"),
        "assessed": _("Access to children assessed"),
        "referred": _("Referral to social care"),
        "closed": _("Case closed"),
    }
    return [
        {
            "party": station["party"],
            "title": titles[station["what"]],
            "detail": queries.at_desk(station["at"]) if station["at"] else "",
            "state": "happened" if station["at"] else "not yet",
        }
        for station in queries.stations(case)
    ]


@desk(*WORKERS)
@require_POST
def open_subject(request: DeskRequest, reference: str) -> HttpResponse:
    found = the_case(reference, request.membership)
    try:
        subject = actions.open_subject(case=found, by=request.membership)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("investigation:case", reference)
    return redirect("investigation:subject", subject.number)


@desk(*WORKERS)
@require_POST
def ask_owners(request: DeskRequest, reference: str, pk: int) -> HttpResponse:
    """The answer says nothing of what was found: a hit elsewhere looks like none."""
    found = the_case(reference, request.membership)
    sighting = get_object_or_404(in_record(found.record), identifier_id=pk)
    identifiers.ask_owners(identifier=sighting.identifier, record=found.record, by=request.membership)
    messages.info(request, _("Asked. If another agency holds it and may tell you, they will come to you."))
    return redirect(f"{reverse('investigation:case', args=[reference])}#identifiers")


@desk(*WORKERS)
@require_POST
def taken_in(request: DeskRequest, reference: str, pk: int) -> HttpResponse:
    found = the_case(reference, request.membership)
    reopening = get_object_or_404(found.reopenings, pk=pk)
    try:
        actions.take_in_reopening(reopening=reopening, by=request.membership)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("investigation:case", reference)


@desk(*WORKERS)
def close(request: DeskRequest, reference: str) -> HttpResponse:
    """A grave act: its own page. What happens, why, the case number typed; what is missing, with links."""
    by = request.membership
    found = the_case(reference, by)
    if not found.is_open:
        messages.info(request, _("%(case)s is closed.") % {"case": found.reference})
        return redirect("investigation:case", reference)
    if by.agency_id != found.record.agency_id:
        raise Http404
    wanted = request.POST.get("ending") or request.GET.get("ending") or ""
    ending = wanted if wanted in Ending.values else likely_ending(found)
    form = CloseForm(bound(request), case=found, initial={"ending": ending})
    if form.is_bound and form.is_valid():
        try:
            actions.close_case(case=found, ending=form.cleaned_data["ending"], reason=form.cleaned_data["words"], by=by)
        except actions.CaseNotThroughTheGate:
            form.add_error(None, _("This case cannot be closed. What is missing is listed on this page."))
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(case)s is closed.") % {"case": found.reference})
            return redirect("investigation:case", reference)
    look(request, found)
    context = {
        "case": found,
        "form": form,
        "blocks": what_blocks(found, ending),
        "ending": ending,
        "endings": Ending,
        "sightings": in_record(found.record),
    }
    return render(request, "investigation/close.html", context, status=422 if form.is_bound else 200)
