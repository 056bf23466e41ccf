"""What stands on one list, and one entry of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists import actions, queries, signals
from havenline.foundation.lists.actions import NewEntry
from havenline.foundation.lists.forms import EntryForm, WithdrawForm
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.lists.views.lists import A_PAGE, READS, kept, may_keep, may_manage, seen
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.records.pages import page_for

STATES = (
    ("live", gettext_lazy("Listed")),
    ("claims", gettext_lazy("Claims of others")),
    ("never_matched", gettext_lazy("Never matched by itself")),
    ("kept_back", gettext_lazy("Not known outside yet")),
    ("withdrawn", gettext_lazy("Withdrawn")),
)
REFUSED = (
    actions.AlreadyListed,
    actions.ListClosed,
    actions.NotAClaim,
    actions.NotAGrade,
    actions.NotListed,
    actions.NotYourList,
    actions.WordsMissing,
)
DONE = {
    "confirm": gettext_lazy("Confirmed: it is our own word now."),
    "grade": gettext_lazy("Graded."),
    "withdraw": gettext_lazy("Withdrawn: whoever follows the list is told, and what it matched is answered anew."),
    "take-back": gettext_lazy("Listed again by a new entry; the withdrawn one stays in the history."),
}


@desk(*READS)
@require_safe
def of_list(request: DeskRequest, slug: str) -> HttpResponse:
    """The entries of one list, newest first: by signal and state, or by a value."""
    known_list, by = seen(request, slug), request.membership
    asked = {name: request.GET.get(name, "") for name in ("signal", "state", "find")}
    found = queries.entries(known_list=known_list, by=by, signal=asked["signal"], state=asked["state"] or "live", typed=asked["find"])
    if asked["find"].strip() and not asked["state"]:
        found = queries.entries(known_list=known_list, by=by, signal=asked["signal"], typed=asked["find"])
    ledger.looked(by, known_list, reason="list")
    said = {
        "known_list": known_list,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "signals": signals.SIGNALS_OF[known_list.kind],
        "states": STATES,
        "asked": asked,
        "keeps": may_keep(request, known_list),
        "manages": may_manage(request, known_list),
        "imports": queries.imports(by=by, known_list=known_list)[:5],
        "history": queries.history_of_list(known_list, most=8),
        "place": "lists",
    }
    return render(request, "lists/list.html", said)


@desk(Role.ANALYST, Role.SENIOR_ANALYST)
def add(request: DeskRequest, slug: str) -> HttpResponse:
    """One entry by hand."""
    known_list = kept(request, slug)
    form = EntryForm(request.POST if request.method == "POST" else None, known_list=known_list)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        one = NewEntry(said["signal"], said["value"], said.get("quality"), said["grade"])
        try:
            added = actions.add_entries(known_list=known_list, new=[one], by=request.membership)
        except (signals.NotASignal, signals.UnknownSignal) as refused:
            form.add_error("value", str(refused))
        except (actions.ListClosed, actions.NotAGrade) as refused:
            form.add_error(None, str(refused))
        else:
            if not added.entries:
                messages.info(request, _("It stands on the list already."))
                return redirect(f"{reverse('lists:list', args=[slug])}?find={signals.canonical(one.signal, one.value)}")
            messages.success(request, _("It is listed."))
            return redirect("lists:entry", added.entries[0].pk)
    return render(request, "lists/add.html", {"known_list": known_list, "form": form, "place": "lists"})


@desk(*READS)
@require_safe
def entry(request: DeskRequest, pk: int) -> HttpResponse:
    """One entry: whose word it is, what was done with it, where it was matched."""
    by = request.membership
    one = get_object_or_404(ListEntry.objects.visible_to(by).select_related(*SHOWN), pk=pk)
    ledger.looked(by, one, reason="listed entry")
    record = queries.record_shown(one, by=by)
    said = {
        "entry": one,
        "known_list": one.known_list,
        "record": record,
        "record_page": page_for(record, by) if record else "",
        "history": queries.history(one),
        "matched": queries.where_matched(one, by=by),
        "elsewhere": queries.elsewhere(one, by=by),
        "keeps": may_keep(request, one.known_list),
        "grades": signals.GRADES,
        "form": WithdrawForm(),
        "place": "lists",
    }
    return render(request, "lists/entry.html", said)


SHOWN = ("known_list__agency", "record", "added_by__person", "confirmed_by__person", "withdrawn_by__person", "arrived_in")


@desk(Role.ANALYST, Role.SENIOR_ANALYST)
@require_POST
def act(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Confirm, grade, withdraw, or take a withdrawal back."""
    by, said = request.membership, request.POST
    one = get_object_or_404(ListEntry.objects.visible_to(by).select_related("known_list__agency", "record"), pk=pk)
    shown = one
    try:
        if act == "confirm":
            actions.confirm(entry=one, grade=said.get("grade", ""), by=by)
        elif act == "grade":
            actions.grade(entry=one, grade=said.get("grade", ""), by=by)
        elif act == "withdraw":
            because = said.get("because") or ListEntry.Because.FALSE_POSITIVE
            if because not in ListEntry.Because.values or because == ListEntry.Because.COMPLAINT:
                raise Http404
            actions.withdraw(entry=one, because=because, reason=said.get("reason", ""), by=by)
        elif act == "take-back":
            shown = actions.take_back_withdrawal(entry=one, reason=said.get("reason", ""), by=by)
        else:
            raise Http404
    except REFUSED as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, str(DONE[act]))
    return redirect("lists:entry", shown.pk)
