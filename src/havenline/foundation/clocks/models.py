"""What is due, when, why, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import cast

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from havenline.engines import procedure
from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.models import OnFile, Record


@dataclass(frozen=True)
class Reading:
    """A clock as its chip shows it. `kind`: due, today, late, done, done late, stopped."""

    kind: str
    text: str
    date_text: str
    fraction: float


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> ClockQuerySet:
        return self.filter(stopped_at=None, voided_at=None)

    def late(self) -> ClockQuerySet:
        return self.running().filter(due_at__lt=moment.now())

    def soon(self, *, hours: int = 48) -> ClockQuerySet:
        at = moment.now()
        return self.running().filter(due_at__gte=at, due_at__lt=at + moment.minutes(60 * hours))

    def to_raise(self) -> ClockQuerySet:
        """Late and not raised yet, or raised to an agency that had nobody to see it."""
        return self.late().filter(models.Q(escalated_at=None) | models.Q(escalations__reached=0)).distinct()

    def visible_to(self, by: Membership) -> ClockQuerySet:
        return self.filter(record__in=Record.objects.visible_to(by))


class Clock(OnFile):
    """One duty with a date. A look stops nothing; lateness stays for ever."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="clocks")
    rule = models.CharField(max_length=60, help_text=_("The step or policy that it runs under."))
    about = models.CharField(max_length=60, blank=True, help_text=_("Which thing of the record, where a rule runs more than once."))
    title = models.CharField(max_length=160)
    edition = models.CharField(max_length=20, blank=True, help_text=_("The edition of the guidance; empty for our own policy."))
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    counted = models.CharField(max_length=300, help_text=_("How the date was counted, in one sentence."))
    source = models.CharField(max_length=200)
    amount = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=20, help_text="minutes, working days, calendar days or months")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="clocks")
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="clocks")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=60, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    was_due_at = models.DateTimeField(null=True, blank=True, help_text=_("Before it was last counted again, if it was."))
    counted_again_at = models.DateTimeField(null=True, blank=True)
    counted_again_for = models.CharField(max_length=200, blank=True, help_text=_("The bank holidays that were proclaimed, if any were."))

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "rule", "about"], condition=models.Q(stopped_at=None, voided_at=None), name="one_running_clock_of_a_rule"
            ),
            models.CheckConstraint(condition=models.Q(due_at__gte=models.F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(condition=models.Q(stopped_at=None) | models.Q(voided_at=None), name="clock_stopped_or_void"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(stopped_at=None, voided_at=None), name="clock_running_due")]

    def __str__(self) -> str:
        return f"{self.title}, {self.record}"

    @property
    def ledger_file(self) -> Record:
        return self.record

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.voided_at is None

    @property
    def was_late(self) -> bool:
        return (self.stopped_at or moment.now()) > self.due_at

    @property
    def in_days(self) -> bool:
        return self.unit not in ("minutes", "hours")

    @property
    def explanation(self) -> procedure.Explanation:
        """The days counted, for the day ribbon. Only for clocks in days."""
        started = moment.day_of(self.started_at)
        if self.edition:
            return procedure.edition(self.edition).explain(self.rule, started=started)
        return procedure.explain_period(
            amount=self.amount,
            unit=cast(procedure.Unit, self.unit),
            started=started,
            title=self.title,
            rule=self.counted,
            source=self.source,
            verified="policy",
        )

    @property
    def counted_again(self) -> str:
        """That its date moved, and why; nothing where it never did."""
        if self.was_due_at is None or self.counted_again_at is None:
            return ""
        told = {"was": _day(self.was_due_at), "on": _day(self.counted_again_at), "why": self.counted_again_for}
        if self.counted_again_for:
            return _("It was due %(was)s until it was counted again on %(on)s: %(why)s.") % told
        return _("It was due %(was)s until it was counted again on %(on)s, by rules that were put right.") % told

    @property
    def reading(self) -> Reading:
        at = moment.now()
        span = (self.due_at - self.started_at).total_seconds() or 1
        fraction = min(1.0, max(0.0, ((self.stopped_at or at) - self.started_at).total_seconds() / span))
        if self.voided_at:
            return Reading("stopped", str(_("Not needed any more")), "", fraction)
        if self.stopped_at:
            return self._done(fraction)
        return self._running(at, fraction)

    def _done(self, fraction: float) -> Reading:
        assert self.stopped_at is not None  # noqa: S101  (the caller looked)
        when = _day(self.stopped_at)
        if self.was_late:
            return Reading("done late", str(_("Done late")), when, 1.0)
        if self.unit == "working days" and self.amount > 1:
            day = max(0, procedure.working_days_between(moment.day_of(self.started_at), moment.day_of(self.stopped_at)))
            return Reading("done", _("Done on day %(day)s of %(of)s") % {"day": day, "of": self.amount}, when, fraction)
        return Reading("done", str(_("Done in time")), when, fraction)

    def _running(self, at: datetime, fraction: float) -> Reading:
        today, due = moment.day_of(at), moment.day_of(self.due_at)
        if not self.in_days:
            left = round((self.due_at - at).total_seconds() / 60)
            if left < 0:
                return Reading("late", _("Late by %(time)s") % {"time": _span(-left)}, _hour(self.due_at, today), 1.0)
            return Reading(
                "today" if due == today else "due", _("Due in %(time)s") % {"time": _span(left)}, _hour(self.due_at, today), fraction
            )
        if at > self.due_at:
            return Reading("late", self._late_by(due, today), _day(self.due_at), 1.0)
        if due == today:
            return Reading("today", str(_("Due today")), _day(self.due_at), fraction)
        return Reading("due", self._due_in(today, due), _day(self.due_at), fraction)

    def _late_by(self, due: date, today: date) -> str:
        """In the days that this clock counts, as its ribbon shows them: of an order every day, of all else working days."""
        if self.unit == "calendar days":
            days = max(1, (today - due).days)
            return ngettext("Late by %(n)s day", "Late by %(n)s days", days) % {"n": days}
        days = max(1, procedure.working_days_between(due, today))
        return ngettext("Late by %(n)s working day", "Late by %(n)s working days", days) % {"n": days}

    def _due_in(self, today: date, due: date) -> str:
        if self.unit == "calendar days":
            days = (due - today).days
            return ngettext("Due in %(n)s day", "Due in %(n)s days", days) % {"n": days}
        days = procedure.working_days_between(today, due)
        return ngettext("Due in %(n)s working day", "Due in %(n)s working days", days) % {"n": days}


def _day(when: datetime) -> str:
    return _written(moment.day_of(when), "D j M Y" if when.year != moment.now().year else "D j M", get_language() or "")


@lru_cache(maxsize=2048)
def _written(day: date, how: str, _language: str) -> str:
    """A list of hundreds of clocks names few days."""
    return date_format(day, how)


def _hour(when: datetime, today: date) -> str:
    """The hour; with its day where that is not today."""
    return date_format(when.astimezone(moment.LONDON), "H:i" if moment.day_of(when) == today else "D j M, H:i")


def _span(minutes: int) -> str:
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


class Escalation(models.Model):
    """A clock ran out and was raised. It says whom it reached; `reached` 0 is an error on somebody's screen."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="escalations")
    at = models.DateTimeField()
    reached = models.PositiveIntegerField()
    names = models.CharField(max_length=300, blank=True, help_text=_("Whom it reached, as it stood then."))

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["clock", "agency"], name="escalated_once_to_each_agency")]

    def __str__(self) -> str:
        return f"{self.clock} raised to {self.agency}"
