"""Mail that leaves. It names no case and no person, and has no link that acts: opening one changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.ledger.actors import OnNoFile

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Letter(OnNoFile, models.Model):
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
    reply_to = models.EmailField(blank=True, help_text=_("Where an answer goes; empty: to the sender."))
    link_maker = models.CharField(
        max_length=40, blank=True, help_text=_("Who makes its link as it leaves; the body holds a place for it, never the link.")
    )
    set_aside_at = models.DateTimeField(
        null=True, blank=True, help_text=_("It ended badly, and what it was for was settled in another way: it needs nobody any more.")
    )
    attempts_before = models.PositiveSmallIntegerField(default=0, help_text=_("Attempts made before a person last asked for another try."))

    if TYPE_CHECKING:
        attempts: RelatedManager[Attempt]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"

    @property
    def last_answer(self) -> str:
        """What the mail server said last, or why it was not reached."""
        answers = [attempt.answer for attempt in self.attempts.all()]
        return answers[-1] if answers else ""

    @property
    def ledger_object(self) -> str:
        return f"letter {self.pk}"


class Attempt(models.Model):
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.letter} {self.at:%H:%M}"
