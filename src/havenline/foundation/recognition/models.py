"""Who asks what is known: what each was told, what was taken back since, and who waits for a person.

All of it is by the line of a key, so that a rotation changes nothing: `ApiKey.line`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Agency, ApiKey, Membership
from havenline.foundation.people.roles import Role

SEES_PAUSES = frozenset({Role.SENIOR_ANALYST, Role.AUDITOR})


class Asker(models.Model):
    """One line of keys, and the number of the last withdrawal that it was told of. Its row is locked while one is added."""

    key = models.OneToOneField(
        ApiKey, on_delete=models.PROTECT, primary_key=True, related_name="asker", help_text=_("The first of its line.")
    )
    sequence = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.sequence}"


class Told(models.Model):
    """That a line of keys was told that something of theirs matches an entry. To the hour: which upload it was stays theirs."""

    asker = models.ForeignKey(Asker, on_delete=models.CASCADE, related_name="told")
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="told")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "told"
        constraints = [models.UniqueConstraint(fields=["asker", "entry"], name="told_once_of_an_entry")]
        indexes = [models.Index(fields=["last_at"], name="told_by_age")]

    def __str__(self) -> str:
        return f"{self.asker_id} of {self.entry_id}"


class TakenBack(models.Model):
    """An entry that a line of keys was told of, and that no longer stands: what they did by it may have to be undone."""

    asker = models.ForeignKey(Asker, on_delete=models.CASCADE, related_name="taken_back")
    sequence = models.PositiveBigIntegerField()
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="taken_back")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "taken back"
        ordering = ["asker", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["asker", "sequence"], name="taken_back_once_a_number"),
            models.UniqueConstraint(fields=["asker", "entry"], name="taken_back_once_of_an_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id}/{self.sequence}"


class PauseQuerySet(models.QuerySet["Pause"]):
    def open(self) -> PauseQuerySet:
        return self.filter(answered_at=None)

    def visible_to(self, by: Membership) -> PauseQuerySet:
        """Whoever lets platforms ask answers for it: the hotline's senior analysts. Oversight reads."""
        return self if by.role in SEES_PAUSES else self.none()


class Pause(OnNoFile, models.Model):
    """A line of keys whose look-ups climbed towards what is known, and that waits for a person. What was looked up is not kept."""

    class Why(models.TextChoices):
        NEARER = "nearer", _("Look-ups that are nearly the same came nearer and nearer to something that is known.")
        EDGE = "edge", _("Look-ups that are nearly the same went to and fro over the edge of what matches.")

    class Answer(models.TextChoices):
        GOES_ON = "goes_on", _("It goes on")
        REVOKED = "revoked", _("Its keys were revoked")

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="pauses", help_text=_("The first of its line."))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="pauses")
    why = models.CharField(max_length=6, choices=Why)
    lookups = models.PositiveIntegerField(help_text=_("How many that were nearly the same."))
    at = models.DateTimeField(default=moment.now)
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(answered_at=None), name="one_open_pause_a_key"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None, answered_by=None)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="an_answered_pause_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.name}, {self.at:%d %B %Y}"

    @property
    def ledger_object(self) -> str:
        return f"pause {self.pk} of key {self.key.prefix}"
