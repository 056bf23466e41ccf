"""The hotline's directory of hosts and their contacts. A contact is used only after another person approved it."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.identifiers import canonical
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.takedown.actions.keeping import refresh_notices_of
from havenline.journey.takedown.actions.rights import at_desk
from havenline.journey.takedown.errors import AnotherPersonNeeded, FoundNowhere, NotAContact, NotAHost, NotThatState
from havenline.journey.takedown.models import Contact, Host, Notice
from havenline.journey.takedown.policies import DESK
from havenline.journey.takedown.queries import lies_in

# Where a country's registry lets everybody register (co.uk): a contact there would get the notices of strangers' hosts.
ENDS_MANY = re.compile(r"(ac|co|com|edu|gen|gob|gov|gouv|ltd|me|mil|ne|net|nhs|nom|or|org|plc|police|sch)\.[a-z]{2}")


@transaction.atomic
def add_host(*, domain: str, name: str, by: Membership, country: str = "") -> Host:
    """Put a host into the directory; one that is there is given back as it is. Raises NotAHost, NotYourRole."""
    by.must_be(*DESK)
    domain = host_name(domain)
    known = Host.objects.filter(domain=domain).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            host = Host.objects.create(
                domain=domain, name=name.strip()[:120] or domain, country=country.strip()[:60], added_by=by, added_at=moment.now()
            )
    except IntegrityError:  # somebody added it at the same moment
        return Host.objects.get(domain=domain)
    ledger.record(by, "added a host to the directory", host, changed={"domain": domain})
    return host


@transaction.atomic
def propose_contact(*, host: Host, email: str, found_at: str, by: Membership) -> Contact:
    """Propose where a host takes notices. It is used for nothing before another person approved it. The same proposal again is one.

    Raises NotAContact, FoundNowhere, NotYourRole.
    """
    by.must_be(*DESK)
    host = Host.objects.select_for_update().get(pk=host.pk)
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise NotAContact(_("Enter the contact’s e-mail address, such as abuse@pictures.example.")) from wrong
    if not found_at.strip():
        raise FoundNowhere(_("Say where the address was found: the host’s abuse page, its register entry, a call."))
    address = _as_mail_knows_it(address)
    same = host.contacts.filter(email=address, state__in=(Contact.State.PROPOSED, Contact.State.APPROVED)).first()
    if same is not None:
        return same
    contact = Contact.objects.create(host=host, email=address, found_at=found_at.strip()[:200], proposed_by=by, proposed_at=moment.now())
    ledger.record(by, "proposed a contact", contact, changed={"email": address, "found_at": found_at})
    return contact


@transaction.atomic
def approve_contact(*, contact: Contact, by: Membership) -> Contact:
    """Let notices go there; the one used so far is retired. Approving twice changes nothing.

    Raises AnotherPersonNeeded, NotThatState, NotYourRole.
    """
    contact = _to_settle(contact, by)
    if contact.state == Contact.State.APPROVED:
        return contact
    _must_be_proposed(contact)
    for old in contact.host.contacts.filter(state=Contact.State.APPROVED):
        old.state = Contact.State.RETIRED
        old.save(update_fields=["state"])
        ledger.record(by, "retired a contact", old)
    _settle(contact, Contact.State.APPROVED, by, "approved a contact")
    refresh_notices_of(contact.host)
    return contact


@transaction.atomic
def refuse_contact(*, contact: Contact, by: Membership) -> Contact:
    """Don't use it. Refusing twice changes nothing. Raises AnotherPersonNeeded, NotThatState, NotYourRole."""
    contact = _to_settle(contact, by)
    if contact.state == Contact.State.REFUSED:
        return contact
    _must_be_proposed(contact)
    _settle(contact, Contact.State.REFUSED, by, "refused a contact")
    return contact


@transaction.atomic
def propose_for_notice(*, notice: Notice, domain: str, name: str, email: str, found_at: str, by: Membership) -> Contact:
    """From a notice whose host is not known: the host and its contact in one step.

    Raises NotAHost where the notice's name does not lie in that domain, and what the two steps raise.
    """
    notice = at_desk(notice, by)
    wanted = host_name(domain)
    if not lies_in(notice.hostname, wanted):
        raise NotAHost(_("%(host)s does not lie in %(domain)s. Enter the end of its name.") % {"host": notice.hostname, "domain": wanted})
    host = add_host(domain=wanted, name=name, by=by)
    contact = propose_contact(host=host, email=email, found_at=found_at, by=by)
    refresh_notices_of(host)
    return contact


def settled_by_others(contact: Contact, by: Membership) -> str:
    """Who approves or refuses a contact, where this person may not; empty: they may."""
    if contact.proposed_by.person_id == by.person_id:
        return _("You proposed this contact: another person of the hotline approves or refuses it.")
    if contact.proposed_by.agency_id != by.agency_id:
        return _("Another person of the hotline that proposed it approves or refuses it.")
    return ""


def host_name(typed: str) -> str:
    """What was typed as a host's name in addresses; a pasted address gives its host's. Raises NotAHost."""
    text = typed.strip().partition("://")[2] or typed.strip()
    try:
        name = canonical.host(text.partition("/")[0].rpartition("@")[2].partition(":")[0])
    except canonical.NotAnIdentifier as wrong:
        raise NotAHost(_("Enter the host’s name as it stands in addresses, such as pictures.example.")) from wrong
    if "." not in name or len(name) > 253:
        raise NotAHost(_("Enter the host’s name as it stands in addresses, such as pictures.example."))
    if ENDS_MANY.fullmatch(name):
        raise NotAHost(_("%(name)s ends the names of many hosts. Enter the host’s own name, such as pictures.%(name)s.") % {"name": name})
    return name


def _as_mail_knows_it(address: str) -> str:
    """Its domain in lower case and as name servers have it. Raises NotAContact for what mail servers read in more than one way."""
    name, _at, domain = address.rpartition("@")
    try:
        domain = canonical.host(domain)
    except canonical.NotAnIdentifier:
        domain = ""
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", name) or not re.fullmatch(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*", domain):
        raise NotAContact(_("Enter the contact’s e-mail address, such as abuse@pictures.example."))
    return f"{name}@{domain}"


def _to_settle(contact: Contact, by: Membership) -> Contact:
    by.must_be(*DESK)
    Host.objects.select_for_update().get(pk=contact.host_id)
    contact = Contact.objects.select_related("host", "proposed_by").get(pk=contact.pk)
    who_else = settled_by_others(contact, by)
    if who_else:
        raise AnotherPersonNeeded(who_else)
    return contact


def _must_be_proposed(contact: Contact) -> None:
    if contact.state != Contact.State.PROPOSED:
        raise NotThatState(
            _("This contact is settled (%(state)s). Propose it again to use it.") % {"state": contact.get_state_display().lower()}
        )


def _settle(contact: Contact, state: str, by: Membership, verb: str) -> None:
    contact.state, contact.settled_by, contact.settled_at = state, by, moment.now()
    contact.save(update_fields=["state", "settled_by", "settled_at"])
    ledger.record(by, verb, contact)
