"""The four or five places of each role's desk, in the order of its day."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.access import DeskRequest, desk
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role

QUEUE = (_("Queue"), "triage:queue")
TELEPHONE = (_("Telephone"), "intake_desk:telephone")
REFERRALS = (_("Referrals"), "handover:tray")
CASES = (_("Cases"), "investigation:cases")
SUBJECTS = (_("Subjects"), "investigation:subjects")
DAY = (_("My day"), "safeguarding:day")
TEAM = (_("Team"), "safeguarding:team")
CLOCKS = (_("My clocks"), "safeguarding:clocks")
FRONT_DOOR = (_("Front door"), "safeguarding:front_door")
CHILDREN = (_("Cases"), "safeguarding:cases")
CONFERENCES = (_("Conferences"), "safeguarding:conferences")
LEDGER = (_("Ledger"), "ledger:entries")
WORK = (_("Background work"), "work:tasks")
PEOPLE = (_("People"), "people:people")
UNREACHED = (_("Not reached"), "handover:unreached")
STATISTICS = (_("Statistics"), "statistics:show")
TAKEDOWN = (_("Takedown"), "takedown:notices")
HOLDS = (_("Holds"), "takedown:notices")
SCHOOLS = (_("Schools"), "prevention:notices")
MESSAGES = (_("Messages"), "prevention:messages")
RETENTION = (_("Retention"), "retention:due")
SCREEN = (_("Screen a conversation"), "prevention:screen")

LISTS = (_("Lists"), "lists:lists")
GLASS = (_("Break-glass"), "sharing:glass")

PLACES: dict[str, tuple[tuple[Any, str], ...]] = {
    Role.ANALYST: (QUEUE, TELEPHONE, REFERRALS, TAKEDOWN, LISTS, SCHOOLS, STATISTICS),
    Role.SENIOR_ANALYST: (QUEUE, TELEPHONE, REFERRALS, TAKEDOWN, LISTS, SCHOOLS, STATISTICS, RETENTION),
    Role.INVESTIGATOR: (REFERRALS, CASES, SUBJECTS, HOLDS, SCHOOLS, STATISTICS),
    Role.POLICE_SUPERVISOR: (REFERRALS, CASES, SUBJECTS, HOLDS, SCHOOLS, STATISTICS, RETENTION),
    Role.INTELLIGENCE_OFFICER: (REFERRALS, CASES, RETENTION),
    Role.SOCIAL_WORKER: (DAY, CLOCKS, FRONT_DOOR, REFERRALS, CHILDREN),
    Role.TEAM_MANAGER: (TEAM, CLOCKS, FRONT_DOOR, REFERRALS, CHILDREN, CONFERENCES, STATISTICS, RETENTION),
    Role.CONFERENCE_CHAIR: (CLOCKS, CONFERENCES, FRONT_DOOR, REFERRALS, CHILDREN, STATISTICS),
    Role.HEALTH_PRACTITIONER: (REFERRALS, RETENTION),
    Role.DESIGNATED_OFFICER: (REFERRALS, STATISTICS, RETENTION),
    Role.SAFEGUARDING_LEAD: (MESSAGES, SCREEN, REFERRALS, RETENTION),
    Role.AUDITOR: ((_("Traces"), "handover:traces"), LEDGER, GLASS, LISTS, STATISTICS, RETENTION),
    Role.ADMINISTRATOR: (WORK, PEOPLE, UNREACHED),
}


def places_of(by: Membership, path: str) -> list[dict[str, Any]]:
    """`[{title, url, current}]` for the desk's header."""
    places = []
    for title, name in PLACES.get(by.role, ()):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        places.append({"title": title, "url": url, "current": path.startswith(url)})
    return places


def home_of(by: Membership) -> str | None:
    """The first place of this role: where it goes after signing in."""
    places = places_of(by, "")
    return places[0]["url"] if places else None


@desk()
def home(request: DeskRequest) -> HttpResponse:
    """Where the day of this role begins."""
    return redirect(home_of(request.membership) or "people:account")
