"""A subject: a number first; a name, a register check and all that follows only after a reviewed attribution."""

import secrets
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import ALPHABET
from havenline.journey.investigation.actions.errors import SourceMissing
from havenline.journey.investigation.actions.obligations import must_be_identified
from havenline.journey.investigation.actions.rights import needs_words, open_case, open_subject_of
from havenline.journey.investigation.models import Case, ContactAbuse, ContactAbuseFinding, RegisterCheck, Subject, WelfareCheck
from havenline.journey.investigation.policies import ACCESS_ASSESSED


@transaction.atomic
def open_subject(*, case: Case, by: Membership) -> Subject:
    """Open a page for the person whom the case is about, by number only. The clock for assessing access to children starts."""
    case = open_case(case, by)
    for attempt in range(5):
        number = "S-" + "".join(secrets.choice(ALPHABET) for _place in range(4))
        try:
            with transaction.atomic():
                subject = Subject.objects.create(case=case, number=number, opened_at=moment.now())
            break
        except IntegrityError:
            if attempt == 4:
                raise
    ledger.record(by, "opened a subject’s page", subject, changed={"number": subject.number})
    record = case.record
    clocks.start(record=record, rule=ACCESS_ASSESSED, agency=record.agency, owner=record.owner, about=subject.number, by=by)
    return subject


@transaction.atomic
def record_emergency(*, subject: Subject, reason: str, by: Membership) -> Subject:
    """Record why a name or a referral cannot wait for a reviewed attribution. The first reason stands. Raises RationaleMissing."""
    subject = open_subject_of(subject, by)
    reason = needs_words(reason, _("Say what cannot wait, and why."))
    if subject.emergency_at is None:
        subject.emergency_reason_sealed = subject.case.record.ledger_seal().seal("emergency", reason)
        subject.emergency_by, subject.emergency_at = by, moment.now()
        subject.save(update_fields=["emergency_reason_sealed", "emergency_by", "emergency_at"])
        ledger.record(by, "recorded an emergency before a reviewed attribution", subject, reason="emergency", words=reason)
    return subject


@transaction.atomic
def name_subject(*, subject: Subject, name: str, by: Membership, born_on: date | None = None) -> Subject:
    """Name the subject. Raises NotIdentified before a reviewed attribution (or a recorded emergency), RationaleMissing without a name."""
    subject = open_subject_of(subject, by)
    must_be_identified(subject)
    name = needs_words(name, _("Enter the name."))
    if (subject.name, subject.born_on) == (name, born_on):
        return subject
    key = subject.case.record.ledger_seal()
    subject.name_sealed = key.seal("subject name", name)
    subject.born_on_sealed = key.seal("subject born on", born_on.isoformat()) if born_on else None
    subject.named_at = moment.now()
    subject.save(update_fields=["name_sealed", "born_on_sealed", "named_at"])
    ledger.record(by, "named the subject", subject, changed={"name": name, "born_on": born_on and born_on.isoformat()}, words=name)
    return subject


@transaction.atomic
def record_register_check(
    *,
    subject: Subject,
    on_register: str,
    checked_on: date,
    by: Membership,
    conditions: str = "",
    next_notification: date | None = None,
) -> RegisterCheck:
    """Record a check of the register. Raises NotIdentified, SourceMissing for a day to come."""
    subject = open_subject_of(subject, by)
    must_be_identified(subject)
    not_to_come(checked_on)
    last = subject.register_checks.last()
    if last is not None and (last.on_register, last.checked_on, last.next_notification, last.conditions) == (
        on_register,
        checked_on,
        next_notification,
        conditions.strip(),
    ):
        return last
    check = RegisterCheck.objects.create(
        subject=subject,
        on_register=on_register,
        conditions_sealed=subject.case.record.ledger_seal().seal("conditions", conditions.strip()) if conditions.strip() else None,
        next_notification=next_notification,
        checked_on=checked_on,
        by=by,
        at=moment.now(),
    )
    ledger.record(by, "checked the register", check, reason=on_register, changed={"on_register": on_register}, words=conditions.strip())
    return check


@transaction.atomic
def record_contact_abuse(
    *, subject: Subject, asked: bool, found: str, by: Membership, source: str = "", source_date: date | None = None
) -> ContactAbuseFinding:
    """Record whether contact abuse was asked about, and found. A later finding stands beside the earlier. Raises SourceMissing."""
    subject = open_subject_of(subject, by)
    if found == ContactAbuse.YES and (not source or source_date is None):
        raise SourceMissing(_("Enter where this was found, and the date."))
    if not asked and found != ContactAbuse.NOT_KNOWN and not source:
        raise SourceMissing(_("It was not asked about: enter what this rests on, or choose “Not known”."))
    if source_date is not None:
        not_to_come(source_date)
    last = subject.contact_abuse_findings.last()
    if last is not None and (last.asked, last.found, last.source, last.source_date) == (asked, found, source, source_date):
        return last
    finding = ContactAbuseFinding.objects.create(
        subject=subject, asked=asked, found=found, source=source, source_date=source_date, by=by, at=moment.now()
    )
    ledger.record(
        by, "recorded whether contact abuse was found", finding, reason=found, changed={"asked": asked, "found": found, "source": source}
    )
    return finding


@transaction.atomic
def record_welfare_check(*, subject: Subject, attended_at: datetime, at_risk: str, done: str, by: Membership) -> WelfareCheck:
    """After police attended: the subject's own risk of suicide, and what was done. Raises RationaleMissing, SourceMissing."""
    subject = open_subject_of(subject, by)
    done = needs_words(done, _("Say what was asked, seen and done."))
    if attended_at > moment.now():
        raise SourceMissing(_("Enter a time that is now or earlier."))
    last = subject.welfare_checks.last()
    if last is not None and (last.attended_at, last.at_risk, last.done) == (attended_at, at_risk, done):
        return last
    check = WelfareCheck.objects.create(
        subject=subject,
        attended_at=attended_at,
        at_risk=at_risk,
        done_sealed=subject.case.record.ledger_seal().seal("welfare", done),
        by=by,
        at=moment.now(),
    )
    ledger.record(by, "recorded the subject’s own risk after police attended", check, reason=at_risk, words=done)
    return check


def not_to_come(day: date) -> None:
    """Raises SourceMissing."""
    if day > moment.today():
        raise SourceMissing(_("Enter a date that is today or earlier."))
