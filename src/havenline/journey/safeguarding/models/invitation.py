"""Who is invited to a meeting that is booked, what they answered, and whether they came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records.models import Silence
from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.models.case import Booking, ChildCase, OnChildCase

# A paper's agencies, by the kind of agency that signs in here.
AS_PAPERS_SAY = {
    AgencyKind.POLICE: "police",
    AgencyKind.HEALTH: "health",
    AgencyKind.SCHOOL: "education",
    AgencyKind.SOCIAL_CARE: "social_care",
    AgencyKind.LADO: "other",
}
_NEAR_THE_CHILD = (Silence.Audience.HOUSEHOLD, Silence.Audience.SUBJECT)
# Whoever is near the child can tell the person reported; of "other" nobody knows whom they would tell. Each of these may be who reported
# it; police, health and social care are, where they referred (`queries.referrer.must_not_learn`).
MUST_NOT_LEARN: dict[str, tuple[str, ...]] = {
    "family": (*_NEAR_THE_CHILD, Silence.Audience.REPORTER),
    "education": (Silence.Audience.SCHOOL, Silence.Audience.REPORTER),
    "other": (*_NEAR_THE_CHILD, Silence.Audience.SCHOOL, Silence.Audience.REPORTER),
}


class Invitation(OnChildCase):
    """One invitation: to an agency that signs in here, which answers on its own page; or a printed letter, whose answer is written down."""

    class Answer(models.TextChoices):
        NONE = "", _("No answer yet")
        COMING = "coming", _("Is coming")
        NOT_COMING = "not_coming", _("Cannot come")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="invitations")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="invitations")
    agency = models.CharField(max_length=12, choices=list(papers.AGENCIES.items()), help_text=_("As papers name who took part."))
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hand_over = models.OneToOneField(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="invitation")
    answer_by_hand = models.CharField(
        max_length=10, choices=Answer, blank=True, help_text=_("Of who has no account: as it was told to us.")
    )
    answered_on = models.DateField(null=True, blank=True)
    answer_sealed = models.BinaryField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    came = models.BooleanField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    called_off_sealed = models.BinaryField(null=True, blank=True, help_text=_("Why, and how they were told."))

    if TYPE_CHECKING:
        hand_over_id: int | None
        to_agency_id: int | None

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(to_agency=None) | Q(hand_over__isnull=False), name="an_agency_is_invited_by_a_hand_over"),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} invitation {self.pk}"

    @property
    def said(self) -> dict[str, str]:
        """`name`, `place`, and `words` that they read."""
        found: dict[str, str] = json.loads(self.words or "{}")
        return found

    @property
    def name(self) -> str:
        return self.said.get("name", "")

    @property
    def answer(self) -> str:
        """From the hand-over, where there is one: what they said there is not written down a second time."""
        if self.answer_by_hand or self.hand_over is None:
            return self.answer_by_hand
        if self.hand_over.state == State.ANSWERED:
            return self.hand_over.answer
        return self.Answer.NOT_COMING if self.hand_over.state == State.RETURNED else ""

    @property
    def answer_words(self) -> str:
        if self.answer_sealed:
            return self.ledger_seal().open("answer", bytes(self.answer_sealed))
        if self.hand_over is not None and self.hand_over.state in (State.ANSWERED, State.RETURNED):
            last = self.hand_over.steps.last()
            return last.words if last else ""
        return ""

    @property
    def why_called_off(self) -> str:
        return self.ledger_seal().open("called off", bytes(self.called_off_sealed)) if self.called_off_sealed else ""
