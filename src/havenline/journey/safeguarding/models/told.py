"""A referral that somebody told who has no account here, and how they were told what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.safeguarding.models.case import ChildCase, OnChildCase


class ToldReferral(OnFile):
    """One child of a referral that came by telephone, letter or in person. What was told is the hand-over's package, sealed there."""

    class Source(models.TextChoices):
        POLICE = "police", _("Police")
        SCHOOL = "school", _("A school or nursery")
        HOTLINE = "hotline", _("A hotline")
        HEALTH = "health", _("Health: a doctor, health visitor, hospital")
        FAMILY = "family", _("The child, or somebody of the family")
        PUBLIC = "public", _("A neighbour, a friend, anybody else")
        ANONYMOUS = "anonymous", _("Somebody who gives no name")
        ANOTHER_AREA = "another_area", _("Another area’s social care")
        SERVICE = "service", _("Another service: housing, probation, a charity")

    class Channel(models.TextChoices):
        TELEPHONE = "telephone", _("Telephone")
        LETTER = "letter", _("Letter")
        IN_PERSON = "in_person", _("In person")

    hand_over = models.OneToOneField(HandOver, on_delete=models.PROTECT, related_name="told")
    submission = models.CharField(max_length=64, help_text=_("Of the form: sent twice, it makes one referral."))
    number = models.PositiveSmallIntegerField(help_text=_("The how-manieth child that was told of."))
    source = models.CharField(max_length=16, choices=Source)
    channel = models.CharField(max_length=10, choices=Channel)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="a_told_referral_is_recorded_once")]

    def __str__(self) -> str:
        return f"{self.hand_over}: {self.source}, {self.channel}"

    @property
    def ledger_file(self) -> HandOver:
        return self.hand_over


class ReferrerTold(OnChildCase):
    """The decision, told to a referrer who has no account: by whom, how, to whom and when. A letter is told once it is posted."""

    class How(models.TextChoices):
        TELEPHONE = "telephone", _("By telephone")
        IN_PERSON = "in_person", _("In person")
        LETTER = "letter", _("By letter")
        NOBODY = "nobody", _("Nobody can be told: say why")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="referrer_told")
    how = models.CharField(max_length=10, choices=How)
    whom_sealed = models.BinaryField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: a letter that waits to be posted."))
    set_aside_at = models.DateTimeField(null=True, blank=True, help_text=_("It was written again before it was posted."))

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["child_case"], condition=Q(set_aside_at=None), name="a_referrer_is_told_once"),
            models.CheckConstraint(condition=Q(how="letter") | Q(told_at__isnull=False), name="only_a_letter_waits_to_be_posted"),
            models.CheckConstraint(condition=Q(told_at=None) | Q(set_aside_at=None), name="what_was_told_is_not_set_aside"),
        ]

    def __str__(self) -> str:
        return f"{self.child_case}: {self.how}"

    @property
    def whom(self) -> str:
        return self.child_case.record.ledger_seal().open("whom", bytes(self.whom_sealed)) if self.whom_sealed else ""
