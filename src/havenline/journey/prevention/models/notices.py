"""What schools are told: one text for several schools, a record of its own for each, and three facts about its arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import File, OnFile, Record
from havenline.journey.prevention.models.schools import School, SchoolContact

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Audience(models.TextChoices):
    """Whom a page of guidance is for."""

    CHILDREN = "children", _("Children")
    PARENTS = "parents", _("Parents and carers")
    SCHOOLS = "schools", _("Schools")


class NearSubject(models.TextChoices):
    """Does the subject or a relative work at, volunteer for or govern this school?"""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("I don’t know")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, by: Membership) -> Self:
        """Those of this person's agency whose every source they may see."""
        hidden = CampaignSource.objects.exclude(record__in=Record.objects.visible_to(by))
        return self.filter(agency_id=by.agency_id).exclude(pk__in=hidden.values("campaign_id"))


class Campaign(OnFile):
    """One text for several schools, as its sender works on it. No school ever sees this row, nor any other school's notice."""

    submission = models.CharField(max_length=64, unique=True, help_text=_("Sending the form again finds this."))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", help_text=_("Its key seals the text."))
    title = models.CharField(max_length=120, help_text=_("Names nobody."))
    words_sealed = models.BinaryField()
    guidance = models.CharField(max_length=10, choices=Audience)
    guidance_version = models.CharField(max_length=20)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    given_back_sealed = models.BinaryField(null=True, blank=True, help_text=_("Why the second person gave it back."))
    agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    if TYPE_CHECKING:
        sources: RelatedManager[CampaignSource]
        asked: RelatedManager[AskedSchool]

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, agreed_by=None) | Q(sent_at__isnull=False, agreed_by__isnull=False, proposed_at__isnull=False),
                name="notice_to_schools_sent_when_agreed",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=models.F("written_by")), name="notice_to_schools_agreed_by_another"
            ),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(dropped_at=None), name="notice_to_schools_sent_or_dropped"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ledger_file(self) -> Record:
        return self.source

    @property
    def ledger_object(self) -> str:
        return f"notice to schools {self.pk}"

    @property
    def words(self) -> str:
        return self.source.ledger_seal().open("notice to schools", self.words_sealed)

    @property
    def given_back(self) -> str:
        return self.source.ledger_seal().open("given back", self.given_back_sealed) if self.given_back_sealed else ""

    @property
    def state(self) -> str:
        """dropped, sent, proposed or draft."""
        if self.dropped_at is not None:
            return "dropped"
        if self.sent_at is not None:
            return "sent"
        return "proposed" if self.proposed_at is not None else "draft"

    @property
    def is_draft(self) -> bool:
        return self.state == "draft"

    @property
    def going(self) -> int:
        """To how many schools it goes: those answered with no that have not closed since."""
        return self.asked.filter(answer=NearSubject.NO).exclude(school__status=School.Status.CLOSED).count()


class CampaignSource(models.Model):
    """A case or a report that the text comes from; several make a pattern."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="sources")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "record"], name="source_of_notice_once")]

    def __str__(self) -> str:
        return str(self.record)


class SchoolNotice(File):
    """What one school is told, under a key of its own: it outlives its source, and is all that the school ever sees."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=120)
    words_sealed = models.BinaryField()
    guidance = models.CharField(max_length=10, choices=Audience)
    guidance_version = models.CharField(max_length=20)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_sealed = models.BinaryField(null=True, blank=True)

    if TYPE_CHECKING:
        asked: AskedSchool
        letters: RelatedManager[NoticeLetter]
        calls: RelatedManager[TelephoneCall]
        acknowledgement: Acknowledgement

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(opened_at=None) | Q(withdrawn_at=None), name="school_notice_opened_or_withdrawn"),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="school_notice_opened_by_somebody",
            ),
        ]

    @property
    def words(self) -> str:
        return self.record.ledger_seal().open("words", self.words_sealed)

    @property
    def withdrawal(self) -> str:
        return self.record.ledger_seal().open("withdrawal", self.withdrawal_sealed) if self.withdrawal_sealed else ""


class AskedSchool(OnFile):
    """A school that was thought of, and the answer about it. Only “no” lets anything go there."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="asked")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="asked")
    answer = models.CharField(max_length=8, choices=NearSubject, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    hand_over = models.ForeignKey(
        HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text=_("To the designated officer instead.")
    )
    problem = models.CharField(max_length=200, blank=True, help_text=_("Why the designated officer could not be told."))
    notice = models.OneToOneField(SchoolNotice, on_delete=models.PROTECT, null=True, blank=True, related_name="asked")

    class Meta:
        ordering = ["school__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "school"], name="school_asked_about_once"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_by__isnull=False, answered_at__isnull=False), name="answer_is_somebodys"
            ),
            models.CheckConstraint(condition=Q(notice=None) | Q(answer="no"), name="nothing_goes_to_a_school_without_a_no"),
            models.CheckConstraint(condition=Q(hand_over=None) | Q(answer__in=["yes", "unknown"]), name="officer_told_instead"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.school}"

    @property
    def ledger_file(self) -> Record:
        return self.campaign.source

    @property
    def ledger_object(self) -> str:
        return f"school {self.school.urn} of notice to schools {self.campaign_id}"

    @property
    def goes_to_officer(self) -> bool:
        return self.answer in (NearSubject.YES, NearSubject.UNKNOWN)


class NoticeLetter(models.Model):
    """The letter that says that a message waits, and to whom it went. It names no case, no person and no school."""

    notice = models.ForeignKey(SchoolNotice, on_delete=models.PROTECT, related_name="letters")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(SchoolContact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "contact"], name="letter_once_to_each_verified_person")]

    def __str__(self) -> str:
        return f"{self.notice}: {self.letter}"


class Did(models.TextChoices):
    TOLD_STAFF = "told_staff", _("Staff were told")
    TOLD_PARENTS = "told_parents", _("Parents were told")
    TOLD_BOTH = "told_both", _("Staff and parents were told")
    NOTHING_YET = "nothing_yet", _("Nothing yet")


class Acknowledgement(OnFile):
    """The safeguarding lead says that they have it, and what they did."""

    notice = models.OneToOneField(SchoolNotice, on_delete=models.PROTECT, related_name="acknowledgement")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    did = models.CharField(max_length=12, choices=Did)
    reply_sealed = models.BinaryField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.notice}: {self.did}"

    @property
    def ledger_file(self) -> SchoolNotice:
        return self.notice

    @property
    def reply(self) -> str:
        return self.notice.record.ledger_seal().open("reply", self.reply_sealed) if self.reply_sealed else ""


class Reached(models.TextChoices):
    LEAD = "lead", _("The safeguarding lead")
    SOMEBODY = "somebody", _("Somebody else at the school")
    NOBODY = "nobody", _("Nobody answered")


class TelephoneCall(OnFile):
    """A call to the school about its notice: when, to which number, who answered, what was agreed."""

    notice = models.ForeignKey(SchoolNotice, on_delete=models.PROTECT, related_name="calls")
    called_at = models.DateTimeField()
    number = models.CharField(max_length=30)
    reached = models.CharField(max_length=10, choices=Reached)
    spoke_to = models.CharField(max_length=120, blank=True)
    agreed_sealed = models.BinaryField(null=True, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["called_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "called_at", "by"], name="call_recorded_once"),
            models.CheckConstraint(condition=Q(reached="nobody") | ~Q(spoke_to=""), name="whoever_answered_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.notice}: {self.reached}"

    @property
    def ledger_file(self) -> SchoolNotice:
        return self.notice

    @property
    def agreed(self) -> str:
        return self.notice.record.ledger_seal().open("agreed", self.agreed_sealed) if self.agreed_sealed else ""
