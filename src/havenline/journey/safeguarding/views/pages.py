"""My clocks, the cases, one case, and its paper."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.queries import in_its_place
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding import queries
from havenline.journey.safeguarding.queries import case_page
from havenline.journey.safeguarding.queries import desk as desk_queries
from havenline.journey.safeguarding.queries.reading import local_day_and_time
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, found, look


@desk(*SOCIAL_CARE)
def clocks(request: DeskRequest) -> HttpResponse:
    """Whose clock runs, what is late, what is due soon."""
    shown = desk_queries.my_clocks(by=request.membership, whose=request.GET.get("whose", ""))
    ledger.looked(request.membership, "list of clocks", reason="list")
    return render(request, "safeguarding/clocks.html", {**shown, "today": moment.today()})


@desk(*SOCIAL_CARE)
def cases(request: DeskRequest) -> HttpResponse:
    """The area's cases."""
    closed = request.GET.get("show") == "closed"
    rows = desk_queries.case_rows(by=request.membership, closed=closed)
    ledger.looked(request.membership, "list of children’s cases", reason="list")
    return render(request, "safeguarding/cases.html", {"rows": rows, "closed": closed})


@desk(*SOCIAL_CARE)
def child_case(request: DeskRequest, reference: str) -> HttpResponse:
    """One child's case on one page."""
    case = found(request, reference)
    look(request, case, shown=case_page.fields(case, by=request.membership))
    context = case_page.shown(case, by=request.membership)
    context["others"] = queries.other_cases(case, by=request.membership)
    context["siblings"] = queries.household_members(case, by=request.membership)
    return render(request, "safeguarding/case.html", context)


@desk(*SOCIAL_CARE)
def print_case(request: DeskRequest, reference: str) -> HttpResponse:
    """The case on paper. That it was printed, by whom and when, is on the ledger and on each page."""
    case = found(request, reference)
    if reads_by_break_glass(case.record, by=request.membership):
        raise Http404  # to read only: there is no paper of it for them
    entry = ledger.looked(request.membership, case, reason="printed", shown=case_page.fields(case, by=request.membership))
    ledger.append_committed()
    entry = in_its_place(entry)
    link = getattr(entry, "link", None)
    context = case_page.shown(case, by=request.membership)
    context |= {
        "printed_by": request.membership.short_name,
        "printed_at": local_day_and_time(moment.now()),
        "ledger_entry": f"{link.sequence:,}" if link else entry.pk,
        "entry_hash": entry.hash,
    }
    return render(request, "safeguarding/print.html", context)
