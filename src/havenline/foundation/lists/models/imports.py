"""Many changes that arrive together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.lists.models.known_lists import KnownList, OnList
from havenline.foundation.people.models import Membership

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class ListImport(OnList, models.Model):
    """Many changes of one list that arrived together, read whole before any is applied, and applied in parts that a kill does not lose.

    read -> (held ->) applying -> applied; refused: nothing of it was applied.
    """

    class State(models.TextChoices):
        READ = "read", _("Waits for your word")
        HELD = "held", _("Held for a person")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="imports")
    source = models.CharField(max_length=200, help_text=_("The file’s name, or where it was pulled from."))
    digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of what was read."))
    state = models.CharField(max_length=8, choices=State, default=State.READ)
    held_why = models.CharField(max_length=300, blank=True)
    lines = models.PositiveIntegerField(default=0)
    additions = models.PositiveIntegerField(default=0, help_text=_("Values that are not on the list yet."))
    already = models.PositiveIntegerField(default=0, help_text=_("Values that stand on it already."))
    duplicates = models.PositiveIntegerField(default=0, help_text=_("Lines that say again what another said."))
    changes = models.PositiveIntegerField(default=0, help_text=_("Values that stand on it, of which it says something new."))
    withdrawals = models.PositiveIntegerField(default=0)
    stood = models.PositiveBigIntegerField(default=0, help_text=_("How many entries the list had when it was read."))
    unknown = models.PositiveIntegerField(default=0, help_text=_("Withdrawals of what does not stand on it."))
    never_matched = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text=_("Lines that were applied."))
    arrived_at = models.DateTimeField()
    arrived_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_reason = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        parts: RelatedManager[ImportPart]

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(state="held") | ~models.Q(held_why=""), name="held_import_says_why"),
            models.CheckConstraint(
                condition=~models.Q(state="applied") | models.Q(finished_at__isnull=False), name="applied_import_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.known_list}"

    @property
    def ledger_object(self) -> str:
        return f"import {self.pk} to list {self.known_list.slug}"

    @property
    def ledger_record(self) -> str:
        return self.known_list.ledger_record

    @property
    def percent_withdrawn(self) -> int:
        """How much of the list it takes away, in percent, rounded down; of an empty list nothing."""
        return self.withdrawals * 100 // self.stood if self.stood else 0

    @property
    def waits(self) -> bool:
        return self.state in (self.State.READ, self.State.HELD)


class ImportPart(models.Model):
    """Some thousand lines of an import, in their canonical form; emptied once they are applied."""

    of = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    lines = models.TextField(blank=True, help_text=_("JSON: a list of changes."))
    count = models.PositiveIntegerField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["of", "number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_part_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.of_id}"
