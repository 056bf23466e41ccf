"""The tray, and one hand-over."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import queries as clocks
from havenline.foundation.handover import actions, queries
from havenline.foundation.handover.forms import FORMS, SAID, form_of
from havenline.foundation.handover.models import HandOver
from havenline.foundation.handover.reading import laid_out
from havenline.foundation.identifiers import queries as identifiers
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.people.roles import MAY_SEE, FileKind, Role
from havenline.foundation.records.actions import Silenced
from havenline.foundation.records.masking import Sight, sight_of
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_for, page_of
from havenline.foundation.records.queries import normal_reference
from havenline.foundation.sealing.actions import KeyDestroyed
from havenline.foundation.sharing.queries import reads_by_break_glass

# Oversight reads traces, never contents.
READERS = tuple(str(role) for role, kinds in MAY_SEE.items() if FileKind.HAND_OVER in kinds and role != Role.AUDITOR)
REFUSALS = (actions.NotThatMove, actions.NotYoursToMove, actions.ReasonMissing, actions.CallMissing, NotYourRole, Silenced)


def _read_at(record: Record, by: Membership) -> str:
    """Where this person reads a record: what both sides read, else what their own agency holds ("" where there is none)."""
    both = (FileKind.HAND_OVER, FileKind.NOTICE)
    return page_of(record) if record.kind in both or record.agency_id == by.agency_id else ""


@desk(*READERS)
def tray(request: DeskRequest) -> HttpResponse:
    """What arrived for us, what waits for us as sender, what we wait for, and what was raised to us."""
    by = request.membership
    received = queries.rows(queries.received(by=by))
    page = Paginator(queries.ended(by=by), 20).get_page(request.GET.get("page"))
    ledger.looked(by, "list of hand-overs", reason="own tray")
    return render(
        request,
        "handover/tray.html",
        {
            "new": [row for row in received if row.hand_over.accepted_at is None],
            "in_hand": [row for row in received if row.hand_over.accepted_at is not None],
            "to_do": queries.rows(queries.to_do_for_sender(by=by)),
            "sent": queries.rows(queries.sent(by=by)),
            "undelivered": queries.undelivered(by=by),
            "raised": [(one, _read_at(one.clock.record, by)) for one in clocks.raised(by=by)] if by.supervises else [],
            "enquiries": identifiers.open_enquiries(by=by).count(),
            "ended": page,
            "ended_rows": queries.rows(page),
            "now": moment.now(),
        },
    )


@desk(*READERS)
def show(request: DeskRequest, reference: str) -> HttpResponse:
    """One hand-over: the package, its steps and clocks, and what this side can do. A POST makes one move."""
    by = request.membership
    this = _found(reference, by)
    act = request.POST.get("act", "")
    bound: dict[str, forms.Form] = {}
    if request.method == "POST":
        if act not in FORMS:
            raise Http404
        form = form_of(act, this, request.POST)
        bound[act] = form
        if form.is_valid():
            try:
                messages.success(request, _moved(this, act, form.cleaned_data, by))
                return redirect("handover:show", reference=this.reference)
            except NotPartyToRecord:
                raise Http404 from None
            except REFUSALS as refused:
                messages.error(request, str(refused))
                this = _found(reference, by)
    sight = sight_of(this.record, by=by)
    page = _page(this, sight, bound)
    if request.method != "POST":
        reason = "break_glass" if reads_by_break_glass(this.record, by=by) else "assigned"
        ledger.looked(by, this, reason=reason, shown=sight.shown)
    return render(request, "handover/show.html", page, status=200)


def _found(reference: str, by: Membership) -> HandOver:
    this: HandOver = get_object_or_404(
        HandOver.objects.visible_to(by).select_related(
            "record", "source", "from_agency", "to_agency", "sent_by__person", "accepted_by__person", "accepted_by__agency"
        ),
        record__reference=normal_reference(reference),
    )
    return this


def _moved(this: HandOver, act: str, said: dict[str, Any], by: Membership) -> str:
    """Make the move; what to say of it. Raises the refusals of the actions."""
    make: dict[str, Callable[[], HandOver]] = {
        "accept": lambda: actions.accept(hand_over=this, by=by),
        "return": lambda: actions.give_back(hand_over=this, reason=said["reason"], words=said["words"], by=by),
        "withdraw": lambda: actions.withdraw(hand_over=this, words=said["words"], by=by),
        "send": lambda: actions.send(hand_over=this, by=by, words=said["words"], urgent=said["urgent"]),
        "answer": lambda: actions.answer(hand_over=this, outcome=said["outcome"], words=said["words"], by=by),
        "call": lambda: actions.record_call(hand_over=this, called_at=said["called_at"], name=said["name"], by=by),
    }
    done = make[act]()
    if act == "send" and done.problem:
        return _("Sent, and it reached nobody yet: %(problem)s Call them.") % {"problem": done.problem}
    agency = {"sender": done.from_agency.name, "receiver": done.to_agency.name}
    return {
        "accept": _("Taken up: the duty is yours now."),
        "return": _("Returned to %(sender)s, with your reason.") % agency,
        "withdraw": _("Withdrawn."),
        "send": _("Sent to %(receiver)s.") % agency,
        "answer": _("Answered to %(sender)s.") % agency,
        "call": _("The call is recorded."),
    }[act]


def _page(this: HandOver, sight: Sight, bound: dict[str, forms.Form]) -> dict[str, Any]:
    by = sight.by
    possible = queries.moves(this, by=by)
    try:
        parts, erased = laid_out(sight.of(this.contents())), False
        steps = [(step, SAID.get(step.reason, ""), step.words) for step in this.steps.select_related("by__person", "by__agency")]
    except KeyDestroyed:
        parts, erased, steps = [], True, []
    own_page = _own_page(this) if "accept" in possible or "answer" in possible else ""
    tried = {act: form for act, form in bound.items() if form.errors or act not in possible or form.is_bound}
    return {
        "this": this,
        "may_act": by.can_act_on(this.record),
        "row": queries.rows([this])[0],
        "parts": parts,
        "withheld": sight.withheld,
        "erased": erased,
        "steps": steps,
        "clocks": clocks.of_record(this.record),
        "own_page": own_page,
        "possible": possible,
        "one_press": this.what_for.one_press if "answer" in possible else [],
        "forms": {act: tried.get(act) or form_of(act, this) for act in possible},
        "kept_words": next((form.data.get(f"{act}-words", "") for act, form in tried.items() if act not in possible), ""),
        "failed": next((form for form in tried.values() if form.errors), None),
        "arose": [(record, page_for(record, by)) for record in queries.arose_from(this, by=by)],
        "source_page": _source_page(this, by),
        "outcome": SAID.get(this.answer, this.answer.replace("_", " ").capitalize()),
    }


def _source_page(this: HandOver, by: Membership) -> str:
    """Where it arose, if this person may see that; what was told from outside arose from nothing here."""
    arose = this.source_id != this.pk and type(this.source).objects.visible_to(by).filter(pk=this.source_id).exists()
    return page_for(this.source, by) if arose else ""


def _own_page(this: HandOver) -> str:
    """The page of the room that takes it up, where this process serves one."""
    try:
        return reverse(this.what_for.taken_up_at, args=[this.reference]) if this.what_for.taken_up_at else ""
    except NoReverseMatch:
        return ""


@desk(Role.ADMINISTRATOR)
def unreached(request: DeskRequest) -> HttpResponse:
    """Agencies that something waits for and that have nobody: names only, since the administrator sees no case."""
    return render(
        request,
        "handover/unreached.html",
        {"nobody": queries.agencies_with_nobody(), "no_supervisor": clocks.agencies_reached_by_nobody()},
    )
