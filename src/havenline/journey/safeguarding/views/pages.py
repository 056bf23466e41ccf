"""My clocks, the cases, one case, and its paper."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.queries import in_its_place
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.records import pdf
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding import queries
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import case_page, emergency, printing, same_child, writing
from havenline.journey.safeguarding.queries import desk as desk_queries
from havenline.journey.safeguarding.views.case import READ_THE_RETURN, SOCIAL_CARE, found, look


@desk(*SOCIAL_CARE)
def clocks(request: DeskRequest) -> HttpResponse:
    """Whose clock runs, what is late, what is due soon."""
    shown = desk_queries.my_clocks(by=request.membership, whose=request.GET.get("whose", ""), page=request.GET.get("page", ""))
    ledger.looked(request.membership, "list of clocks", reason="list")
    return render(request, "safeguarding/clocks.html", {**shown, "today": moment.today()})


@desk(*SOCIAL_CARE)
def cases(request: DeskRequest) -> HttpResponse:
    """The area's cases."""
    closed = request.GET.get("show") == "closed"
    shown = desk_queries.case_rows(by=request.membership, closed=closed, page=request.GET.get("page", ""))
    ledger.looked(request.membership, "list of children’s cases", reason="list")
    sees_return = request.membership.role in READ_THE_RETURN
    return render(request, "safeguarding/cases.html", {**shown, "closed": closed, "sees_return": sees_return})


@desk(*SOCIAL_CARE)
def child_case(request: DeskRequest, reference: str) -> HttpResponse:
    """One child's case on one page."""
    case = found(request, reference)
    look(request, case, shown=case_page.fields(case, by=request.membership))
    context = case_page.shown(case, by=request.membership)
    context["others"] = queries.other_cases(case, by=request.membership)
    context["siblings"] = queries.household_members(case, by=request.membership)
    context["papers"], context["to_begin"] = writing.of_case(case), writing.to_begin(case)
    context["emergency"] = emergency.last(case, by=request.membership)
    context["numbers"] = list(case.child.numbers.all())
    context["may_be_same"] = len(same_child.offered(case.child, by=request.membership))
    return render(request, "safeguarding/case.html", context)


@desk(*SOCIAL_CARE)
def print_case(request: DeskRequest, reference: str) -> HttpResponse:
    """The case on paper. That it was printed, by whom and when, is on the ledger and on each page."""
    case = found(request, reference)
    context = printed(request, case) | case_page.shown(case, by=request.membership)
    return render(request, "safeguarding/print.html", context)


@desk(*SOCIAL_CARE)
def case_pdf(request: DeskRequest, reference: str) -> HttpResponse:
    """The whole case as a file that a screen reader can read and a court can take."""
    case = found(request, reference)
    title = f"{case.child.name}, {case.reference}"
    return as_pdf(request, case, title=title, blocks=printing.of_case(case, by=request.membership))


def printed(request: DeskRequest, case: ChildCase) -> dict[str, str]:
    """By whom and when, and the ledger's entry that says so. Raises Http404 for who reads by broken glass: there is no paper for them."""
    by = request.membership
    if reads_by_break_glass(case.record, by=by):
        raise Http404
    entry = ledger.looked(by, case, reason="printed", shown=case_page.fields(case, by=by))
    ledger.append_committed()
    entry = in_its_place(entry)
    link = getattr(entry, "link", None)
    return {
        "printed_by": by.short_name,
        "printed_at": date_format(moment.now().astimezone(moment.LONDON), "D j M Y, H:i"),
        "ledger_entry": f"{link.sequence:,}" if link else str(entry.pk),
        "entry_hash": entry.hash,
    }


def as_pdf(request: DeskRequest, case: ChildCase, *, title: str, blocks: Iterable[pdf.Block]) -> HttpResponse:
    told = printed(request, case)
    foot = _("Printed by %(printed_by)s, %(printed_at)s; ledger %(ledger_entry)s") % told
    made = pdf.write(title=title, reference=case.reference, agency=case.record.agency.name, printed=foot, day=moment.today(), blocks=blocks)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{case.reference}.pdf"'
    return answer
