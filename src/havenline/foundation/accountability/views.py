"""Screens of requests and breaches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.accountability import actions, queries
from havenline.foundation.accountability.forms import (
    BreachDecisionForm,
    BreachForm,
    DecideForm,
    EndForm,
    ExtendForm,
    RecordForm,
    RequestForm,
    ToldForm,
)
from havenline.foundation.accountability.models import Breach, Choice, Numbered
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.foundation.people.roles import SUPERVISORS, Role
from havenline.foundation.records import queries as records
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.passages import passages_of

READERS = tuple(str(role) for role in SUPERVISORS.values())
SUPERVISING = tuple(role for role in READERS if role != Role.AUDITOR)
REFUSALS = (actions.NotYours, actions.WordsMissing, actions.NotDecided, NotPartyToRecord)
A_PAGE = 50


@dataclass(frozen=True)
class Register:
    """A list with a form that adds to it: of requests, or of breaches."""

    name: str  # of its address, its template and its rows there
    page_of_one: str
    seen_as: str
    form: type[Form]
    add: Callable[..., Numbered]
    rows: Callable[..., QuerySet[Any]]


REQUESTS = Register("requests", "accountability:request", "list of access requests", RequestForm, actions.receive_request, queries.requests)
BREACHES = Register("breaches", "accountability:breach", "register of breaches", BreachForm, actions.record_breach, queries.breaches)


def _register(request: DeskRequest, register: Register, **more: Any) -> HttpResponse:
    """The list, and a POST that adds to it. Oversight reads it and adds nothing: for them that does not exist."""
    by = request.membership
    may_act = by.role != Role.AUDITOR
    form = register.form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_act:
            raise Http404
        if form.is_valid():
            try:
                return redirect(register.page_of_one, register.add(**form.cleaned_data, by=by).number)
            except actions.WordsMissing as refused:
                form.add_error(None, str(refused))
    ledger.looked(by, register.seen_as, reason="list")
    page = Paginator(register.rows(by=by), A_PAGE).get_page(request.GET.get("page"))
    said = {register.name: page, "form": form, "place": register.name, "may_act": may_act}
    return render(request, f"accountability/{register.name}.html", said | more)


@desk(*READERS)
def requests(request: DeskRequest) -> HttpResponse:
    return _register(request, REQUESTS, to_decide=queries.to_decide(by=request.membership))


@desk(*READERS)
def breaches(request: DeskRequest) -> HttpResponse:
    return _register(request, BREACHES)


@desk(*SUPERVISING)
def show(request: DeskRequest, number: str) -> HttpResponse:
    """One request: what was asked, its clock, the records, the letter."""
    by = request.membership
    asked = get_object_or_404(queries.requests(by=by).filter(erased_at=None), number=number)
    ledger.looked(by, asked, reason="list")
    choices = list(asked.choices.select_related("record__agency", "decided_by__person"))
    said = {
        "asked": asked,
        "said": asked.said,
        "choices": choices,
        "copies": [one for one in choices if one.what == Choice.What.DISCLOSE and not asked.answered_at],
        "undecided": any(not one.what for one in choices),
        "raised": queries.raised(number),
        "end_form": EndForm() if asked.kept_until and asked.kept_until <= moment.today() else None,
        "needs_another": not queries.second_has_looked(choices, by=by),
        "place": "requests",
    }
    return render(request, "accountability/request.html", {**said, "record_form": RecordForm(), "extend_form": ExtendForm()})


@desk(*SUPERVISING)
@require_POST
def act(request: DeskRequest, number: str, what: str) -> HttpResponse:
    """Name a record, extend, answer; or end it, once its rule says so."""
    by = request.membership
    asked = get_object_or_404(queries.requests(by=by).filter(erased_at=None), number=number)
    forms: dict[str, Any] = {"record": RecordForm, "extend": ExtendForm, "answer": Form, "end": EndForm}
    if what not in forms:
        raise Http404
    form = forms[what](request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("accountability:request", number)
    try:
        if what == "record":
            record = records.find(form.cleaned_data["reference"], by=by)
            if record is None:
                raise actions.WordsMissing(_("There is no such record that you can see."))
            actions.ask_about(request=asked, record=record, by=by)
        elif what == "extend":
            actions.extend(request=asked, reason=form.cleaned_data["reason"], by=by)
        elif what == "end":
            actions.end(this=asked, typed=form.cleaned_data["number"], by=by)
        else:
            actions.answer(request=asked, by=by)
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Erased.") if what == "end" else _("Recorded."))
        if what == "end":
            return redirect("accountability:requests")
    return redirect("accountability:request", number)


@desk(*SUPERVISING)
def decide(request: DeskRequest, number: str, reference: str) -> HttpResponse:
    """What is disclosed of one record, passage by passage: those about others are marked, and redacted unless they are ticked."""
    by = request.membership
    choice = get_object_or_404(queries.choice_of(number=number, reference=reference, by=by))
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kept, out = ({int(one) for one in request.POST.getlist(name) if one.isdecimal()} for name in ("kept", "out"))
        try:
            actions.decide(choice=choice, kept=kept, out=out, by=by, **form.cleaned_data)
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Recorded."))
            own = choice.request.agency_id == by.agency_id
            return redirect("accountability:request", number) if own else redirect("accountability:requests")
    sight = sight_of(choice.record, by=by)
    passages = passages_of(choice.record, sight)
    ledger.looked(by, choice.record, reason="access request", shown=sight.shown)
    said = {"choice": choice, "asked": choice.request, "passages": passages, "withheld": sight.withheld, "form": form, "place": "requests"}
    return render(request, "accountability/decide.html", said)


@desk(*SUPERVISING)
def letter(request: DeskRequest, number: str) -> HttpResponse:
    """The letter and the copy, as they leave: to be printed."""
    asked = get_object_or_404(queries.requests(by=request.membership).exclude(answered_at=None).filter(erased_at=None), number=number)
    ledger.looked(request.membership, asked, reason="letter")
    disclosed = [one for one in asked.choices.select_related("record") if one.what == Choice.What.DISCLOSE]
    return render(request, "accountability/letter.html", {"asked": asked, "copies": [one.copy for one in disclosed], "place": "requests"})


@desk(*READERS)
def breach(request: DeskRequest, number: str) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.breaches(by=by).filter(erased_at=None), number=number)
    decision, told = BreachDecisionForm(), ToldForm()
    if request.method == "POST" and request.POST.get("act") == "end":
        return _end_breach(request, found)
    if request.method == "POST":
        is_decision = request.POST.get("act") == "decide"
        form: Any = BreachDecisionForm(request.POST) if is_decision else ToldForm(request.POST)
        decision, told = (form, told) if is_decision else (decision, form)
        if form.is_valid():
            try:
                if is_decision:
                    actions.decide_breach(breach=found, by=by, **form.cleaned_data)
                else:
                    actions.note_told(breach=found, by=by, **form.cleaned_data)
            except REFUSALS as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Recorded."))
                return redirect("accountability:breach", number)
    ledger.looked(by, found, reason="register")
    may_act = found.agency_id == by.agency_id and by.role != Role.AUDITOR
    said = {
        "breach": found,
        "decision": decision,
        "told_form": told,
        "may_act": may_act,
        "place": "breaches",
        "raised": queries.raised(number),
        "end_form": EndForm() if found.kept_until and found.kept_until <= moment.today() else None,
    }
    return render(request, "accountability/breach.html", said)


def _end_breach(request: DeskRequest, found: Breach) -> HttpResponse:
    try:
        actions.end(this=found, typed=request.POST.get("number", ""), by=request.membership)
    except REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect("accountability:breach", found.number)
    messages.success(request, _("Erased."))
    return redirect("accountability:breaches")
