"""How long a session lasts: without a touch, and in all. By role, in one place."""

from dataclasses import dataclass
from datetime import timedelta

from havenline.foundation.people.roles import Role


@dataclass(frozen=True)
class Limits:
    """`idle`: since the last request. `whole`: since signing in, however busy."""

    idle: timedelta
    whole: timedelta


def _limits(*, minutes: int, hours: int) -> Limits:
    return Limits(timedelta(minutes=minutes), timedelta(hours=hours))


SHORTEST = _limits(minutes=15, hours=8)  # also of whoever acts in no role
LIMITS: dict[str, Limits] = {
    # A shift is up to twelve hours; a call or a look in the viewer takes its time.
    Role.ANALYST: _limits(minutes=45, hours=12),
    Role.SENIOR_ANALYST: _limits(minutes=45, hours=12),
    Role.INVESTIGATOR: _limits(minutes=45, hours=12),
    Role.POLICE_SUPERVISOR: _limits(minutes=45, hours=12),
    Role.INTELLIGENCE_OFFICER: _limits(minutes=30, hours=12),
    Role.SOCIAL_WORKER: _limits(minutes=45, hours=12),
    Role.TEAM_MANAGER: _limits(minutes=45, hours=12),
    Role.CONFERENCE_CHAIR: _limits(minutes=45, hours=12),
    # An office or a staff room, with others about.
    Role.HEALTH_PRACTITIONER: _limits(minutes=20, hours=8),
    Role.DESIGNATED_OFFICER: _limits(minutes=30, hours=8),
    Role.SAFEGUARDING_LEAD: _limits(minutes=20, hours=8),
    Role.PLATFORM_STAFF: _limits(minutes=20, hours=8),
    Role.AUDITOR: _limits(minutes=30, hours=8),
    Role.ADMINISTRATOR: SHORTEST,  # who can let anybody in
}
LONGEST = max(one.whole for one in LIMITS.values())


def of_role(role: str | None) -> Limits:
    return LIMITS.get(role or "", SHORTEST)
