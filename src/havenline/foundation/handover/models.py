"""From one agency to another, so that it can't vanish: one state machine for every hand-over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.purposes import PURPOSES, Purpose
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Team
from havenline.foundation.records.models import File, OnFile, Record

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class State(models.TextChoices):
    OWED = "owed", _("Owed")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ANSWERED = "answered", _("Answered")


# What may follow what. A returned hand-over is work for the sender: they send it again, or withdraw it with a reason.
FOLLOWS: dict[str, frozenset[str]] = {
    State.OWED: frozenset({State.SENT, State.WITHDRAWN}),
    State.SENT: frozenset({State.DELIVERED, State.ACCEPTED, State.RETURNED, State.WITHDRAWN}),
    State.DELIVERED: frozenset({State.ACCEPTED, State.RETURNED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.ANSWERED, State.RETURNED}),
    State.RETURNED: frozenset({State.SENT, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
    State.ANSWERED: frozenset(),
}
OPEN = (State.OWED, State.SENT, State.DELIVERED, State.ACCEPTED, State.RETURNED)
WITH_SENDER = (State.OWED, State.RETURNED)
WITH_RECEIVER = (State.SENT, State.DELIVERED, State.ACCEPTED)


class HandOver(File):
    """Sender keeps the duty until acceptance. What is handed over stands in the package, so it survives its source."""

    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="hand_overs")
    purpose = models.CharField(max_length=30)
    obligation = models.CharField(max_length=80, help_text=_("What obliged it, such as “child duty 12”: one hand-over for each."))
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hand_overs_sent")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hand_overs_received")
    to_team = models.CharField(max_length=20, choices=Team, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OWED)
    urgent = models.BooleanField(default=False)
    package = models.BinaryField(help_text=_("What is handed over: JSON, sealed under the hand-over’s own key."))
    package_digest = models.CharField(max_length=64, help_text=_("SHA-256 of the package before sealing."))
    owed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accepted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=40, blank=True, help_text=_("The answer’s code; its words are sealed in the step."))
    called_at = models.DateTimeField(null=True, blank=True, help_text=_("An urgent referral is telephoned too."))
    called_name = models.CharField(max_length=120, blank=True)
    problem = models.CharField(
        max_length=200, blank=True, help_text=_("Why it reached nobody; an error on the sender’s and the administrator’s screens.")
    )

    if TYPE_CHECKING:
        steps: RelatedManager[HandOverStep]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(from_agency=models.F("to_agency")), name="hand_over_sender_is_not_receiver"),
            models.UniqueConstraint(
                fields=["source", "purpose", "obligation"], condition=~models.Q(state="withdrawn"), name="one_hand_over_for_each_obligation"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=False, accepted_by__isnull=False) | ~models.Q(state__in=["accepted", "answered"]),
                name="hand_over_accepted_by_somebody",
            ),
        ]

    @property
    def what_for(self) -> Purpose:
        return PURPOSES[self.purpose]

    @property
    def title(self) -> str:
        return str(self.what_for.title)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def from_outside(self) -> bool:
        """Whether somebody told it who has no account here: its receiver recorded it, and has the duty from its receipt."""
        return self.from_agency.kind == AgencyKind.OUTSIDE

    @property
    def ledger_object(self) -> str:
        return f"hand-over ({self.purpose})"

    def contents(self) -> dict[str, Any]:
        """What was handed over. Raises sealing.KeyDestroyed after erasure."""
        contents: dict[str, Any] = json.loads(self.record.ledger_seal().open("package", self.package))
        return contents


class HandOverStep(OnFile):
    """Each move of a hand-over, with its words, for the people who work on it."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=40, blank=True)
    words_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = "step of a hand-over"

    def __str__(self) -> str:
        return f"{self.hand_over}: {self.state}"

    @property
    def ledger_file(self) -> HandOver:
        return self.hand_over

    @property
    def words(self) -> str:
        return self.hand_over.record.ledger_seal().open("words", self.words_sealed) if self.words_sealed else ""
