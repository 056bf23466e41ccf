"""Where a list's entries come from, who has read it up to where, and its editions for whoever blocks addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.lists.models import KnownList, ListEntry, ListImport, Signal
from havenline.foundation.people.models import Agency, ApiKey, Membership

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

UNREAD_FOR = timedelta(days=3)  # that a withdrawal may wait for a reader before a person is told


class Source(OnNoFile, models.Model):
    """Where a list is pulled from, how often, and how that goes."""

    class Kind(models.TextChoices):
        NCMEC = "ncmec", _("NCMEC hash sharing, version 2")
        THREATEXCHANGE = "threatexchange", _("ThreatExchange")
        CSV = "csv", _("A file (CSV)")
        SNAPSHOT = "snapshot", _("Another Havenline")

    known_list = models.OneToOneField(KnownList, on_delete=models.PROTECT, related_name="pulled_from")
    kind = models.CharField(max_length=14, choices=Kind)
    address = models.CharField(max_length=300, help_text=_("Begins with https://."))
    user = models.CharField(max_length=120, blank=True)
    secret_sealed = models.TextField(blank=True)
    signers = models.TextField(blank=True, help_text=_("The public keys that sign what comes from there, a line each."))
    every_minutes = models.PositiveIntegerField(default=360)
    cursor: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(help_text=_("When it is asked next."))
    taken_at = models.DateTimeField(null=True, blank=True, help_text=_("A worker’s last sign of life on it."))
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    problem = models.CharField(max_length=400, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    clock_off = models.IntegerField(default=0, help_text=_("Seconds by which its clock is ahead of ours."))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        pulls: RelatedManager[Pull]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(failures=0) | ~models.Q(problem=""), name="failed_source_says_why"),
            models.CheckConstraint(condition=models.Q(every_minutes__gte=5), name="source_not_asked_too_often"),
        ]

    def __str__(self) -> str:
        return f"source of {self.known_list}"

    @property
    def ledger_object(self) -> str:
        return f"source of list {self.known_list.slug}"

    @property
    def sealed_as(self) -> str:
        return f"source:{self.pk}"

    @property
    def pull(self) -> Pull | None:
        """The one under way."""
        return self.pulls.filter(ended_at=None).first()

    @property
    def clock_is_off(self) -> bool:
        """Whether its clock differs from ours by more than a person would overlook."""
        return abs(self.clock_off) > 60


class Pull(models.Model):
    """One reading of a source, from its first page until what it said is on the list, or until a person refused it."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        COMPARING = "comparing", _("Being compared")
        HANDED = "handed", _("Handed to the list")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused by a person")
        NOTHING = "nothing", _("Nothing new")
        GIVEN_UP = "given_up", _("Begun anew")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="pulls")
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    is_whole = models.BooleanField(help_text=_("Whether the source said everything that it lists: what it left out is withdrawn."))
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, help_text=_("The cursor that it began with."))
    cursor: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    pages = models.PositiveIntegerField(default=0)
    told = models.PositiveBigIntegerField(default=0)
    not_understood = models.PositiveBigIntegerField(default=0)
    handed = models.PositiveBigIntegerField(default=0, help_text=_("The last of what was staged that the list was given."))
    list_import = models.OneToOneField(ListImport, on_delete=models.PROTECT, null=True, blank=True, related_name="pull")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=models.Q(ended_at=None), name="one_pull_of_a_source_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"pull {self.pk} of {self.source}"


class PageSeen(models.Model):
    """That a pull has read on from here: a source that sends it there again goes round in a ring."""

    pull = models.ForeignKey(Pull, on_delete=models.CASCADE, related_name="seen")
    mark = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pull", "mark"], name="page_once_in_a_pull")]

    def __str__(self) -> str:
        return self.mark


class Staged(models.Model):
    """What a pull says of one value in the end: whatever it said of it before counts no more."""

    pull = models.ForeignKey(Pull, on_delete=models.CASCADE, related_name="staged")
    signal = models.CharField(max_length=6, choices=Signal)
    value = models.CharField(max_length=400)
    is_listed = models.BooleanField()
    grade = models.CharField(max_length=8, blank=True)
    by = models.CharField(max_length=120, blank=True)
    quality = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pull", "signal", "value"], name="value_once_in_a_pull")]

    def __str__(self) -> str:
        return f"{self.signal} {self.value}"


class Held(models.Model):
    """Under which number a source keeps a value: its tombstones name nothing else. `came`, `went`: pulls that are not applied yet."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="holds")
    ident = models.CharField(max_length=120)
    signal = models.CharField(max_length=6, choices=Signal)
    value = models.CharField(max_length=400)
    came = models.ForeignKey(Pull, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    went = models.ForeignKey(Pull, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "ident", "signal", "value"], name="value_once_under_a_number")]
        indexes = [models.Index(fields=["source", "signal", "value"], name="held_by_value")]

    def __str__(self) -> str:
        return f"{self.ident}: {self.signal} {self.value}"


class Reading(models.Model):
    """How far whoever is sent a list has read it: told by the cursor that they come back with, so that it is known to have arrived."""

    class Form(models.TextChoices):
        CHANGES = "changes", _("Changes, signed")
        SNAPSHOT = "snapshot", _("Snapshot, signed")
        NCMEC = "ncmec", _("NCMEC hash sharing")
        THREATEXCHANGE = "threatexchange", _("ThreatExchange")
        CSV = "csv", _("CSV")

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="read_outside")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, related_name="+", help_text=_("The last of those that replaced each other.")
    )
    line = models.PositiveBigIntegerField(help_text=_("What a key has in common with those that it replaced."))
    form = models.CharField(max_length=14, choices=Form)
    position = models.PositiveBigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["agency__name", "form"]
        constraints = [models.UniqueConstraint(fields=["known_list", "line", "form"], name="one_reading_of_a_key_and_form")]

    def __str__(self) -> str:
        return f"{self.agency} reads {self.known_list}"


class Feedback(models.Model):
    """What whoever is sent an entry says of it: it fits, or it is wrong. A person looks at the latter."""

    class Reason(models.TextChoices):
        NOT_THIS = "not_this", _("It is not what the list is for")
        COLLIDES = "collides", _("It fits other pictures")
        OTHER = "other", _("Another reason")

    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="feedback")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    is_affirmative = models.BooleanField()
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "agency"], name="one_word_of_an_agency_on_an_entry"),
            models.CheckConstraint(condition=models.Q(is_affirmative=True) ^ ~models.Q(reason=""), name="negative_feedback_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} on entry {self.entry_id}"


class Edition(models.Model):
    """A list of addresses as it stood, in one form: signed, and with the moment after which nobody should rely on it."""

    class Form(models.TextChoices):
        PLAIN = "plain", _("Addresses")
        HASHED = "hashed", _("SHA-256 of each address")
        HOSTS = "hosts", _("Hosts file")

    known_list = models.ForeignKey(KnownList, on_delete=models.PROTECT, related_name="editions")
    form = models.CharField(max_length=6, choices=Form)
    number = models.CharField(max_length=16, help_text=_("Of its making: 2026-11-18-0600."))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    body = models.TextField()
    note = models.TextField(help_text=_("What signs it."))

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["known_list", "form", "number"], name="edition_once")]
        indexes = [models.Index(fields=["known_list", "form", "-made_at"], name="edition_newest")]

    def __str__(self) -> str:
        return f"{self.known_list} {self.form} {self.number}"

    def has_expired(self, at: datetime | None = None) -> bool:
        return self.expires_at <= (at or moment.now())
