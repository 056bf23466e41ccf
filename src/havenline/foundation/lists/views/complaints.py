"""Complaints about listed addresses, for the people who answer them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists import actions, queries
from havenline.foundation.lists.complained_of import judges_own_word, listed_of
from havenline.foundation.lists.forms import AnswerForm
from havenline.foundation.lists.views.lists import A_PAGE
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role

ANSWERS = (Role.ANALYST, Role.SENIOR_ANALYST)


@desk(*ANSWERS)
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """Those that wait, the oldest first; and those that were answered."""
    by, answered = request.membership, request.GET.get("state") == "answered"
    ledger.looked(by, "list of complaints", reason="list")
    page = Paginator(queries.complaints_of(by=by, answered=answered), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, one.said["address"] if one.said_sealed else "", queries.clock_of(one, by=by)) for one in page.object_list]
    return render(
        request,
        "lists/complaints.html",
        {"page": page, "rows": rows, "answered": answered, "told_nobody": queries.told_nobody(by=by).count(), "place": "complaints"},
    )


@desk(*ANSWERS)
def complaint(request: DeskRequest, reference: str) -> HttpResponse:
    """One complaint, what of it stands on our lists, and its answer."""
    by = request.membership
    one = queries.complaint(reference=reference, by=by)
    if one is None:
        raise Http404
    said = one.said
    listed = listed_of(said["address"], by=by)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = [entry for entry in listed if str(entry.pk) in request.POST.getlist("entry")]
        upheld = request.POST.get("decision") == "uphold"
        try:
            actions.answer_complaint(complaint=one, upheld=upheld, answer=form.cleaned_data["answer"], entries=chosen, by=by)
        except (actions.WordsMissing, actions.NotWaiting, actions.NotYourList, actions.ListClosed, actions.YourOwnWord) as refused:
            form.add_error("answer", str(refused))
        else:
            messages.success(request, _("Answered: what it named is withdrawn.") if upheld else _("Answered: it is refused, and says why."))
            return redirect("lists:complaints")
    ledger.looked(by, one, reason="complaint")
    shown = {"one": one, "said": said, "listed": listed, "clock": queries.clock_of(one, by=by), "form": form, "place": "complaints"}
    shown["own_word"] = one.waits and judges_own_word(one, by=by)
    return render(request, "lists/complaint.html", shown, status=400 if form.errors else 200)
