"""The end of a request or a breach: by its rule, ended by a supervisor, in the journal, and again after a restore."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.accountability.actions.answering import NotDecided, NotYours, WordsMissing
from havenline.foundation.accountability.models import AccessRequest, Breach
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.retention import journal, rules
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import copies

KIND = {AccessRequest: "access_request", Breach: "breach"}


@transaction.atomic
def end(*, this: AccessRequest | Breach, typed: str, by: Membership) -> None:
    """A supervisor of its agency erases one that its rule ends; `typed`: its number, so that it is this one. Nothing brings it back.

    Raises NotYours, WordsMissing, NotDecided where it is not due.
    """
    if not by.supervises or by.role == Role.AUDITOR or this.agency_id != by.agency_id:
        raise NotYours(_("A supervisor of %(agency)s ends this.") % {"agency": this.agency.name})
    if typed.strip().upper() != this.number:
        raise WordsMissing(_("Type %(number)s to erase it.") % {"number": this.number})
    _erase(this, by)


@transaction.atomic
def end_by_rule(*, this: AccessRequest | Breach) -> bool:
    """Where the rule alone is enough, the clock ends what is due; whether it did."""
    if rules.of_register(KIND[type(this)]).approval != "rule" or this.kept_until is None or this.kept_until > moment.today():
        return False
    _erase(this, CLOCK)
    return True


def _erase(this: AccessRequest | Breach, by: Actor) -> None:
    this = type(this).objects.select_for_update(of=("self",)).select_related("agency").get(pk=this.pk)
    if this.kept_until is None or this.kept_until > moment.today():
        raise NotDecided(_("No rule ends it today. Nothing was changed."))
    rule = rules.of_register(KIND[type(this)])
    until = moment.today() + timedelta(days=settings.INSTALLATION.backup_keep_days)
    ledger.record(by, "erased", this, reason=f"{rule.code} {rule.digest}; backups until {until.isoformat()}")
    journal.write("erased", this.number, rule=rule.code, rule_digest=rule.digest)
    _destroy(this)


def _destroy(this: AccessRequest | Breach) -> None:
    sealing.destroy(this.number)
    copies.destroy(this.number, 0)  # what is kept by its number, such as a draft; it is no record
    if isinstance(this, AccessRequest):
        this.said_sealed, this.extension_sealed, this.letter_sealed, this.identity_checked = b"", None, None, ""
        this.choices.update(reason_sealed=None, copy_sealed=None)
    else:
        this.what_sealed, this.reason_sealed = b"", None
        this.told.update(words_sealed=b"")
    this.erased_at = moment.now()
    this.save()


def erase_again(digest: str) -> bool:
    """After a restore: what the journal says was erased goes again. `digest`: what the journal calls its number."""
    held: list[AccessRequest | Breach] = [*AccessRequest.objects.filter(erased_at=None), *Breach.objects.filter(erased_at=None)]
    for this in held:
        if journal.digest(this.number) == digest:
            ledger.record(CLOCK, "erased", this, reason=f"{KIND[type(this)]}; again after a restore")
            _destroy(this)
            return True
    return False
