"""Agencies, persons, roles and keys: who may act at all. The administrator's verbs, and those of signing in."""

import hashlib
import hmac
import secrets
from datetime import datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
from havenline.foundation.people.roles import ROLES_OF, AgencyKind, Role, Team

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
USED_NOTED_EVERY = timedelta(minutes=1)  # the last use of a key is for people to read, not for counting
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # no 0/O, 1/l/i: read out over the telephone, once


class EmailTaken(ValueError):
    """Somebody signs in with this address already."""


class NameTaken(ValueError):
    """An agency of this name is here already."""


class RoleNotOfAgency(ValueError):
    """An agency of this kind has no such role."""


class AdministratorSeesNoCase(ValueError):
    """Whoever runs the system has no role that sees cases, and the other way round: two accounts for two duties."""


class LastAdministrator(ValueError):
    """Nobody could let anybody in again."""


class NotAPlatform(ValueError):
    """Keys are for platforms."""


class KeyRefused(PermissionError):
    """No key of ours, revoked, or run out."""


class NotYourMembership(PermissionError):
    """A person acts in a membership of their own that is in force."""


# Signing in


def sign_in_attempt_allowed(*, email: str) -> bool:
    """Count an attempt before its password is looked at, so that attempts at once cannot outrun the count. False: locked, or unknown."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(email=email.strip().lower()).first()
        if person is None:
            return False
        now = moment.now()
        if person.locked_until is not None:
            if person.locked_until > now:
                return False
            person.failed_sign_ins, person.locked_until = 0, None
        person.failed_sign_ins += 1
        if person.failed_sign_ins >= FAILURES_ALLOWED:
            person.locked_until = now + LOCKED_FOR
        person.save(update_fields=["failed_sign_ins", "locked_until"])
        return True


@transaction.atomic
def sign_in_failed(*, email: str) -> None:
    """Put a failed sign-in of a known account on the ledger, and the lock that it led to."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        return
    ledger.record(person, "failed to sign in", person)
    if person.locked_until is not None and person.locked_until > moment.now():
        ledger.record(person, "was locked out", person, reason=f"{FAILURES_ALLOWED} failures")


@transaction.atomic
def sign_in(*, person: Person) -> Person:
    """The password was right: forget the failures before it."""
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["failed_sign_ins", "locked_until"])
    ledger.record(person, "signed in", person)
    return person


def take_the_time_of_a_password(password: str) -> None:
    """Hash as long as a real look would, so that an unknown or locked account answers no faster than a known one."""
    make_password(password)


@transaction.atomic
def act_as(*, person: Person, membership: Membership) -> Membership:
    """Choose the one membership that acts in this session. Raises NotYourMembership."""
    if not Membership.objects.current().filter(pk=membership.pk, person=person).exists():
        raise NotYourMembership(_("This role is not yours, or it has ended. Choose one of those shown."))
    ledger.record(membership, "acts in a role", membership)
    return membership


@transaction.atomic
def change_password(*, person: Person, password: str) -> None:
    person.set_password(password)
    person.save(update_fields=["password"])
    ledger.record(person, "changed their password", person)


@transaction.atomic
def set_theme(*, person: Person, theme: str, key_hints: bool) -> Person:
    """How the desk looks to this person."""
    person.theme, person.key_hints = theme, key_hints
    person.save(update_fields=["theme", "key_hints"])
    ledger.record(person, "set how their desk looks", person)
    return person


# Agencies and people


def _must_administer(by: Actor) -> None:
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
    _must_administer(by)
    slug = (slug or slugify(name))[:50]
    if not slug or Agency.objects.filter(slug=slug).exists() or Agency.objects.filter(name__iexact=name.strip()).exists():
        raise NameTaken(_("There is an agency of this name already. Enter another, such as its name with its area."))
    agency = Agency.objects.create(slug=slug, name=name.strip(), kind=AgencyKind(kind), area=area.strip(), opens=opens, closes=closes)
    ledger.record(by, "added an agency", agency, reason=agency.kind)
    return agency


@transaction.atomic
def add_person(*, name: str, email: str, by: Actor, password: str = "") -> tuple[Person, str]:
    """Add an account; without a password one is generated. Returned with it, to be shown once. Raises EmailTaken, NotYourRole."""
    _must_administer(by)
    if Person.objects.filter(email=email.strip().lower()).exists():
        raise EmailTaken(_("Somebody signs in with this address already. Give that person the role instead."))
    password = password or generated_password()
    person = Person.objects.create_user(email=email.strip(), password=password, name=name.strip())
    ledger.record(by, "added a person", person)
    return person, password


@transaction.atomic
def give_membership(*, person: Person, agency: Agency, role: str, by: Actor, team: str = "", since: datetime | None = None) -> Membership:
    """Let a person act in a role of an agency. Twice gives the same one. Raises RoleNotOfAgency, AdministratorSeesNoCase, NotYourRole."""
    _must_administer(by)
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
    membership, made = Membership.objects.get_or_create(
        person=person, agency=agency, role=role, team=Team(team), until=None, defaults={"since": since or moment.now()}
    )
    if made:
        ledger.record(by, "gave a role", membership, reason=role, to=agency.slug)
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: Actor) -> Membership:
    """End a role at once, in every open page too. Raises LastAdministrator, NotYourRole."""
    _must_administer(by)
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
    _must_administer(by)
    if not person.is_active:
        return person
    if Membership.objects.current().filter(person=person, role=Role.ADMINISTRATOR).exists():
        _must_not_be_the_last(person)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ledger.record(by, "closed an account", person)
    return person


@transaction.atomic
def unlock(*, person: Person, by: Actor) -> Person:
    """End a lock-out before its time."""
    _must_administer(by)
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["failed_sign_ins", "locked_until"])
    ledger.record(by, "unlocked an account", person)
    return person


@transaction.atomic
def give_new_password(*, person: Person, by: Actor) -> str:
    """A new password for somebody who forgot theirs, shown once; their open pages end. It unlocks the account too."""
    _must_administer(by)
    password = generated_password()
    person.set_password(password)
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["password", "failed_sign_ins", "locked_until"])
    ledger.record(by, "gave a new password", person)
    return password


def _must_not_be_the_last(person: Person) -> None:
    if not Membership.objects.current().filter(role=Role.ADMINISTRATOR).exclude(person=person).exists():
        raise LastAdministrator(_("This is the last administrator: nobody could let anybody in again. Add another one first."))


# The keys of platforms


@transaction.atomic
def make_api_key(*, agency: Agency, by: Actor, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A key for a platform, and the key itself in clear: shown once, kept as its hash. Raises NotAPlatform, NotYourRole."""
    _must_administer(by)
    if agency.kind != AgencyKind.PLATFORM:
        raise NotAPlatform(_("Keys are for platforms. People of %(agency)s sign in.") % {"agency": agency.name})
    prefix = secrets.token_hex(4)
    raw = f"{prefix}.{secrets.token_urlsafe(32)}"
    api_key = ApiKey.objects.create(agency=agency, prefix=prefix, hash=_hash_of(raw), made_at=moment.now(), expires_at=expires_at)
    ledger.record(by, "made a key", api_key, to=agency.slug)
    return api_key, raw


@transaction.atomic
def revoke_api_key(*, api_key: ApiKey, by: Actor) -> ApiKey:
    """From here on the key opens nothing. Revoking twice changes nothing."""
    _must_administer(by)
    if api_key.revoked_at is None:
        api_key.revoked_at = moment.now()
        api_key.save(update_fields=["revoked_at"])
        ledger.record(by, "revoked a key", api_key, to=api_key.agency.slug)
    return api_key


def authenticate_api_key(raw: str) -> ApiKey:
    """The key that a platform showed; its last use is noted once a minute. Raises KeyRefused."""
    prefix = raw.partition(".")[0][:12].encode(errors="replace").decode()
    api_key = ApiKey.objects.select_related("agency").filter(prefix=prefix).first()
    same = hmac.compare_digest(api_key.hash if api_key else _hash_of("no such key"), _hash_of(raw))
    now = moment.now()
    if api_key is None or not same or api_key.revoked_at or (api_key.expires_at and api_key.expires_at <= now):
        raise KeyRefused(_("This key is not known, was revoked, or has run out. Ask the hotline for a new one."))
    if api_key.last_used_at is None or api_key.last_used_at < now - USED_NOTED_EVERY:
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)
        api_key.last_used_at = now
    return api_key


def _hash_of(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
