"""Each step and each paper as text for another system. That it was copied out, by whom and when, is on the ledger."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.sharing.queries import reads_by_break_glass
from havenline.journey.safeguarding.models import ChildCase, Paper
from havenline.journey.safeguarding.queries import case_page, copying
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, found


@desk(*SOCIAL_CARE)
def copy_step(request: DeskRequest, reference: str, event: int) -> HttpResponse:
    child_case = found(request, reference)
    step = get_object_or_404(child_case.events.select_related("by__person", "by__agency", "agreed_by__person"), pk=event)
    return _copied_out(request, child_case, copying.of_event(child_case, step))


@desk(*SOCIAL_CARE)
def copy_paper(request: DeskRequest, reference: str, code: str, number: int) -> HttpResponse:
    child_case = found(request, reference)
    paper: Paper = get_object_or_404(child_case.papers.select_related("child_case__record", "child_case__child"), code=code, number=number)
    back = reverse("safeguarding:paper", args=[child_case.reference, code, number])
    return _copied_out(request, child_case, copying.of_paper(paper), back=back)


def _copied_out(request: DeskRequest, child_case: ChildCase, text: str, *, back: str = "") -> HttpResponse:
    """The page, or with `?as=text` nothing but the text. Raises Http404 for who reads by broken glass: nothing of it leaves by them."""
    by = request.membership
    if reads_by_break_glass(child_case.record, by=by):
        raise Http404
    ledger.looked(by, child_case, reason="copied_out", shown=case_page.fields(child_case, by=by))
    if request.GET.get("as") == "text":
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    context = {"child_case": child_case, "child": child_case.child, "text": text, "back": back, "silences": case_page.silences(child_case)}
    return render(request, "safeguarding/copy.html", context)
