"""The register of schools at the desk: found, added, linked to an agency, and its lead verified by telephone."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.forms import LinkForm, SchoolForm, TelephoneForm, VerifyForm
from havenline.journey.prevention.models import School, SchoolContact
from havenline.journey.prevention.policies import SENDERS
from havenline.journey.prevention.views.act import act_page, bound, do
from havenline.journey.prevention.views.sender import crumbs

PAGE = 50


@desk(*SENDERS)
def register(request: DeskRequest) -> HttpResponse:
    by = request.membership
    asked = request.GET.get("find", "").strip()
    page = max(1, int(request.GET.get("page", "1")) if request.GET.get("page", "1").isdigit() else 1)
    found = list(queries.schools(asked, by=by)[(page - 1) * PAGE : page * PAGE + 1])
    ledger.looked(by, "register of schools", reason="own work")
    context = {"asked": asked, "schools": found[:PAGE], "page": page, "more": len(found) > PAGE}
    return render(request, "prevention/register.html", context)


@desk(*SENDERS)
def add_school(request: DeskRequest) -> HttpResponse:
    by = request.membership
    form = SchoolForm(bound(request))
    return act_page(
        request,
        form,
        lambda: actions.add_school(by=by, **form.cleaned_data),
        back=reverse("prevention:register"),
        title=_("Add a school"),
        crumbs=crumbs((_("Register"), reverse("prevention:register")), (_("Add"), "")),
        button=_("Add the school"),
        done=_("The school is in the register."),
    )


@desk(*SENDERS)
def school(request: DeskRequest, urn: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.schools(by=by), urn=urn)
    ledger.looked(by, found, reason="own work")
    context = {
        "school": found,
        "leads": queries.leads_of(found, by=by),
        "link_form": LinkForm(agencies=queries.agencies_without_school(by=by)),
        "telephone_form": TelephoneForm(initial={"telephone": found.telephone}),
        "verify_form": VerifyForm(),
        "notices": queries.sent_notices(by=by).filter(school=found)[:20],
    }
    return render(request, "prevention/school.html", context)


@desk(*SENDERS)
@require_POST
def verify(request: DeskRequest, urn: int) -> HttpResponse:
    """A lead was confirmed on the telephone; `membership` says which."""
    by = request.membership
    found = get_object_or_404(School, urn=urn)
    chosen = request.POST.get("membership", "")
    lead = get_object_or_404(
        Membership.objects.current(),
        pk=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 12 else 0,
        agency=found.agency,
    )
    form = VerifyForm(request.POST)
    said = form.cleaned_data["spoke_to"] if form.is_valid() else ""
    return do(
        request,
        lambda: actions.verify_contact(school=found, membership=lead, spoke_to=said, by=by),
        back=reverse("prevention:school", args=[urn]),
        done=_("Verified. What waits for this school goes to them now."),
    )


@desk(*SENDERS)
@require_POST
def link(request: DeskRequest, urn: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(School, urn=urn)
    form = LinkForm(request.POST, agencies=queries.agencies_without_school(by=by))
    if not form.is_valid():
        return redirect("prevention:school", urn)
    return do(
        request,
        lambda: actions.link_agency(school=found, agency=form.cleaned_data["agency"], by=by),
        back=reverse("prevention:school", args=[urn]),
        done=_("Linked."),
    )


@desk(*SENDERS)
@require_POST
def telephone(request: DeskRequest, urn: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(School, urn=urn)
    form = TelephoneForm(request.POST)
    said = form.cleaned_data["telephone"] if form.is_valid() else ""
    return do(
        request,
        lambda: actions.correct_telephone(school=found, telephone=said, by=by),
        back=reverse("prevention:school", args=[urn]),
        done=_("Corrected."),
    )


@desk(*SENDERS)
@require_POST
def end_contact(request: DeskRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(SchoolContact.objects.select_related("school"), pk=pk)
    return do(
        request,
        lambda: actions.end_contact(contact=contact, by=request.membership),
        back=reverse("prevention:school", args=[contact.school.urn]),
        done=_("No mail goes to this person any more."),
    )
