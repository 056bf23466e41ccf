"""Whom an emergency action was told to at once, and who said that they have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import OnFile
from havenline.journey.safeguarding.models.case import CaseEvent, ChildCase


class ToldAtOnce(OnFile):
    """One person, of this area or of another that sees the case, who was told as the emergency was recorded.

    A letter reaches a mailbox; a person says that they have it.
    """

    class Why(models.TextChoices):
        HOLDER = "holder", _("Holds the case")
        COVER = "cover", _("Covers for them")
        MANAGER = "manager", _("Manager")
        DUTY = "duty", _("Emergency duty team")
        PARTNER = "partner", _("Asked to act with us")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="told_at_once")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="told_at_once")
    person = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why)
    told_at = models.DateTimeField()
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    has_it_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        letter_id: int | None

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="told_once_of_an_emergency")]

    def __str__(self) -> str:
        return f"{self.person.short_name} told, {self.child_case}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case
