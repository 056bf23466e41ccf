"""Agencies, accounts and roles: the administrator's verbs."""

import secrets
from datetime import datetime, time

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.actions.errors import (
    AdministratorSeesNoCase,
    EmailTaken,
    LastAdministrator,
    NameTaken,
    NotForYourself,
    RoleNotOfAgency,
    SecondPersonNeeded,
)
from havenline.foundation.people.actions.visits import end_visits
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person, Visit
from havenline.foundation.people.roles import ROLES_OF, AgencyKind, Role, Team, sees_cases
from havenline.foundation.sealing import holders

_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # no 0/O, 1/l/i: read out over the telephone, once


def must_administer(by: Actor) -> None:
    """The administrator, or the installation itself before anybody can sign in. Raises NotYourRole."""
    if isinstance(by, Membership):
        by.must_be(Role.ADMINISTRATOR)


def generated_password() -> str:
    """Four groups of five, about 98 bits: typed once, then changed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(5)) for _g in range(4))


@transaction.atomic
def add_agency(
    *, name: str, kind: str, by: Actor, slug: str = "", area: str = "", opens: time | None = None, closes: time | None = None
) -> Agency:
    """Raises NameTaken, NotYourRole."""
    must_administer(by)
    slug = (slug or slugify(name))[:50]
    if not slug or Agency.objects.filter(slug=slug).exists() or Agency.objects.filter(name__iexact=name.strip()).exists():
        raise NameTaken(_("There is an agency of this name already. Enter another, such as its name with its area."))
    agency = Agency.objects.create(slug=slug, name=name.strip(), kind=AgencyKind(kind), area=area.strip(), opens=opens, closes=closes)
    holders.make_pair(agency.holder)  # stays where the transaction does not: the next agency of this name takes it
    ledger.record(by, "added an agency", agency, reason=agency.kind)
    return agency


@transaction.atomic
def add_person(*, name: str, email: str, by: Actor, password: str = "") -> tuple[Person, str]:
    """Add an account; without a password one is generated. Returned with it, to be shown once. Raises EmailTaken, NotYourRole."""
    must_administer(by)
    if Person.objects.filter(email=email.strip().lower()).exists():
        raise EmailTaken(_("Somebody signs in with this address already. Give that person the role instead."))
    password = password or generated_password()
    person = Person.objects.create_user(email=email.strip(), password=password, name=name.strip())
    ledger.record(by, "added a person", person)
    return person, password


@transaction.atomic
def give_membership(*, person: Person, agency: Agency, role: str, by: Actor, team: str = "", since: datetime | None = None) -> Membership:
    """Let a person act in a role of an agency. Twice gives the same one.

    An administrator gives roles that see no case; the others are proposed (`proposals.propose_role`).
    Raises RoleNotOfAgency, AdministratorSeesNoCase, SecondPersonNeeded, NotForYourself, NotYourRole.
    """
    must_administer(by)
    must_fit(person=person, agency=agency, role=role, by=by)
    if isinstance(by, Membership) and sees_cases(role):
        raise SecondPersonNeeded(_("This role sees cases: propose it, and a second person of %(agency)s agrees.") % {"agency": agency.name})
    return admit(person=person, agency=agency, role=role, team=team, since=since, by=by)


def must_fit(*, person: Person, agency: Agency, role: str, by: Actor) -> None:
    """Raises RoleNotOfAgency, AdministratorSeesNoCase, NotForYourself."""
    if isinstance(by, Membership) and by.person_id == person.pk:
        raise NotForYourself(_("Nobody gives themselves a role. Another administrator can."))
    if role not in ROLES_OF[AgencyKind(agency.kind)]:
        raise RoleNotOfAgency(
            _("%(kind)s has no %(role)s. Choose a role of this agency, or another agency.")
            % {"kind": agency.get_kind_display(), "role": str(Role(role).label).lower()}
        )
    others = Membership.objects.current().filter(person=person).values_list("role", flat=True)
    if any((other == Role.ADMINISTRATOR) != (role == Role.ADMINISTRATOR) for other in others):
        raise AdministratorSeesNoCase(
            _("An administrator sees no case. Add a second account with another address for the other duty."),
        )


def admit(*, person: Person, agency: Agency, role: str, team: str, by: Actor, since: datetime | None = None) -> Membership:
    """Put a role that was allowed into force, within the act that allowed it."""
    membership, made = Membership.objects.get_or_create(
        person=person, agency=agency, role=role, team=Team(team), until=None, defaults={"since": since or moment.now()}
    )
    if made:
        ledger.record(by, "gave a role", membership, reason=role, to=agency.slug)
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor) -> Membership:
    """End a role at once, in every open page too. Raises LastAdministrator, NotYourRole."""
    must_administer(by)
    if membership.until is not None and membership.until <= moment.now():
        return membership
    if membership.role == Role.ADMINISTRATOR:
        _must_not_be_the_last(membership.person)
    membership.until = moment.now()
    membership.save(update_fields=["until"])
    ledger.record(by, "ended a role", membership, reason=membership.role)
    return membership


@transaction.atomic
def deactivate(*, person: Person, by: Actor) -> Person:
    """Close an account: nothing of it works from here on, open pages included. Raises LastAdministrator, NotYourRole."""
    must_administer(by)
    if not person.is_active:
        return person
    if Membership.objects.current().filter(person=person, role=Role.ADMINISTRATOR).exists():
        _must_not_be_the_last(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    end_visits(person=person, why=Visit.Why.CLOSED)
    for api_key in ApiKey.objects.filter(answerable=person, revoked_at=None):
        api_key.revoked_at = moment.now()
        api_key.save(update_fields=["revoked_at"])
        ledger.record(by, "revoked a key", api_key, to=api_key.agency.slug, reason="the account of who answers for it was closed")
    ledger.record(by, "closed an account", person)
    return person


@transaction.atomic
def unlock(*, person: Person, by: Actor) -> Person:
    """End a lock-out before its time."""
    must_administer(by)
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["failed_sign_ins", "locked_until"])
    ledger.record(by, "unlocked an account", person)
    return person


@transaction.atomic
def give_new_password(*, person: Person, by: Actor) -> str:
    """A new password for somebody who forgot theirs, shown once; their open pages end. It unlocks the account too."""
    must_administer(by)
    password = generated_password()
    person.set_password(password)
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["password", "failed_sign_ins", "locked_until"])
    end_visits(person=person, why=Visit.Why.PASSWORD)
    ledger.record(by, "gave a new password", person)
    return password


def _must_not_be_the_last(person: Person) -> None:
    if not Membership.objects.current().filter(role=Role.ADMINISTRATOR).exclude(person=person).exists():
        raise LastAdministrator(_("This is the last administrator: nobody could let anybody in again. Add another one first."))
