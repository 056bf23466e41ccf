"""Invitations, and the verification of a new address: a letter's link, good once and not for long."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.people import letters
from havenline.foundation.people.actions.errors import EmailTaken, LinkEnded, NoMail
from havenline.foundation.people.actions.letting_in import must_administer
from havenline.foundation.people.actions.visits import end_visits
from havenline.foundation.people.models import AccountLink, Person, Visit

Kind = AccountLink.Kind
WORKS_FOR = {Kind.INVITATION: timedelta(days=3), Kind.ADDRESS: timedelta(days=1)}  # after the letter has left: our policy
NOTICE = "account notice"  # a letter about an account that bears no link


def _must_have_mail() -> None:
    if not settings.INSTALLATION.has_mail:
        raise NoMail(_("No mail is set up here, so no letter leaves. Ask your administrator."))


@transaction.atomic
def invite(*, person: Person, by: Actor) -> AccountLink:
    """Write to somebody with a link at which they set their own password. What they had ends: nobody else has read the new one.

    Raises NoMail, NotYourRole.
    """
    must_administer(by)
    _must_have_mail()
    person.set_unusable_password()
    person.failed_sign_ins, person.locked_until = 0, None
    person.save(update_fields=["password", "failed_sign_ins", "locked_until"])
    end_visits(person=person, why=Visit.Why.PASSWORD)
    asked = _asked(Kind.INVITATION, person, person.email)
    ledger.record(by, "invited", person)
    body = _("You can sign in to %(name)s. Set your password here:\n\n%(link)s\n\nIf you do not expect this, do nothing.")
    said = {"name": settings.DEPLOYMENT.name, "link": letters.PLACE}
    letters.queue(to=person.email, subject=_("Your account"), body=body % said, kind=Kind.INVITATION, by=by)
    return asked


@transaction.atomic
def ask_for_new_address(*, person: Person, address: str) -> AccountLink:
    """Write to an address that somebody says is theirs. The old one stays until the link there is used, and is told.

    Raises EmailTaken, NoMail.
    """
    _must_have_mail()
    address = address.strip().lower()
    _must_be_free(address)
    asked = _asked(Kind.ADDRESS, person, address)
    ledger.record(person, "asked for a new address", person)
    name = settings.DEPLOYMENT.name
    body = _(
        "Somebody who signs in to %(name)s says that this address is theirs. If that is you, say so here:\n\n%(link)s\n\nElse do nothing."
    )
    said = {"name": name, "link": letters.PLACE}
    letters.queue(to=address, subject=_("Is this address yours?"), body=body % said, kind=Kind.ADDRESS, by=person)
    told = _(
        "Somebody asked that your account in %(name)s use another address from now on. If it was not you, tell your administrator at once."
    )
    letters.queue(to=person.email, subject=_("Your address"), body=told % {"name": name}, kind=NOTICE, by=person)
    return asked


def _must_be_free(address: str) -> None:
    if Person.objects.filter(email=address).exists():
        raise EmailTaken(_("Somebody signs in with this address already."))


def _asked(kind: str, person: Person, address: str) -> AccountLink:
    AccountLink.objects.filter(person=person, kind=kind, used_at=None, ended_at=None).update(ended_at=moment.now())
    return AccountLink.objects.create(kind=kind, person=person, address=address, asked_at=moment.now())


# As the letter leaves, and how it ended: called by the post


def make_token(*, kind: str, address: str) -> tuple[str, datetime]:
    """A new token for the open link to this address, and until when it works; those before it end. Raises LinkEnded where nobody waits."""
    waiting = AccountLink.objects.select_for_update().filter(kind=kind, address=address, used_at=None, ended_at=None)
    link = waiting.order_by("-asked_at").first()
    if link is None or not link.person.is_active:
        raise LinkEnded(_("This is wanted no more: it was asked for again, or the account was closed. The letter did not leave."))
    token = secrets.token_urlsafe(32)
    link.token_hash, link.expires_at = _hash_of(token), moment.now() + WORKS_FOR[Kind(kind)]
    link.save(update_fields=["token_hash", "expires_at"])
    return token, link.expires_at


def forget_token(token: str) -> None:
    """The letter provably did not leave: what it bore opens nothing."""
    AccountLink.objects.filter(token_hash=_hash_of(token), used_at=None).update(token_hash="", expires_at=None)


# Behind the link


def find(*, kind: str, token: str) -> AccountLink:
    """The open link of this token. Looking changes nothing: mail scanners open links. Raises LinkEnded."""
    link = AccountLink.objects.select_related("person").filter(kind=kind, token_hash=_hash_of(token), used_at=None, ended_at=None).first()
    if link is None or link.expires_at is None or link.expires_at <= moment.now() or not link.person.is_active:
        raise LinkEnded(_("This link has ended: it was used, it was replaced by a newer letter, or its time is over."))
    return link


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> Person:
    """Set the own password, from a letter that came to the own address. Raises LinkEnded."""
    link = _used(Kind.INVITATION, token)
    person = link.person
    person.set_password(password)
    person.address_verified_at = moment.now() if person.email == link.address else person.address_verified_at
    person.save(update_fields=["password", "address_verified_at"])
    ledger.record(person, "accepted an invitation", person)
    return person


@transaction.atomic
def confirm_address(*, token: str) -> Person:
    """Sign in with the new address from now on. Raises LinkEnded, EmailTaken."""
    link = _used(Kind.ADDRESS, token)
    _must_be_free(link.address)
    person = link.person
    person.email, person.address_verified_at = link.address, moment.now()
    person.save(update_fields=["email", "address_verified_at"])
    ledger.record(person, "changed their address", person)
    return person


def _used(kind: str, token: str) -> AccountLink:
    link = AccountLink.objects.select_for_update().get(pk=find(kind=kind, token=token).pk)
    if link.used_at is not None or link.ended_at is not None:
        raise LinkEnded(_("This link was used meanwhile."))
    link.used_at = moment.now()
    link.save(update_fields=["used_at"])
    return link


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
