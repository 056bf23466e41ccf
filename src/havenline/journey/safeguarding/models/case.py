"""One child's case: what happened, and what waits. No state is stored: it is `procedure.simulate` of the case's events."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import File, OnFile
from havenline.journey.safeguarding.models.child import Child

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from havenline.journey.safeguarding.models.census import CensusEpisode
    from havenline.journey.safeguarding.models.paper import Paper
    from havenline.journey.safeguarding.models.people import Reassignment


class ChildCase(File):
    """One child's case, from the referral on."""

    class Ended(models.TextChoices):
        NO_FURTHER_ACTION = "no_further_action", _("No further action")
        FAMILY_HELP = "family_help", _("Advice, early help or family help")
        ASSESSED = "assessed", _("Assessed, no child protection needed")
        ENQUIRY_ENDED = "enquiry_ended", _("Enquiry ended without a plan")
        PLAN_ENDED = "plan_ended", _("Plan ended")
        STEPPED_DOWN = "stepped_down", _("Protection ended, other help goes on")
        RETURNED = "returned", _("Returned to whoever referred")
        TRANSFERRED = "transferred", _("Taken over by another area")

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="cases")
    referral = models.ForeignKey(
        HandOver,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="child_cases",
        help_text=_("None where the case came with a census: its referral is not held here."),
    )
    started_on = models.DateField()
    manager = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    chair = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_as = models.CharField(max_length=20, choices=Ended, blank=True)

    if TYPE_CHECKING:
        events: RelatedManager[CaseEvent]
        bookings: RelatedManager[Booking]
        notes: RelatedManager[CaseNote]
        papers: RelatedManager[Paper]
        proposals: RelatedManager[ProposedDecision]
        census: CensusEpisode
        reassignments: RelatedManager[Reassignment]

    class Meta:
        verbose_name = "child’s case"
        constraints = [models.UniqueConstraint(fields=["child", "referral"], name="one_case_for_a_child_and_referral")]

    @property
    def referral_from_outside(self) -> HandOver | None:
        """The referral, where whoever referred has no account and is told by word or by letter."""
        return self.referral if self.referral is not None and self.referral.from_outside else None

    @property
    def referrer(self) -> Agency:
        """Who referred; the area itself where the referral is not held here."""
        return self.referral.from_agency if self.referral else self.record.agency


class CaseEvent(OnFile):
    """What happened: step, outcome, the day, who recorded it and when. Never changed; put right by a later event."""

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(max_length=60, help_text=_("The engine’s step."))
    outcome = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField()
    happened_at = models.TimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note_sealed = models.BinaryField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who signed it off, where that is local."),
    )
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by")
    did_not_happen = models.BooleanField(default=False, help_text=_("It corrects an event that should never have been recorded."))

    class Meta:
        ordering = ["happened_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(step=""), name="case_event_is_a_step"),
            models.CheckConstraint(condition=Q(did_not_happen=False) | Q(corrects__isnull=False), name="case_event_denied_is_a_correction"),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} {self.step}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case

    @property
    def note(self) -> str:
        return self.child_case.record.ledger_seal().open("event", bytes(self.note_sealed)) if self.note_sealed else ""


class OnChildCase(OnFile):
    """Something on one child's case, with words that are sealed under the case's own key."""

    words_sealed = models.BinaryField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    if TYPE_CHECKING:
        child_case: models.ForeignKey[ChildCase, ChildCase]

    class Meta:
        abstract = True

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case

    @property
    def words(self) -> str:
        return self.child_case.record.ledger_seal().open("words", bytes(self.words_sealed)) if self.words_sealed else ""


class Booking(OnChildCase):
    """A conference, core group or review is set for a day ahead. It stops no clock: only what happened does.

    A row is never changed but for its end: what is moved or put back is a row of its own.
    """

    class Ended(models.TextChoices):
        TOOK_PLACE = "took_place", _("Took place")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="bookings")
    step = models.CharField(max_length=60)
    booked_for = models.DateField()
    booked_at = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=120)
    room = models.ForeignKey("ConferenceRoom", on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    chair = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("It took place, was moved, or was cancelled."))
    ended_as = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        ordering = ["booked_for", "id"]
        indexes = [models.Index(fields=["booked_for"], condition=Q(ended_at=None), name="booking_that_stands_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["child_case", "step"], condition=Q(ended_at=None), name="one_booking_of_a_step"),
            models.CheckConstraint(
                condition=Q(booked_at__isnull=False) | Q(room=None, chair=None), name="a_room_or_chair_is_booked_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} {self.step} booked for {self.booked_for}"

    @property
    def ends_at(self) -> time | None:
        """When it is over, at the latest at the end of its day."""
        if self.booked_at is None:
            return None
        ends = datetime.combine(self.booked_for, self.booked_at) + timedelta(minutes=self.minutes)
        return ends.time() if ends.date() == self.booked_for else time.max


class CaseNote(OnChildCase):
    """What happened besides the guidance's steps: the child was seen, somebody was told or invited."""

    class Kind(models.TextChoices):
        CHILD_SEEN = "child_seen", _("Child seen and spoken to")
        TOLD = "told", _("Told")
        INVITED = "invited", _("Invited")
        NOTE = "note", _("Note")

    class Whom(models.TextChoices):
        HOUSEHOLD = "household", _("The household: parents or carers")
        SCHOOL = "school", _("The school’s safeguarding lead")
        HEALTH = "health", _("Health")
        POLICE = "police", _("Police")

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    whom = models.CharField(max_length=12, choices=Whom, blank=True)
    about_step = models.CharField(max_length=60, blank=True, help_text=_("What they were invited to."))
    happened_on = models.DateField()
    happened_at = models.TimeField(null=True, blank=True)
    view_recorded = models.BooleanField(default=False, help_text=_("The child’s own view stands in the words."))

    class Meta:
        ordering = ["happened_on", "recorded_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind__in=["told", "invited"]) | ~Q(whom=""), name="told_and_invited_name_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.child_case} {self.kind}"


class ProposedDecision(OnChildCase):
    """A social worker's decision on a referral that waits for a manager's sign-off, where the area asks for one."""

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="proposals")
    outcome = models.CharField(max_length=60)
    answer_sealed = models.BinaryField(null=True, blank=True, help_text=_("The answer that goes to the referrer with the sign-off."))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_off = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["child_case"], condition=Q(settled_at=None), name="one_decision_waits_for_sign_off")]

    def __str__(self) -> str:
        return f"{self.child_case} {self.outcome}, waiting"

    @property
    def answer_words(self) -> str:
        return self.child_case.record.ledger_seal().open("answer", bytes(self.answer_sealed)) if self.answer_sealed else ""
