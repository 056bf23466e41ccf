"""Behind a receipt: the reporter reads our answers and adds; we write. What a reporter typed is never shown again."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import REPORTER, Actor
from havenline.foundation.people.models import ApiKey, Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing.models import Key
from havenline.journey.intake import answers as shape
from havenline.journey.intake import asking, pictures, receipts
from havenline.journey.intake.actions.promising import compute_receipt, promise
from havenline.journey.intake.events import reporter_wrote
from havenline.journey.intake.models import AskedOfPlatform, Channel, GuessBudget, Idempotency, Message, Receipt, Report, Station

LONGEST_MESSAGE = 10_000  # characters
MOST_WAITING = 10  # receipts that are computed before one is looked up; the worker computes all
WRONG_A_MINUTE = 30  # wrong receipts, of everybody together


class NothingWritten(ValueError):
    """There are no words to send."""

    def __init__(self) -> None:
        super().__init__(_("Write something first, then press Send."))


class TooLong(ValueError):
    """More words than one message takes."""

    def __init__(self) -> None:
        super().__init__(_("That is too long for one message. Please shorten it, or send it in two parts."))


class NotTheirReceipt(Exception):
    """No report has this receipt."""

    def __init__(self) -> None:
        super().__init__(_("We can’t find a report with this receipt. Check the 16 digits and try again."))


class TooManyGuesses(Exception):
    """The budget of this minute is spent; nothing was checked."""

    def __init__(self) -> None:
        super().__init__(_("Too many people are trying receipts right now. Try again in a minute."))


def open_by_receipt(*, typed: str) -> tuple[Report, receipts.Opened]:
    """Find the report of a receipt. Takes as long for a wrong one as for a right one, and is never logged.

    Asks the process that holds receipt.key, where this one does not. Raises NotTheirReceipt, TooManyGuesses, receipts.Busy,
    asking.NobodyAnswers.
    """
    digits = receipts.as_typed(typed)
    if digits is None:
        raise NotTheirReceipt
    if settings.HOLDS_RECEIPT_KEY:
        return answer_receipt(digits=digits)
    answered = asking.ask(digits)
    if answered.problem:
        raise TooManyGuesses if answered.problem == asking.TOO_MANY else receipts.Busy
    if answered.report is None:
        raise NotTheirReceipt
    return Report.objects.select_related("record").get(pk=answered.report), receipts.Opened(lookup="", private=answered.private)


def answer_receipt(*, digits: str) -> tuple[Report, receipts.Opened]:
    """The same where receipt.key is, which counts the wrong guesses of everybody. Raises as `open_by_receipt`."""
    minute = moment.now().replace(second=0, microsecond=0)
    if (GuessBudget.objects.filter(minute=minute).values_list("wrong", flat=True).first() or 0) >= WRONG_A_MINUTE:
        raise TooManyGuesses
    opened = receipts.open_with(digits, guess=True)
    found = Receipt.objects.filter(lookup=opened.lookup).select_related("report__record")
    receipt = found.first()
    if receipt is None:
        for waiting in Receipt.objects.exclude(digits=None).select_related("report__record").order_by("made_at")[:MOST_WAITING]:
            compute_receipt(waiting)  # they came a moment ago: whoever has one may type it already
        receipt = found.all().first()
    if receipt is None:
        _count_wrong(minute)
        raise NotTheirReceipt
    return receipt.report, opened


def _count_wrong(minute: datetime) -> None:
    GuessBudget.objects.bulk_create([GuessBudget(minute=minute)], ignore_conflicts=True)
    GuessBudget.objects.filter(minute=minute).update(wrong=F("wrong") + 1)


@transaction.atomic
def confirm_written_down(*, report: Report) -> None:
    """The reporter says that they keep the receipt. Saying it again changes nothing."""
    if Receipt.objects.filter(report=report, written_down_at=None).update(written_down_at=moment.now()):
        ledger.record(REPORTER, "wrote the receipt down", report)


@transaction.atomic
def mark_read(*, report: Report) -> None:
    """The reporter has our answers on the screen: those they had not seen are read from now on."""
    if Message.objects.filter(report=report, from_reporter=False, first_read_at=None).update(first_read_at=moment.now()):
        ledger.record(REPORTER, "read our answer", report)


def add_message(*, report: Report, words: str, submission: str, by: Actor = REPORTER) -> Message:
    """A reporter adds to their report: it waits to be read again. The same submission adds nothing.

    Works in the public process. Raises NothingWritten, TooLong, pictures.PictureRefused, answers.NotAnswers.
    """
    words = _fit_to_send(words)
    already = Message.objects.filter(submission=submission).first()
    if already is not None:
        return already
    try:
        return _add(report, words, submission, by)
    except IntegrityError:
        return Message.objects.get(submission=submission)  # sent twice at once


@transaction.atomic
def _add(report: Report, words: str, submission: str, by: Actor) -> Message:
    from havenline.journey.intake import tasks  # imports this room's actions

    key = sealing.new_key(report.reference, purpose=Key.Purpose.MESSAGE)
    now = moment.now()
    message = Message.objects.create(
        report=report, from_reporter=True, at=now, to_desk=key.seal("message", words), key_id=key.row, submission=submission
    )
    Report.objects.filter(pk=report.pk, waits_since=None).update(waits_since=now)
    report.refresh_from_db(fields=["waits_since"])
    ledger.record(by, "added to the report", message, changed={"words": words}, seal=key)
    reporter_wrote.send(sender=Message, report=report, message=message)
    tasks.open_addition.enqueue(message.pk)
    return message


@transaction.atomic
def supplement_from_platform(
    *, report: Report, words: str, submission: str, by: ApiKey, idempotency: tuple[str, str] | None = None
) -> Message:
    """A platform adds to its report. Raises as `add_message` does, and IntegrityError where the same request was faster."""
    message = add_message(report=report, words=words, submission=submission, by=by)
    if report.asked_of_platform == AskedOfPlatform.MORE_NEEDED:
        report.asked_of_platform = AskedOfPlatform.NOTHING
        report.save(update_fields=["asked_of_platform"])
    if idempotency is not None:
        key, body = idempotency
        Idempotency.objects.create(api_key_id=by.line, key=key, body=body, record=report.record, at=moment.now())
    return message


@transaction.atomic
def write_to_reporter(*, report: Report, words: str, by: Membership) -> Message:
    """Leave an answer behind the receipt (for a platform: behind the reference). Nothing is mailed.

    Raises NotPartyToRecord, Silenced, NothingWritten, TooLong, pictures.PictureRefused.
    """
    by.must_be_party_to(report)
    by.must_be(Role.ANALYST, Role.SENIOR_ANALYST)
    words = _fit_to_send(words)
    from_platform = report.channel == Channel.PLATFORM
    records.must_not_be_silent(report.record, Silence.Audience.HOST if from_platform else Silence.Audience.REPORTER)
    to_desk = sealing.key_of(report.reference).seal("message", words)
    if from_platform:  # it has no receipt: the API opens this for it
        to_reporter = sealing.outside_key(report.reference).seal("message", words)
    else:
        to_reporter = sealing.seal_to(bytes(report.receipt.public_key or b""), report.reference, "message", words)
    message = Message.objects.create(
        report=report,
        from_reporter=False,
        at=moment.now(),
        by=by,
        to_desk=to_desk,
        to_reporter=to_reporter,
        submission=receipts.submission_of(receipts.new_token()),
    )
    ledger.record(by, "wrote to the reporter", message, changed={"words": words})
    return message


@transaction.atomic
def seal_anew_for_the_api(*, message: Message) -> None:
    """What was answered to a platform before the API had a key of its own: it was a copy of the desk's. Twice changes nothing."""
    if bytes(message.to_reporter or b"") == bytes(message.to_desk):
        message.to_reporter = sealing.outside_key(message.report.reference).seal("message", message.words())
        message.save(update_fields=["to_reporter"])


@transaction.atomic
def ask_platform(*, report: Report, ask: str, words: str = "", by: Membership) -> Report:
    """Say to the platform what we need of it: more, or that it leaves the account open. Empty takes it back.

    Raises NotPartyToRecord, Silenced.
    """
    by.must_be_party_to(report)
    by.must_be(Role.ANALYST, Role.SENIOR_ANALYST)
    records.must_not_be_silent(report.record, Silence.Audience.HOST)
    report.asked_of_platform = AskedOfPlatform(ask)
    report.save(update_fields=["asked_of_platform"])
    if words.strip():
        write_to_reporter(report=report, words=words, by=by)
    ledger.record(by, "asked the platform", report, reason=ask or "nothing any more")
    return report


@transaction.atomic
def release_station(*, report: Report, station: str, by: Membership) -> Report:
    """Let the reporter see how far the report has come: only after the question whether the person reported could read it.

    Raises NotPartyToRecord, Silenced.
    """
    by.must_be_party_to(report)
    by.must_be(Role.ANALYST, Role.SENIOR_ANALYST)
    records.must_not_be_silent(report.record, Silence.Audience.REPORTER)
    report.released_station = Station(station)
    report.save(update_fields=["released_station"])
    ledger.record(by, "released a station to the reporter", report, reason=str(report.released_station))
    promise(report, str(report.released_station))
    return report


def _fit_to_send(words: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise NothingWritten
    if len(words) > LONGEST_MESSAGE:
        raise TooLong
    if shape.is_no_text(words):
        raise shape.NotAnswers(_("Part of this is not text. Please type it again."))
    pictures.refuse_in([words])
    return words
