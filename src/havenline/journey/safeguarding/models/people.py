"""Who takes a case over and with which words, and who carries its clocks in a calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.models.case import ChildCase, OnChildCase


class Reassignment(OnChildCase):
    """A case went to somebody else, with what they must know. It waits on their day until they have read it."""

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="reassignments")
    held_before = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="reassigned_to")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held_before=None) | ~models.Q(held_before=models.F("to")), name="reassigned_to_somebody_else"
            ),
            models.UniqueConstraint(fields=["child_case"], condition=models.Q(read_at=None), name="one_reassignment_waits_to_be_read"),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} to {self.to}"


class CalendarFeed(OnNoFile, models.Model):
    """A calendar's way to somebody's clocks: an address with a secret, shown once, stored hashed, that ends."""

    class Whose(models.TextChoices):
        MINE = "mine", _("What I hold or cover")
        TEAM = "team", _("Every clock of the team")
        CONFERENCES = "conferences", _("Conferences and reviews")

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="calendar_feeds")
    whose = models.CharField(max_length=12, choices=Whose)
    token_hash = models.CharField(
        max_length=64, unique=True, help_text="SHA-256: the token has 256 random bits, so no slow hash is needed."
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_whose_display()}, {self.membership}"

    @property
    def ledger_object(self) -> str:
        return f"calendar feed {self.pk}"

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None or self.expires_at <= moment.now()


class WrongCalendar(models.Model):
    """Wrong addresses of calendars in each minute, of everybody together: throttles guessing without asking who guesses."""

    minute = models.DateTimeField(primary_key=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute:%H:%M} {self.count}"
