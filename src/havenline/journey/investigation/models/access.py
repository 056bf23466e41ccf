"""Access to children: nine questions, a finding, the children within reach, and what all this obliges (PROCEDURE.md, police)."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.investigation.models.cases import Case
from havenline.journey.investigation.models.subjects import Subject


class Question(models.TextChoices):
    """What is asked about access to children."""

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

    @property
    def note(self) -> str:
        return self.subject.case.record.ledger_seal().open("access note", self.note_sealed) if self.note_sealed else ""


class AccessFinding(models.TextChoices):
    FOUND = "found", _("Access found")
    NOT_FOUND = "not_found", _("No access found")
    CANNOT_BE_EXCLUDED = "cannot_be_excluded", _("Cannot be excluded")
    NOT_YET_KNOWN = "not_yet_known", _("Not yet known")


class Band(models.TextChoices):
    """The band that a trained person assigned with their own tool. Havenline works out none."""

    VERY_HIGH = "very_high", _("Very high")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class AccessAssessment(OnFile):
    """The finding on access to children, and another person's review. A later one supersedes it; none is changed."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="access_assessments")
    finding = models.CharField(max_length=20, choices=AccessFinding)
    rationale_sealed = models.BinaryField()
    band = models.CharField(max_length=10, blank=True, choices=Band)
    assessed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    review_asked_of = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_agrees = models.BooleanField(null=True, blank=True)
    review_sealed = models.BinaryField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(superseded_at=None), name="one_access_assessment_in_force"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=models.F("assessed_by")), name="access_reviewed_by_another_person"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None, review_agrees=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, review_agrees__isnull=False),
                name="access_review_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.finding}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def rationale(self) -> str:
        return self.subject.case.record.ledger_seal().open("rationale", self.rationale_sealed)

    @property
    def review(self) -> str:
        return self.subject.case.record.ledger_seal().open("review", self.review_sealed) if self.review_sealed else ""

    @property
    def obliges_referral(self) -> bool:
        """Working Together, ch. 3: access found or not excluded is told to children's social care."""
        return self.finding in {AccessFinding.FOUND, AccessFinding.CANNOT_BE_EXCLUDED}


class ChildWithinReach(OnFile):
    """A child, a household or an address that the subject can reach: one referral each. Without any there is none to refer."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="reachable")
    details_sealed = models.BinaryField(help_text=_("JSON: name, relation, town, school, household, address; whatever is known."))
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    how = models.CharField(max_length=20, choices=Question)
    found_at = models.DateTimeField()
    by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: an address that was attributed to the subject."),
    )

    class Meta:
        ordering = ["found_at", "id"]
        verbose_name_plural = "children within reach"

    def __str__(self) -> str:
        return f"Child {self.pk} within reach of {self.subject}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def details(self) -> dict[str, str]:
        details: dict[str, str] = json.loads(self.subject.case.record.ledger_seal().open("child within reach", self.details_sealed))
        return details

    @property
    def label(self) -> str:
        details = self.details
        return details["name"] or details["household"] or details["address"]


class Obliged(models.TextChoices):
    """What a finding can oblige. A correction is owed to whoever was told of an attribution that was retracted."""

    REFER_CHILD = "refer_child", _("Refer to children’s social care")
    ENQUIRE = "enquire", _("Ask children’s social care which children there are")
    TELL_LADO = "tell_lado", _("Tell the designated officer (LADO)")
    SUPERVISOR_REVIEW = "review", _("Supervisor’s review: no child, household or address is known")
    CORRECT = "correct", _("Correct what was told")


class Obligation(OnFile):
    """Something that a finding obliges, and how it was met: by a hand-over that was answered, or settled by a supervisor with a reason."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="obligations")
    what = models.CharField(max_length=12, choices=Obliged)
    key = models.CharField(max_length=60, help_text=_("What obliged it, such as “child 12”: one obligation for each."))
    child = models.ForeignKey(ChildWithinReach, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations")
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cause = models.CharField(max_length=40, help_text=_("finding, yes own_children, overdue own_children, …"))
    why = models.CharField(max_length=200, help_text=_("The same in words."))
    problem = models.CharField(max_length=200, blank=True, help_text=_("Why nothing could be owed yet, such as: no agency is set up."))
    owed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["owed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "key"], name="one_obligation_for_each_cause"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(settled_by__isnull=False, reason_sealed__isnull=False),
                name="obligation_settled_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(what="refer_child") | Q(child__isnull=False), name="no_empty_referral"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.subject}"

    @property
    def ledger_file(self) -> Case:
        return self.subject.case

    @property
    def state(self) -> str:
        """The hand-over's state; or settled; or to_do (a review); or nobody (no agency to owe it to)."""
        if self.settled_at is not None:
            return "settled"
        if self.hand_over is None:
            return "to_do" if self.what == Obliged.SUPERVISOR_REVIEW else "nobody"
        return str(self.hand_over.state)

    @property
    def is_met(self) -> bool:
        """A withdrawn or returned one does not count, unless settled with a reason. A correction is met when it was taken up."""
        if self.what == Obliged.CORRECT:
            return self.state in {"settled", State.ACCEPTED, State.ANSWERED}
        return self.state in {"settled", State.ANSWERED}

    @property
    def is_ours_to_do(self) -> bool:
        """Waits for this agency rather than for the receiver."""
        return self.state in {"to_do", "nobody", State.OWED, State.RETURNED, State.WITHDRAWN}

    @property
    def reason(self) -> str:
        return self.subject.case.record.ledger_seal().open("settled", self.reason_sealed) if self.reason_sealed else ""

    def package_facts(self) -> dict[str, Any]:
        """What the package says of the child."""
        if self.child is None:
            return {}
        return {**self.child.details, "age": self.child.age}
