"""The register of schools, and the person of each whom somebody telephoned to make sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class School(OnNoFile, models.Model):
    """A school as the register has it; an agency too, once it is set up here and somebody linked the two."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PROPOSED = "proposed", _("Proposed to open")
        CLOSED = "closed", _("Closed")

    urn = models.PositiveIntegerField(unique=True, help_text=_("The register’s own number (URN)."))
    name = models.CharField(max_length=200)
    local_authority = models.CharField(max_length=100, blank=True)
    town = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    telephone_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who typed the number; empty: it came with the register’s file, or when this was set up."),
    )
    phase = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    closed_on = models.DateField(null=True, blank=True)
    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="school")
    from_file = models.BooleanField(default=False, help_text=_("Came with the register’s file, and follows the next one."))
    words = models.CharField(max_length=440, editable=False, help_text=_("Name, place and number in one spelling, to be found by."))
    changed_at = models.DateTimeField()

    if TYPE_CHECKING:
        contacts: RelatedManager[SchoolContact]

    class Meta:
        ordering = ["name", "urn"]
        indexes = [models.Index(fields=["name", "urn"], name="school_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(status="closed"), name="only_a_closed_school_closed_on_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.town, self.postcode) if part)

    @property
    def ledger_object(self) -> str:
        return f"school {self.urn}"


class SchoolContactQuerySet(models.QuerySet["SchoolContact"]):
    def current(self) -> SchoolContactQuerySet:
        """Verified, not ended, and still acting as the safeguarding lead of that very school."""
        at = moment.now()
        acting = models.Q(membership__until=None) | models.Q(membership__until__gt=at)
        return self.filter(
            acting,
            ended_at=None,
            membership__since__lte=at,
            membership__person__is_active=True,
            membership__role=Role.SAFEGUARDING_LEAD,
            membership__agency=models.F("school__agency"),
        )


class SchoolContact(OnNoFile, models.Model):
    """A school's verified person: somebody here telephoned the school at the register's number and was put through to them."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="contacts")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="school_contacts")
    telephoned = models.CharField(max_length=30, help_text=_("The register’s number on that day."))
    spoke_to = models.CharField(max_length=120, help_text=_("Who at the school confirmed it."))
    verified_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = SchoolContactQuerySet.as_manager()

    class Meta:
        ordering = ["verified_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=models.Q(ended_at=None), name="verified_once_at_a_time"),
            models.CheckConstraint(condition=~models.Q(telephoned="") & ~models.Q(spoke_to=""), name="verified_by_a_call"),
            models.CheckConstraint(condition=~models.Q(membership=models.F("verified_by")), name="nobody_verifies_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.membership.name}, {self.school}"

    @property
    def ledger_object(self) -> str:
        return f"verified person {self.pk} of school {self.school.urn}"
