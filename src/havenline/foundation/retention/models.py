"""What holds a record, what was decided about its end, and what stays of it then."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile, Record


class Hold(OnFile):
    """A legal hold: while one is in force the record is not erased. It never ends by itself; its review is a day to look again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="legal_holds")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text=_("Who asked for it, and may release it."))
    reason_sealed = models.BinaryField(
        null=True, blank=True, help_text=_("Empty: taken from the journal after a restore; its words are lost.")
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    review_on = models.DateField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    release_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["record", "agency"], condition=models.Q(released_at=None), name="one_hold_for_each_agency")
        ]

    def __str__(self) -> str:
        return f"{self.record} is held by {self.agency}"

    @property
    def ledger_file(self) -> Record:
        return self.record

    @property
    def ledger_object(self) -> str:
        return "legal hold"

    @property
    def reason(self) -> str:
        return self.record.ledger_seal().open("hold", self.reason_sealed) if self.reason_sealed else ""


class Erasure(models.Model):
    """The end of one record: by which rule, who approved it, when it was done. Once it is done this is the record's tombstone."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="erasure")
    rule = models.CharField(max_length=60)
    rule_digest = models.CharField(max_length=64, help_text=_("Which wording of the rule."))
    due_on = models.DateField(null=True, blank=True, help_text=_("Empty: taken from the journal after a restore."))
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True, help_text=_("Why it was not erased, though it was approved."))
    erased_at = models.DateTimeField(null=True, blank=True)
    backups_until = models.DateField(null=True, blank=True, help_text=_("The day on which the last backup that holds it expires."))
    copies = models.PositiveIntegerField(default=0, help_text=_("How many rows were emptied or deleted."))

    class Meta:
        ordering = ["-erased_at", "-approved_at"]

    def __str__(self) -> str:
        return f"{self.record}, {self.rule}"

    @property
    def rule_name(self) -> str:
        return self.rule.replace("_", " ")


class JournalLine(models.Model):
    """A line of the journal that this database knows. A restored database knows fewer than the file: the others are replayed."""

    number = models.PositiveBigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Restoration(models.Model):
    """A database was put back from a backup: what was done between the two moments is lost. Signed by the desk's key, and on the ledger."""

    lost_from = models.DateTimeField(help_text=_("When the backup was made."))
    lost_until = models.DateTimeField(help_text=_("When it was put back."))
    sequence = models.PositiveBigIntegerField(help_text=_("The ledger’s last link then."))
    head = models.CharField(max_length=64)
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ["lost_until"]
        constraints = [models.CheckConstraint(condition=models.Q(lost_until__gte=models.F("lost_from")), name="lost_range_runs_forward")]

    def __str__(self) -> str:
        return f"lost from {self.lost_from:%Y-%m-%d %H:%M} to {self.lost_until:%Y-%m-%d %H:%M} UTC"
