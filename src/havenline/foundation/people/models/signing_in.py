"""What signing in keeps: failures near a place, sessions, drafts that outlive them, and letters' links."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models.members import Person


class FailedNear(models.Model):
    """How many sign-ins failed from near one place in a quarter of an hour. The place is an HMAC under that day's key."""

    near = models.CharField(max_length=64)
    since = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "failed near"
        constraints = [models.UniqueConstraint(fields=["near", "since"], name="failed_near_once_a_quarter")]
        indexes = [models.Index(fields=["since"], name="failed_near_by_age")]

    def __str__(self) -> str:
        return f"{self.since:%H:%M} {self.failures}"


class Visit(OnNoFile, models.Model):
    """A session of somebody who signed in, as they see it. Where it was is not kept, only with what."""

    class Why(models.TextChoices):
        IDLE = "idle", _("You had done nothing for a while, so your session ended.")
        WHOLE = "whole", _("Your session had lasted as long as one may, so it ended.")
        ELSEWHERE = "elsewhere", _("You ended this session from another page of yours.")
        PASSWORD = "password", _("Your password was changed, so this session ended.")
        FACTOR = "factor", _("Your second factor was reset, so this session ended.")
        CLOSED = "closed", _("This account was closed while the page was open.")
        SIGNED_OUT = "signed_out", _("You signed out.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="visits")
    device = models.CharField(max_length=80)
    since = models.DateTimeField(default=moment.now)
    last_used_at = models.DateTimeField(default=moment.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Why, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at"], name="visit_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_why="") | (models.Q(ended_at__isnull=False) & ~models.Q(ended_why="")),
                name="an_ended_visit_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.device}"

    @property
    def ledger_object(self) -> str:
        return f"session {self.pk}"


class Draft(OnNoFile, models.Model):
    """What somebody typed and did not send, or sent after their session had ended. Sealed with their own key, and with the record's."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=300, help_text=_("The address of the page that the form stood on."))
    action = models.CharField(max_length=300, help_text=_("Where the form is sent to."))
    form = models.CharField(max_length=60, blank=True, help_text=_("Which form of the page."))
    record = models.CharField(
        max_length=20, blank=True, help_text=_("The record that it belongs to, whose key seals it too; no foreign key.")
    )
    sealed = models.BinaryField()
    was_sent = models.BooleanField(default=False, help_text=_("It was sent, after the session had ended."))
    saved_at = models.DateTimeField(default=moment.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "action", "form"], name="one_draft_a_form")]
        indexes = [models.Index(fields=["saved_at"], name="draft_by_age"), models.Index(fields=["record"], name="draft_by_record")]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.page}"

    @property
    def ledger_object(self) -> str:
        return f"draft {self.pk}"


class AccountLink(OnNoFile, models.Model):
    """A letter's link to one's own account: an invitation to set a password, or the question whether a new address is theirs.

    The token is made only as the letter leaves, and kept as its hash.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        ADDRESS = "address", _("New address")

    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    address = models.EmailField()
    asked_at = models.DateTimeField(default=moment.now)
    token_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of 256 random bits; empty until the letter leaves.")
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~models.Q(token_hash=""), name="account_link_token_once"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(used_at=None, ended_at=None), name="one_open_account_link_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.address}"

    @property
    def ledger_object(self) -> str:
        return f"{self.kind} {self.pk}"
