"""Lists of what is known: digests and addresses, never a picture. What another body says of an entry is a claim until confirmed here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import File, Record

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

LONGEST_VALUE = 400
ENTRY_BITS = 48  # of an index id: what is left of 64 names the list
MOST_LISTS = (1 << 16) - 1

# Whose roles see lists at all; which of them is a question of owners and readers. Oversight reads every list.
READ_LISTS = frozenset({Role.ANALYST, Role.SENIOR_ANALYST, Role.INVESTIGATOR, Role.POLICE_SUPERVISOR, Role.INTELLIGENCE_OFFICER})


class Signal(models.TextChoices):
    """What a value is, and so how it is compared."""

    PDQ = "pdq", _("PDQ")
    MD5 = "md5", _("MD5")
    SHA1 = "sha1", _("SHA-1")
    SHA256 = "sha256", _("SHA-256")
    URL = "url", _("Web address")
    HOST = "host", _("Host")
    VIDEO = "video", _("PDQ of a video’s frame")


class KnownListQuerySet(models.QuerySet["KnownList"]):
    def visible_to(self, by: Membership) -> KnownListQuerySet:
        """Lists that this person may see: their agency's own, and those that it reads now. Oversight reads all."""
        if by.role == Role.AUDITOR:
            return self
        if by.role not in READ_LISTS:
            return self.none()
        return self.filter(models.Q(agency_id=by.agency_id) | self._readers(by.agency_id, may_see=True))

    def kept_by(self, by: Membership) -> KnownListQuerySet:
        """Lists of this person's own agency: what they may change."""
        return self.filter(agency_id=by.agency_id) if by.role in READ_LISTS else self.none()

    def matched_for(self, agency: Agency) -> KnownListQuerySet:
        """Lists that are matched here, and whose matches this agency may be told of."""
        return self.filter(is_matched=True, closed_at=None).filter(models.Q(agency=agency) | self._readers(agency.pk, may_match=True))

    def sent_to(self, agency: Agency) -> KnownListQuerySet:
        """Lists whose entries may leave to this agency."""
        return self.filter(closed_at=None).filter(self._readers(agency.pk, may_be_sent=True))

    @staticmethod
    def _readers(agency: int, **may: bool) -> models.Q:
        at = moment.now()
        reads = ListReader.objects.filter(known_list=models.OuterRef("pk"), agency_id=agency, since__lte=at, **may)
        return models.Q(models.Exists(reads.filter(models.Q(until=None) | models.Q(until__gt=at))))


class OnList:
    """What belongs to a list: its entries stand on the ledger under the list's number, and are sealed with no key."""

    def ledger_seal(self) -> None:
        return None


class KnownList(OnList, models.Model):
    """One list. Every change of it has a number: who follows it asks for what came after the last that they saw."""

    class Kind(models.TextChoices):
        HASH = "hash", _("Hashes")
        URL = "url", _("Web addresses")

    class Origin(models.TextChoices):
        OWN = "own", _("Our own")
        NCMEC = "ncmec", _("NCMEC")
        HOTLINE = "hotline", _("Another hotline")
        PLATFORM = "platform", _("A platform")
        IWF_STYLE = "iwf_style", _("A national list")

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=Kind)
    origin = models.CharField(max_length=10, choices=Origin)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="known_lists", help_text=_("Who keeps it here."))
    licence = models.CharField(max_length=200, blank=True)
    sharing_terms = models.TextField(blank=True, max_length=2000)
    is_matched = models.BooleanField(default=True, help_text=_("What arrives is compared with it."))
    held_at = models.DateTimeField(null=True, blank=True, help_text=_("Nothing that arrives is applied to it until a person says so."))
    held_why = models.CharField(max_length=300, blank=True)
    sequence = models.PositiveBigIntegerField(default=0, help_text=_("The number of its last change."))
    live = models.PositiveBigIntegerField(default=0, help_text=_("How many entries stand on it."))
    changed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = KnownListQuerySet.as_manager()

    if TYPE_CHECKING:
        entries: RelatedManager[ListEntry]
        changes: RelatedManager[ListChange]
        readers: RelatedManager[ListReader]
        imports: RelatedManager[ListImport]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(id__lte=MOST_LISTS), name="list_number_fits_an_index_id"),
            models.CheckConstraint(condition=models.Q(held_at=None) | ~models.Q(held_why=""), name="held_list_says_why"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ledger_object(self) -> str:
        return f"list {self.slug}"

    @property
    def ledger_record(self) -> str:
        return f"L-{self.pk:05}"

    @property
    def is_foreign(self) -> bool:
        """What stands on it is another body's word, until it is confirmed here."""
        return self.origin != self.Origin.OWN

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ListReader(OnList, models.Model):
    """An agency that may see a list, be told of its matches, or be sent it."""

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="readers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reads_lists")
    may_see = models.BooleanField(default=False)
    may_match = models.BooleanField(default=False)
    may_be_sent = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    let_in_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["agency__name", "since"]
        constraints = [
            models.UniqueConstraint(fields=["known_list", "agency"], condition=models.Q(until=None), name="list_reader_once_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(may_see=True) | models.Q(may_match=True) | models.Q(may_be_sent=True), name="list_reader_may_something"
            ),
        ]
        indexes = [models.Index(fields=["agency", "known_list"], name="lists_by_reader")]

    def __str__(self) -> str:
        return f"{self.agency} reads {self.known_list}"

    @property
    def ledger_object(self) -> str:
        return f"reader {self.agency.slug} of list {self.known_list.slug}"

    @property
    def ledger_record(self) -> str:
        return self.known_list.ledger_record

    @property
    def has_ended(self) -> bool:
        return self.until is not None and self.until <= moment.now()


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


class DailyBatch(models.Model):
    """That a day's entries of reports went out together: once a day, so that the hour tells nothing."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    released = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "daily batches"

    def __str__(self) -> str:
        return f"{self.day}"


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
