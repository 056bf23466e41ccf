"""The queue, and one report of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord, NotYourRole
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.actions import Silenced
from havenline.foundation.records.queries import normal_reference
from havenline.journey.intake.models import Report
from havenline.journey.triage import actions, errors, page, queries
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import ChildForm, DecisionForm, WriteForm, agencies_of
from havenline.journey.triage.models import Grade

REFUSED = (
    errors.NotWaiting,
    errors.ClaimedByAnother,
    errors.ClaimRanOut,
    errors.NotClaimed,
    errors.NothingWaits,
    errors.SecondPersonNeeded,
    errors.CannotCarryOver,
    errors.NotReadyToDecide,
    errors.ReportChanged,
    errors.AlreadyDecided,
    errors.TooLateToTakeBack,
    errors.ReasonMissing,
    errors.ChildNotDescribed,
    errors.DutySettled,
    errors.CouldBeRead,
    NotYourRole,
    NotPartyToRecord,
    Silenced,
)


def found(request: DeskRequest, reference: str) -> Report:
    """The report, if this person may see it; what they may not see does not exist."""
    report: Report | None = (
        Report.objects.visible_to(request.membership)
        .select_related("record__agency", "platform")
        .filter(record__reference=normal_reference(reference))
        .first()
    )
    if report is None:
        raise Http404
    return report


@desk(*ANALYSTS)
def queue(request: DeskRequest) -> HttpResponse:
    """The one queue, most urgent first; nothing selected."""
    ledger.looked(request.membership, "queue", reason="list")
    return render(request, "triage/queue.html", _list(request))


@desk(*ANALYSTS)
def report(request: DeskRequest, reference: str) -> HttpResponse:
    """One report beside the queue; closed until it is claimed, or a reason can be derived."""
    return shown(request, found(request, reference))


@desk(*ANALYSTS)
@require_POST
def read(request: DeskRequest, reference: str) -> HttpResponse:
    """Read without claiming, for a typed reason."""
    one = found(request, reference)
    try:
        actions.read_with_reason(report=one, words=request.POST.get("words", ""), by=request.membership)
    except REFUSED as refused:
        return shown(request, one, refused=refused)
    return shown(request, one, read_for_reason=True)


def shown(
    request: DeskRequest,
    one: Report,
    *,
    refused: Exception | None = None,
    read_for_reason: bool = False,
    decision: DecisionForm | None = None,
    writing: WriteForm | None = None,
    child: ChildForm | None = None,
    revealed: dict[str, Any] | None = None,
) -> HttpResponse:
    """The report's page; with what was refused and why, keeping every word that was typed."""
    by = request.membership
    reason = queries.look_reason(one, by)
    typed = decision or writing or child
    is_open = bool(reason) or read_for_reason or typed is not None
    context: dict[str, Any] = _list(request) | page.cover(one, by=by)
    context |= {
        "is_open": is_open,
        "refused": str(refused) if refused and not isinstance(refused, errors.NotReadyToDecide) else "",
        "reasons": refused.reasons if isinstance(refused, errors.NotReadyToDecide) else [],
        "claim_ran_out": isinstance(refused, errors.ClaimRanOut),
        "revealed": revealed,
    }
    if is_open:
        if not read_for_reason:
            ledger.looked(by, one, reason=reason or "assigned")
        context |= page.inside(one, by=by)
        context["decision_form"] = decision or _decision_form(one, context)
        context["write_form"] = writing or WriteForm(prefix="write")
        context["child_form"] = child or ChildForm(prefix="child")
        context["grades"] = Grade.choices
        context["can_work"] = context["is_mine"] and context["pending"] is None
        number = revealed["number"] if revealed else request.GET.get("item", "")
        context["grading"] = queries.to_grade(context["items"], number=str(number), holds=context["can_work"])
    return render(request, "triage/report.html", context, status=409 if refused else 200)


def back_to(one: Report, anchor: str = "") -> HttpResponse:
    return redirect(reverse("triage:report", args=[one.reference]) + (f"#{anchor}" if anchor else ""))


def _list(request: DeskRequest) -> dict[str, Any]:
    by = request.membership
    return {
        "queue": queries.queue(by, show=request.GET.get("show", "all")),
        "alarms": list(queries.open_alarms(by)[:5]),
        "gaps": queries.rota_gaps(agency=by.agency) if by.supervises else [],
        "problems": list(queries.decisions_with_problems(by)[:5]) if by.supervises else [],
    }


def _decision_form(one: Report, context: dict[str, Any], data: Any = None) -> DecisionForm:
    return decision_form(one, data, duties=context["duties"], seen=context["seen_messages"])


def decision_form(one: Report, data: Any = None, *, duties: Any = None, seen: int | None = None) -> DecisionForm:
    return DecisionForm(
        data,
        report=one,
        duties=list(duties if duties is not None else one.child_duties.select_related("refer_to")),
        police=agencies_of(AgencyKind.POLICE),
        care=agencies_of(AgencyKind.SOCIAL_CARE),
        initial={"seen": seen},
    )


def told(request: DeskRequest, refused: Exception) -> None:
    messages.error(request, str(refused) or _("That was refused. Nothing was changed."))
