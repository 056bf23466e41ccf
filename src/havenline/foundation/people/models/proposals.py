"""What a second person agrees to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models.members import Agency, Membership, Person
from havenline.foundation.people.roles import Role, Team

PROPOSED_FOR = timedelta(days=14)  # then it lapses, and is proposed anew


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> ProposalQuerySet:
        return self.filter(answer="", proposed_at__gt=moment.now() - PROPOSED_FOR)


class Proposal(OnNoFile, models.Model):
    """What an administrator asks for and a second person agrees to: a role that sees cases, or the reset of a second factor."""

    class Kind(models.TextChoices):
        ROLE = "role", _("A role")
        FACTOR_RESET = "factor_reset", _("Reset of the second factor")

    class Answer(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ALONE = "alone", _("Done by one administrator: nobody else could agree")

    kind = models.CharField(max_length=12, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(max_length=24, choices=Role, blank=True)
    team = models.CharField(max_length=20, choices=Team, blank=True, default=Team.NONE)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=moment.now)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_by=None, answered_at=None)
                | (~models.Q(answer="") & models.Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answered_proposal_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(answer="agreed") | ~models.Q(answered_by=models.F("proposed_by")), name="a_second_person_agrees"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="role") & ~models.Q(role="") | models.Q(kind="factor_reset", role=""),
                name="a_proposed_role_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.person.name}, {self.agency.name}"

    @property
    def ledger_object(self) -> str:
        return f"proposal {self.pk}"

    @property
    def lapses_at(self) -> datetime:
        return self.proposed_at + PROPOSED_FOR
