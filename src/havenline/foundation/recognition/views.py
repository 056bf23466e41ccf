"""Keys that wait for a person: looked at, and answered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.recognition import actions, queries
from havenline.foundation.recognition.models import SEES_PAUSES

A_PAGE = 50
ACTS = {"go-on": actions.let_go_on, "revoke": actions.revoke_after_pause}


@desk(*sorted(SEES_PAUSES))
@require_safe
def pauses(request: DeskRequest) -> HttpResponse:
    ledger.looked(request.membership, "list of paused keys", reason="list")
    page = Paginator(queries.pauses(request.membership), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "recognition/pauses.html", {"page": page, "may_answer": request.membership.role == Role.SENIOR_ANALYST})


@desk(Role.SENIOR_ANALYST)
@require_POST
def answer(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    pause = queries.pause(request.membership, pk)
    if pause is None or act not in ACTS:
        raise Http404
    try:
        answered = ACTS[act](pause=pause, by=request.membership)
    except actions.AlreadyAnswered as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(agency)s: %(answer)s.") % {"agency": answered.agency.name, "answer": answered.get_answer_display()})
    return redirect("recognition:pauses")
