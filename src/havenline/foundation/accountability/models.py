"""What a controller must be able to show: requests by the people whom records are about, and breaches."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta
from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import Record
from havenline.foundation.retention import rules
from havenline.foundation.sealing import actions as sealing

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

ONE_MONTH = relativedelta(months=1)  # UK GDPR art. 12(3)
TWO_FURTHER = relativedelta(months=2)  # the same, where requests are complex or many
BREACH_WITHIN = timedelta(hours=72)  # UK GDPR art. 33(1)
BREACH_SOON, REQUEST_SOON = timedelta(hours=24), timedelta(days=7)  # our policy: when a supervisor is written to before it is late


class Numbered(models.Model):
    """It has a number, an agency, and a key of its own that seals its words."""

    number = models.CharField(max_length=20, primary_key=True, help_text=_("Random: nobody can count by it."))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text=_("The controller."))
    erased_at = models.DateTimeField(null=True, blank=True, help_text=_("Its words and their key are gone; number and days stay."))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_object(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def ledger_record(self) -> str:
        return self.number

    def ledger_seal(self) -> sealing.RecordKey:
        return sealing.own_key_of(self.number)


class AccessRequest(Numbered):
    """Somebody asks what is held about them (UK GDPR art. 15; DPA 2018 s. 45)."""

    said_sealed = models.BinaryField(help_text=_("JSON: name, born_on, contact, and what they ask for."))
    received_on = models.DateField()
    received_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    identity_checked = models.CharField(max_length=120, blank=True, help_text=_("How it is known that it is they who ask."))
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_sealed = models.BinaryField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    letter_sealed = models.BinaryField(null=True, blank=True)

    if TYPE_CHECKING:
        choices: RelatedManager[Choice]

    class Meta:
        verbose_name = "access request"
        ordering = ["received_on"]

    @property
    def said(self) -> dict[str, str]:
        said: dict[str, str] = json.loads(self.ledger_seal().open("said", self.said_sealed))
        return said

    @property
    def kept_until(self) -> date | None:
        """The first day on which its rule ends it; None while it is not answered, or is erased."""
        if self.answered_at is None or self.erased_at is not None:
            return None
        return rules.of_register("access_request").due(moment.day_of(self.answered_at))

    @property
    def due_on(self) -> date:
        """One month from its receipt, or three where it was extended; a month's last day where that day does not exist."""
        return self.received_on + (ONE_MONTH + TWO_FURTHER if self.extended_at else ONE_MONTH)

    @property
    def is_late(self) -> bool:
        return (moment.day_of(self.answered_at) if self.answered_at else moment.today()) > self.due_on

    def stands_at(self) -> Raised.What | None:
        """What its supervisors must hear now; None where it is answered, or not due soon."""
        if self.answered_at is not None or moment.today() < self.due_on - REQUEST_SOON:
            return None
        return Raised.What.LATE if self.is_late else Raised.What.SOON

    @property
    def letter(self) -> str:
        return self.ledger_seal().open("letter", self.letter_sealed) if self.letter_sealed else ""


class Choice(models.Model):
    """What is disclosed of one record: the agency that owns it decides, whoever was asked."""

    class What(models.TextChoices):
        DISCLOSE = "disclose", _("Disclose, with what is redacted")
        WITHHOLD = "withhold", _("Withhold")

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="choices")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    what = models.CharField(max_length=8, choices=What, blank=True)
    reason_sealed = models.BinaryField(null=True, blank=True)
    copy_sealed = models.BinaryField(null=True, blank=True, help_text=_("JSON: the passages of the copy, as decided."))
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["request", "record"], name="asked_once_about_each_record"),
            models.CheckConstraint(
                condition=models.Q(what="", decided_by=None) | ~models.Q(what="") & models.Q(decided_by__isnull=False),
                name="what_is_disclosed_somebody_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}, {self.record}"

    @property
    def copy(self) -> list[dict[str, Any]]:
        passages: list[dict[str, Any]] = json.loads(self.request.ledger_seal().open("copy", self.copy_sealed)) if self.copy_sealed else []
        return passages

    @property
    def reason(self) -> str:
        return self.request.ledger_seal().open("reason", self.reason_sealed) if self.reason_sealed else ""


class Breach(Numbered):
    """Personal data was lost, changed or seen by whom it should not be. Each is written down, notified or not (UK GDPR art. 33(5))."""

    class Decided(models.TextChoices):
        NOTIFIED = "notified", _("The regulator was notified")
        NOT_NOTIFIED = "not_notified", _("Not notified: a risk to anybody is unlikely")

    what_sealed = models.BinaryField()
    happened_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: not known yet."))
    known_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    decided = models.CharField(max_length=12, choices=Decided, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_sealed = models.BinaryField(null=True, blank=True)

    if TYPE_CHECKING:
        told: RelatedManager[Told]

    class Meta:
        verbose_name = "breach"
        verbose_name_plural = "breaches"
        ordering = ["-known_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(decided="") | models.Q(decided_by__isnull=False), name="breach_decided_by_somebody")
        ]

    @property
    def kept_until(self) -> date | None:
        """The first day on which its rule ends it; None while nothing is decided, or it is erased."""
        if self.decided_at is None or self.erased_at is not None:
            return None
        return rules.of_register("breach").due(moment.day_of(self.decided_at))

    @property
    def due_at(self) -> Any:
        return self.known_at + BREACH_WITHIN

    @property
    def is_late(self) -> bool:
        return bool((self.decided_at or moment.now()) > self.due_at)

    def stands_at(self) -> Raised.What | None:
        """What its supervisors must hear now; None where the regulator was notified or not, by somebody's decision."""
        if self.decided or moment.now() < self.due_at - BREACH_SOON:
            return None
        return Raised.What.LATE if self.is_late else Raised.What.SOON

    @property
    def what(self) -> str:
        return self.ledger_seal().open("what", self.what_sealed)

    @property
    def reason(self) -> str:
        return self.ledger_seal().open("reason", self.reason_sealed) if self.reason_sealed else ""


class Raised(models.Model):
    """That the clock of a request or a breach runs out, or did, was told to the supervisors of its agency."""

    class What(models.TextChoices):
        SOON = "soon", _("It is due soon")
        LATE = "late", _("It is late")

    number = models.CharField(max_length=20, help_text=_("Of the request or the breach."))
    what = models.CharField(max_length=4, choices=What)
    at = models.DateTimeField()
    reached = models.PositiveIntegerField(help_text=_("How many supervisors; where nobody, it is tried again."))

    class Meta:
        verbose_name_plural = "raised"
        constraints = [models.UniqueConstraint(fields=["number", "what"], name="raised_once_for_each_moment")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class Told(models.Model):
    """Whom of those concerned was told of a breach, and how (UK GDPR art. 34)."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="told")
    words_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.breach} {self.at:%d %b %H:%M}"

    @property
    def words(self) -> str:
        return self.breach.ledger_seal().open("told", self.words_sealed)
