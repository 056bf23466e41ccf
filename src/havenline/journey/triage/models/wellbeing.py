"""How much somebody has looked at, and what keeps it bearable. Numbers of looks hang on no report, and tell of none.

Who reads what: a person their own; a supervisor the looks of their own agency, and nothing else of this; nobody a check-in but whoever
wrote it (site/row_security.py, and decision 0075).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger.actors import OnNoFile
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.records.models import OnFile
from havenline.journey.intake.models import Report

# Our policy, where an agency has set nothing.
LOOKS_A_DAY, MINUTES_A_DAY, MINUTES_BETWEEN_BREAKS, MINUTES_OF_A_BREAK = 40, 150, 50, 10
LONGEST_LOOK = timedelta(minutes=10)  # our policy: an address that is left open over lunch was not looked at all the while


class LookLimits(OnNoFile, models.Model):
    """How much anybody at an agency looks at in a day, and how long before a break. A supervisor sets them."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, primary_key=True, related_name="look_limits")
    looks_a_day = models.PositiveSmallIntegerField(default=LOOKS_A_DAY)
    minutes_a_day = models.PositiveSmallIntegerField(default=MINUTES_A_DAY)
    minutes_between_breaks = models.PositiveSmallIntegerField(default=MINUTES_BETWEEN_BREAKS)
    minutes_of_a_break = models.PositiveSmallIntegerField(default=MINUTES_OF_A_BREAK)
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "look limits"

    def __str__(self) -> str:
        return f"{self.agency}: {self.looks_a_day} looks a day"

    @property
    def ledger_object(self) -> str:
        return f"look limits of {self.agency.slug}"


class Wellbeing(OnNoFile, models.Model):
    """A person's own sheet: limits stricter than the agency's, what they do not take, their break. Whoever counts a look holds its row."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="wellbeing")
    looks_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes_between_breaks = models.PositiveSmallIntegerField(null=True, blank=True)
    not_taken = models.JSONField(default=list, help_text=_("What the queue passes on: “kind:contact”, “grade:A”."))
    on_break_since = models.DateTimeField(null=True, blank=True)
    seconds_since_break = models.PositiveIntegerField(default=0, help_text=_("Of looking, on the day of `counted_on`."))
    counted_on = models.DateField(null=True, blank=True)
    last_looked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person}"

    @property
    def ledger_object(self) -> str:
        return f"person {self.person_id}"


class Look(models.Model):
    """One person and one item on one day in London: looked at, or settled without a look. It names no report: `item` is a number alone."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="looks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    item = models.BigIntegerField()
    spared = models.BooleanField(default=False, help_text=_("Settled without a look: carried over, or accepted unseen."))
    grade = models.CharField(max_length=1, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    open_since = models.DateTimeField(null=True, blank=True, help_text=_("While the address is shown and nothing was graded since."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day", "item"], name="look_once_a_day"),
            models.UniqueConstraint(fields=["person"], condition=models.Q(open_since__isnull=False), name="one_open_look_a_person"),
            models.CheckConstraint(
                condition=models.Q(spared=False) | models.Q(seconds=0, open_since=None), name="a_spared_look_takes_no_time"
            ),
        ]
        indexes = [models.Index(fields=["agency", "day"], name="look_by_agency")]

    def __str__(self) -> str:
        return f"{self.person}, {self.day}"

    def seconds_at(self, when: datetime) -> int:
        """With what has passed of a look that is open, up to `LONGEST_LOOK`."""
        if self.open_since is None:
            return self.seconds
        return self.seconds + int(min(max(when - self.open_since, timedelta()), LONGEST_LOOK).total_seconds())


class WentOn(OnFile):
    """Somebody went on past a limit, by their own choice, because a child is in danger and nobody else was there."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="went_on")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "went on"
        constraints = [models.UniqueConstraint(fields=["report", "by"], name="went_on_once_a_report")]

    def __str__(self) -> str:
        return f"{self.by} on {self.report}"

    @property
    def ledger_file(self) -> Report:
        return self.report


class LooksDuty(OnNoFile, models.Model):
    """The plan: who takes looks on half a day. Where nobody is planned, everybody does."""

    class Half(models.TextChoices):
        MORNING = "am", _("Until 13:00")
        AFTERNOON = "pm", _("From 13:00")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    half = models.CharField(max_length=2, choices=Half)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="looks_duties")

    class Meta:
        verbose_name_plural = "looks duties"
        ordering = ["day", "half", "membership__person__name"]
        constraints = [models.UniqueConstraint(fields=["day", "half", "membership"], name="looks_duty_once")]

    def __str__(self) -> str:
        return f"{self.membership.short_name}, {self.day} {self.half}"

    @property
    def ledger_object(self) -> str:
        return f"looks of {self.agency.slug} on {self.day} {self.half}"

    @classmethod
    def half_of(cls, when: datetime) -> str:
        return cls.Half.MORNING if when.astimezone(moment.LONDON).hour < 13 else cls.Half.AFTERNOON


class Mood(models.IntegerChoices):
    """Words, not numbers, are shown; nothing adds them up."""

    HEAVY = 1, _("Heavy")
    TIRED = 2, _("Tired")
    SO_SO = 3, _("So-so")
    STEADY = 4, _("Steady")
    LIGHT = 5, _("Light")


class CheckIn(models.Model):
    """A few words to oneself, sealed by the person's own key. The database shows the row to that person alone."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="check_ins")
    at = models.DateTimeField()
    sealed = models.TextField(help_text=_("Mood and words, as JSON, under the person’s own key."))

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "at"], name="check_in_by_person")]

    def __str__(self) -> str:
        return f"{self.at:%d %b %H:%M}"
