"""The register of schools at the desk: found, added, linked to an agency, and its lead verified by telephone."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership
from havenline.journey.prevention import actions, queries
from havenline.journey.prevention.actions.register import verified_by_others
from havenline.journey.prevention.forms import LinkForm, SchoolForm, TelephoneForm, VerifyForm
from havenline.journey.prevention.models import School
from havenline.journey.prevention.policies import SENDERS
from havenline.journey.prevention.views.act import REFUSALS, act_page, bound, crumbs, do, posted_from

PAGE = 50


def _school_page(_request: DeskRequest, urn: int) -> str:
    return reverse("prevention:school", args=[urn])


def _school_page_of_contact(request: DeskRequest, pk: int) -> str:
    return reverse("prevention:school", args=[get_object_or_404(queries.contacts(by=request.membership), pk=pk).school.urn])


@desk(*SENDERS)
def register(request: DeskRequest) -> HttpResponse:
    by = request.membership
    asked = request.GET.get("find", "").strip()
    page = Paginator(queries.schools(asked, by=by), PAGE).get_page(request.GET.get("page"))
    ledger.looked(by, "register of schools", reason="own work")
    context = {"asked": asked, "schools": page}
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
    found = get_object_or_404(queries.schools(by=request.membership), urn=urn)
    ledger.looked(request.membership, found, reason="own work")
    return _show(request, found)


def _show(request: DeskRequest, found: School, *, failed: forms.Form | None = None, verifies: Membership | None = None) -> HttpResponse:
    """One school. `failed`: the form whose words were refused, shown again with them; `verifies`: the lead whom it was about."""
    by = request.membership
    leads = [{**lead, "form": _verify_form(lead["membership"])} for lead in queries.leads_of(found, by=by)]
    for lead in leads:
        if isinstance(failed, VerifyForm) and lead["membership"] == verifies:
            lead["form"] = failed
    context = {
        "school": found,
        "leads": leads,
        "verified_by_others": verified_by_others(found, by),
        "link_form": failed if isinstance(failed, LinkForm) else LinkForm(agencies=queries.agencies_without_school(by=by)),
        "telephone_form": failed if isinstance(failed, TelephoneForm) else TelephoneForm(initial={"telephone": found.telephone}),
        "failed": failed,
        "notices": queries.sent_notices(by=by).filter(school=found)[:20],
    }
    return render(request, "prevention/school.html", context, status=422 if failed else 200)


def _verify_form(lead: Membership, typed: Any = None) -> VerifyForm:
    return VerifyForm(typed, auto_id=f"spoke_{lead.pk}_%s")


def _act(
    request: DeskRequest,
    found: School,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    about: str,
    done: str,
    verifies: Membership | None = None,
) -> HttpResponse:
    """Carry out what a form of this page asks, or show the page again with what was typed and the refusal beside field `about`."""
    if form.is_valid():
        try:
            act()
        except REFUSALS as refusal:
            form.add_error(about, str(refusal))
        else:
            messages.success(request, done)
            return redirect("prevention:school", found.urn)
    return _show(request, found, failed=form, verifies=verifies)


@desk(*SENDERS)
@posted_from(_school_page)
def verify(request: DeskRequest, urn: int) -> HttpResponse:
    """A lead was confirmed on the telephone; `membership` says which."""
    by = request.membership
    found = get_object_or_404(queries.schools(by=by), urn=urn)
    chosen = request.POST.get("membership", "")
    lead = get_object_or_404(
        queries.leads_who_could_be_verified(found, by=by),
        pk=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 12 else 0,
    )
    form = _verify_form(lead, request.POST)
    return _act(
        request,
        found,
        form,
        lambda: actions.verify_contact(school=found, membership=lead, spoke_to=form.cleaned_data["spoke_to"], by=by),
        about="spoke_to",
        done=_("Verified. What waits for this school goes to them now."),
        verifies=lead,
    )


@desk(*SENDERS)
@posted_from(_school_page)
def link(request: DeskRequest, urn: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.schools(by=by), urn=urn)
    form = LinkForm(request.POST, agencies=queries.agencies_without_school(by=by))
    return _act(
        request,
        found,
        form,
        lambda: actions.link_agency(school=found, agency=form.cleaned_data["agency"], by=by),
        about="agency",
        done=_("Linked."),
    )


@desk(*SENDERS)
@posted_from(_school_page)
def telephone(request: DeskRequest, urn: int) -> HttpResponse:
    by = request.membership
    found = get_object_or_404(queries.schools(by=by), urn=urn)
    form = TelephoneForm(request.POST)
    return _act(
        request,
        found,
        form,
        lambda: actions.correct_telephone(school=found, telephone=form.cleaned_data["telephone"], by=by),
        about="telephone",
        done=_("Corrected."),
    )


@desk(*SENDERS)
@posted_from(_school_page_of_contact)
def end_contact(request: DeskRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(queries.contacts(by=request.membership), pk=pk)
    return do(
        request,
        lambda: actions.end_contact(contact=contact, by=request.membership),
        back=reverse("prevention:school", args=[contact.school.urn]),
        done=_("No mail goes to this person any more."),
    )
