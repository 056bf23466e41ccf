"""The case, what was tried to identify a subject, and the watch on its identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers.models import Identifier, Sighting
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import File, OnFile

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from havenline.journey.investigation.models.subjects import Attribution, Subject


class CaseKind(models.TextChoices):
    IMAGES = "images", _("Images")
    CONTACT = "contact", _("Contact")
    BOTH = "both", _("Images and contact")


class Ending(models.TextChoices):
    SUBJECT = "subject", _("With a subject, through the gate")
    NO_SUBJECT = "no_subject", _("No subject identified")
    ANOTHER_FORCE = "another_force", _("Accepted by another force")


class Case(File):
    """A police case. It closes only through the gate: the columns below are set by it, and the database checks them.

    A trigger (migration 0002) checks the rows that the columns stand for. A case without a subject is left out of the published share.
    """

    kind = models.CharField(max_length=8, choices=CaseKind)
    title = models.CharField(max_length=120, help_text=_("Names nobody."))
    ending = models.CharField(max_length=14, choices=Ending, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_sealed = models.BinaryField(null=True, blank=True)
    access_reviewed_at = models.DateTimeField(null=True, blank=True)
    referrals_answered_at = models.DateTimeField(null=True, blank=True)
    duties_settled_at = models.DateTimeField(null=True, blank=True)
    contact_abuse_recorded_at = models.DateTimeField(null=True, blank=True)
    supervisor_agreed_at = models.DateTimeField(null=True, blank=True)
    supervisor_agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreement_sealed = models.BinaryField(null=True, blank=True)
    watched_since = models.DateTimeField(null=True, blank=True)
    accepted_elsewhere = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        subjects: RelatedManager[Subject]
        attributions: RelatedManager[Attribution]
        identification_steps: RelatedManager[IdentificationStep]
        watches: RelatedManager[Watch]
        reopenings: RelatedManager[Reopening]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_closes_only_through_the_gate",
                condition=Q(closed_at=None, ending="")
                | (
                    Q(
                        ending="subject",
                        closed_at__isnull=False,
                        closed_by__isnull=False,
                        reason_sealed__isnull=False,
                        access_reviewed_at__isnull=False,
                        referrals_answered_at__isnull=False,
                        duties_settled_at__isnull=False,
                    )
                    & (Q(kind="contact") | Q(contact_abuse_recorded_at__isnull=False))
                )
                | Q(
                    ending="no_subject",
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    reason_sealed__isnull=False,
                    duties_settled_at__isnull=False,
                    referrals_answered_at__isnull=False,
                    supervisor_agreed_at__isnull=False,
                    supervisor_agreed_by__isnull=False,
                    watched_since__isnull=False,
                )
                | Q(
                    ending="another_force",
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    reason_sealed__isnull=False,
                    accepted_elsewhere__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="supervisor_is_not_who_closes",
                condition=Q(supervisor_agreed_by=None) | Q(closed_by=None) | ~Q(supervisor_agreed_by=models.F("closed_by")),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def has_images(self) -> bool:
        return self.kind in {CaseKind.IMAGES, CaseKind.BOTH}

    @property
    def reason(self) -> str:
        return self.record.ledger_seal().open("reason", self.reason_sealed) if self.reason_sealed else ""

    @property
    def agreement(self) -> str:
        return self.record.ledger_seal().open("agreement", self.agreement_sealed) if self.agreement_sealed else ""


class IdentificationStep(OnFile):
    """What was tried to identify a subject, and what came of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="identification_steps")
    what = models.CharField(max_length=160)
    outcome_sealed = models.BinaryField()
    done_on = models.DateField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["done_on", "id"]

    def __str__(self) -> str:
        return f"{self.case}: {self.what}"

    @property
    def ledger_file(self) -> Case:
        return self.case

    @property
    def outcome(self) -> str:
        return self.case.record.ledger_seal().open("outcome", self.outcome_sealed)


class Watch(OnFile):
    """An identifier of a case that ended without a subject: a new sighting reopens the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="watches")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["case", "identifier"], condition=Q(until=None), name="watch_once")]

    def __str__(self) -> str:
        return f"{self.case} watches {self.identifier}"

    @property
    def ledger_file(self) -> Case:
        return self.case


class Reopening(OnFile):
    """A closed case was opened again: a watched identifier was seen, or another force gave it back. Where it was seen is not told."""

    class Why(models.TextChoices):
        SEEN_AGAIN = "seen_again", _("A watched identifier was seen again")
        GIVEN_BACK = "given_back", _("The other force gave it back")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    why = models.CharField(max_length=12, choices=Why)
    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    taken_in_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.case} opened again: {self.get_why_display()}"

    @property
    def ledger_file(self) -> Case:
        return self.case
