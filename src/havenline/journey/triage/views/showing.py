"""The page of one report, however it is reached: read, refused with what was typed kept, or only its cover."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from havenline.foundation.identifiers.models import Kind
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest
from havenline.foundation.people.models import NotPartyToRecord, NotYourRole
from havenline.foundation.records.actions import Silenced
from havenline.foundation.records.masking import sight_of
from havenline.foundation.records.queries import normal_reference
from havenline.journey.intake import actions as intake
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.models import Danger, Report
from havenline.journey.intake.pictures import PictureRefused
from havenline.journey.triage import actions, errors, exposure, page, queries
from havenline.journey.triage.forms import ChildForm, DecisionForm, GradeForm, ReasonForm, SignsForm, WriteForm

CLAIM_FIRST = (errors.ClaimRanOut, errors.NotClaimed)
STALE = (*CLAIM_FIRST, errors.ClaimedByAnother, errors.AlreadyDecided, errors.NotWaiting, errors.ReportChanged, errors.TooLateToTakeBack)
REFUSALS = (
    *STALE,
    errors.CannotAccept,
    errors.CannotCarryOver,
    errors.CannotGive,
    errors.ChildNotDescribed,
    errors.CouldBeRead,
    errors.DutySettled,
    errors.LimitReached,
    errors.NotInDanger,
    errors.NotReadyToDecide,
    errors.NothingWaits,
    errors.NotOnRota,
    errors.OnBreak,
    errors.ReasonMissing,
    errors.SecondPersonNeeded,
    errors.SomebodyElseCan,
    intake.NothingWritten,
    intake.TooLong,
    NotAnswers,
    NotYourRole,
    PictureRefused,
    Silenced,
)
AGAIN = "claim_again"


def found(request: DeskRequest, reference: str) -> Report:
    """The report, if this person may see it. Raises Http404: what they may not see does not exist."""
    visible = Report.objects.visible_to(request.membership).select_related("record", "platform")
    report: Report | None = visible.filter(record__reference=normal_reference(reference)).first()
    if report is None or report.opened_at is None:
        raise Http404
    return report


def to_report(report: Report, anchor: str = "") -> HttpResponse:
    answer = redirect("triage:report", report.reference)
    if anchor:
        answer["Location"] += f"#{anchor}"
    return answer


def status_of(refusal: Exception) -> int:
    return 409 if isinstance(refusal, STALE) else 422


def claimed_again(request: DeskRequest, report: Report) -> bool:
    """The same form, sent once more to claim the report again: what was typed is shown, and nothing is done yet."""
    if AGAIN not in request.POST:
        return False
    actions.claim(report=report, by=request.membership, how="claim ran out")
    messages.info(request, _("The report is yours again. What you typed stands below; nothing was sent yet."))
    return True


def show(
    request: DeskRequest,
    report: Report,
    *,
    reason: str = "",
    refusal: Exception | None = None,
    address_of: int = 0,
    shown: str = "",
    asks: bool = False,
    regrade: int = 0,
    status: int = 200,
    **bound: Any,
) -> HttpResponse:
    """`reason`: why this person reads it, where the view knows; otherwise it is derived, or only the cover is shown.

    `bound`: forms as they were sent (decision, child, write, grade by item number), so that nothing typed is lost.
    """
    by = request.membership
    context = page.cover(report, by=by)
    reason = reason or queries.look_reason(report, by)
    if reason:
        sight = sight_of(report.record, by=by)
        said = page.said(report, sight)
        if reason != "typed":  # its own action has recorded it
            ledger.looked(by, report, reason=reason, shown=sight.shown)
        context |= {"said": said, **page.inside(report, by=by)}
        context |= _forms(report, context, bound, item=address_of or regrade)
    context |= around(request)
    context |= {
        "reads": bool(reason),
        "place_in_queue": context["queue"].place_of(report),
        "pending_words": page.in_words(context["pending"]) if context["pending"] and reason else [],
        "refusal": refusal,
        "reasons": page.where_to(refusal.reasons) if isinstance(refusal, errors.NotReadyToDecide) else [],
        "kept": _kept(request, bound) if refusal and not reason else [],
        "may_claim_again": isinstance(refusal, CLAIM_FIRST) and context["can_claim"],
        "looks_end": isinstance(refusal, (errors.LimitReached, errors.OnBreak)),
        "may_go_on": isinstance(refusal, errors.LimitReached) and context["is_mine"] and report.danger == Danger.NOW,
        "sent": _sent(request.POST) if isinstance(refusal, CLAIM_FIRST) else [],
        "sent_to": request.path,
        "again": AGAIN,
        "reason_form": bound.get("reason_form") or ReasonForm(auto_id="read_%s"),
        "address_of": address_of,
        "address": shown,
        "asks": asks,
    }
    if refusal is not None:
        status = status_of(refusal)
    return render(request, "triage/report.html", context, status=status)


def around(request: DeskRequest) -> dict[str, Any]:
    """What stands around every page of the desk: the queue at its side, alarms and problems on top."""
    by = request.membership
    return {
        "queue": queries.queue(by, show=request.GET.get("show", "all")),
        "alarms": queries.open_alarms(by),
        "problems": queries.decisions_with_problems(by),
        "nobody_on_call": not queries.on_call_now(by.agency),
        "meter": exposure.meter_of(by),
    }


def _forms(report: Report, context: dict[str, Any], bound: dict[str, Any], *, item: int) -> dict[str, Any]:
    decision = bound.get("decision")
    if decision is None:
        decision = DecisionForm(
            duties=context["duties"], place=context["place"], at_hosts=context["at_hosts"], initial={"seen": context["seen_messages"]}
        )
    grades = bound.get("grades") or {}
    open_items = [view.item.number for view in context["items"] if view.counts is None and not view.needs_another]
    gradable = [n for view in context["items"] if (n := view.item.number) in open_items and (context["is_mine"] or view.is_unsure)]
    exact = {view.item.number for view in context["known"].exact}
    gradable.sort(key=lambda n: n in exact)  # what one key accepts without a look comes last
    asked = item or next(iter(grades), 0)  # one item at a time: the one asked for, else the first that is open
    chosen = decision.chosen() if decision.is_bound and decision.is_valid() else None
    signs_form = bound.get("signs") or SignsForm(signs=context["signs"])
    return {
        "signs_found": [(sign, signs_form[f"sign-{sign.number}"]) for sign in context["signs"]],
        "may_grade": context["is_mine"],
        "open_items": open_items,
        "grading": asked if asked and context["is_mine"] else asked if asked in gradable else (gradable or [0])[0],
        "in_words": page.form_in_words(report, chosen) if chosen else [],
        "result": page.result_of(
            police=chosen and chosen["police"],
            care=any(said.refer_to for said in chosen["children"].values()) if chosen else any(d.refer_to_id for d in decision.duties),
            host=chosen and chosen["notice_to_host"],
            close=chosen and chosen["close"],
        ),
        "results": page.results(),
        "names_a_host": any(view.item.identifier.kind == Kind.URL for view in context["items"]),
        "decision_form": decision,
        "children": [
            (duty, page.of_child(duty), decision.of_child(duty) if duty in decision.duties else None) for duty in context["duties"]
        ],
        "child_form": bound.get("child") or ChildForm(auto_id="child_%s"),
        "write_form": bound.get("write") or WriteForm(auto_id="write_%s"),
        "graded": [(view, grades.get(view.item.number) or grade_form(view.item.number)) for view in context["items"]],
    }


def grade_form(number: int, data: QueryDict | None = None) -> GradeForm:
    return GradeForm(data, auto_id=f"item{number}_%s")


def _kept(request: HttpRequest, bound: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed, for a page that can show no form any more."""
    forms = [form for form in bound.values() if hasattr(form, "fields")]
    return [
        (str(field.label), str(field.value()))
        for form in forms
        for field in form
        if not field.is_hidden and isinstance(field.value(), str) and field.value().strip() and not hasattr(field.field, "choices")
    ]


def _sent(data: QueryDict) -> list[tuple[str, str]]:
    """The form as it was sent, to send it again."""
    return [(name, value) for name in data if name not in {"csrfmiddlewaretoken", AGAIN} for value in data.getlist(name)]


def refuse(request: DeskRequest, report: Report, refusal: Exception, **bound: Any) -> HttpResponse:
    """The same page, which says what to do. What a person may not see stays what does not exist."""
    if isinstance(refusal, NotPartyToRecord):
        raise Http404 from refusal
    return show(request, report, refusal=refusal, **bound)
