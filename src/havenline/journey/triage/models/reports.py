"""A report is recognised, graded, and sent where it must go."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from havenline.engines import screening
from havenline.foundation import moment
from havenline.foundation.handover.models import HandOver
from havenline.foundation.lists.models import ListEntry
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.intake.models import Message, Report, ReportedItem


class Claim(OnFile):
    """An analyst reads a report; nobody else decides it meanwhile. It runs out by itself."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="claims")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="claims")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report"], condition=models.Q(ended_at=None), name="one_open_claim_a_report")]
        indexes = [models.Index(fields=["at"], name="claim_at")]  # whose turn it was last

    def __str__(self) -> str:
        return f"{self.report} claimed by {self.by.short_name}"

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None and self.until > moment.now()

    @property
    def ledger_file(self) -> Report:
        return self.report


class Grade(models.TextChoices):
    """Letters and official short names only (SAFETY.md)."""

    A = "A", _("Grade A")
    B = "B", _("Grade B")
    C = "C", _("Grade C")
    NOT_ILLEGAL = "N", _("Not illegal")
    CANNOT_BE_ASSESSED = "X", _("Can’t be assessed")
    UNSURE = "U", _("Unsure")


_RESTS_ON_ANOTHER = models.Q(carried_over_from__isnull=False) | models.Q(entry__isnull=False)


class Assessment(OnFile):
    """One person's grade of one item. *Unsure* asks a second person; the latest that is not unsure counts.

    `how` it came: by a look; from the same SHA-256 that somebody looked at; or accepted unseen, because a picture at a `distance` of at
    most 31 of 256 bits was looked at, or because of something else that is no proof. It rests on an earlier one or on a listed `entry`;
    where that entry is withdrawn, it counts no more from `withdrawn_at` on. What was accepted unseen lists nothing and starts no act
    against a person (decisions 0076 and 0084).
    """

    class How(models.TextChoices):
        LOOKED = "looked", _("Looked at")
        CARRIED_OVER = "carried", _("Carried over, the same exactly")
        ACCEPTED_UNSEEN = "unseen", _("Accepted unseen, similar")

    item = models.ForeignKey(ReportedItem, on_delete=models.PROTECT, related_name="assessments")
    grade = models.CharField(max_length=1, choices=Grade)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How, default=How.LOOKED)
    distance = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Bits of 256, of what was accepted unseen."))
    carried_over_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(
        ListEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The listed entry that it was recognised by."),
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text=_("What it rests on was withdrawn: it counts no more."))
    given = models.ForeignKey(
        "GivenToAlike",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        help_text=_("With which others."),
    )

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__in=Grade.values), name="grade_is_one_of_the_letters"),
            models.CheckConstraint(
                condition=models.Q(how="looked", carried_over_from=None, entry=None, distance=None, withdrawn_at=None)
                | (_RESTS_ON_ANOTHER & models.Q(how="carried", distance=None))
                | (_RESTS_ON_ANOTHER & models.Q(how="unseen") & (models.Q(distance=None) | models.Q(distance__lte=31))),
                name="an_assessment_says_how_it_came",
            ),
            models.CheckConstraint(
                condition=~models.Q(how="unseen") | models.Q(grade__in=["A", "B", "C"]), name="a_likeness_is_never_not_illegal"
            ),
        ]

    @property
    def was_seen(self) -> bool:
        """Whether somebody looked at this item itself, or at the very same one."""
        return self.how != self.How.ACCEPTED_UNSEEN

    def __str__(self) -> str:
        return f"{self.item}: {self.grade}"

    @property
    def ledger_file(self) -> Report:
        return self.item.report


class GivenToAlike(OnFile):
    """One grade, given to all that is alike in one act. For a minute it can be taken back whole; later, by a new grade of each."""

    source = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="given_on")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    carried = models.PositiveIntegerField()
    unseen = models.PositiveIntegerField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "given to alike"

    def __str__(self) -> str:
        return f"{self.source} given to {self.carried + self.unseen}"

    @property
    def ledger_file(self) -> Report:
        return self.source.item.report

    @property
    def can_be_taken_back(self) -> bool:
        return self.taken_back_at is None and self.until > moment.now()


class LinkAnswer(OnFile):
    """Could this item's link have been made for one person? Then opening it tells that person. Asked before anything goes to its host.

    The latest counts.
    """

    class ForOnePerson(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("I don’t know")

    item = models.ForeignKey(ReportedItem, on_delete=models.PROTECT, related_name="link_answers")
    answer = models.CharField(max_length=8, choices=ForOnePerson)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=models.Q(answer__in=["yes", "no", "unknown"]), name="link_answer_is_one_of_three")]

    def __str__(self) -> str:
        return f"{self.item}, for one person: {self.answer}"

    @property
    def ledger_file(self) -> Report:
        return self.item.report


class Decision(OnFile):
    """What the desk decided, with its reason. For a minute it can be taken back; then it is carried out.

    Which children are referred to social care stands on each ChildDuty; the answer, on `wording` and `answer_sealed`.
    """

    class CouldBeRead(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("I don’t know")

    class Wording(models.TextChoices):
        NEUTRAL = "neutral", _("The neutral wording")
        OWN = "own", _("My own words")
        NONE = "none", _("No answer: a silence forbids it")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    police = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Refer to this police; empty: not to police."),
    )
    refer_to_social_care = models.BooleanField(default=False)
    notice_to_host = models.BooleanField(default=False, help_text=_("Ask the host of each graded address to remove it."))
    close = models.BooleanField(default=False)
    cannot_wait = models.BooleanField(default=False, help_text=_("Danger: decided before every item was graded."))
    reason_sealed = models.BinaryField()
    could_be_read = models.CharField(max_length=8, choices=CouldBeRead, help_text=_("Could the person reported read the answer?"))
    wording = models.CharField(max_length=8, choices=Wording)
    answer = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer_sealed = models.BinaryField(help_text=_("The answer to the reporter, until it is carried out."))
    takes_effect_at = models.DateTimeField()
    carried_out_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text=_("What of it could not be carried out, and why."))

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=models.Q(carried_out_at=None, taken_back_at=None), name="one_pending_decision_a_report"
            ),
            models.CheckConstraint(
                condition=models.Q(police__isnull=False)
                | models.Q(refer_to_social_care=True)
                | models.Q(notice_to_host=True)
                | models.Q(close=True),
                name="decision_decides_something",
            ),
            models.CheckConstraint(
                condition=models.Q(carried_out_at=None) | models.Q(taken_back_at=None), name="decision_carried_out_or_taken_back"
            ),
            models.CheckConstraint(
                condition=models.Q(could_be_read="no") | ~models.Q(wording="own"), name="own_words_only_where_nobody_else_reads_them"
            ),
        ]

    def __str__(self) -> str:
        return f"Decision on {self.report}"

    @property
    def ledger_file(self) -> Report:
        return self.report

    @property
    def is_pending(self) -> bool:
        return self.carried_out_at is None and self.taken_back_at is None

    @property
    def reason(self) -> str:
        return self.ledger_seal().open("reason", self.reason_sealed)

    @property
    def answer_words(self) -> str:
        return self.ledger_seal().open("answer", self.answer_sealed)


class ChildDuty(OnFile):
    """Each child named or identifiable, the one who reports included: a referral, or a recorded reason against one."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="child_duties")
    is_reporter = models.BooleanField(default=False)
    child_sealed = models.BinaryField(help_text=_("What is known of the child, as JSON: name, age, town, school, household, address."))
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: read from the form when it was opened."),
    )
    refer_to = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="child_duties")
    reason_against_sealed = models.BinaryField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "child duties"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_at=None) | models.Q(refer_to__isnull=False) | models.Q(reason_against_sealed__isnull=False),
                name="child_duty_settled_by_referral_or_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(refer_to=None) | models.Q(reason_against_sealed=None), name="child_duty_referral_or_reason_not_both"
            ),
            models.CheckConstraint(
                condition=models.Q(hand_over=None) | models.Q(refer_to__isnull=False), name="child_duty_referred_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"Child duty {self.pk} of {self.report}"

    @property
    def ledger_file(self) -> Report:
        return self.report

    @property
    def child(self) -> dict[str, Any]:
        child: dict[str, Any] = json.loads(self.ledger_seal().open("child", self.child_sealed))
        return child

    @property
    def label(self) -> str:
        """How the desk calls the child: by name where one is known."""
        name = self.child.get("name", "")
        if name:
            return str(name)
        return str(_("The young person who reports")) if self.is_reporter else str(_("A child, not named"))

    @property
    def reason_against(self) -> str:
        return self.ledger_seal().open("reason", self.reason_against_sealed) if self.reason_against_sealed else ""


class WarningSign(OnFile):
    """A line of a reported conversation that bears a published warning sign, as the engine found it. A person decides whether it stands.

    Found once, when the report is opened, so that what was decided is about exactly these words.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="warning_signs")
    number = models.PositiveIntegerField(help_text=_("Its place in the conversation."))
    found_sealed = models.BinaryField(help_text=_("As JSON: sign, line, speaker, text, reason."))
    stands = models.BooleanField(null=True, blank=True, help_text=_("Empty: nobody has decided yet."))
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="warning_sign_number_once"),
            models.CheckConstraint(
                condition=models.Q(stands=None) | models.Q(settled_by__isnull=False, settled_at__isnull=False),
                name="whether_a_sign_stands_a_person_says",
            ),
        ]

    def __str__(self) -> str:
        return f"Warning sign {self.number} of {self.report}"

    @property
    def ledger_file(self) -> Report:
        return self.report

    @cached_property
    def found(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ledger_seal().open("sign", self.found_sealed))
        return found

    @property
    def title(self) -> str:
        """The sign's published title."""
        return screening.SIGNS[screening.Sign(self.found["sign"])].title


class Alarm(OnFile):
    """Danger now, unclaimed for five minutes: raised, unassessed, to the on-call analyst and the control room.

    Once a group, until a person confirms.
    """

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="alarm")
    group = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    on_call = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    problem = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(confirmed_at=None) & ~models.Q(group=""), name="one_open_alarm_a_group"
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=models.Q(confirmed_at=None), name="alarm_open")]  # asked for on every page

    def __str__(self) -> str:
        return f"Alarm for {self.report}"

    @property
    def ledger_file(self) -> Report:
        return self.report


class OnCall(models.Model):
    """Who is on call at the hotline, from when until when. A gap is an error in `havenline doctor`."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="on_call")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "on-call rota"
        ordering = ["since"]
        constraints = [models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="on_call_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.membership.short_name} {self.since:%d %b %H:%M}"
