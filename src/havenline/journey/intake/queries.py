"""What the public pages, the telephone and the platform's API ask for."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.queries import public_log
from havenline.foundation.people.models import ApiKey
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.records.queries import normal_reference
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import holders
from havenline.foundation.sealing.models import Key
from havenline.journey.intake.choices import NEUTRAL
from havenline.journey.intake.models import AskedOfPlatform, Channel, Idempotency, Message, Receipt, Report, Station


@dataclass(frozen=True)
class Letter:
    """A line of the dialogue as its reporter sees it. Our words; of theirs only that they wrote, and when."""

    ours: bool
    at: datetime
    words: str
    is_new: bool


def of_reading(pk: int) -> Report:
    """The report of a page that has it open: whoever reads it showed the receipt, and the page was sealed by us (form_state)."""
    report: Report = Report.objects.select_related("record").get(pk=pk)
    return report


def receipts_to_compute() -> QuerySet[Receipt]:
    """Receipts that cannot be found yet, oldest first."""
    return Receipt.objects.exclude(digits=None).filter(report__record__erased_at=None).select_related("report__record").order_by("made_at")


def unopened_additions() -> QuerySet[Message]:
    """What reporters added and the desk has not opened yet, oldest first."""
    waiting = Key.objects.filter(purpose=Key.Purpose.MESSAGE, wrapped_to=holders.DESK, destroyed_at=None)
    return Message.objects.filter(key__in=waiting).select_related("report__record").order_by("pk")


def answers_to_platforms() -> QuerySet[Message]:
    """Everything that was answered to platforms."""
    return Message.objects.filter(from_reporter=False, report__channel=Channel.PLATFORM, report__record__erased_at=None).select_related(
        "report__record"
    )


def letters(report: Report, private: bytes) -> list[Letter]:
    """The dialogue behind a receipt, oldest first. `private` is derived from the receipt; nothing else opens our words."""
    return [
        Letter(
            ours=not message.from_reporter,
            at=message.at,
            words=""
            if message.to_reporter is None
            else sealing.open_with(private, report.reference, "message", bytes(message.to_reporter)),
            is_new=not message.from_reporter and message.first_read_at is None,
        )
        for message in Message.objects.filter(report=report)
    ]


def statements_of(report: Report, private: bytes) -> list[str]:
    """What proves to anybody that we have this report, and each station that was released: a promise, from the next day on a proof.

    Under a Silence towards the reporter, the report alone: as on its line.
    """
    found = public_log.of_record(report.reference)
    try:
        records.must_not_be_silent(report.record, Silence.Audience.REPORTER)
    except records.Silenced:
        found = [one for one in found if one.what == public_log.RECEIVED]
    return [
        proof.statement(
            said=one.said,
            salt=bytes.fromhex(sealing.open_with(private, report.reference, "salt", bytes(one.salt_sealed))),
            shown_by=one.proof or one.promise,
        )
        for one in found
    ]


def language_of(report: Report) -> str:
    """The code of the language that the reporter read the form in, such as "ar"; "en" where nobody chose one. At the desk only."""
    return str(report.answers().get("language") or "en")


def language_name(code: str) -> str:
    """As the desk calls it: Arabic."""
    return str(get_language_info(code)["name_translated"])


def neutral_words(report: Report) -> str:
    """Our answer where nothing else may be said, as its reporter reads it. At the desk only."""
    with override(language_of(report)):
        return str(NEUTRAL)


def line_of(report: Report) -> list[dict[str, str]]:
    """The reporter's line: that they told us; a station only if it was released and no Silence stands against it."""
    line = [{"party": "reporter", "title": _("You told us"), "detail": _day(report.received_at), "state": "happened"}]
    if report.released_station:
        try:
            records.must_not_be_silent(report.record, Silence.Audience.REPORTER)
        except records.Silenced:
            pass
        else:
            station = Station(report.released_station)
            party = {Station.POLICE_TOLD: "police", Station.SOCIAL_CARE_TOLD: "social_care", Station.HOST_TOLD: "platform"}
            line.append({"party": party.get(station, "hotline"), "title": str(station.label), "detail": "", "state": "happened"})
    line.append({"party": "reporter", "title": _("More, when we can tell you"), "detail": "", "state": "maybe"})
    return line


def somebody_reads_now() -> bool:
    """Whether the hotline's hours, London time, say that somebody is reading. Empty hours: day and night."""
    hours = settings.DEPLOYMENT.hours
    if not hours:
        return True
    opens, closes = (time.fromisoformat(part.strip()) for part in hours.split("-"))
    now = moment.now().astimezone(moment.LONDON).time()
    return opens <= now < closes if opens <= closes else now >= opens or now < closes


def reading_hours() -> tuple[str, str] | None:
    """When somebody reads, in the public's 12-hour time; None for day and night."""
    if not settings.DEPLOYMENT.hours:
        return None
    opens, closes = (time.fromisoformat(part.strip()) for part in settings.DEPLOYMENT.hours.split("-"))
    return clock_time(opens), clock_time(closes)


def clock_time(at: datetime | time) -> str:
    """7:42 pm, in London."""
    if isinstance(at, datetime):
        at = at.astimezone(moment.LONDON).time()
    half = _("pm") if at.hour >= 12 else _("am")
    return f"{at.hour % 12 or 12}:{at.minute:02d} {half}"


def _day(at: datetime) -> str:
    from django.utils.formats import date_format

    return date_format(moment.day_of(at), "j F")


@dataclass(frozen=True)
class PlatformStatus:
    """How a platform's report stands, as far as it may know: one word, and what we wrote last."""

    report: Report
    status: str  # received, more_needed, leave_account_open, closed
    message: str
    message_at: datetime | None


def platforms_report(reference: str, *, key: ApiKey) -> Report | None:
    """A report of this platform by its reference; another's does not exist."""
    return (
        Report.objects.filter(record__reference=normal_reference(reference), platform_id=key.agency_id, record__erased_at=None)
        .select_related("record")
        .first()
    )


def platform_status(report: Report) -> PlatformStatus:
    """Checks the Silence towards the host at every look: under one, the platform sees what it saw on the first day."""
    try:
        records.must_not_be_silent(report.record, Silence.Audience.HOST)
    except records.Silenced:
        return PlatformStatus(report, "received", "", None)
    last = Message.objects.filter(report=report, from_reporter=False).order_by("-at").first()
    status = str(report.asked_of_platform)
    if status == AskedOfPlatform.NOTHING:
        status = "closed" if report.record.closed_at or report.waits_since is None else "received"
    return PlatformStatus(report, status, last.words_at_the_api() if last else "", last.at if last else None)


def answered_before(key: ApiKey, idempotency_key: str) -> Idempotency | None:
    """What this Idempotency-Key (its HMAC) made."""
    return Idempotency.objects.filter(api_key_id=key.line, key=idempotency_key).select_related("record__report__record").first()


def sent_since(key: ApiKey, since: datetime) -> int:
    """How many reports this key has sent from then until now: none by a clock that stood ahead and was set back."""
    return Report.objects.filter(api_key=key, received_at__gt=since, received_at__lte=moment.now()).count()
