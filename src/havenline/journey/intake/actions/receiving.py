"""A report arrives. Works in the public process: it needs public keys only, and inserts.

What the public database role needs (foundation.work's database_roles): INSERT and SELECT on records_record,
records_party, sealing_key, intake_report, intake_receipt, intake_message, ledger_entry and django_tasks_db_dbtaskresult
(Django reads a new row's key back); SELECT on people_agency, records_lineage, records_silence; UPDATE of
intake_report.waits_since, intake_receipt.written_down_at, intake_message.first_read_at. It needs no DELETE anywhere, can unwrap
none of what it reads, and computes no receipt: what finds one is made at the desk's host.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import REPORTER, Actor
from havenline.foundation.people.models import Agency, ApiKey, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind, Role
from havenline.foundation.records import actions as records
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import keys
from havenline.journey.intake import answers as shape
from havenline.journey.intake import pictures, receipts
from havenline.journey.intake.answers import NotAnswers
from havenline.journey.intake.events import report_received
from havenline.journey.intake.models import Channel, Idempotency, Receipt, Report, Urgency

SAME_RECEIPT_FOR = timedelta(hours=1)


class NoHotline(Exception):
    """Nobody could read a report: none is taken, and that is said."""

    def __init__(self) -> None:
        super().__init__(_("Nobody can take reports here yet. Please try again later, or call the emergency number."))


class AlreadySent(Exception):
    """This form was sent more than an hour ago; its receipt is not shown again."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(_("You have sent this already."))


@dataclass(frozen=True)
class Received:
    """A durable report. `receipt`: sixteen digits, to show once; empty for a platform, which reads by reference."""

    report: Report
    receipt: str
    is_new: bool


def receive(
    *, answers: Mapping[str, Any], by: Actor = REPORTER, channel: str = Channel.FORM, token: str | None = None, source: str = ""
) -> Received:
    """Store a report, sealed, and give its receipt. The same token within an hour gives the same receipt and makes no second report.

    `by`: REPORTER for the form; the analyst for a telephone report. Raises answers.NotAnswers, pictures.PictureRefused,
    NoHotline, AlreadySent, NotYourRole.
    """
    if isinstance(by, Membership):
        by.must_be(Role.ANALYST, Role.SENIOR_ANALYST)
    whole = shape.complete(answers)
    pictures.refuse_in(shape.texts(whole))
    token = token or receipts.new_token()
    submission = receipts.submission_of(token)
    if already := _sent_before(submission, token):
        return already
    digits = receipts.digits_of(token)
    # Slow: before the transaction, which on SQLite holds everybody up. Where the secret is not, the worker does it.
    opened = receipts.open_with(digits, guess=False) if settings.HOLDS_RECEIPT_KEY else None
    if opened is not None and Receipt.objects.filter(lookup=opened.lookup).exists():
        opened = None
    try:
        with transaction.atomic():
            [(report, key)] = _store(
                [whole], [submission], by=by, channel=channel, source=source or _source_of(whole, channel),
                entered_by=by if isinstance(by, Membership) else None,
            )  # fmt: skip
            found_by: dict[str, Any] = {"digits": key.seal("receipt", digits)}
            if opened is not None:
                found_by = {"lookup": opened.lookup, "public_key": opened.public}
            Receipt.objects.create(report=report, made_at=moment.now(), **found_by)
    except IntegrityError:  # sent twice at once: the other one is stored by now
        if already := _sent_before(submission, token):
            return already
        raise
    return Received(report, digits, is_new=True)


@dataclass(frozen=True)
class Sent:
    """A report as a platform sent it. `submission` is unique; `idempotency`: HMACs of its Idempotency-Key and of the body."""

    answers: Mapping[str, Any]
    submission: str
    idempotency: tuple[str, str] | None = None


class OneRefused(ValueError):
    """Of several reports sent at once this one cannot be stored, so none was. `number`: from 0."""

    def __init__(self, number: int, why: NotAnswers | pictures.PictureRefused) -> None:
        self.number, self.why = number, why
        super().__init__(str(why))


def receive_from_platform(*, answers: Mapping[str, Any], by: ApiKey, submission: str) -> Report:
    """Store one report of a platform. Raises as `receive_all_from_platform`."""
    return receive_all_from_platform(sent=[Sent(answers, submission)], by=by)[0]


@transaction.atomic
def receive_all_from_platform(*, sent: Sequence[Sent], by: ApiKey) -> list[Report]:
    """Store a platform's reports, all or none, each sealed with a key of its own and on the ledger; in as many statements as one.

    Raises OneRefused; and IntegrityError where another request with the same key was faster: the whole transaction is gone, look it up.
    """
    wholes = []
    for number, one in enumerate(sent):
        try:
            whole = shape.complete(one.answers)
            pictures.refuse_in(shape.texts(whole))
        except (NotAnswers, pictures.PictureRefused) as error:
            raise OneRefused(number, error) from error
        wholes.append(whole)
    stored = _store(
        wholes, [one.submission for one in sent],
        by=by, channel=Channel.PLATFORM, source=by.agency.slug[:60], platform=by.agency, api_key=by,
    )  # fmt: skip
    Idempotency.objects.bulk_create(
        Idempotency(api_key_id=by.line, key=one.idempotency[0], body=one.idempotency[1], record=report.record, at=report.received_at)
        for one, (report, _key) in zip(sent, stored, strict=True)
        if one.idempotency is not None
    )
    return [report for report, _key in stored]


def mac_of(what: str) -> str:
    """HMAC under mac.key, for what is only ever compared."""
    return hmac.new(keys.secret("mac.key"), what.encode(), hashlib.sha256).hexdigest()


def _store(
    wholes: Sequence[dict[str, Any]], submissions: Sequence[str], *, by: Actor, channel: str, source: str, **who: Any
) -> list[tuple[Report, sealing.RecordKey]]:
    from havenline.journey.intake import tasks  # imports this room's actions

    hotline = Agency.objects.filter(kind=AgencyKind.HOTLINE).order_by("pk").first()
    if hotline is None:
        raise NoHotline
    opened = records.open_records(kind=FileKind.REPORT, agency=hotline, number=len(wholes))
    texts = [json.dumps(whole, ensure_ascii=False, separators=(",", ":")) for whole in wholes]
    now = moment.now()
    reports = Report.objects.bulk_create(
        Report(
            record=record,
            hotline=hotline,
            channel=channel,
            kind=whole["kind"],
            danger=whole["danger"],
            urgency=Urgency.of(danger=whole["danger"]),  # what is said of a child is read at the desk, when it is opened
            source=source,
            sealed=key.seal("answers", text),
            submission=submission,
            received_at=now,
            waits_since=now,
            **who,
        )
        for whole, text, submission, (record, key) in zip(wholes, texts, submissions, opened, strict=True)
    )
    each = [
        ledger.Said(report, changed={"answers": text, "channel": channel}, station="received", seal=key)
        for report, text, (_record, key) in zip(reports, texts, opened, strict=True)
    ]
    ledger.record_all(by, "received a report", each)
    for report in reports:
        report_received.send(sender=Report, report=report)
    if len(reports) == 1:
        tasks.open_arrival.enqueue(reports[0].pk)
    else:
        tasks.open_arrivals.enqueue([report.pk for report in reports])
    return [(report, key) for report, (_record, key) in zip(reports, opened, strict=True)]


def _sent_before(submission: str, token: str) -> Received | None:
    report = Report.objects.filter(submission=submission).select_related("record", "receipt").first()
    if report is None:
        return None
    if moment.now() - report.received_at > SAME_RECEIPT_FOR:
        raise AlreadySent(report)
    return Received(report, receipts.digits_of(token, report.receipt.turn), is_new=False)


def _source_of(whole: dict[str, Any], channel: str) -> str:
    return "telephone" if channel == Channel.TELEPHONE else (str(whole["who"]) or "form")[:60]


def sent_before(*, token: str) -> Received | None:
    """The report that this form made, with its receipt, within the hour. Raises AlreadySent."""
    return _sent_before(receipts.submission_of(token), token)
