"""Somebody outside says that an address is wrongly listed."""

from __future__ import annotations

import json

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import File


class Complaint(File):
    """Somebody outside says that an address is wrongly listed. What they wrote is sealed; a person answers, and they read it by their code.

    The public process puts it in, and finds by a code how it stands; it can open nothing of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        UPHELD = "upheld", _("Upheld")
        REFUSED = "refused", _("Refused")

    said_sealed = models.BinaryField(help_text=_("JSON: address, words, contact."))
    code_hash = models.CharField(
        max_length=64, unique=True, help_text=_("SHA-256 of the code, which has 78 random bits: no slow hash is needed.")
    )
    received_at = models.DateTimeField()
    taken_in_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    answer = models.TextField(blank=True, max_length=2000, help_text=_("What they read: it repeats nothing that they wrote."))
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn = models.PositiveIntegerField(default=0, help_text=_("How many entries were withdrawn because of it."))
    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("It says that there is an answer.")
    )

    class Meta:
        ordering = ["received_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="complaint_answered_by_a_person",
            ),
        ]
        indexes = [models.Index(fields=["received_at"], name="complaint_by_arrival")]

    @property
    def waits(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def said(self) -> dict[str, str]:
        """What they wrote: address, words, contact."""
        said: dict[str, str] = json.loads(self.ledger_seal().open("said", self.said_sealed))
        return said
