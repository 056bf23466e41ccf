"""The agencies and people of the demo world: plainly fictitious, in a county that does not exist.

Every agency has each role that its clocks need, so that no step of the path reaches nobody.
"""

from dataclasses import dataclass
from datetime import time
from types import SimpleNamespace

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency, ApiKey, Membership
from havenline.foundation.people.roles import AgencyKind, Role, Team


@dataclass(frozen=True)
class Part:
    """One person of the demo: key in the stories, name, agency's key, role, team."""

    key: str
    name: str
    agency: str
    role: Role
    team: Team = Team.NONE


AGENCIES: dict[str, tuple[str, AgencyKind, str, tuple[time, time] | None]] = {
    "hotline": ("Northmere Hotline", AgencyKind.HOTLINE, "", None),
    "police": ("Northmere Police", AgencyKind.POLICE, "Northmere, Alder Bay, Hallow", None),
    "other_force": ("Southmere Police", AgencyKind.POLICE, "Southmere, Millbrook", None),
    "care": ("Northmere social care", AgencyKind.SOCIAL_CARE, "Northmere, Alder Bay, Hallow", (time(9), time(17))),
    "other_care": ("Southmere social care", AgencyKind.SOCIAL_CARE, "Southmere, Millbrook", (time(9), time(17))),
    "health": ("Northmere Health", AgencyKind.HEALTH, "Northmere", (time(8), time(18))),
    "lado": ("Northmere designated officer", AgencyKind.LADO, "Northmere", (time(9), time(17))),
    "intelligence": ("Northmere Intelligence", AgencyKind.INTELLIGENCE, "", None),
    "alder_road": ("Alder Road School", AgencyKind.SCHOOL, "Northmere", (time(8), time(17))),
    "beech_lane": ("Beech Lane School", AgencyKind.SCHOOL, "Hallow", (time(8), time(17))),
    "chat": ("chat.example", AgencyKind.PLATFORM, "", None),
    "game": ("game.example", AgencyKind.PLATFORM, "", None),
    "oversight": ("Northmere Oversight", AgencyKind.OVERSIGHT, "", None),
    "installation": ("This installation", AgencyKind.INSTALLATION, "", None),
}

CAST = (
    Part("analyst", "Robin Osei", "hotline", Role.ANALYST),
    Part("second_analyst", "Ellis Haddad", "hotline", Role.ANALYST),
    Part("night_analyst", "Jules Petrov", "hotline", Role.ANALYST),
    Part("senior_analyst", "Noor Field", "hotline", Role.SENIOR_ANALYST),
    Part("investigator", "Dana Amara", "police", Role.INVESTIGATOR),
    Part("second_investigator", "Lee Castell", "police", Role.INVESTIGATOR),
    Part("control_room", "Chris Yarrow", "police", Role.INVESTIGATOR, Team.CONTROL_ROOM),
    Part("police_supervisor", "Morgan Teller", "police", Role.POLICE_SUPERVISOR),
    Part("other_investigator", "Sasha Wren", "other_force", Role.INVESTIGATOR),
    Part("other_supervisor", "Toni Marsden", "other_force", Role.POLICE_SUPERVISOR, Team.CONTROL_ROOM),
    Part("social_worker", "Sam Lindqvist", "care", Role.SOCIAL_WORKER),
    Part("front_door", "Ray Okafor", "care", Role.SOCIAL_WORKER, Team.FRONT_DOOR),
    Part("duty_worker", "Gwen Abara", "care", Role.SOCIAL_WORKER, Team.EMERGENCY_DUTY),
    Part("team_manager", "Kit Ndiaye", "care", Role.TEAM_MANAGER),
    Part("front_door_manager", "Bo Salter", "care", Role.TEAM_MANAGER, Team.FRONT_DOOR),
    Part("chair", "Pat Marsh", "care", Role.CONFERENCE_CHAIR),
    Part("other_social_worker", "Ines Holm", "other_care", Role.SOCIAL_WORKER, Team.FRONT_DOOR),
    Part("other_duty_worker", "Ade Larsen", "other_care", Role.SOCIAL_WORKER, Team.EMERGENCY_DUTY),
    Part("other_manager", "Max Rowe", "other_care", Role.TEAM_MANAGER),
    Part("health", "Fran Bello", "health", Role.HEALTH_PRACTITIONER),
    Part("designated_officer", "Uma Stone", "lado", Role.DESIGNATED_OFFICER),
    Part("intelligence_officer", "Vic Nolan", "intelligence", Role.INTELLIGENCE_OFFICER),
    Part("alder_lead", "Hana Brook", "alder_road", Role.SAFEGUARDING_LEAD),
    Part("beech_lead", "Tom Ferris", "beech_lane", Role.SAFEGUARDING_LEAD),
    Part("platform_staff", "Kim Vance", "chat", Role.PLATFORM_STAFF),
    Part("auditor", "Alex Quist", "oversight", Role.AUDITOR),
    Part("administrator", "Jo Hale", "installation", Role.ADMINISTRATOR),
)


@dataclass(frozen=True)
class Company:
    """Everybody, by the key that stories call them by; and what they sign in with."""

    agencies: dict[str, Agency]
    people: SimpleNamespace  # key -> Membership
    passwords: dict[str, str]  # key -> password, for demo-accounts.json only
    api_keys: dict[str, tuple[ApiKey, str]]  # agency's key -> (key, as shown once)

    def accounts(self) -> list[dict[str, str]]:
        """The demo's accounts as `demo-accounts.json` lists them."""
        said: list[dict[str, str]] = []
        for part in CAST:
            membership: Membership = getattr(self.people, part.key)
            said.append(
                {
                    "name": membership.name,
                    "email": membership.person.email,
                    "password": self.passwords[part.key],
                    "agency": membership.agency.name,
                    "role": membership.get_role_display(),
                }
            )
        said += [{"platform": self.agencies[key].name, "api_key": raw} for key, (_key, raw) in self.api_keys.items()]
        return said


def gather() -> Company:
    """Bring agencies, people and platforms' keys into being through the real actions."""
    agencies: dict[str, Agency] = {}
    for key, (name, kind, area, hours) in AGENCIES.items():
        opens, closes = hours or (None, None)
        agencies[key] = people.add_agency(name=name, kind=kind, area=area, opens=opens, closes=closes, by=INSTALLATION)
    members, passwords = SimpleNamespace(), {}
    for part in CAST:
        address = (
            f"{part.name.lower().replace(' ', '.')}@{AGENCIES[part.agency][0].lower().replace(' ', '-').removesuffix('.example')}.example"
        )
        person, password = people.add_person(name=part.name, email=address, by=INSTALLATION)
        membership = people.give_membership(person=person, agency=agencies[part.agency], role=part.role, team=part.team, by=INSTALLATION)
        setattr(members, part.key, membership)
        passwords[part.key] = password
    api_keys = {key: people.make_api_key(agency=agencies[key], by=INSTALLATION) for key in ("chat", "game")}
    return Company(agencies, members, passwords, api_keys)
