"""Agencies, people and files for tests, made as the product makes them. Content by SAFETY.md: plainly fictitious, benign."""

from datetime import UTC, datetime, time
from itertools import count

from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import AgencyKind, Team

_numbers = count(1)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)  # so that tests may stand on an earlier day

NAMES = {
    AgencyKind.HOTLINE: "Northmere Hotline",
    AgencyKind.POLICE: "Northmere Police",
    AgencyKind.SOCIAL_CARE: "Northmere social care",
    AgencyKind.INTELLIGENCE: "Intelligence service",
    AgencyKind.HEALTH: "Northmere Health",
    AgencyKind.LADO: "Northmere designated officer",
    AgencyKind.SCHOOL: "Alder Road School",
    AgencyKind.PLATFORM: "chat.example",
    AgencyKind.OVERSIGHT: "Oversight",
    AgencyKind.INSTALLATION: "This installation",
}


def agency(kind: str, name: str = "", *, office_hours: bool = False) -> Agency:
    """An agency of that kind; the same name gives the same one."""
    name = name or NAMES[AgencyKind(kind)]
    hours = {"opens": time(9), "closes": time(17)} if office_hours else {}
    made, _new = Agency.objects.get_or_create(
        slug=name.lower().replace(" ", "-").replace(".", "-"), defaults={"name": name, "kind": kind, **hours}
    )
    return made


def member(role: str, of: Agency, name: str = "", *, team: str = Team.NONE, password: str | None = None) -> Membership:
    """A person acting in one role of an agency."""
    number = next(_numbers)
    person = Person.objects.create_user(email=f"person{number}@havenline.example", password=password, name=name or f"Person {number}")
    return Membership.objects.create(person=person, agency=of, role=role, team=team, since=SINCE)
