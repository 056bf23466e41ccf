"""Holding a record, approving its end, erasing it; and doing again what a restored database has forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention import journal, rules, triggers
from havenline.foundation.retention.models import Erasure, Hold, JournalLine
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import copies
from havenline.foundation.work import acting
from havenline.foundation.work import actions as background

LONGEST_HOLD = timedelta(days=366 * 5)


class NotYours(PermissionError):
    """Holds are put and released by supervisors; the end of a record is approved by one of the agency that owns it."""


class ReasonMissing(ValueError):
    """A hold says why, and until when it is looked at again."""


class CountDiffers(ValueError):
    """What was typed is not how many records are about to be erased."""


class NotDue(Exception):
    """The record is not due, or something stands against its end; says what."""


@dataclass(frozen=True)
class Due:
    """A record whose period has ended, or soon will."""

    record: Record
    rule: rules.Rule
    on: date


def _locked(record: Record) -> Record:
    """The record as it stands, for this transaction alone. What was erased does not exist."""
    return Record.objects.select_for_update(of=("self",)).select_related("agency").get(pk=record.pk, erased_at=None)


@transaction.atomic
def put_on_hold(*, record: Record, reason: str, review_on: date, by: Membership) -> Hold:
    """Stop the record's end for the sake of proceedings. Holding again changes the day of review.

    Raises NotPartyToRecord, NotYours, ReasonMissing; Record.DoesNotExist where it was erased meanwhile.
    """
    by.must_be_party_to(record)
    if not by.supervises:
        raise NotYours(_("A supervisor puts a record on hold."))
    if not reason.strip():
        raise ReasonMissing(_("Say why it is held: proceedings, an inquiry, a complaint."))
    if not moment.today() < review_on <= moment.today() + LONGEST_HOLD:
        raise ReasonMissing(_("Choose a day for the review, after today and within five years."))
    record = _locked(record)
    sealed = record.ledger_seal().seal("hold", reason)
    hold, made = Hold.objects.get_or_create(
        record=record,
        agency=by.agency,
        released_at=None,
        defaults={"reason_sealed": sealed, "by": by, "since": moment.now(), "review_on": review_on},
    )
    if not made:
        hold.reason_sealed, hold.review_on, hold.by = sealed, review_on, by
        hold.save(update_fields=["reason_sealed", "review_on", "by"])
    journal.write("held", record.reference, hold=str(hold.pk), agency=by.agency.slug, review_on=review_on.isoformat())
    ledger.record(by, "put a legal hold on it", hold, changed={"review_on": review_on}, words=reason)
    return hold


@transaction.atomic
def release_hold(*, hold: Hold, reason: str, by: Membership) -> None:
    """Releasing twice changes nothing. Raises NotYours, ReasonMissing."""
    hold = Hold.objects.select_for_update(of=("self",)).select_related("record", "agency").get(pk=hold.pk)
    if hold.released_at is not None:
        return
    by.must_be_party_to(hold.record)
    if hold.agency_id != by.agency_id or not by.supervises:
        raise NotYours(_("A supervisor of %(agency)s releases this hold.") % {"agency": hold.agency.name})
    if not reason.strip():
        raise ReasonMissing(_("Say why it is released: it stands on the ledger under your name."))
    hold.released_at, hold.released_by, hold.release_sealed = moment.now(), by, hold.record.ledger_seal().seal("release", reason)
    hold.save(update_fields=["released_at", "released_by", "release_sealed"])
    journal.write("released", hold.record.reference, hold=str(hold.pk))
    ledger.record(by, "released a legal hold", hold, words=reason)


def due_by(rule: rules.Rule, *, on: date, among: QuerySet[Record] | None = None) -> list[Due]:
    """What this rule ends by that day, the longest due first."""
    found: QuerySet[Any] = triggers.started(rule.kind, rule.trigger).filter(started__date__lte=rule.latest_start(on))
    if among is not None:
        found = found.filter(pk__in=among.values("pk"))
    with beyond_need_to_know():  # a period can count from what another agency holds
        dues = [Due(record, rule, rule.due(moment.day_of(record.started))) for record in found.select_related("agency")]
    return sorted((due for due in dues if due.on <= on), key=lambda due: (due.on, due.record.reference))


def due(record: Record) -> Due:
    """By which rule the record is due today. Raises NotDue."""
    for rule in rules.in_force().values():
        if rule.kind == record.kind:
            for found in due_by(rule, on=moment.today(), among=Record.objects.filter(pk=record.pk)):
                return found
    raise NotDue(_("No rule ends it today."))


@transaction.atomic
def approve(*, records: Sequence[Record], count: int, by: Membership) -> list[Erasure]:
    """Approve the end of records that are due: they are erased in the background, and nothing brings them back.

    `count`: how many the person says they are. What is held or in flight meanwhile is not erased, and says so.
    Raises NotYours, CountDiffers, NotDue.
    """
    from havenline.foundation.retention.tasks import erase_approved

    if not records or count != len(records):
        raise CountDiffers(_("Type how many records you erase: %(count)s.") % {"count": len(records)})
    approved = []
    for record in sorted(records, key=lambda one: one.pk):
        by.must_be_party_to(record)
        if record.agency_id != by.agency_id or not by.supervises:
            raise NotYours(_("A supervisor of the agency that owns a record approves its end."))
        record = _locked(record)
        found = due(record)
        _nothing_stands_against(record)
        erasure, _made = Erasure.objects.update_or_create(
            record=record,
            defaults={
                "rule": found.rule.code,
                "rule_digest": found.rule.digest,
                "due_on": found.on,
                "approved_by": by,
                "approved_at": moment.now(),
                "problem": "",
            },
        )
        ledger.record(by, "approved the erasure", record, reason=f"{found.rule.code} {found.rule.digest}")
        approved.append(erasure)
    erase_approved.enqueue([erasure.pk for erasure in approved])
    return approved


@transaction.atomic
def approve_by_rule(*, found: Due) -> Erasure | None:
    """A rule that needs no person approves what nothing stands against. None where something does."""
    record = _locked(found.record)
    try:
        _nothing_stands_against(record)
    except NotDue:
        return None
    said = {"rule": found.rule.code, "rule_digest": found.rule.digest, "due_on": found.on, "approved_at": moment.now(), "problem": ""}
    return Erasure.objects.update_or_create(record=record, defaults=said)[0]


def _nothing_stands_against(record: Record) -> None:
    """The record's row is locked: a hold that was put before is seen here, one that comes after waits and finds it gone. Raises NotDue."""
    hold = Hold.objects.filter(record=record, released_at=None).select_related("agency").first()
    if hold is not None:
        raise NotDue(_("%(agency)s holds it.") % {"agency": hold.agency.name})
    if reason := triggers.blocked_by(record):
        raise NotDue(reason)


def erase(*, erasure: Erasure) -> bool:
    """Erase one record whose end was approved; whether it was. Again changes nothing; what stands against it is its problem.

    Also that whoever approved it may no longer: it is due again, and another person approves it.
    """
    approver = erasure.approved_by
    if approver is not None and erasure.record.erased_at is None and (why := acting.why_not(approver, erasure.record)) is not None:
        with transaction.atomic():
            said = _("%(why)s Nothing was erased: approve it again.") % {"why": why.label}
            Erasure.objects.filter(pk=erasure.pk, erased_at=None).update(problem=said[:300])
            background.refuse(task=_("An erasure"), by=approver, record=erasure.record, why=why)
        return False
    try:
        with transaction.atomic():
            return _erase(erasure)
    except NotDue as problem:
        Erasure.objects.filter(pk=erasure.pk, erased_at=None).update(problem=str(problem)[:300])
        return False


def _erase(erasure: Erasure) -> bool:
    record = Record.objects.select_for_update(of=("self",)).select_related("agency").get(pk=erasure.record_id)
    if record.erased_at is not None:
        return False
    found = due(record)
    if found.rule.code != erasure.rule or found.rule.digest != erasure.rule_digest:
        raise NotDue(_("The rule was changed since this was approved. Look at it again."))
    _nothing_stands_against(record)
    until = moment.today() + timedelta(days=settings.INSTALLATION.backup_keep_days)
    reason = f"{erasure.rule} {erasure.rule_digest}; backups until {until.isoformat()}"
    ledger.record(erasure.approved_by or CLOCK, "erased", record, reason=reason)
    journal.write("erased", record.reference, rule=erasure.rule, rule_digest=erasure.rule_digest)
    _destroy(record, erasure, until=until)
    return True


def _destroy(record: Record, erasure: Erasure, *, until: date) -> None:
    sealing.destroy(record.reference)
    done = copies.destroy(record.reference, record.pk)
    Clock.objects.running().filter(record=record).update(voided_at=moment.now(), void_reason="its record was erased")
    record.erased_at, record.owner, record.cover = moment.now(), None, None
    record.save(update_fields=["erased_at", "owner", "cover"])
    erasure.erased_at, erasure.backups_until, erasure.copies, erasure.problem = record.erased_at, until, sum(done.values()), ""
    erasure.save(update_fields=["erased_at", "backups_until", "copies", "problem"])


@dataclass(frozen=True)
class Replayed:
    """What a restored database had forgotten."""

    lines: int
    erased: int
    held: int


def replay() -> Replayed:
    """Do again what the journal says and this database does not know, before anybody is served. Raises journal.JournalBroken."""
    missing = journal.not_replayed()
    if not missing:
        return Replayed(0, 0, 0)
    named = {journal.digest(reference): pk for pk, reference in Record.objects.values_list("pk", "reference").iterator()}
    erased = held = 0
    for line in missing:
        with transaction.atomic():
            record = Record.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=named.get(line.record, 0)).first()
            if record is not None and record.erased_at is None:
                erased += line.what == "erased" and _erase_again(record, line)
                held += line.what == "held" and _hold_again(record, line)
                if line.what == "released":
                    Hold.objects.filter(pk=UUID(line.said["hold"]), released_at=None).update(released_at=moment.now())
            if record is None and line.what == "erased":
                erased += triggers.erased_again(line.record)
            JournalLine.objects.create(number=line.number, hash=line.hash)
    return Replayed(len(missing), erased, held)


def _erase_again(record: Record, line: journal.Line) -> bool:
    """It was approved, done and journalled before the restore: nothing is asked again."""
    erasure, _made = Erasure.objects.get_or_create(
        record=record, defaults={"rule": line.said["rule"], "rule_digest": line.said["rule_digest"], "approved_at": moment.now()}
    )
    until = moment.today() + timedelta(days=settings.INSTALLATION.backup_keep_days)
    reason = f"{line.said['rule']} {line.said['rule_digest']}; again after a restore; backups until {until.isoformat()}"
    ledger.record(CLOCK, "erased", record, reason=reason)
    _destroy(record, erasure, until=until)
    return True


def _hold_again(record: Record, line: journal.Line) -> bool:
    agency = Agency.objects.filter(slug=line.said["agency"]).first() or record.agency
    review_on = date.fromisoformat(line.said["review_on"])
    hold, made = Hold.objects.get_or_create(
        pk=UUID(line.said["hold"]), defaults={"record": record, "agency": agency, "since": moment.now(), "review_on": review_on}
    )
    if not made:
        Hold.objects.filter(pk=hold.pk).update(review_on=review_on)
    else:
        ledger.record(CLOCK, "put a legal hold on it", hold, reason="again after a restore")
    return made


def erase_all(erasures: Iterable[Erasure]) -> int:
    """How many were erased; each in a transaction of its own."""
    return sum(erase(erasure=one) for one in erasures)
