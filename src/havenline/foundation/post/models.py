"""Mail that leaves. It names no case and no person, and has no link that acts: it says that a message waits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Accepted by the mail server")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Ended without an answer: may or may not have left")

    to = models.EmailField()
    subject = models.CharField(max_length=120)
    body = models.TextField()
    why = models.CharField(max_length=120)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"

    @property
    def ledger_object(self) -> str:
        return f"letter {self.pk}"

    ledger_record = ""

    def ledger_seal(self) -> None:
        return None


class Attempt(models.Model):
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.letter} {self.at:%H:%M}"
