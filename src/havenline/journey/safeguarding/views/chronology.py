"""A child's chronology, on a screen and on paper."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding.forms import ChronologyForm
from havenline.journey.safeguarding.queries import case_page, printing
from havenline.journey.safeguarding.queries import chronology as queries
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, found, look
from havenline.journey.safeguarding.views.pages import as_pdf


@desk(*SOCIAL_CARE)
def chronology(request: DeskRequest, reference: str) -> HttpResponse:
    """Everything of the child, narrowed by what the address says."""
    child_case, by = found(request, reference), request.membership
    cases = queries.cases_of(child_case, by=by)
    shown = queries.others_shown(cases, by=by)
    for case in cases:
        look(request, case, shown=shown)
    every = queries.chronology(cases, by=by)
    form = ChronologyForm(request.GET or None, events=every)
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    events = queries.narrowed(every, **asked)
    context = {
        "child_case": child_case,
        "child": child_case.child,
        "cases": cases,
        "every": len(every),
        "events": events,
        "drawn": queries.plot(events),
        "form": form,
        "is_filtered": any(asked.values()),
        "question": request.GET.urlencode(),
        "silences": case_page.silences(child_case),
        "may_print": not reads_by_break_glass(child_case.record, by=by),
    }
    return render(request, "safeguarding/chronology.html", context, status=422 if form.errors else 200)


@desk(*SOCIAL_CARE)
def chronology_pdf(request: DeskRequest, reference: str) -> HttpResponse:
    """What the page shows, as a file that a screen reader can read and a court can take; of each case in it the ledger says so."""
    child_case, by = found(request, reference), request.membership
    if reads_by_break_glass(child_case.record, by=by):
        raise Http404
    cases = queries.cases_of(child_case, by=by, to_print=True)
    every = queries.chronology(cases, by=by)
    form = ChronologyForm(request.GET or None, events=every)
    if form.is_bound and not form.is_valid():
        return redirect("safeguarding:chronology", child_case.reference)
    asked: dict[str, Any] = form.cleaned_data if form.is_bound else {}
    for case in cases:
        if case.pk != child_case.pk:
            ledger.looked(by, case, reason="printed", shown=queries.others_shown(cases, by=by))
    title = _("Chronology of %(name)s, %(reference)s") % {"name": child_case.child.name, "reference": child_case.reference}
    blocks = printing.of_chronology(child_case, cases, queries.narrowed(every, **asked), narrowed=any(asked.values()))
    return as_pdf(request, child_case, title=title, blocks=blocks)
