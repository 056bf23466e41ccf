"""Lists, and who reads them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role

# Whose roles see lists at all; which of them is a question of owners and readers. Oversight reads every list.
READ_LISTS = frozenset({Role.ANALYST, Role.SENIOR_ANALYST, Role.INVESTIGATOR, Role.POLICE_SUPERVISOR, Role.INTELLIGENCE_OFFICER})
MOST_LISTS = (1 << 16) - 1


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
