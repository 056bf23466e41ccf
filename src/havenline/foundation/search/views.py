"""One box for everything."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.records.queries import normal_reference
from havenline.foundation.search import queries


@desk()
def find(request: DeskRequest) -> HttpResponse:
    """What fits, as far as this person may see; a reference leads straight to its page."""
    asked = request.GET.get("q", "")[:400]
    hits = queries.find(asked, by=request.membership)
    if asked.strip():
        ledger.looked(request.membership, "search", reason="search")
    if len(hits) == 1 and hits[0].page and hits[0].record.reference == normal_reference(asked):
        return redirect(hits[0].page)
    return render(request, "search/find.html", {"asked": asked.strip(), "hits": hits})
