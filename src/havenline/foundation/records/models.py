"""The cover of every file that people work on: what crosses rooms hangs here, once and for all."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, FileKind
from havenline.foundation.sealing import actions as sealing

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read out over the telephone
PREFIX = {
    FileKind.REPORT: "HL",
    FileKind.HAND_OVER: "HO",
    FileKind.CASE: "C",
    FileKind.CHILD_CASE: "SC",
    FileKind.NOTICE: "N",
    FileKind.SCHOOL_NOTICE: "SN",
    FileKind.CONCERN: "CN",
    FileKind.COMPLAINT: "LC",
}


def new_reference(kind: str) -> str:
    """A random outside reference, `HL-7K2M-94QD`: nobody can count by it (30^8, 39 bits; uniqueness is the database's)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{PREFIX[FileKind(kind)]}-{letters[:4]}-{letters[4:]}"


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, by: Membership) -> RecordQuerySet:
        """What this person may see: what their agency is party to now, and the one record that they broke the glass of."""
        return self._of_their_role(by).filter(self._party(by) | self._opened(by) if by.may_break_glass else self._party(by))

    def party_to(self, by: Membership) -> RecordQuerySet:
        """What this person may act on, print and export: files of their role's kinds that their agency is party to now."""
        return self._of_their_role(by).filter(self._party(by))

    def _of_their_role(self, by: Membership) -> RecordQuerySet:
        return self.filter(kind__in=by.sees, erased_at=None)

    @staticmethod
    def _party(by: Membership) -> models.Q:
        at = moment.now()
        party = Party.objects.filter(record=models.OuterRef("pk"), agency_id=by.agency_id, since__lte=at)
        party_now = party.filter(models.Q(until=None) | models.Q(until__gt=at))
        # EXISTS asks for each row that is looked at; IN would list everything that the agency was ever party to
        is_party = models.Q(models.Exists(party_now))
        if by.supervises:
            return is_party
        return is_party & (models.Q(restricted_at=None) | models.Q(owner=by) | models.Q(cover=by))

    @staticmethod
    def _opened(by: Membership) -> models.Q:
        at = moment.now()
        return models.Q(models.Exists(BrokenGlass.objects.filter(record=models.OuterRef("pk"), by=by, opened_at__lte=at, ends_at__gt=at)))


class Record(models.Model):
    """The cover: reference, kind, opened, closed, owner. Rooms hang their row on it one to one."""

    reference = models.CharField(max_length=20, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=FileKind)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="records", help_text=_("The owning agency."))
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_records")
    cover = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="covered_records")
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Seen by whoever holds or covers it, and by supervisors, alone: its subject is a colleague.")
    )

    objects = RecordQuerySet.as_manager()

    if TYPE_CHECKING:
        parties: RelatedManager[Party]
        silences: RelatedManager[Silence]

    def __str__(self) -> str:
        return self.reference

    @property
    def ledger_object(self) -> str:
        return str(FileKind(self.kind).value)

    @property
    def ledger_record(self) -> str:
        return self.reference

    def ledger_seal(self) -> sealing.RecordKey:
        return sealing.key_of(self.reference)


class Party(models.Model):
    """An agency that may see the record, why, since when and until when; and a refusal to share, recorded alike."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="parties")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="party_to")
    purpose = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    lawful_basis = models.CharField(max_length=120, blank=True, help_text=_("UK GDPR article and condition, or DPA 2018 Part 3."))
    withheld = models.TextField(blank=True, help_text=_("What was not shared, and why."))
    shared_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Who shared it, where that was an act.")
    )

    class Meta:
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["record", "agency"], condition=models.Q(until=None), name="party_once_at_a_time")]
        indexes = [models.Index(fields=["agency", "record"], name="party_by_agency")]

    def __str__(self) -> str:
        return f"{self.agency} is party to {self.record}: {self.purpose}"

    @property
    def basis(self) -> str:
        """On what basis its agency, the controller of its own copy, processes it: as recorded, else the usual one of its kind."""
        return self.lawful_basis or USUAL_BASIS.get(self.agency.kind, "")


# Remembered, not checked at the source: each controller has its own confirmed. UK GDPR and Data Protection Act 2018.
_PUBLIC_TASK = "UK GDPR art. 6(1)(e) and 9(2)(g), DPA 2018 sch. 1 para. 18 (usual for its kind, to be confirmed)"
_LAW_ENFORCEMENT = "DPA 2018 Part 3, s. 35 and sch. 8 para. 4 (usual for its kind, to be confirmed)"
USUAL_BASIS: dict[str, str] = {
    AgencyKind.POLICE: _LAW_ENFORCEMENT,
    AgencyKind.INTELLIGENCE: _LAW_ENFORCEMENT,
    **dict.fromkeys(
        (AgencyKind.HOTLINE, AgencyKind.SOCIAL_CARE, AgencyKind.HEALTH, AgencyKind.LADO, AgencyKind.SCHOOL, AgencyKind.OVERSIGHT),
        _PUBLIC_TASK,
    ),
}


class BrokenGlass(models.Model):
    """One supervisor's sight of one record that they are not party to: for an hour, to read only, reviewed by oversight.

    Opened at once; of a restricted record after a supervisor of the agency that holds it agreed.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="broken_glass")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="broken_glass")
    reason_sealed = models.BinaryField(help_text=_("Why, in words; sealed with the record."))
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    refused_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    seen_by_holder_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    was_in_order = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = "break-glass"
        verbose_name_plural = "break-glasses"
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opened_at=None, ends_at=None) | models.Q(opened_at__isnull=False, ends_at__gte=models.F("opened_at")),
                name="broken_glass_ends",
            ),
            models.CheckConstraint(condition=models.Q(opened_at=None) | models.Q(refused_at=None), name="broken_glass_opened_or_refused"),
        ]
        indexes = [models.Index(fields=["by", "record"], name="broken_glass_by_person")]

    def __str__(self) -> str:
        return f"{self.record} opened by {self.by}"

    @property
    def is_open(self) -> bool:
        return self.ends_at is not None and self.ends_at > moment.now()

    @property
    def waits_for_consent(self) -> bool:
        return self.opened_at is None and self.refused_at is None

    @property
    def reason(self) -> str:
        return self.record.ledger_seal().open("break-glass", bytes(self.reason_sealed))


class Silence(models.Model):
    """Who must not learn of a record. Tipping off a person near the child is the worst thing that this software could do."""

    class Audience(models.TextChoices):
        SUBJECT = "subject", _("the person reported, and whoever could tell them")
        HOUSEHOLD = "household", _("the household")
        REPORTER = "reporter", _("the reporter")
        HOST = "host", _("the host or platform")
        SCHOOL = "school", _("the school or employer")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="silences")
    audience = models.CharField(max_length=12, choices=Audience)
    reason = models.TextField()
    agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    review_on = models.DateField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "audience"], condition=models.Q(lifted_at=None), name="one_silence_for_each_audience")
        ]

    def __str__(self) -> str:
        return f"{self.record}: not to {self.get_audience_display()}"


# Agencies towards which a silence can stand: they may be party to a record and must not read that they shall not learn of it.
AUDIENCE_OF: dict[str, str] = {AgencyKind.SCHOOL: Silence.Audience.SCHOOL, AgencyKind.PLATFORM: Silence.Audience.HOST}


class Lineage(models.Model):
    """What a record arose from: a report gave rise to a hand-over, that to a case."""

    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="gave_rise_to")
    result = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="arose_from")
    how = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "lineage"
        constraints = [
            models.UniqueConstraint(fields=["source", "result"], name="lineage_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("result")), name="lineage_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.result}"


class OtherNumber(models.Model):
    """The record's number in another system: crime number, NHS number, UPN, the council's or the police's own."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="other_numbers")
    system = models.CharField(max_length=60)
    number = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "system", "number"], name="other_number_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.number}"


class FileQuerySet(models.QuerySet[Any]):
    def visible_to(self, by: Membership) -> Self:
        """Rows whose record this person may see."""
        return self.filter(models.Exists(Record.objects.visible_to(by).filter(pk=models.OuterRef("record"))))


class File(models.Model):
    """A room's own row on a record. `reference`, need to know and the ledger come with it."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s")

    objects = FileQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.record.reference

    @property
    def reference(self) -> str:
        return self.record.reference

    @property
    def ledger_object(self) -> str:
        return self.record.ledger_object

    @property
    def ledger_record(self) -> str:
        return self.record.reference

    def ledger_seal(self) -> sealing.RecordKey:
        return self.record.ledger_seal()


class OnFile(models.Model):
    """Something that belongs to a file: it names its record by `ledger_file`."""

    class Meta:
        abstract = True

    @property
    def ledger_file(self) -> File | Record:
        raise NotImplementedError(f"{type(self).__name__} must say which file it belongs to.")

    @property
    def ledger_object(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def ledger_record(self) -> str:
        return self.ledger_file.ledger_record

    def ledger_seal(self) -> sealing.RecordKey:
        return self.ledger_file.ledger_seal()
