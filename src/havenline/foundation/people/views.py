"""Acting in a role, the own account, and the administrator's people."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from havenline.foundation import moment
from havenline.foundation.people import actions, limits, queries
from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.actions import factors, proposals
from havenline.foundation.people.forms import AgencyForm, KeyForm, LookForm, PersonForm, RoleForm
from havenline.foundation.people.middleware import SESSION_KEY
from havenline.foundation.people.models import AccountLink, Agency, Membership, Person, Visit
from havenline.foundation.people.roles import SCOPES_OF, SUPERVISORS, Role
from havenline.foundation.people.sessions import visit_of


def act_as(request: Any) -> HttpResponse:
    """Choose the role that acts, at the start or later. The session's key changes with it."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        onward = ""
    if request.method == "POST":
        chosen = next((one for one in request.memberships if str(one.pk) == request.POST.get("membership")), None)
        if chosen is not None:
            actions.act_as(person=request.user, membership=chosen)
            request.session[SESSION_KEY] = chosen.pk
            request.session.cycle_key()
            return redirect(onward or "desk_home")
        messages.error(request, _("That role has ended, or is not yours. Choose one of those shown."))
    return render(request, "people/act_as.html", {"next": onward})


@desk()
def account(request: DeskRequest) -> HttpResponse:
    """How the own desk looks, and the way to the own password."""
    person = request.user
    form = LookForm(request.POST or None, initial={"theme": person.theme, "key_hints": person.key_hints})
    if request.method == "POST" and form.is_valid():
        actions.set_theme(person=person, theme=form.cleaned_data["theme"], key_hints=form.cleaned_data["key_hints"])
        messages.success(request, _("Saved."))
        return redirect("people:account")
    return render(request, "people/account.html", {"form": form})


@desk()
def sessions(request: DeskRequest) -> HttpResponse:
    """Where this person is signed in."""
    allowed = limits.of_role(request.membership.role)
    minutes, hours = allowed.idle // moment.minutes(1), allowed.whole // moment.minutes(60)
    mine = queries.open_visits(request.user)
    return render(request, "people/sessions.html", {"visits": mine, "this": visit_of(request), "idle": minutes, "whole": hours})


@desk()
@require_POST
def end_session(request: DeskRequest, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(queries.open_visits(request.user), pk=pk)
    actions.end_visit(visit=visit, why=Visit.Why.ELSEWHERE, by=request.user)
    messages.success(request, _("Ended. Its next page leads to the sign-in."))
    return redirect("people:sessions")


@desk(Role.ADMINISTRATOR)
def people(request: DeskRequest) -> HttpResponse:
    """Agencies, and people with their roles."""
    return render(
        request,
        "people/people.html",
        {"agencies": queries.agencies(by=request.membership), "persons": queries.persons(by=request.membership), "now": moment.now()},
    )


@desk(Role.ADMINISTRATOR)
@sensitive_variables("password")
def add_person(request: DeskRequest) -> HttpResponse:
    """A new account with its first role: invited by a letter; without mail a password is on the answer's page and nowhere else."""
    form = PersonForm(request.POST or None, initial={"agency": request.GET.get("agency")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made, password = _add_with_role(said, request.membership)
        except (actions.EmailTaken, actions.RoleNotOfAgency, actions.AdministratorSeesNoCase) as refused:
            form.add_error("email" if isinstance(refused, actions.EmailTaken) else "role", str(refused))
        else:
            if settings.INSTALLATION.has_mail:
                messages.success(
                    request, _("Added. A letter with a link to set the own password goes to %(address)s.") % {"address": made.email}
                )
                return redirect("people:person", pk=made.pk)
            waits = queries.proposals_about(made, by=request.membership)
            return render(request, "people/password.html", {"whose": made, "password": password, "waits": waits})
    return render(request, "people/add_person.html", {"form": form, "has_mail": settings.INSTALLATION.has_mail})


def _add_with_role(said: dict[str, Any], by: Membership) -> tuple[Person, str]:
    with transaction.atomic():
        made, password = actions.add_person(name=said["name"], email=said["email"], by=by)
        if settings.INSTALLATION.has_mail:
            actions.invite(person=made, by=by)
        proposals.propose_role(person=made, agency=said["agency"], role=said["role"], team=said["team"], by=by)
        return made, password


@desk(Role.ADMINISTRATOR)
def add_agency(request: DeskRequest) -> HttpResponse:
    form = AgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_agency(**form.cleaned_data, by=request.membership)
        except actions.NameTaken as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("%(agency)s was added. Nobody acts for it yet: add its people.") % {"agency": made.name})
            return redirect("people:agency", slug=made.slug)
    return render(request, "people/add_agency.html", {"form": form})


@desk(Role.ADMINISTRATOR)
@sensitive_variables("raw")
def agency(request: DeskRequest, slug: str) -> HttpResponse:
    """An agency, its people, and a platform's keys. A POST makes a key, which is shown on this answer and never again."""
    this = get_object_or_404(queries.agencies(by=request.membership), slug=slug)
    raw, form = "", KeyForm(request.POST or None, agency=this)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _key, raw = actions.make_api_key(
                agency=this,
                scopes=said["scopes"],
                answerable=said["answerable"],
                lasts=timedelta(days=said["lasts"]),
                by=request.membership,
            )
        except actions.NotAPlatform as refused:
            messages.error(request, str(refused))
        else:
            form = KeyForm(agency=this)
    return _agency_page(request, this, raw=raw, form=form)


def _agency_page(request: DeskRequest, this: Agency, *, raw: str, form: KeyForm) -> HttpResponse:
    keys = queries.api_keys(this, by=request.membership)
    context = {
        "this": this,
        "keys": keys,
        "raw": raw,
        "form": form,
        "may_have_keys": bool(SCOPES_OF.get(this.kind)),
        "overlap": actions.OVERLAP,
    }
    return render(request, "people/agency.html", context)


@desk(Role.ADMINISTRATOR)
@require_POST
@sensitive_variables("raw")
def rotate_key(request: DeskRequest, slug: str, pk: int) -> HttpResponse:
    """A new key of the same rights, shown once; the old one lives on for a week."""
    this = get_object_or_404(queries.agencies(by=request.membership), slug=slug)
    raw = ""
    try:
        _key, raw = actions.rotate_api_key(
            api_key=get_object_or_404(queries.api_keys(this, by=request.membership), pk=pk), by=request.membership
        )
    except actions.KeyRefused as refused:
        messages.error(request, str(refused))
    return _agency_page(request, this, raw=raw, form=KeyForm(agency=this))


@desk(Role.ADMINISTRATOR)
@require_POST
def revoke_key(request: DeskRequest, slug: str, pk: int) -> HttpResponse:
    this = get_object_or_404(queries.agencies(by=request.membership), slug=slug)
    actions.revoke_api_key(api_key=get_object_or_404(queries.api_keys(this, by=request.membership), pk=pk), by=request.membership)
    messages.success(request, _("Revoked. It opens nothing any more."))
    return redirect("people:agency", slug=slug)


@desk(Role.ADMINISTRATOR)
def person(request: DeskRequest, pk: str) -> HttpResponse:
    """One account: its roles in force, and a further one."""
    this = get_object_or_404(queries.persons(by=request.membership), pk=pk)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            came = proposals.propose_role(person=this, **form.cleaned_data, by=request.membership)
        except (actions.RoleNotOfAgency, actions.AdministratorSeesNoCase, actions.NotForYourself) as refused:
            form.add_error("role", str(refused))
        else:
            if isinstance(came, Membership):
                messages.success(request, _("%(name)s can act in this role from now on.") % {"name": this.name})
            else:
                messages.success(request, _("Proposed. It is in force when a second person agrees; who can is shown below."))
            return redirect("people:person", pk=pk)
    context = {
        "this": this,
        "form": form,
        "now": moment.now(),
        "proposals": queries.proposals_about(this, by=request.membership),
        "has_mail": settings.INSTALLATION.has_mail,
        "invited": this.links.filter(kind=AccountLink.Kind.INVITATION, used_at=None, ended_at=None).first(),
        "has_factor": factors.has_factor(this),
        "keys": this.api_keys.filter(revoked_at=None).count(),
    }
    return render(request, "people/person.html", context)


@desk(Role.ADMINISTRATOR)
@require_POST
@sensitive_variables("password")
def act_on_person(request: DeskRequest, pk: str, act: str) -> HttpResponse:
    """Close an account, unlock it, give it a new password, or propose to reset its second factor."""
    this = get_object_or_404(queries.persons(by=request.membership), pk=pk)
    if act == "unlock":
        actions.unlock(person=this, by=request.membership)
        messages.success(request, _("%(name)s can sign in again.") % {"name": this.name})
    elif act == "new-password" and settings.INSTALLATION.has_mail:
        actions.invite(person=this, by=request.membership)
        messages.success(request, _("A letter with a link to set a new password goes to %(address)s.") % {"address": this.email})
    elif act == "new-password":
        password = actions.give_new_password(person=this, by=request.membership)
        return render(request, "people/password.html", {"whose": this, "password": password})
    elif act == "reset-second-factor":
        try:
            proposal = proposals.propose_factor_reset(person=this, by=request.membership)
        except (actions.NotForYourself, factors.NoFactor) as refused:
            messages.error(request, str(refused))
        else:
            done = _("The second factor is reset: at their next sign-in they add a new one.")
            messages.success(request, done if proposal.answer else _("Proposed. It is done when a second person agrees."))
    elif act == "close":
        try:
            actions.deactivate(person=this, by=request.membership)
        except actions.LastAdministrator as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The account of %(name)s is closed, in every open page too.") % {"name": this.name})
    else:
        raise Http404
    return redirect("people:person", pk=pk)


SECOND_PERSONS = sorted({*SUPERVISORS.values(), Role.ADMINISTRATOR, Role.AUDITOR})


@desk(*SECOND_PERSONS)
def to_answer(request: DeskRequest) -> HttpResponse:
    """What waits for this person's agreement; for oversight also what was done without anybody's."""
    by = request.membership
    alone = queries.done_alone(by=by)[:50] if by.role == Role.AUDITOR else None
    return render(request, "people/proposals.html", {"proposals": queries.proposals_to_answer(by), "alone": alone})


@desk(*SECOND_PERSONS)
@require_POST
def answer_proposal(request: DeskRequest, pk: int, answer: str) -> HttpResponse:
    """Agree, decline, or take it back as the administrator."""
    by = request.membership
    proposal = get_object_or_404(queries.proposals_to_see(by), pk=pk)
    verbs = {"agree": proposals.agree, "decline": proposals.decline, "withdraw": proposals.withdraw}
    if answer not in verbs or (answer == "withdraw" and by.role != Role.ADMINISTRATOR):
        raise Http404
    said = {"agree": _("Agreed. It is in force."), "decline": _("Declined. The administrator reads it."), "withdraw": _("Withdrawn.")}
    try:
        verbs[answer](proposal=proposal, by=by)
    except (actions.NotYoursToAnswer, actions.RoleNotOfAgency, actions.AdministratorSeesNoCase, actions.NotForYourself) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said[answer])
    return redirect("people:person", pk=proposal.person_id) if answer == "withdraw" else redirect("people:proposals")


@desk(Role.ADMINISTRATOR)
@require_POST
def end_role(request: DeskRequest, pk: str, membership: int) -> HttpResponse:
    this = get_object_or_404(queries.memberships(by=request.membership), pk=membership, person_id=pk)
    try:
        actions.end_membership(membership=this, by=request.membership)
    except actions.LastAdministrator as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("This role has ended, in every open page too."))
    return redirect("people:person", pk=pk)
