"""The person whom a case is about, what was attributed to them and by whom, and what was checked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.identifiers.models import Identifier
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.investigation.models.cases import Case

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from havenline.journey.investigation.models.access import AccessAnswer, AccessAssessment, ChildWithinReach, Obligation


class Subject(OnFile):
    """Whom the case is about. No name, register check, referral or notice before a reviewed attribution, except a recorded emergency."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="subjects")
    number = models.CharField(max_length=12, unique=True, help_text=_("S-7K2M: random, since nobody should count subjects."))
    name_sealed = models.BinaryField(null=True, blank=True)
    born_on_sealed = models.BinaryField(null=True, blank=True)
    named_at = models.DateTimeField(null=True, blank=True)
    identified_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since the first attribution that another person reviewed; empty again when all are retracted.")
    )
    emergency_reason_sealed = models.BinaryField(
        null=True, blank=True, help_text=_("Why a name or a referral could not wait for a reviewed attribution.")
    )
    emergency_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    emergency_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()

    if TYPE_CHECKING:
        attributions: RelatedManager[Attribution]
        access_answers: RelatedManager[AccessAnswer]
        access_assessments: RelatedManager[AccessAssessment]
        reachable: RelatedManager[ChildWithinReach]
        obligations: RelatedManager[Obligation]
        register_checks: RelatedManager[RegisterCheck]
        contact_abuse_findings: RelatedManager[ContactAbuseFinding]
        welfare_checks: RelatedManager[WelfareCheck]

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="subject_named_after_review_or_in_emergency",
                condition=Q(name_sealed=None) | Q(identified_at__isnull=False) | Q(emergency_reason_sealed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_file(self) -> Case:
        return self.case

    @property
    def may_be_named(self) -> bool:
        return self.identified_at is not None or self.emergency_at is not None

    @property
    def name(self) -> str:
        return self.case.record.ledger_seal().open("subject name", self.name_sealed) if self.name_sealed else ""

    @property
    def born_on(self) -> date | None:
        if not self.born_on_sealed:
            return None
        return date.fromisoformat(self.case.record.ledger_seal().open("subject born on", self.born_on_sealed))

    @property
    def emergency_reason(self) -> str:
        return self.case.record.ledger_seal().open("emergency", self.emergency_reason_sealed) if self.emergency_reason_sealed else ""

    @property
    def assessment(self) -> AccessAssessment | None:
        """The assessment of access in force."""
        return self.access_assessments.filter(superseded_at=None).select_related("assessed_by__person", "reviewed_by__person").first()


class AttributionState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for review")
    REVIEWED = "reviewed", _("Reviewed")
    REFUSED = "refused", _("Refused")
    RETRACTED = "retracted", _("Retracted")


class Attribution(OnFile):
    """An identifier belongs to a person: evidence, exact time and port, by whom, reviewed by another. Never by a machine."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attributions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="attributions")
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="attributions")
    evidence_sealed = models.BinaryField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text=_("The exact time of use: an address is shared."))
    port = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AttributionState, default=AttributionState.PROPOSED)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_sealed = models.BinaryField(null=True, blank=True)
    retracted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retracted_at = models.DateTimeField(null=True, blank=True)
    retraction_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "identifier"], condition=~Q(state__in=["refused", "retracted"]), name="attribution_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=models.F("by"))),
                name="attribution_reviewed_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="retracted")
                | Q(retracted_by__isnull=False, retracted_at__isnull=False, retraction_sealed__isnull=False),
                name="attribution_retracted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(port=None) | Q(port__gte=1, port__lte=65535), name="port_is_a_port"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} → {self.subject}"

    @property
    def ledger_file(self) -> Case:
        return self.case

    @property
    def evidence(self) -> str:
        return self.case.record.ledger_seal().open("evidence", self.evidence_sealed)


class OnRegister(models.TextChoices):
    YES = "yes", _("On the register")
    NO = "no", _("Not on the register")
    NOT_KNOWN = "not_known", _("Not known")


class RegisterCheck(OnFile):
    """The sex offenders' register was checked: status, conditions, next notification due (Sexual Offences Act 2003, Part 2)."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="register_checks")
    on_register = models.CharField(max_length=10, choices=OnRegister)
    conditions_sealed = models.BinaryField(null=True, blank=True)
    next_notification = models.DateField(null=True, blank=True)
    checked_on = models.DateField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["checked_on", "id"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.on_register}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def conditions(self) -> str:
        return self.subject.case.record.ledger_seal().open("conditions", self.conditions_sealed) if self.conditions_sealed else ""


class ContactAbuse(models.TextChoices):
    YES = "yes", _("Found")
    NO = "no", _("Not found")
    NOT_KNOWN = "not_known", _("Not known")


class ContactAbuseSource(models.TextChoices):
    OFFICIAL_RECORD = "official_record", _("Official record")
    ADMISSION = "admission", _("Admission")
    CHILD = "child", _("A child’s account")
    DIGITAL = "digital", _("Digital evidence")
    OTHER = "other", _("Other")


class ContactAbuseFinding(OnFile):
    """Whether contact abuse was asked about, and found: the article's open question, from the cases themselves."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="contact_abuse_findings")
    asked = models.BooleanField()
    found = models.CharField(max_length=14, choices=ContactAbuse)
    source = models.CharField(max_length=20, choices=ContactAbuseSource, blank=True)
    source_date = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(found="yes") | (~Q(source="") & Q(source_date__isnull=False)), name="found_contact_abuse_has_a_source"
            ),
            models.CheckConstraint(
                condition=Q(asked=True) | Q(found="not_known") | ~Q(source=""), name="not_asked_is_not_known_without_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: contact abuse {self.found}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case


class WelfareCheck(OnFile):
    """After police attend: the subject's own risk of suicide was asked about, and what was done (College of Policing)."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="welfare_checks")
    attended_at = models.DateTimeField()
    at_risk = models.CharField(
        max_length=10, choices=[("yes", _("At risk")), ("no", _("No risk seen")), ("not_known", _("Could not be asked"))]
    )
    done_sealed = models.BinaryField(help_text=_("What was asked, seen and done."))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["attended_at", "id"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.at_risk}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def done(self) -> str:
        return self.subject.case.record.ledger_seal().open("welfare", self.done_sealed)
