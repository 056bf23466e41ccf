"""What stands on a list, and how that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.lists.models.known_lists import KnownList
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


LONGEST_VALUE = 400
ENTRY_BITS = 48  # of an index id: what is left of 64 names the list


class Signal(models.TextChoices):
    """What a value is, and so how it is compared."""

    PDQ = "pdq", _("PDQ")
    MD5 = "md5", _("MD5")
    SHA1 = "sha1", _("SHA-1")
    SHA256 = "sha256", _("SHA-256")
    URL = "url", _("Web address")
    HOST = "host", _("Host")
    VIDEO = "video", _("PDQ of a video’s frame")


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def visible_to(self, by: Membership) -> ListEntryQuerySet:
        """Entries of lists that this person may see."""
        return self.filter(known_list__in=KnownList.objects.visible_to(by))

    def live(self) -> ListEntryQuerySet:
        return self.filter(withdrawn_at=None)

    def matchable(self) -> ListEntryQuerySet:
        """What may be matched without a person: live, and not of a kind that fits everything (signals.py)."""
        return self.live().filter(never_matched="")

    def shareable(self) -> ListEntryQuerySet:
        """What may be known outside: nothing that was born from a report before its batch."""
        return self.filter(shareable_from__lte=moment.now())


class ListEntry(models.Model):
    """One value on one list. Withdrawn, it stays, with the reason; added again, it is a new entry."""

    class NeverMatched(models.TextChoices):
        LOW_QUALITY = "low_quality", _("Its quality is below 50: too little is in the picture to tell it from others.")
        ALL_ZERO = "all_zero", _("Every bit is 0: so is the hash of many flat pictures.")
        ALL_ONE = "all_one", _("Every bit is 1: no picture has this hash.")
        FLAT = "flat", _("Its bits repeat: it is the hash of a flat picture or a gradient.")
        EMPTY = "empty", _("It is the digest of an empty file.")

    class Because(models.TextChoices):
        FALSE_POSITIVE = "false_positive", _("It was wrongly listed")
        SOURCE = "source", _("Its source withdrew it")
        COMPLAINT = "complaint", _("A complaint was upheld")
        GONE = "gone", _("It no longer leads there")
        OTHER = "other", _("Another reason")

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="entries")
    signal = models.CharField(max_length=6, choices=Signal)
    value = models.CharField(max_length=LONGEST_VALUE, help_text=_("In its canonical form."))
    quality = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Of a PDQ hash, 0 to 100."))
    never_matched = models.CharField(
        max_length=11, choices=NeverMatched, blank=True, help_text=_("Why it is kept and not matched by itself.")
    )
    grade = models.CharField(max_length=2, blank=True, help_text=_("Ours, by its letter."))
    claimed_grade = models.CharField(max_length=8, blank=True, help_text=_("What its source calls it."))
    claimed_by = models.CharField(max_length=120, blank=True, help_text=_("Whose word it is; empty: our own."))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, null=True, blank=True, related_name="list_entries", help_text=_("The report that it came from.")
    )
    shareable_from = models.DateTimeField(null=True, blank=True, help_text=_("Empty: it may not be known outside yet."))
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Empty: by the clock, from a source.")
    )
    arrived_in = models.ForeignKey("ListImport", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.CharField(max_length=14, choices=Because, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    about: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, help_text=_("What its source says of it: a few short words.")
    )

    objects = ListEntryQuerySet.as_manager()

    if TYPE_CHECKING:
        changes: RelatedManager[ListChange]

    class Meta:
        verbose_name = "list entry"
        verbose_name_plural = "list entries"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["known_list", "signal", "value"], condition=models.Q(withdrawn_at=None), name="value_once_on_a_list"
            ),
            models.CheckConstraint(condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_because=""), name="withdrawn_says_why"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(confirmed_by__isnull=False), name="confirmed_by_a_person"
            ),
            models.CheckConstraint(condition=~models.Q(value=""), name="list_entry_has_a_value"),
            models.CheckConstraint(condition=models.Q(quality=None) | models.Q(quality__lte=100), name="quality_at_most_100"),
        ]
        indexes = [
            models.Index(fields=["signal", "value"], name="list_entry_by_value"),
            models.Index(fields=["known_list", "-id"], name="list_entry_newest"),
            models.Index(fields=["record"], condition=models.Q(record__isnull=False), name="list_entry_of_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.signal} {self.value}"

    @property
    def index_id(self) -> int:
        """Its number in the index: the list's in the upper 16 bits, its own in the lower 48."""
        return (self.known_list_id << ENTRY_BITS) | self.pk

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None

    @property
    def is_claim(self) -> bool:
        """Whether it is another body's word that nobody here has confirmed."""
        return bool(self.claimed_by) and self.confirmed_at is None

    @property
    def ledger_object(self) -> str:
        return f"list entry {self.pk}"

    @property
    def ledger_record(self) -> str:
        return self.record.reference if self.record else self.known_list.ledger_record

    def ledger_seal(self) -> Any:
        return self.record.ledger_seal() if self.record else None


class ListChange(models.Model):
    """One change of one list, by its number. Written while the list's row is locked: no number is seen before a smaller one."""

    class What(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        RELEASED = "released", _("May be known outside")  # to whoever outside follows the list, it is the addition
        WITHDRAWN = "withdrawn", _("Withdrawn")

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="changes")
    sequence = models.PositiveBigIntegerField()
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=9, choices=What)
    at = models.DateTimeField()

    class Meta:
        ordering = ["known_list", "sequence"]
        constraints = [models.UniqueConstraint(fields=["known_list", "sequence"], name="list_change_once_a_number")]

    def __str__(self) -> str:
        return f"{self.known_list_id}/{self.sequence} {self.what}"


class DailyBatch(models.Model):
    """That a day's entries of reports went out together: once a day, so that the hour tells nothing."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    released = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily batches"

    def __str__(self) -> str:
        return f"{self.day}"
