"""The help that goes on when a plan ends, or when a conference makes none: what, who holds it, and when it begins."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.journey.safeguarding.models.case import ChildCase, OnChildCase


class StepDown(OnChildCase):
    """A child goes from protection to another help. Until its first date was kept, the case stays open: nobody is between two stools."""

    class To(models.TextChoices):
        CHILD_IN_NEED = "child_in_need", _("Support as a child in need")
        FAMILY_HELP = "family_help", _("Family help")
        NOTHING = "nothing", _("No further help, for a reason")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="steps_down")
    to = models.CharField(max_length=16, choices=To)
    holder = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first_on = models.DateField(null=True, blank=True)
    begun_on = models.DateField(null=True, blank=True, help_text=_("The day on which it began."))
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("Another one was recorded in its place, or it was taken back."))

    class Meta:
        ordering = ["id"]
        verbose_name = "step down"
        constraints = [
            models.UniqueConstraint(fields=["child_case"], condition=Q(ended_at=None), name="one_step_down_at_a_time"),
            models.CheckConstraint(
                condition=Q(to="nothing") | Q(holder__isnull=False, first_on__isnull=False), name="help_has_a_holder_and_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} to {self.to}"
