"""The front door: what waits, a referral that somebody told, and another area that is asked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from havenline.foundation.handover.models import HandOver
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.roles import Role
from havenline.foundation.records.queries import normal_reference
from havenline.journey.safeguarding import actions, path, queries
from havenline.journey.safeguarding.forms.told import ToldForm
from havenline.journey.safeguarding.models import ChildCase
from havenline.journey.safeguarding.queries import front_door as door
from havenline.journey.safeguarding.views.case import SOCIAL_CARE, to_case, tried

MOST_WORDS = 2000


@desk(*SOCIAL_CARE)
def front_door(request: DeskRequest) -> HttpResponse:
    """What waits to be taken up, decided and answered, and who is on duty."""
    by = request.membership
    ledger.looked(by, "list at the front door", reason="list")
    context = {**door.waiting(by=by), "duty": door.on_duty(by.agency), "may_record": by.role != Role.CONFERENCE_CHAIR}
    return render(request, "safeguarding/front_door.html", context)


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def told(request: DeskRequest) -> HttpResponse:
    """Record a referral that came by telephone, letter or in person. Refused: the same page, which says what to do and keeps all of it."""
    form = ToldForm()
    if request.method == "POST" and request.POST.get("add") in ("child", "person"):
        form = ToldForm(initial=_one_more(request.POST, request.POST["add"]))
    elif request.method == "POST":
        form = ToldForm(request.POST)
        if form.is_valid():
            try:
                recorded = actions.record_told_referral(by=request.membership, **form.told())
            except actions.ReferralNotPossible as refusal:
                form.say(refusal.wrong)
            else:
                return _recorded(request, recorded)
    status = 422 if form.is_bound else 200
    return render(request, "safeguarding/told.html", {"form": form, "duty": door.on_duty(request.membership.agency)}, status=status)


def _one_more(said: QueryDict, what: str) -> dict[str, Any]:
    """Everything that was typed, and room for one more child or person; nothing is judged yet."""
    initial: dict[str, Any] = {name: said.get(name) for name in said if name != "must_not_learn"}
    initial["must_not_learn"] = said.getlist("must_not_learn")
    key = "children" if what == "child" else "people"
    form = ToldForm(initial=initial)
    initial[key] = (form.child_count if what == "child" else form.people_count) + 1
    return initial


def _recorded(request: DeskRequest, recorded: list[HandOver]) -> HttpResponse:
    many = ngettext("Recorded: %(n)s referral, here since its receipt.", "Recorded: %(n)s referrals, one for each child.", len(recorded))
    messages.success(request, many % {"n": len(recorded)})
    return redirect("safeguarding:take_up", recorded[0].reference) if len(recorded) == 1 else redirect("safeguarding:front_door")


@desk(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
def ask_area(request: DeskRequest, reference: str) -> HttpResponse:
    """Ask another area whether it knows the child; back to the page that asked."""
    by = request.membership
    visible = HandOver.objects.visible_to(by).select_related("record", "to_agency", "from_agency")
    referral = visible.filter(record__reference=normal_reference(reference), purpose__in=actions.REFERRALS, to_agency=by.agency_id).first()
    if referral is None:
        raise Http404
    if request.method != "POST":
        return redirect("safeguarding:take_up", referral.reference)
    area = queries.other_areas(by=by).filter(slug=request.POST.get("area", "")).first()
    if area is None:
        messages.error(request, _("Choose the area that you ask."))
    else:
        asked, words = area, request.POST.get("words", "")[:MOST_WORDS]
        done = _("%(area)s is asked. Its answer comes back here.") % {"area": area.name}
        tried(request, lambda: actions.ask_another_area(referral=referral, area=asked, words=words, by=by), done=done)
    child_case = ChildCase.objects.visible_to(by).filter(referral=referral, record__closed_at=None).first()
    if child_case is None:
        return redirect("safeguarding:take_up", referral.reference)
    is_decided = child_case.events.filter(step=path.DECISION).exists()
    return to_case(child_case) if is_decided else redirect("safeguarding:decide", child_case.reference)
