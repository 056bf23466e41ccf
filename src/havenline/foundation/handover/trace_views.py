"""The trace as a page, and the auditor's way to it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.handover import queries
from havenline.foundation.handover.actions import court as court_copies
from havenline.foundation.handover.actions.moving import ReasonMissing
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.trace import Trace, trace_by_reference
from havenline.foundation.handover.views import READERS
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger import queries as ledger_queries
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import FileKind, Role
from havenline.foundation.records import queries as records
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_for
from havenline.foundation.sealing import keys

# A school sees the stations of what it sent or received, and no more.
COPIERS = (*(role for role in READERS if role != Role.SAFEGUARDING_LEAD), Role.AUDITOR)


@desk(*READERS, Role.AUDITOR)
def trace(request: DeskRequest, reference: str) -> HttpResponse:
    """Every step of one report that this person may see; the list is the truth, the drawing repeats its stations."""
    by = request.membership
    try:
        record, found = trace_by_reference(reference, by=by)
    except NotPartyToRecord:
        raise Http404 from None
    ledger.looked(by, record, reason="trace")
    everything = request.GET.get("steps") == "all"
    return render(
        request,
        "handover/trace.html",
        {
            "record": record,
            "page": page_for(record, by),
            "trace": found,
            "steps": found.steps if everything else found.main_steps,
            "everything": everything,
            "hidden": len(found.steps) - len(found.main_steps),
            "lanes": _lanes(found),
            "now": moment.now(),
            "head": ledger_queries.head(),
            "may_copy": by.role in COPIERS and records.find(reference, by=by) is not None,
        },
    )


@desk(*COPIERS)
@require_POST
def court(request: DeskRequest, reference: str) -> HttpResponse:
    """A copy of one record for a court, as a file that carries its proof."""
    record = records.find(reference, by=request.membership)
    if record is None:
        raise Http404
    try:
        text = court_copies.copy_of(record, why=request.POST.get("why", ""), by=request.membership)
    except NotPartyToRecord:
        raise Http404 from None
    except (keys.KeyMissing, ReasonMissing) as error:
        messages.error(request, str(error))
        return redirect("handover:trace", reference=record.reference)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{record.reference}.txt"'
    return answer


def _lanes(found: Trace) -> dict[str, object]:
    return {
        "parties": found.parties,
        "stations": [{"party": one.party, "title": one.station, "when": one.when, "state": one.state} for one in found.stations],
    }


@desk(Role.AUDITOR)
def traces(request: DeskRequest) -> HttpResponse:
    """Find a trace by the reference of any record on its path; the last reports."""
    by = request.membership
    wanted = request.GET.get("reference", "").strip()
    missing = ""
    if wanted:
        try:
            record, _trace = trace_by_reference(wanted, by=by)
            return redirect("handover:trace", reference=record.reference)
        except NotPartyToRecord:
            pass  # it does not exist, or is not theirs: the same
        missing = _("No record has the reference %(reference)s. It looks like HL-7K2M-94QD.") % {"reference": wanted}
    recent = Record.objects.visible_to(by).filter(kind=FileKind.REPORT).select_related("agency").order_by("-opened_at")[:40]
    went: dict[int, list[HandOver]] = {}
    for one in queries.of_sources(list(recent), by=by):
        went.setdefault(one.source_id, []).append(one)
    ledger.looked(by, "list of reports", reason="oversight")
    return render(
        request, "handover/traces.html", {"recent": [(one, went.get(one.pk, [])) for one in recent], "wanted": wanted, "missing": missing}
    )
