"""A report arrives, a receipt leaves. Every field that a reporter wrote is sealed before it is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.identifiers.models import Identifier
from havenline.foundation.people.models import Agency, ApiKey, Membership
from havenline.foundation.records.models import File, OnFile, Record
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing.models import Key
from havenline.journey.intake.choices import Danger as Danger
from havenline.journey.intake.choices import ReportKind as ReportKind
from havenline.journey.intake.choices import Station as Station

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Channel(models.TextChoices):
    FORM = "form", _("Public form")
    TELEPHONE = "telephone", _("Telephone")
    PLATFORM = "platform", _("Platform")


class AskedOfPlatform(models.TextChoices):
    NOTHING = "", _("Nothing")
    MORE_NEEDED = "more_needed", _("More needed")
    LEAVE_ACCOUNT_OPEN = "leave_account_open", _("Please leave this account open")


class Urgency(models.IntegerChoices):
    """What a report says of its urgency by itself; the queue's order begins with it."""

    DANGER_NOW = 0, _("Danger now")
    CHILD_KNOWN = 1, _("A child is known")
    AGE_GIVEN = 2, _("A child’s age is given")
    EVERYTHING_ELSE = 3, _("Everything else")

    @classmethod
    def of(cls, *, danger: str, child_known: bool = False, youngest_age: int | None = None) -> Urgency:
        """What these make of it. The database holds every report to the same rule, `URGENCY`."""
        if danger == Danger.NOW:
            return cls.DANGER_NOW
        if child_known:
            return cls.CHILD_KNOWN
        return cls.AGE_GIVEN if youngest_age is not None and youngest_age < 18 else cls.EVERYTHING_ELSE


URGENCY = models.Case(
    models.When(danger="now", then=models.Value(0)),
    models.When(child_known=True, then=models.Value(1)),
    models.When(youngest_age__lt=18, then=models.Value(2)),
    default=models.Value(3),
)


class Report(File):
    """What arrived. `sealed` holds every answer as JSON under the record's own key; the columns beside it name nobody."""

    channel = models.CharField(max_length=10, choices=Channel)
    kind = models.CharField(max_length=16, choices=ReportKind)
    danger = models.CharField(max_length=8, choices=Danger, default=Danger.UNKNOWN)
    source = models.CharField(max_length=60, help_text=_("Whose turn it is in the queue: the platform’s slug, or the kind of reporter."))
    sealed = models.BinaryField()
    submission = models.CharField(max_length=64, unique=True, help_text=_("HMAC of the submission token: sending again finds this report."))
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    waits_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when it waits to be read; empty once decided. A new message sets it again.")
    )
    hotline = models.ForeignKey(
        Agency, on_delete=models.PROTECT, db_index=False, related_name="+", help_text=_("In whose queue it waits: its record’s agency.")
    )
    platform = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="platform_reports")
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # derived at the desk when the report is opened, for the queue's order; they name nobody
    child_known = models.BooleanField(default=False, help_text=_("The reporter lives with or knows the child, or is the child."))
    youngest_age = models.PositiveSmallIntegerField(null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency)  # no generated column: SQLite would read whole rows for it
    group = models.CharField(
        max_length=64, blank=True, help_text=_("Keyed hash of what it has in common with others of its source: text, host or account.")
    )
    asked_of_platform = models.CharField(max_length=20, choices=AskedOfPlatform, blank=True, default="")
    released_station = models.CharField(
        max_length=40,
        choices=Station,
        blank=True,
        help_text=_("The station that the reporter may see, after an analyst answered whether the person reported could read it."),
    )

    if TYPE_CHECKING:
        items: RelatedManager[ReportedItem]
        messages: RelatedManager[Message]
        receipt: Receipt

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel="platform", platform__isnull=False) | ~models.Q(channel="platform"),
                name="platform_report_names_its_platform",
            ),
            models.CheckConstraint(condition=models.Q(urgency=URGENCY), name="urgency_is_what_the_report_says"),
        ]
        indexes = [
            models.Index(fields=["waits_since"], name="report_waiting"),
            models.Index(  # all that the queue's order asks of what waits: no row is read, sealed words and all, to be counted
                fields=["hotline", "urgency", "source", "group", "waits_since", "record", "child_known"],
                name="report_queue",
                condition=models.Q(waits_since__isnull=False),
            ),
            models.Index(fields=["opened_at"], name="report_unopened", condition=models.Q(opened_at=None)),
            models.Index(fields=["source", "group", "received_at"], name="report_alike"),
            models.Index(fields=["api_key", "received_at"], name="report_by_key"),
        ]

    def answers(self) -> dict[str, Any]:
        """Everything that the reporter answered, but for the guarded hashes of pictures: no screen, copy or package has those.

        Desk only: raises keys.KeyNotHere in the public process.
        """
        answers = self._opened()
        answers.get("platform", {}).pop("pictures", None)
        return answers

    def pictures(self) -> list[dict[str, Any]]:
        """What a platform said of pictures by perceptual hashes: `pdq`, `quality` and `sha256` each. Desk only."""
        return list(self._opened().get("platform", {}).get("pictures") or [])

    def _opened(self) -> dict[str, Any]:
        answers: dict[str, Any] = json.loads(sealing.key_of(self.reference).open("answers", self.sealed))
        return answers


class ReportedItem(OnFile):
    """One thing to grade, told apart by its identifier. Made at the desk when the report is opened. Nothing of it is ever fetched."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="reported_items")
    pdq = models.ForeignKey(
        Identifier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The picture’s perceptual hash, guarded; the identifier itself where nothing else is known of it."),
    )
    pdq_quality = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("0 to 100, as whoever hashed it said."))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="item_number_once"),
            models.UniqueConstraint(fields=["report", "identifier"], name="item_once_a_report"),
        ]
        indexes = [models.Index(fields=["report"], name="item_with_pdq", condition=models.Q(pdq__isnull=False))]

    def __str__(self) -> str:
        return f"{self.report} item {self.number}"

    @property
    def ledger_file(self) -> Report:
        return self.report


class Message(OnFile):
    """A line of the dialogue behind a receipt. What a reporter adds is sealed to the desk; what we answer, to both.

    What a reporter typed is never shown again to whoever holds the receipt.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    from_reporter = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_desk = models.BinaryField(help_text=_("Sealed by `key`; by the record’s own key for what we wrote."))
    key = models.ForeignKey(Key, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_reporter = models.BinaryField(null=True, blank=True, help_text=_("Sealed to the receipt’s key; empty for what the reporter wrote."))
    submission = models.CharField(max_length=64, unique=True, help_text=_("Sending again adds nothing."))
    first_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_reporter=True, to_reporter=None) | models.Q(from_reporter=False, to_reporter__isnull=False),
                name="only_our_messages_go_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.at:%d %b %H:%M}"

    @property
    def ledger_file(self) -> Report:
        return self.report

    def words(self) -> str:
        """The message's words, at the desk. Raises keys.KeyNotHere in the public process."""
        reference = self.report.reference
        key = sealing.key_of(reference) if self.key_id is None else sealing.message_key(reference, self.key_id)
        return key.open("message", self.to_desk)

    def words_at_the_api(self) -> str:
        """What we answered to a platform, as the API opens it. Raises KeyDestroyed, keys.KeyNotHere."""
        return sealing.outside_key_at_the_api(self.report.reference).open("message", self.to_reporter or b"")


class Receipt(models.Model):
    """The way back to a report: Argon2id of the receipt, with a secret that is not in the database. The digits are kept nowhere."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="receipt")
    lookup = models.CharField(max_length=64, unique=True, null=True, blank=True)
    public_key = models.BinaryField(null=True, help_text=_("X25519, derived from the receipt: our answers are sealed to whoever holds it."))
    digits = models.BinaryField(null=True, help_text=_("Sealed by the report’s key until the desk has computed the look-up; gone then."))
    turn = models.PositiveSmallIntegerField(default=0, help_text=_("Which derivation from the token gave an unused receipt."))
    made_at = models.DateTimeField()
    written_down_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lookup=None, public_key=None, digits__isnull=False)
                | models.Q(lookup__isnull=False, public_key__isnull=False, digits=None),
                name="receipt_is_computed_or_waits",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="receipt_waiting", condition=models.Q(lookup=None))]

    def __str__(self) -> str:
        return f"Receipt of {self.report}"


class GuessBudget(models.Model):
    """Wrong receipts in each minute, of everybody together: throttles guessing without asking who guesses."""

    minute = models.DateTimeField(primary_key=True)
    wrong = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute:%H:%M} {self.wrong}"


class Idempotency(models.Model):
    """A platform's Idempotency-Key: the same key gives the same answer; with another body it is an error."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text=_("HMAC of the key as sent."))
    body = models.CharField(max_length=64, help_text=_("HMAC of the body."))
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "idempotency keys"
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.api_key} {self.key[:8]}"
