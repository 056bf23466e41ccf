"""An agency's conference service: its rooms, its hours, when chairs are there and who is away, and the plans that were proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.safeguarding.models.case import Booking, ChildCase

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class ConferenceRoom(OnNoFile, models.Model):
    """A room in which an agency holds conferences. One that is given up is no longer offered; what was booked in it stays."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="conference_rooms")
    name = models.CharField(max_length=80)
    places = models.PositiveSmallIntegerField(help_text=_("How many people fit into it."))
    accessible = models.BooleanField(default=False, help_text=_("Without a step."))
    given_up_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        bookings: RelatedManager[Booking]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], condition=Q(given_up_at=None), name="one_room_of_a_name"),
            models.CheckConstraint(condition=Q(places__gte=1), name="a_room_has_a_place"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ledger_object(self) -> str:
        return f"room {self.pk}"


class Sitting(OnNoFile, models.Model):
    """A part of each working day in which an agency holds one conference in a room."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="sittings")
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["begins"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "begins"], name="one_sitting_begins_at_a_time"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="a_sitting_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    @property
    def ledger_object(self) -> str:
        return f"sitting {self.pk}"


class ChairsWeek(OnNoFile, models.Model):
    """On which days of the week a chair leads conferences, and how many in one day at the most."""

    chair = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="chairs_week")
    weekdays = models.CharField(max_length=5, blank=True, help_text=_("0 is Monday: “0134”."))
    most_a_day = models.PositiveSmallIntegerField(default=2)

    def __str__(self) -> str:
        return f"{self.chair.short_name}: {self.weekdays}"

    @property
    def ledger_object(self) -> str:
        return f"week of membership {self.chair_id}"


class Away(OnNoFile, models.Model):
    """Somebody of the agency is not there, from a day until a day, both included."""

    who = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="away")
    since = models.DateField()
    until = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "away"
        ordering = ["since", "id"]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="away_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.who.short_name} away {self.since} to {self.until}"

    @property
    def ledger_object(self) -> str:
        return f"absence {self.pk}"


class ConferenceNeed(OnFile):
    """What a child's conferences need of a room: how many people come, and whether one of them cannot climb a step."""

    child_case = models.OneToOneField(ChildCase, on_delete=models.PROTECT, related_name="conference_need")
    people = models.PositiveSmallIntegerField()
    step_free = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.child_case}: {self.people}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case


class ConferencePlan(OnNoFile, models.Model):
    """A plan of an agency's conferences that somebody asked for. It books nothing by itself, and names no case: its rows do."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        WORKING = "working", _("Being made")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Not made")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="conference_plans")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    until = models.DateField(help_text=_("What is due by then is planned."))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    proven = models.BooleanField(default=False, help_text=_("No plan keeps more dates."))
    simple = models.BooleanField(default=False, help_text=_("Made by due date alone: the solver is not installed."))

    if TYPE_CHECKING:
        rows: RelatedManager[ProposedConference]

    class Meta:
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"plan {self.pk}, {self.state}"

    @property
    def ledger_object(self) -> str:
        return f"plan of conferences {self.pk}"


class ProposedConference(OnFile):
    """One case's conference in a plan: where it could be held, or why its date cannot be kept."""

    child_case = models.ForeignKey(ChildCase, on_delete=models.PROTECT, related_name="proposed_conferences")
    plan = models.ForeignKey(ConferencePlan, on_delete=models.PROTECT, related_name="rows")
    step = models.CharField(max_length=60)
    first = models.DateField()
    last = models.DateField(help_text=_("The last day in time."))
    on = models.DateField(null=True, blank=True)
    begins = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=0)
    room = models.ForeignKey(ConferenceRoom, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    chair = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=20, blank=True, help_text=_("Why its date cannot be kept: the engine’s word."))
    free = models.PositiveSmallIntegerField(default=0)
    rivals = models.PositiveSmallIntegerField(default=0)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "begins", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "child_case", "step"], name="a_case_stands_once_in_a_plan")]

    def __str__(self) -> str:
        return f"{self.child_case} {self.step} in {self.plan}"

    @property
    def ledger_file(self) -> ChildCase:
        return self.child_case
