"""Takedown's screens: parse, call one action or query, render."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord, NotYourRole
from havenline.foundation.records.actions import Silenced
from havenline.journey.takedown import actions, acts, errors, page, queries
from havenline.journey.takedown.actions.directory import settled_by_others
from havenline.journey.takedown.forms import ContactForm, HostForm, NoticeContactForm, SearchForm
from havenline.journey.takedown.models import Host, Notice
from havenline.journey.takedown.policies import DESK, POLICE

READERS = (*DESK, *POLICE)
# Each of these says what to do; the page shows it beside the form and keeps what was typed.
REFUSALS = (
    errors.AnotherPersonNeeded,
    errors.CheckedOften,
    errors.HeldForPolice,
    errors.HoldDate,
    errors.NoContact,
    errors.NotAContact,
    errors.NotAHost,
    errors.NothingToAsk,
    errors.NotPolice,
    errors.NotThatState,
    errors.NotToBeChecked,
    errors.NotYoursToRelease,
    errors.WordsMissing,
    NotYourRole,
    Silenced,
)
# Beside which field a refusal stands; any other stands above the form.
FIELD_OF: dict[type[Exception], str] = {
    errors.WordsMissing: "words",
    errors.HoldDate: "until",
    errors.NotPolice: "police",
    errors.NotAHost: "domain",
    errors.NotAContact: "email",
    errors.FoundNowhere: "found_at",
}


@desk(*READERS)
def notices(request: DeskRequest) -> HttpResponse:
    """The notices that this person may see: what needs them first."""
    by = request.membership
    lists = queries.lists(by)
    show = request.GET.get("show", "you")
    show = show if show in lists else "you"
    shown = Paginator(lists[show][1], queries.SHOWN).get_page(request.GET.get("page"))
    ledger.looked(by, "list of notices", reason=show)
    context = {
        "filters": [(code, title, found.count()) for code, (title, found) in lists.items()],
        "show": show,
        "rows": queries.rows(shown),
        "page": shown,
        "unsolved": queries.unsolved(by) if by.role in DESK else [],
        "is_desk": by.role in DESK,
        "waits_for_approval": queries.to_settle(by).count() if by.role in DESK else 0,
    }
    return render(request, "takedown/notices.html", context)


@desk(*READERS)
def notice(request: DeskRequest, reference: str) -> HttpResponse:
    """One notice. A POST does one act."""
    this = _found(request, reference)
    if request.method != "POST":
        return _show(request, this)
    code, by = request.POST.get("act", ""), request.membership
    act = next((one for one in acts.possible(this, by=by) if one.code == code), None)
    if act is None:
        done = acts.done_before(code, this, by=by)
        return _no_longer(request, this, code) if done is None else _once_only(request, done)
    form = act.form(request.POST, prefix=code)
    if not form.is_valid():
        return _show(request, this, bound={code: form})
    try:
        done = acts.carry_out(code, this, form.cleaned_data, by)
    except NotPartyToRecord as gone:
        raise Http404 from gone
    except REFUSALS as refusal:
        form.add_error(_field_of(refusal, form), str(refusal))
        return _show(request, _found(request, reference), bound={code: form})
    if done is not None and done.problem and code in ("send", "link", "confirm"):
        messages.warning(request, done.problem)
    else:
        messages.success(request, str(act.done or _("Recorded.")))
    return redirect("takedown:notice", done.reference if done is not None else this.reference)


@desk(*READERS)
@require_POST
def look(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Show one address, for the isolated viewer. The look is counted."""
    this = _found(request, reference)
    item = get_object_or_404(this.items.select_related("item__identifier", "notice__record"), item__number=number)
    return _show(request, this, address_of=number, address=actions.look_at_item(item=item, by=request.membership))


@desk(*DESK)
def hosts(request: DeskRequest) -> HttpResponse:
    """The directory. A POST adds a host."""
    by = request.membership
    form = HostForm(request.POST if request.method == "POST" else None, auto_id="host_%s")
    if form.is_bound and form.is_valid():
        try:
            added = actions.add_host(by=by, **form.cleaned_data)
        except REFUSALS as refusal:
            form.add_error(_field_of(refusal, form), str(refusal))
        else:
            messages.success(request, _("%(host)s is in the directory. Propose a contact.") % {"host": added.domain})
            return redirect("takedown:host", added.pk)
    search = SearchForm(request.GET, auto_id="find_%s")
    query = search.cleaned_data["find"] if search.is_valid() else ""
    ledger.looked(by, "list of hosts", reason="search" if query else "list")
    found = Paginator(queries.hosts(query, by=by), 30).get_page(request.GET.get("page"))
    return render(request, "takedown/hosts.html", {"hosts": found, "form": form, "asked": query}, status=422 if form.is_bound else 200)


@desk(*DESK)
def host(request: DeskRequest, pk: int) -> HttpResponse:
    """One host: its contacts, old and new. A POST proposes, approves or refuses one."""
    this, by = get_object_or_404(queries.hosts(by=request.membership), pk=pk), request.membership
    form = ContactForm(auto_id="contact_%s")
    refused = ""
    if request.method == "POST":
        form = ContactForm(request.POST if request.POST.get("act") == "propose" else None, auto_id="contact_%s")
        try:
            if not form.is_bound or form.is_valid():
                messages.success(request, _contact_act(request, this, form))
                return redirect("takedown:host", pk)
        except REFUSALS as refusal:
            if form.is_bound:
                form.add_error(_field_of(refusal, form), str(refusal))
            else:
                refused = str(refusal)
    contacts = this.contacts.select_related("proposed_by__person", "settled_by__person").order_by("-pk")
    shown = Paginator(queries.visible(by).filter(host=this).order_by("-drafted_at", "-pk"), queries.SHOWN).get_page(request.GET.get("page"))
    ledger.looked(by, "list of notices", reason="host")
    context = {
        "host": this,
        "contacts": [(one, settled_by_others(one, by)) for one in contacts],
        "form": form,
        "refused": refused,
        "notices": queries.rows(shown),
        "page": shown,
    }
    return render(request, "takedown/host.html", context, status=422 if request.method == "POST" else 200)


def _contact_act(request: DeskRequest, this: Host, form: ContactForm) -> str:
    by, act = request.membership, request.POST.get("act", "")
    if act == "propose":
        proposed = actions.propose_contact(host=this, by=by, **form.cleaned_data)
        return _("%(email)s waits for another person’s approval.") % {"email": proposed.email}
    typed = request.POST.get("contact", "")
    contact = get_object_or_404(this.contacts, pk=int(typed) if typed.isdecimal() and len(typed) < 18 else 0)
    if act == "approve":
        return _("Notices go to %(email)s from now on.") % {"email": actions.approve_contact(contact=contact, by=by).email}
    if act == "refuse":
        return _("%(email)s is not used.") % {"email": actions.refuse_contact(contact=contact, by=by).email}
    raise Http404


def _field_of(refusal: Exception, form: forms.Form) -> str | None:
    """The field that a refusal is about, if this form has it."""
    name = FIELD_OF.get(type(refusal), "")
    return name if name in form.fields else None


def _found(request: DeskRequest, reference: str) -> Notice:
    """Raises Http404: what they may not see does not exist."""
    this = queries.notice(reference, by=request.membership)
    if this is None:
        raise Http404
    return this


def _once_only(request: DeskRequest, done: Notice) -> HttpResponse:
    """A double click: what they did stands, and is not done again."""
    messages.info(request, _("You did this already. It was done once."))
    return redirect("takedown:notice", done.reference)


def _no_longer(request: DeskRequest, this: Notice, code: str) -> HttpResponse:
    """Somebody else was quicker, or it is not theirs to do: nothing is done, and the page says where it stands."""
    kept = _typed(request, code)
    said = {"state": this.state_word.lower()}
    words = _("This is %(state)s by now, so that was not done. What you typed stands below.") if kept else ""
    messages.warning(request, (words or _("This is %(state)s by now, so that was not done.")) % said)
    return _show(request, this, kept=kept, status=409)


def _typed(request: DeskRequest, code: str) -> str:
    """Whatever was typed into a form that is no longer offered, one field a line."""
    names = [name for name in request.POST if name.startswith(f"{code}-") and not name.endswith("-submission")]
    return "\n".join(typed for name in names if (typed := request.POST.get(name, "")).strip())


def _show(
    request: DeskRequest,
    this: Notice,
    *,
    bound: dict[str, forms.Form] | None = None,
    address_of: int = 0,
    address: str = "",
    kept: str = "",
    status: int = 200,
) -> HttpResponse:
    by = request.membership
    ledger.looked(by, this, reason=page.look_reason(this, by))
    context = page.page_for(this, by=by, address_of=address_of, address=address)
    possible = [(act, (bound or {}).get(act.code) or _form(act, this)) for act in acts.possible(this, by=by)]
    failed = next((form for form in (bound or {}).values() if form.errors), None)
    for code in set(bound or {}) - {act.code for act, _form_of in possible}:  # it moved on while this was carried out
        kept = kept or _typed(request, code)
    context |= {
        "may_act": by.can_act_on(this.record),
        "leading": [(act, form) for act, form in possible if act.is_first],
        "others": [(act, form) for act, form in possible if not act.is_first],
        "failed": failed,
        "open_act": next(iter(bound or {}), ""),
        "kept": kept,
    }
    return render(request, "takedown/notice.html", context, status=422 if failed else status)


def _form(act: acts.Act, this: Notice) -> forms.Form:
    initial: dict[str, Any] = {}
    if act.form is NoticeContactForm:
        initial = {"domain": this.host.domain if this.host else this.hostname, "name": this.host.name if this.host else ""}
    elif "police" in act.form.base_fields:
        initial = {"police": this.police_id}
    return act.form(prefix=act.code, initial=initial)
