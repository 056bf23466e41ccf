"""What an analyst does with a report before the decision. Each is one form and one act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import NotPartyToRecord
from havenline.journey.intake.models import Report, ReportedItem
from havenline.journey.triage import actions, queries
from havenline.journey.triage.actions.claiming import ANALYSTS
from havenline.journey.triage.forms import ChildForm, SignsForm, WriteForm
from havenline.journey.triage.models import Grade
from havenline.journey.triage.views.showing import REFUSALS, claimed_again, found, grade_form, refuse, show, to_report


@desk(*ANALYSTS)
@require_POST
def grade(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Grade one item."""
    this = found(request, reference)
    item = item_of(this, number)
    form = grade_form(number, request.POST)
    bound = {"grades": {number: form}}

    def do() -> str:
        made = actions.grade(item=item, grade=form.cleaned_data["grade"], by=request.membership)
        if made.grade == Grade.UNSURE:
            return _("A second person is asked about item %(number)s.") % {"number": number}
        return _("Item %(number)s: %(grade)s.") % {"number": number, "grade": made.get_grade_display()}

    return _act(request, this, form, bound, do, anchor="items")


@desk(*ANALYSTS)
@require_POST
def carry_over(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Let an earlier grade of the same SHA-256 hold, without a second look."""
    this = found(request, reference)
    item = item_of(this, number)
    earlier = queries.earlier_grades(this, by=request.membership).filter(pk=request.POST.get("earlier") or 0).first()
    if earlier is None:
        raise Http404
    return _do(
        request,
        this,
        lambda: _told(actions.carry_over(item=item, earlier=earlier, by=request.membership).get_grade_display(), number),
        anchor="items",
    )


@desk(*ANALYSTS)
@require_POST
def accept(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Accept what is known of one item, as the page showed it."""
    this = found(request, reference)
    item = item_of(this, number)

    def do() -> str:
        made = actions.accept(item=item, offered=request.POST.get("offered", ""), by=request.membership)
        said = {"number": number, "grade": made.get_grade_display()}
        return (
            _("Item %(number)s: %(grade)s, recognised.") % said
            if made.was_seen
            else _("Item %(number)s: %(grade)s, accepted unseen.") % said
        )

    return _do(request, this, do, anchor="items")


@desk(*ANALYSTS)
@require_POST
def accept_all(request: DeskRequest, reference: str) -> HttpResponse:
    """Accept all that is known exactly, in one act."""
    this = found(request, reference)

    def do() -> str:
        made = len(actions.accept_all_exact(report=this, by=request.membership))
        return ngettext("%(n)s item recognised: no look was needed.", "%(n)s items recognised: no look was needed.", made) % {"n": made}

    return _do(request, this, do, anchor="items")


@desk(*ANALYSTS)
@require_POST
def look(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Show one address or hash, for the hotline's isolated viewer. The look is counted."""
    this = found(request, reference)
    try:
        address = actions.look_at_item(item=item_of(this, number), by=request.membership)
    except (*REFUSALS, NotPartyToRecord) as refusal:
        return refuse(request, this, refusal)
    return show(request, this, address_of=number, shown=address)


@desk(*ANALYSTS)
@require_POST
def add_child(request: DeskRequest, reference: str) -> HttpResponse:
    """A child whom the form did not ask for."""
    this = found(request, reference)
    form = ChildForm(request.POST, auto_id="child_%s")

    def do() -> str:
        told = dict(form.cleaned_data)
        made = actions.add_child(report=this, age=told.pop("age"), child=told, by=request.membership)
        return _("“%(child)s” is on the report: choose a referral, or say why there is none.") % {"child": made.label}

    return _act(request, this, form, {"child": form}, do, anchor="children")


@desk(*ANALYSTS)
@require_POST
def settle_signs(request: DeskRequest, reference: str) -> HttpResponse:
    """Which of the warning signs stand."""
    this = found(request, reference)
    form = SignsForm(request.POST, signs=this.warning_signs.select_related("report__record"))

    def do() -> str:
        actions.settle_signs(report=this, stands=form.chosen(), by=request.membership)
        stand = this.warning_signs.filter(stands=True).count()
        return ngettext("Saved: %(n)s warning sign stands.", "Saved: %(n)s warning signs stand.", stand) % {"n": stand}

    return _act(request, this, form, {"signs": form}, do, anchor="signs")


@desk(*ANALYSTS)
@require_POST
def write(request: DeskRequest, reference: str) -> HttpResponse:
    """Ask the reporter something."""
    this = found(request, reference)
    form = WriteForm(request.POST, auto_id="write_%s")

    def do() -> str:
        actions.write(
            report=this, words=form.cleaned_data["words"], could_be_read=form.cleaned_data["could_be_read"], by=request.membership
        )
        return _("It waits behind the receipt for the reporter.")

    return _act(request, this, form, {"write": form}, do, anchor="dialogue")


def _act(request: DeskRequest, this: Report, form: Any, bound: dict[str, Any], do: Callable[[], str], *, anchor: str) -> HttpResponse:
    """Done: back to the report, which says so. Refused: the same page, with what was typed."""
    try:
        if claimed_again(request, this):
            return show(request, this, **bound)
        if not form.is_valid():
            return show(request, this, status=422, **bound)
        messages.success(request, do())
    except (*REFUSALS, NotPartyToRecord) as refusal:
        return refuse(request, this, refusal, **bound)
    return to_report(this, anchor)


def _do(request: DeskRequest, this: Report, do: Callable[[], str], *, anchor: str) -> HttpResponse:
    try:
        messages.success(request, do())
    except (*REFUSALS, NotPartyToRecord) as refusal:
        return refuse(request, this, refusal)
    return to_report(this, anchor)


def item_of(this: Report, number: int) -> ReportedItem:
    return get_object_or_404(this.items.select_related("report__record", "identifier"), number=number)


def _told(grade: Any, number: int) -> str:
    return _("Item %(number)s: %(grade)s, carried over.") % {"number": number, "grade": grade}
