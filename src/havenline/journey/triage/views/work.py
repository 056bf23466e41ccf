"""What an analyst does with a report: each posts to one action."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.records.models import Record
from havenline.journey.intake.actions import NothingWritten, TooLong
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.models import ReportedItem
from havenline.journey.intake.pictures import PictureRefused
from havenline.journey.triage import actions
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import ChildForm, WriteForm
from havenline.journey.triage.models import Assessment, Grade
from havenline.journey.triage.views.desk import REFUSED, back_to, decision_form, found, shown, told

NOT_SENT = (NothingWritten, TooLong, NotAnswers, PictureRefused)


@desk(*ANALYSTS)
@require_POST
def claim_next(request: DeskRequest) -> HttpResponse:
    try:
        claim = actions.claim_next(by=request.membership)
    except REFUSED as refused:
        told(request, refused)
        return redirect("triage:queue")
    return back_to(claim.report)


@desk(*ANALYSTS)
@require_POST
def claim(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    try:
        actions.claim(report=one, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
    return back_to(one)


@desk(*ANALYSTS)
@require_POST
def release(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    try:
        actions.release(report=one, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
        return back_to(one)
    messages.success(request, _("Set aside. It is back in its place in the queue."))
    return redirect("triage:queue")


@desk(*ANALYSTS)
@require_POST
def grade(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    one = found(request, reference)
    item = get_object_or_404(ReportedItem, report=one, number=number)
    letter = request.POST.get("grade", "")
    if letter not in Grade.values:
        told(request, ValueError(_("Choose a grade for item %(n)s.") % {"n": number}))
        return back_to(one, f"item-{number}")
    try:
        actions.grade(item=item, grade=letter, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
    return back_to(one, f"item-{number}")


@desk(*ANALYSTS)
@require_POST
def carry_over(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    one = found(request, reference)
    item = get_object_or_404(ReportedItem, report=one, number=number)
    visible = Record.objects.visible_to(request.membership)
    earlier = get_object_or_404(Assessment, pk=request.POST.get("earlier") or 0, item__report__record__in=visible)
    try:
        actions.carry_over(item=item, earlier=earlier, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
    return back_to(one, f"item-{number}")


@desk(*ANALYSTS)
@require_POST
def look(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """The address for the isolated viewer: shown once, in this answer; the look is counted."""
    one = found(request, reference)
    item = get_object_or_404(ReportedItem, report=one, number=number)
    try:
        address = actions.look_at_item(item=item, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
        return back_to(one, f"item-{number}")
    return shown(request, one, revealed={"number": number, "address": address})


@desk(*ANALYSTS)
@require_POST
def add_child(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    form = ChildForm(request.POST, prefix="child")
    if not form.is_valid():
        return shown(request, one, child=form)
    try:
        actions.add_child(report=one, child=form.cleaned_data, age=form.cleaned_data["age"], by=request.membership)
    except REFUSED as refused:
        return shown(request, one, refused=refused, child=form)
    return back_to(one, "decision")


@desk(*ANALYSTS)
@require_POST
def write(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    form = WriteForm(request.POST, prefix="write")
    if not form.is_valid():
        return shown(request, one, writing=form)
    try:
        actions.write(report=one, words=form.cleaned_data["words"], could_be_read=form.cleaned_data["could_be_read"], by=request.membership)
    except (*REFUSED, *NOT_SENT) as refused:
        return shown(request, one, refused=refused, writing=form)
    messages.success(request, _("Left behind the receipt. The report comes back to the queue when the reporter answers."))
    return back_to(one, "messages")


@desk(*ANALYSTS)
@require_POST
def decide(request: DeskRequest, reference: str) -> HttpResponse:
    """Decide; a form that came too late, or is not complete, comes back with every word in it."""
    one = found(request, reference)
    form = decision_form(one, request.POST)
    if not form.is_valid():
        return shown(request, one, decision=form)
    try:
        actions.decide(report=one, by=request.membership, **form.decided())
    except (*REFUSED, *NOT_SENT) as refused:
        return shown(request, one, refused=refused, decision=form)
    return back_to(one)


@desk(*ANALYSTS)
@require_POST
def take_back(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    decision = one.decisions.order_by("-at").first()
    if decision is None:
        raise Http404
    try:
        actions.take_back(decision=decision, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
    else:
        messages.success(request, _("Taken back: nothing has left. The report is yours again."))
    return back_to(one)


@desk(*ANALYSTS)
@require_POST
def send_now(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    decision = one.decisions.order_by("-at").first()
    if decision is None:
        raise Http404
    try:
        done = actions.send_now(decision=decision, by=request.membership)
    except REFUSED as refused:
        told(request, refused)
        return back_to(one)
    if done.problem:
        messages.warning(request, done.problem)
    messages.success(request, _("Carried out."))
    return redirect("triage:queue")


@desk(*ANALYSTS)
@require_POST
def confirm_alarm(request: DeskRequest, reference: str) -> HttpResponse:
    one = found(request, reference)
    alarm = getattr(one, "alarm", None)
    if alarm is None:
        raise Http404
    actions.confirm_alarm(alarm=alarm, by=request.membership)
    messages.success(request, _("Confirmed. Claim the report, so that nobody else reads it meanwhile."))
    return back_to(one)
