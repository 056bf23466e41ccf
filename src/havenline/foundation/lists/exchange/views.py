"""Screens of exchange: where lists come from, who has read them up to where, and what readers doubt."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists import queries as known
from havenline.foundation.lists.exchange import actions, queries
from havenline.foundation.lists.exchange.forms import SourceForm
from havenline.foundation.lists.exchange.models import Source
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role

READS = (Role.ANALYST, Role.SENIOR_ANALYST, Role.AUDITOR)
MANAGES = (Role.SENIOR_ANALYST,)
KEEPS = (Role.ANALYST, Role.SENIOR_ANALYST)
A_PAGE, PULLS_SHOWN = 50, 10


@desk(*READS)
@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """Every source that this person may see, every reader, and what readers doubt."""
    by = request.membership
    ledger.looked(by, "sources and readers of lists", reason="list")
    said = {
        "sources": queries.sources(by=by),
        "readers": Paginator(queries.readers(by=by), A_PAGE).get_page(request.GET.get("page")),
        "doubts": queries.doubts(by=by)[:A_PAGE],
        "without": queries.without_a_source(by=by) if by.role in MANAGES else [],
        "waiting": known.held(by=by).count(),
        "complaints": known.complaints_of(by=by).count(),
        "place": "exchange",
    }
    return render(request, "list_exchange/overview.html", said)


@desk(*READS)
def source(request: DeskRequest, slug: str) -> HttpResponse:
    """Where one list comes from and who has read it; a POST names its source."""
    by = request.membership
    known_list = get_object_or_404(queries.lists(by=by), slug=slug)
    found = queries.sources(by=by).filter(known_list=known_list).first()
    manages = by.role in MANAGES and by.agency_id == known_list.agency_id and known_list.is_open and known_list.is_foreign
    if request.method == "POST" and not manages:
        raise Http404
    form = SourceForm(request.POST if request.method == "POST" else None, initial=_as_it_is(found))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.set_source(known_list=known_list, by=by, **{**typed, "secret": typed["secret"] or None})
        except actions.BadSource as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The source is named. It is asked within a minute."))
            return redirect("exchange:source", slug)
    ledger.looked(by, known_list, reason="list")
    said = {
        "known_list": known_list,
        "source": found,
        "pull": found.pull if found else None,
        "pulls": found.pulls.select_related("list_import").order_by("-pk")[:PULLS_SHOWN] if found else [],
        "readers": queries.readers(by=by, known_list=known_list),
        "form": form,
        "manages": manages,
        "place": "exchange",
    }
    return render(request, "list_exchange/source.html", said)


def _as_it_is(found: Source | None) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("kind", "address", "user", "signers", "every_minutes")} if found else {}


@desk(*MANAGES)
@require_POST
def act(request: DeskRequest, slug: str, act: str) -> HttpResponse:
    """Ask a source now, or anew from its first page; pause it; let it go on."""
    by = request.membership
    found = get_object_or_404(queries.sources(by=by).filter(known_list__agency=by.agency), known_list__slug=slug)
    try:
        if act == "ask":
            actions.ask_now(source=found, by=by)
            messages.success(request, _("It is asked within a minute."))
        elif act == "anew":
            actions.ask_now(source=found, by=by, anew=True)
            messages.success(request, _("It is read from its first page, within a minute."))
        elif act == "pause":
            actions.pause(source=found, by=by)
            messages.success(request, _("It is paused: nothing is asked there until it goes on."))
        elif act == "go-on":
            actions.go_on(source=found, by=by)
            messages.success(request, _("It goes on."))
        else:
            raise Http404
    except (actions.BadSource, lists.NotYourList) as refused:
        messages.error(request, str(refused))
    return redirect("exchange:source", slug)


@desk(*KEEPS)
@require_POST
def seen(request: DeskRequest, pk: int) -> HttpResponse:
    """Somebody has looked at a reader's doubt."""
    by = request.membership
    doubt = get_object_or_404(queries.doubts(by=by).filter(entry__known_list__agency=by.agency), pk=pk)
    actions.settle_feedback(feedback=doubt, by=by)
    messages.success(request, _("Noted. If the entry is wrong, withdraw it on its own page: whoever was sent it is told."))
    return redirect("exchange:overview")
