"""Who did it, with whom, and which children can they reach?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.identifiers.models import Identifier
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import File, OnFile

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class CaseKind(models.TextChoices):
    IMAGES = "images", _("Images")
    CONTACT = "contact", _("Contact")
    BOTH = "both", _("Images and contact")


class Ending(models.TextChoices):
    SUBJECT = "subject", _("With a subject, through the gate")
    NO_SUBJECT = "no_subject", _("No subject identified")
    ANOTHER_FORCE = "another_force", _("Accepted by another force")


class Case(File):
    """A police case. It closes only through the gate: the columns below are set by it, and the database checks them."""

    kind = models.CharField(max_length=8, choices=CaseKind)
    title = models.CharField(max_length=120)
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
    watched_since = models.DateTimeField(null=True, blank=True)
    accepted_elsewhere = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    if TYPE_CHECKING:
        subjects: RelatedManager[Subject]
        attributions: RelatedManager[Attribution]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_closes_only_through_the_gate",
                condition=Q(closed_at=None)
                | (
                    Q(
                        ending="subject",
                        closed_by__isnull=False,
                        access_reviewed_at__isnull=False,
                        referrals_answered_at__isnull=False,
                        duties_settled_at__isnull=False,
                    )
                    & (Q(kind="contact") | Q(contact_abuse_recorded_at__isnull=False))
                )
                | Q(
                    ending="no_subject",
                    closed_by__isnull=False,
                    duties_settled_at__isnull=False,
                    referrals_answered_at__isnull=False,
                    supervisor_agreed_at__isnull=False,
                    supervisor_agreed_by__isnull=False,
                    watched_since__isnull=False,
                )
                | Q(ending="another_force", closed_by__isnull=False, accepted_elsewhere__isnull=False),
            ),
            models.CheckConstraint(
                name="supervisor_is_not_who_closes",
                condition=Q(supervisor_agreed_by=None) | Q(closed_by=None) | ~Q(supervisor_agreed_by=models.F("closed_by")),
            ),
        ]


class AttributionState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for review")
    REVIEWED = "reviewed", _("Reviewed")
    REFUSED = "refused", _("Refused")
    RETRACTED = "retracted", _("Retracted")


class Subject(OnFile):
    """The person whom the case is about. No name, register check, referral or notice before a reviewed attribution, except a recorded emergency."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="subjects")
    number = models.CharField(max_length=12, unique=True, help_text=_("S-7K2M: random, since nobody should count subjects."))
    name_sealed = models.BinaryField(null=True, blank=True)
    born_on_sealed = models.BinaryField(null=True, blank=True)
    named_at = models.DateTimeField(null=True, blank=True)
    emergency_reason_sealed = models.BinaryField(
        null=True, blank=True, help_text=_("Why a name stands here before a reviewed attribution.")
    )
    opened_at = models.DateTimeField()

    if TYPE_CHECKING:
        access_assessments: RelatedManager[AccessAssessment]
        reachable: RelatedManager[ChildWithinReach]

    def __str__(self) -> str:
        return self.number

    @property
    def ledger_file(self) -> Case:
        return self.case

    @property
    def name(self) -> str:
        return self.case.record.ledger_seal().open("subject name", self.name_sealed) if self.name_sealed else ""


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
    retracted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "identifier"], condition=~Q(state__in=["refused", "retracted"]), name="attribution_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | (Q(reviewed_by__isnull=False) & ~Q(reviewed_by=models.F("by"))),
                name="attribution_reviewed_by_another_person",
            ),
            models.CheckConstraint(condition=Q(port=None) | Q(port__gte=1, port__lte=65535), name="port_is_a_port"),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} → {self.subject}"

    @property
    def ledger_file(self) -> Case:
        return self.case


class Question(models.TextChoices):
    """What is asked about access to children (PROCEDURE.md, police)."""

    OWN_CHILDREN = "own_children", _("Own children in the household")
    OTHER_CHILDREN = "other_children", _("Other children in the household")
    CHILDREN_ELSEWHERE = "children_elsewhere", _("Children elsewhere: own, step, relatives’")
    FRIENDS_CHILDREN = "friends_children", _("Children of friends, acquaintances, neighbours")
    POSITION_OF_TRUST = "position_of_trust", _("Work, volunteering or position of trust")
    CONDITIONS = "conditions", _("Bail or court conditions now")
    ONLINE_CONTACT = "online_contact", _("Online contact with children")
    PREVIOUS = "previous", _("Previous convictions or allegations")
    NOTIFICATION = "notification", _("Notification requirements (the register)")


# A yes here means that the person can reach children; the other questions weigh, but are no access by themselves.
ACCESS_QUESTIONS = (
    Question.OWN_CHILDREN,
    Question.OTHER_CHILDREN,
    Question.CHILDREN_ELSEWHERE,
    Question.FRIENDS_CHILDREN,
    Question.POSITION_OF_TRUST,
    Question.ONLINE_CONTACT,
)


class Finding(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_YET_KNOWN = "not_yet_known", _("Not yet known")


class AccessAnswer(OnFile):
    """One answer to one question. A new answer is a new row: the latest counts, the earlier stay."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="access_answers")
    question = models.CharField(max_length=20, choices=Question)
    answer = models.CharField(max_length=14, choices=Finding)
    source = models.CharField(max_length=160, blank=True)
    source_date = models.DateField(null=True, blank=True)
    note_sealed = models.BinaryField(null=True, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="not_yet_known") | (~Q(source="") & Q(source_date__isnull=False)),
                name="known_access_answer_has_a_source_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.question}: {self.answer}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case


class AccessFinding(models.TextChoices):
    FOUND = "found", _("Access found")
    NOT_FOUND = "not_found", _("No access found")
    CANNOT_BE_EXCLUDED = "cannot_be_excluded", _("Cannot be excluded")
    NOT_YET_KNOWN = "not_yet_known", _("Not yet known")


class AccessAssessment(OnFile):
    """The finding on access to children, and another person's review. A later one supersedes it; none is changed."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="access_assessments")
    finding = models.CharField(max_length=20, choices=AccessFinding)
    rationale_sealed = models.BinaryField()
    band = models.CharField(
        max_length=10, blank=True, choices=[("very_high", _("Very high")), ("high", _("High")), ("medium", _("Medium")), ("low", _("Low"))]
    )
    assessed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_sealed = models.BinaryField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(superseded_at=None), name="one_access_assessment_in_force"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("assessed_by")), name="access_reviewed_by_another_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.finding}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def obliges_referral(self) -> bool:
        """Working Together, ch. 3: access found or not excluded is told to children's social care."""
        return self.finding in {AccessFinding.FOUND, AccessFinding.CANNOT_BE_EXCLUDED}


class ChildWithinReach(OnFile):
    """A child or a household that the subject can reach: one referral each. Without child, household or address there is none to refer."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reachable")
    label_sealed = models.BinaryField(help_text=_("Name, or household, or address: whatever is known."))
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    how = models.CharField(max_length=20, choices=Question)
    found_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_against_sealed = models.BinaryField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "children within reach"

    def __str__(self) -> str:
        return f"Child {self.pk} within reach of {self.subject}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case


class ContactAbuseFinding(OnFile):
    """Whether contact abuse was asked about, and found: the article's open question, from the cases themselves."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="contact_abuse_findings")
    asked = models.BooleanField()
    found = models.CharField(max_length=14, choices=[("yes", _("Found")), ("no", _("Not found")), ("not_known", _("Not known"))])
    source = models.CharField(
        max_length=20,
        choices=[
            ("official_record", _("Official record")),
            ("admission", _("Admission")),
            ("child", _("A child’s account")),
            ("digital", _("Digital evidence")),
            ("other", _("Other")),
        ],
        blank=True,
    )
    source_date = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(found="yes") | ~Q(source=""), name="found_contact_abuse_has_a_source")]

    def __str__(self) -> str:
        return f"{self.subject}: contact abuse {self.found}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case


class RegisterCheck(OnFile):
    """The sex offenders' register was checked: status, conditions, next notification due (Sexual Offences Act 2003, Part 2)."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="register_checks")
    on_register = models.CharField(
        max_length=10, choices=[("yes", _("On the register")), ("no", _("Not on the register")), ("not_known", _("Not known"))]
    )
    conditions_sealed = models.BinaryField(null=True, blank=True)
    next_notification = models.DateField(null=True, blank=True)
    checked_on = models.DateField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.on_register}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case


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
