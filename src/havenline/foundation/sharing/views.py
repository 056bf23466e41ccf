"""Who sees a record and who looked at it; and break-glass, for those who open, those whose record it is, and oversight."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership, NotPartyToRecord
from havenline.foundation.people.roles import MAY_SEE, SUPERVISORS, Role
from havenline.foundation.records.actions import NotOfThisAgency, Silenced
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import page_for
from havenline.foundation.records.queries import find
from havenline.foundation.sharing import actions, queries
from havenline.foundation.sharing.forms import FindingForm, GlassForm, ReasonForm, ShareForm

READERS = tuple(str(role) for role, kinds in MAY_SEE.items() if kinds)
SUPERVISING = tuple(dict.fromkeys(str(role) for role in SUPERVISORS.values()))
LOOKS_SHOWN = 50
REFUSALS = (
    actions.WordsMissing,
    actions.NotYoursToShare,
    actions.SeesItAlready,
    actions.SeesNoSuchFile,
    actions.EndWrong,
    actions.NothingToOpen,
    actions.OneAtATime,
    actions.NobodyReviews,
    actions.NotWaiting,
    actions.NotYoursToAnswer,
    NotOfThisAgency,
    Silenced,
)


@desk(*READERS)
def record(request: DeskRequest, reference: str) -> HttpResponse:
    """Who sees this record, why and until when; who looked at it. A POST shares, restricts, or lifts the restriction."""
    by = request.membership
    this = _found(reference, by)
    act = request.POST.get("act", "")
    share = ShareForm(this, by, request.POST if act == "share" else None)
    reason = ReasonForm(request.POST if act in ("restrict", "lift") else None, auto_id="restriction_%s")
    if request.method == "POST":
        done = _act_on_record(this, act, share, reason, by)
        if done:
            messages.success(request, done)
            return redirect("sharing:record", this.reference)
    else:
        ledger.looked(by, this, reason="who sees it")
    return render(request, "sharing/record.html", _page(request, this, share, reason), status=422 if request.method == "POST" else 200)


def _found(reference: str, by: Membership) -> Record:
    this = find(reference, by=by)
    if this is None:
        raise Http404
    return this


def _act_on_record(this: Record, act: str, share: ShareForm, reason: ReasonForm, by: Membership) -> str:
    """What was done, in words; empty where a form says what is wrong."""
    form: forms.Form = share if act == "share" else reason
    if not form.is_bound:
        raise Http404
    if not form.is_valid():
        return ""
    said = form.cleaned_data
    acts: dict[str, Callable[[], tuple[object, str]]] = {
        "share": lambda: (
            actions.share(record=this, **said, by=by),
            _("%(agency)s sees it from now on. Their supervisors are told that something waits.") % {"agency": said.get("agency")},
        ),
        "restrict": lambda: (actions.restrict(record=this, reason=said["reason"], by=by), _("Restricted.")),
        "lift": lambda: (actions.lift_restriction(record=this, reason=said["reason"], by=by), _("The whole team sees it again.")),
    }
    try:
        return str(acts[act]()[1])
    except NotPartyToRecord:
        raise Http404 from None
    except actions.EndWrong as refused:
        form.add_error("until", str(refused))
    except REFUSALS as refused:
        form.add_error(None, str(refused))
    return ""


def _page(request: DeskRequest, this: Record, share: ShareForm, reason: ReasonForm) -> dict[str, Any]:
    by = request.membership
    looks = Paginator(queries.looks_at(this, by=by), LOOKS_SHOWN).get_page(request.GET.get("page"))
    glass = this.broken_glass.select_related("by__person", "by__agency", "reviewed_by__person") if by.supervises else []
    return {
        "record": this,
        "page_of_record": page_for(this, by),
        "parties": queries.parties_now(this),
        "reads_all": queries.reads_all_of_it(this, by=by),
        "may_share": queries.may_share(this, by=by),
        "may_lift": by.agency_id == this.agency_id and by.supervises,
        "share": share,
        "reason": reason,
        "looks": looks,
        "glass": glass,
        "read_by_glass": queries.reads_by_break_glass(this, by=by),
        "today": moment.today(),
    }


@desk(*READERS)
@require_POST
def end_share(request: DeskRequest, reference: str, party: int) -> HttpResponse:
    this = _found(reference, request.membership)
    ended = get_object_or_404(queries.parties_now(this), pk=party)
    try:
        actions.end_share(party=ended, reason=request.POST.get("reason", ""), by=request.membership)
    except NotPartyToRecord:
        raise Http404 from None
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(agency)s sees it no more.") % {"agency": ended.agency.name})
    return redirect("sharing:record", this.reference)


@desk(*SUPERVISING)
def glass(request: DeskRequest) -> HttpResponse:
    """Open one record; what others opened of ours; and, for oversight, what is to be reviewed."""
    by = request.membership
    form = GlassForm(request.POST or None, initial={"reference": request.GET.get("reference", "")})
    if request.method == "POST" and by.may_break_glass and form.is_valid():
        try:
            opened = actions.break_glass(**form.cleaned_data, by=by)
        except REFUSALS as refused:
            form.add_error("reference" if isinstance(refused, actions.NothingToOpen | actions.SeesItAlready) else None, str(refused))
        else:
            if opened.waits_for_consent:
                messages.info(
                    request,
                    _("This record is restricted. A supervisor of %(agency)s was asked; the answer comes here.")
                    % {"agency": opened.record.agency.name},
                )
                return redirect("sharing:glass")
            messages.warning(
                request,
                _("Open to you for one hour, to read. %(agency)s was told, and oversight reviews it.")
                % {"agency": opened.record.agency.name},
            )
            return redirect(page_for(opened.record, by) or "sharing:glass")
    oversight = by.role == Role.AUDITOR
    if request.method != "POST":
        ledger.looked(by, "list of break-glass", reason="oversight" if oversight else "own agency")
    context = {
        "form": form if by.may_break_glass else None,
        "own": [(one, page_for(one.record, by)) for one in queries.own_glass(by=by)[:LOOKS_SHOWN]] if by.may_break_glass else [],
        "ours": queries.glass_of_our_records(by=by)[:LOOKS_SHOWN],
        "to_review": [(one, FindingForm(auto_id=f"review{one.pk}_%s")) for one in queries.glass_to_review(by=by)] if oversight else [],
        "reviewed": queries.glass_reviewed(by=by)[:LOOKS_SHOWN] if oversight else [],
        "oversight": oversight,
    }
    return render(request, "sharing/glass.html", context, status=422 if form.is_bound and by.may_break_glass else 200)


@desk(*SUPERVISING)
@require_POST
def act_on_glass(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """Agree, refuse, end, note that it was seen, or review."""
    by = request.membership
    this = queries.glass_for(pk, by=by)
    if this is None:
        raise Http404
    finding = FindingForm(request.POST)
    acts: dict[str, Callable[[], tuple[object, str]]] = {
        "agree": lambda: (actions.answer_glass(glass=this, consent=True, by=by), _("Agreed: it is open to them for one hour.")),
        "refuse": lambda: (actions.answer_glass(glass=this, consent=False, by=by), _("Refused. They were told that an answer waits.")),
        "end": lambda: (actions.end_glass(glass=this, by=by), _("Ended.")),
        "seen": lambda: (actions.note_glass_seen(glass=this, by=by), _("Noted under your name.")),
        "review": lambda: (
            actions.review_glass(
                glass=this, in_order=finding.cleaned_data["finding"] == "in order", words=finding.cleaned_data["reason"], by=by
            ),
            _("Your finding stands on the ledger."),
        ),
    }
    if act not in acts or (act == "review" and by.role != Role.AUDITOR):
        raise Http404
    if act == "review" and not finding.is_valid():
        messages.error(request, " ".join(str(error) for errors in finding.errors.values() for error in errors))
        return redirect("sharing:glass")
    try:
        messages.success(request, acts[act]()[1])
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("sharing:glass")
