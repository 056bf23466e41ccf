"""The child is protected, on the clock. No state is stored: it is `procedure.simulate` of the case's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import File, OnFile

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Household(models.Model):
    """Who lives together. It belongs to the area's social care, never to one case."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="households")
    number = models.CharField(max_length=12, unique=True, help_text=_("H-7K2M"))
    address = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Child(models.Model):
    """A child known to this area. Seen only through a case that the person's agency is party to."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="children")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=120)
    born_on = models.DateField(null=True, blank=True)
    age_as_told = models.PositiveSmallIntegerField(null=True, blank=True)
    school = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "children"

    def __str__(self) -> str:
        return self.name


class Relationship(models.Model):
    """Somebody around the child: who, how related, whether they live with or care for the child; who said so, and when."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="relationships")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60)
    lives_with = models.BooleanField(default=False)
    cares_for = models.BooleanField(default=False)
    said_by = models.CharField(max_length=120)
    said_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.name}, {self.relation} of {self.child}"


class ChildCase(File):
    """One child's case, from the referral on."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="cases")
    referral = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="child_cases")
    started_on = models.DateField()
    manager = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        events: RelatedManager[CaseEvent]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "referral"], name="one_case_for_a_child_and_referral")]


class CaseEvent(OnFile):
    """What happened: step, outcome, the day, who recorded it and when. Never changed; put right by a later event."""

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(max_length=60, help_text=_("The engine’s step."))
    outcome = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField()
    happened_at = models.TimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note_sealed = models.BinaryField(null=True, blank=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by")

    class Meta:
        ordering = ["happened_on", "recorded_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(step=""), name="case_event_is_a_step")]

    def __str__(self) -> str:
        return f"{self.child_case} {self.step}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case

    @property
    def note(self) -> str:
        return self.child_case.record.ledger_seal().open("event", self.note_sealed) if self.note_sealed else ""
