"""Who is on call, and when nobody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind
from havenline.journey.triage.models import OnCall


@dataclass(frozen=True)
class Gap:
    """A time at which danger now would reach nobody at this hotline."""

    agency: Agency
    since: datetime
    until: datetime


def shifts(agency: Agency, *, days: int = 7) -> list[OnCall]:
    """Shifts of people who still act for the hotline, from now on."""
    at = moment.now()
    return list(
        OnCall.objects.filter(
            membership__agency=agency, membership__in=Membership.objects.current(), until__gt=at, since__lt=at + timedelta(days=days)
        )
        .select_related("membership__person")
        .order_by("since")
    )


def rota_gaps(days: int = 7, *, agency: Agency | None = None) -> list[Gap]:
    """When nobody is on call within the coming days, for each hotline: an error on seniors' screens and in `havenline doctor`."""
    gaps = []
    start = moment.now()
    end = start + timedelta(days=days)
    for hotline in [agency] if agency else Agency.objects.filter(kind=AgencyKind.HOTLINE):
        covered = start
        for shift in shifts(hotline, days=days):
            if shift.since > covered:
                gaps.append(Gap(hotline, covered, shift.since))
            covered = max(covered, shift.until)
        if covered < end:
            gaps.append(Gap(hotline, covered, end))
    return gaps


def shift(pk: int, *, by: Membership) -> OnCall | None:
    """A shift on the rota of this person's agency; another hotline's does not exist."""
    return OnCall.objects.filter(pk=pk, membership__agency=by.agency).select_related("membership__person", "membership__agency").first()


def on_call_now(agency: Agency) -> Membership | None:
    """Who is on call at this hotline at this moment."""
    at = moment.now()
    shift = next((shift for shift in shifts(agency, days=1) if shift.since <= at), None)
    return shift.membership if shift else None


def next_gap(agency: Agency) -> dict[str, datetime]:
    """The first gap, or the twelve hours after the last shift: what the form proposes."""
    gaps = rota_gaps(agency=agency)
    if gaps:
        since = gaps[0].since.replace(second=0, microsecond=0)
        return {"since": since, "until": min(gaps[0].until, since + timedelta(hours=12)).replace(second=0, microsecond=0)}
    last = max((shift.until for shift in shifts(agency, days=60)), default=moment.now().replace(second=0, microsecond=0))
    return {"since": last, "until": last + timedelta(hours=12)}
