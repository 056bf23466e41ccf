"""Taking in a request, deciding what is disclosed, answering it; and the register of breaches."""

import json
import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.accountability import disclosure, letters, queries
from havenline.foundation.accountability.models import AccessRequest, Breach, Choice, Raised, Told
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post import actions as post
from havenline.foundation.records.masking import sight_of, table
from havenline.foundation.records.models import ALPHABET, Record
from havenline.foundation.records.passages import passages_of
from havenline.foundation.sealing import actions as sealing


class NotYours(PermissionError):
    """Requests and breaches are a supervisor's work; what is disclosed of a record, its owning agency's."""


class WordsMissing(ValueError):
    """Something that must be said is not, or a day cannot be; says which."""


class NotDecided(Exception):
    """A request is answered once every record was decided about, and only once."""


def _number(prefix: str) -> str:
    letters_ = "".join(secrets.choice(ALPHABET) for _letter in range(8))
    return f"{prefix}-{letters_[:4]}-{letters_[4:]}"


def _must_supervise(by: Membership) -> None:
    if not by.supervises or by.role == Role.AUDITOR:
        raise NotYours(_("This is for a supervisor of the agency."))


def _of_own_agency(of: AccessRequest | Breach, by: Membership) -> None:
    _must_supervise(by)
    if of.agency_id != by.agency_id:
        raise NotYours(_("This belongs to another agency."))


def _must_redact(by: Membership) -> None:
    if by.role not in table()[1].made_by:
        raise NotYours(_("What is blacked out of a copy is decided by: %(roles)s.") % {"roles": _redactors()})


def _redactors() -> str:
    roles = dict(Role.choices)
    return ", ".join(str(roles[role]) for role in table()[1].made_by)


def _needs(words: str, what: str) -> str:
    if not words.strip():
        raise WordsMissing(what)
    return words.strip()


@transaction.atomic
def receive_request(
    *, name: str, contact: str, asks: str, received_on: date, born_on: str = "", identity_checked: str = "", by: Membership
) -> AccessRequest:
    """Take in what somebody asks about themselves. Its clock counts from the day on which it came. Raises NotYours, WordsMissing."""
    _must_supervise(by)
    said = {"name": _needs(name, _("Enter the name of whoever asks.")), "contact": _needs(contact, _("Say where the answer goes."))}
    if received_on > moment.today():
        raise WordsMissing(_("It cannot have come on a day that is still to come."))
    number = _number("AR")
    key = sealing.new_key(number)
    request = AccessRequest.objects.create(
        number=number,
        agency=by.agency,
        said_sealed=key.seal("said", json.dumps({**said, "asks": asks.strip(), "born_on": born_on})),
        received_on=received_on,
        received_by=by,
        identity_checked=identity_checked.strip(),
    )
    ledger.record(by, "took in an access request", request, changed={"received_on": received_on})
    return request


def _open(request: AccessRequest) -> AccessRequest:
    request = AccessRequest.objects.select_for_update(of=("self",)).select_related("agency").get(pk=request.pk)
    if request.answered_at is not None:
        raise NotDecided(_("This request was answered. Nothing was changed."))
    return request


@transaction.atomic
def ask_about(*, request: AccessRequest, record: Record, by: Membership) -> Choice:
    """Name a record that is about them. Its owning agency decides what is disclosed. Raises NotYours, NotPartyToRecord, NotDecided."""
    _of_own_agency(request, by)
    by.must_be_party_to(record)
    request = _open(request)
    choice, made = Choice.objects.get_or_create(request=request, record=record, defaults={"asked_by": by, "asked_at": moment.now()})
    if made:
        ledger.record(by, "asked what is disclosed of it", record, reason=request.number, to=record.agency.slug)
    return choice


@transaction.atomic
def decide(*, choice: Choice, what: str, reason: str, kept: set[int], out: set[int] | None = None, by: Membership) -> Choice:
    """Say what is disclosed of a record; `kept`: passages about others that are disclosed all the same; `out`: others that are taken out.

    The entry keeps how many were blacked out and why, and an HMAC of the copy; never what was.

    Raises NotYours, WordsMissing, NotDecided, NotPartyToRecord.
    """
    _must_redact(by)
    request = _open(choice.request)
    choice = Choice.objects.select_for_update(of=("self",)).select_related("record__agency").get(pk=choice.pk)
    choice.request = request
    by.must_be_party_to(choice.record)
    if choice.record.agency_id != by.agency_id:
        raise NotYours(_("%(agency)s owns this record: it decides what is disclosed.") % {"agency": choice.record.agency.name})
    key = request.ledger_seal()
    choice.reason_sealed = key.seal("reason", _needs(reason, _("Say why: an exemption, or what outweighs it.")))
    choice.copy_sealed, counted, copy = None, "", []
    if what == Choice.What.DISCLOSE:
        passages = passages_of(choice.record, sight_of(choice.record, by=by))
        copy = disclosure.copy_of(passages, kept=kept, out=out or set())
        counted = f", {disclosure.counted(passages, copy)}"
        choice.copy_sealed = key.seal("copy", json.dumps(copy))
    choice.what, choice.decided_by, choice.decided_at = Choice.What(what), by, moment.now()
    choice.save()
    said = f"{request.number} {what}{counted}"
    ledger.record(by, "decided what is disclosed of it", choice.record, reason=said, words=reason, changed={"copy": copy})
    return choice


@transaction.atomic
def extend(*, request: AccessRequest, reason: str, by: Membership) -> None:
    """Two further months, once, with a reason that they are told (UK GDPR art. 12(3)). Raises NotYours, WordsMissing, NotDecided."""
    _of_own_agency(request, by)
    request = _open(request)
    if request.extended_at is not None:
        return
    if request.is_late:
        raise NotDecided(_("The month is over: it can no longer be extended."))
    words = _needs(reason, _("Say why it takes longer: they are told."))
    request.extended_at, request.extension_sealed = moment.now(), request.ledger_seal().seal("extension", words)
    request.save(update_fields=["extended_at", "extension_sealed"])
    ledger.record(by, "extended an access request", request, words=words)


@transaction.atomic
def answer(*, request: AccessRequest, by: Membership) -> AccessRequest:
    """Answer it: with a copy where something is disclosed, else by the letter that everybody else gets. Raises NotYours, NotDecided."""
    _of_own_agency(request, by)
    request = _open(request)
    choices = list(request.choices.select_related("decided_by"))
    if any(not choice.what for choice in choices):
        raise NotDecided(_("Of some records it is not decided yet what is disclosed."))
    if not queries.second_has_looked(choices, by=by):
        raise NotDecided(_("You decided what is blacked out. Somebody else of your agency looks at the copy and answers."))
    write = letters.with_copy if any(choice.what == Choice.What.DISCLOSE for choice in choices) else letters.default
    text = write(
        name=request.said["name"],
        number=request.number,
        agency=request.agency.name,
        received_on=request.received_on,
        answered_on=moment.today(),
    )
    request.answered_at, request.answered_by = moment.now(), by
    request.letter_sealed = request.ledger_seal().seal("letter", text)
    request.save(update_fields=["answered_at", "answered_by", "letter_sealed"])
    ledger.record(by, "answered an access request", request)
    return request


@transaction.atomic
def raise_to_supervisors(*, this: AccessRequest | Breach) -> Raised | None:
    """Write to the supervisors of its agency, once as its clock nears its end and once when it ran out. Nobody there is tried again."""
    what = this.stands_at()
    if what is None:
        return None
    supervisors = list(Membership.objects.supervising(this.agency).select_related("person", "agency"))
    raised, made = Raised.objects.get_or_create(number=this.number, what=what, defaults={"at": moment.now(), "reached": len(supervisors)})
    if not made and (raised.reached or not supervisors):
        return None
    raised.at, raised.reached = moment.now(), len(supervisors)
    raised.save(update_fields=["at", "reached"])
    for supervisor in supervisors:
        post.message_waits(receiver=supervisor, by=CLOCK)
    ledger.record(
        CLOCK,
        f"raised that it is {'late' if what == Raised.What.LATE else 'due soon'}",
        this,
        to=this.agency.slug,
        reason="reached" if supervisors else "reached nobody",
    )
    return raised


@transaction.atomic
def record_breach(*, what: str, known_at: datetime, happened_at: datetime | None, by: Membership) -> Breach:
    """Write a breach down; 72 hours from when it was known. Raises NotYours, WordsMissing."""
    _must_supervise(by)
    words = _needs(what, _("Say what happened: whose data, how much, and what was done."))
    if known_at > moment.now() or (happened_at is not None and happened_at > known_at):
        raise WordsMissing(_("It is known after it happened, and not in the future."))
    number = _number("BR")
    key = sealing.new_key(number)
    breach = Breach.objects.create(
        number=number,
        agency=by.agency,
        what_sealed=key.seal("what", words),
        happened_at=happened_at,
        known_at=known_at,
        recorded_by=by,
        recorded_at=moment.now(),
    )
    ledger.record(by, "recorded a breach", breach, changed={"known_at": known_at}, words=words)
    return breach


@transaction.atomic
def decide_breach(*, breach: Breach, decided: str, reason: str, by: Membership) -> Breach:
    """Notified, with the regulator's number, or not, with why a risk is unlikely. Raises NotYours, WordsMissing, NotDecided."""
    _of_own_agency(breach, by)
    breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    if breach.decided == Breach.Decided.NOTIFIED:
        raise NotDecided(_("The regulator was notified already. Nothing was changed."))
    words = _needs(reason, _("Say the regulator’s number, or why a risk to anybody is unlikely."))
    breach.decided, breach.decided_by, breach.decided_at = Breach.Decided(decided), by, moment.now()
    breach.reason_sealed = breach.ledger_seal().seal("reason", words)
    breach.save(update_fields=["decided", "decided_by", "decided_at", "reason_sealed"])
    ledger.record(by, "decided on notifying a breach", breach, reason=decided, words=words)
    return breach


@transaction.atomic
def note_told(*, breach: Breach, words: str, by: Membership) -> Told:
    """Whom of those concerned was told, and how. Raises NotYours, WordsMissing."""
    _of_own_agency(breach, by)
    words = _needs(words, _("Say who was told, and how."))
    told = Told.objects.create(breach=breach, words_sealed=breach.ledger_seal().seal("told", words), at=moment.now(), by=by)
    ledger.record(by, "told those concerned by a breach", breach, words=words)
    return told
