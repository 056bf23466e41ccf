"""Signing in, acting in a role, and what is a person's own: password and colours."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.actions.errors import NotYourMembership
from havenline.foundation.people.actions.visits import end_visits
from havenline.foundation.people.models import FailedNear, Membership, Person, Visit

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
FAILURES_NEAR = 60  # in a quarter of an hour: a whole office may sit behind one prefix
KEPT_NEAR = timedelta(hours=23)  # with the quarter that it began in: less than a day


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
def attempt_was_right(*, person: Person) -> None:
    """Take back the count of an attempt that was right; those before it are forgotten when the whole sign-in has succeeded."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.failed_sign_ins, person.locked_until = max(person.failed_sign_ins - 1, 0), None
    person.save(update_fields=["failed_sign_ins", "locked_until"])


@transaction.atomic
def sign_in_failed(*, email: str, reason: str = "") -> None:
    """Put a failed sign-in of a known account on the ledger, and the lock that it led to. `reason`: the factor that was wrong."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        return
    ledger.record(person, "failed to sign in", person, reason=reason)
    if person.locked_until is not None and person.locked_until > moment.now():
        ledger.record(person, "was locked out", person, reason=f"{FAILURES_ALLOWED} failures")


@transaction.atomic
def sign_in(*, person: Person) -> Person:
    """All that was asked was right: forget the failures before it."""
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["failed_sign_ins", "locked_until"])
    ledger.record(person, "signed in", person)
    return person


def account_of(*, address: str) -> Person | None:
    """The open account of an address that somebody else has verified."""
    return Person.objects.filter(email=address.strip().lower(), is_active=True).first() if address.strip() else None


def near_allowed(near: str) -> bool:
    """Whether sign-ins from near this place are looked at: not after many failures there in this quarter of an hour."""
    if not near:
        return True
    failed = FailedNear.objects.filter(near=near, since=_quarter()).values_list("failures", flat=True).first()
    return (failed or 0) < FAILURES_NEAR


def failed_near(near: str) -> None:
    """Count a failed sign-in from near this place, of whatever account."""
    if not near:
        return
    forget_failures_near()
    FailedNear.objects.bulk_create([FailedNear(near=near, since=_quarter())], ignore_conflicts=True)
    FailedNear.objects.filter(near=near, since=_quarter()).update(failures=F("failures") + 1)


def forget_failures_near() -> None:
    """Nothing of where somebody was stays for a day: with each failure, and by the worker's round where no other comes."""
    FailedNear.objects.filter(since__lt=moment.now() - KEPT_NEAR).delete()


def _quarter() -> datetime:
    now = moment.now()
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


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
def change_password(*, person: Person, password: str, visit: UUID | None = None) -> None:
    """The own password; sessions other than this `visit` end with the old one."""
    person.set_password(password)
    person.save(update_fields=["password"])
    end_visits(person=person, why=Visit.Why.PASSWORD, but=visit)
    ledger.record(person, "changed their password", person)


@transaction.atomic
def set_theme(*, person: Person, theme: str, key_hints: bool) -> Person:
    """How the desk looks to this person."""
    person.theme, person.key_hints = theme, key_hints
    person.save(update_fields=["theme", "key_hints"])
    ledger.record(person, "set how their desk looks", person)
    return person
