"""Agencies, teams and roles, and which files each role may see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AgencyKind(TextChoices):
    HOTLINE = "hotline", _("Hotline")
    POLICE = "police", _("Police")
    INTELLIGENCE = "intelligence", _("Intelligence")
    SOCIAL_CARE = "social_care", _("Children’s social care")
    HEALTH = "health", _("Health")
    LADO = "lado", _("Designated officer (LADO)")
    SCHOOL = "school", _("School")
    PLATFORM = "platform", _("Platform")
    OVERSIGHT = "oversight", _("Oversight")
    INSTALLATION = "installation", _("Installation")  # the administrator's: runs the system, sees no case
    OUTSIDE = "outside", _("Somebody without an account")  # whoever told something by telephone, letter or in person; nobody acts in it


class Team(TextChoices):
    """Who inside an agency answers first, and when."""

    NONE = "", _("No team")
    FRONT_DOOR = "front_door", _("Front door")
    EMERGENCY_DUTY = "emergency_duty", _("Emergency duty team")
    CONTROL_ROOM = "control_room", _("Control room")


class Role(TextChoices):
    ANALYST = "analyst", _("Analyst")
    SENIOR_ANALYST = "senior_analyst", _("Senior analyst")
    INVESTIGATOR = "investigator", _("Investigator")
    POLICE_SUPERVISOR = "police_supervisor", _("Police supervisor")
    INTELLIGENCE_OFFICER = "intelligence_officer", _("Intelligence officer")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    TEAM_MANAGER = "team_manager", _("Team manager")
    CONFERENCE_CHAIR = "conference_chair", _("Conference chair")
    HEALTH_PRACTITIONER = "health_practitioner", _("Health practitioner")
    DESIGNATED_OFFICER = "designated_officer", _("Designated officer")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("Designated safeguarding lead")
    PLATFORM_STAFF = "platform_staff", _("Trust and safety")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Scope(TextChoices):
    """What a platform's key may do."""

    SEND = "send", _("Send reports, and add to them")
    READ = "read", _("Ask how reports stand, and read answers")
    LISTS = "lists", _("Read the lists that are sent to them, and say what of them is wrong")
    MATCH = "match", _("Ask whether something is known")
    CURATE = "curate", _("See lists, and change those of its own agency")


class FileKind(TextChoices):
    """What a record is the cover of."""

    REPORT = "report", _("Report")
    HAND_OVER = "hand_over", _("Hand-over")
    CASE = "case", _("Police case")
    CHILD_CASE = "child_case", _("Child’s case")
    NOTICE = "notice", _("Notice to host")
    SCHOOL_NOTICE = "school_notice", _("Notice to a school")
    CONCERN = "concern", _("School’s concern")
    COMPLAINT = "complaint", _("Complaint about a listed address")


ROLES_OF: dict[str, tuple[Role, ...]] = {
    AgencyKind.HOTLINE: (Role.ANALYST, Role.SENIOR_ANALYST),
    AgencyKind.POLICE: (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR),
    AgencyKind.INTELLIGENCE: (Role.INTELLIGENCE_OFFICER,),
    AgencyKind.SOCIAL_CARE: (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR),
    AgencyKind.HEALTH: (Role.HEALTH_PRACTITIONER,),
    AgencyKind.LADO: (Role.DESIGNATED_OFFICER,),
    AgencyKind.SCHOOL: (Role.SAFEGUARDING_LEAD,),
    AgencyKind.PLATFORM: (Role.PLATFORM_STAFF,),
    AgencyKind.OVERSIGHT: (Role.AUDITOR,),
    AgencyKind.INSTALLATION: (Role.ADMINISTRATOR,),
    AgencyKind.OUTSIDE: (),
}

# Which keys an agency may have: reports are sent by platforms; hotlines and police only ask what is known, and keep lists.
SCOPES_OF: dict[str, tuple[Scope, ...]] = {
    AgencyKind.PLATFORM: tuple(Scope),
    AgencyKind.HOTLINE: (Scope.LISTS, Scope.MATCH, Scope.CURATE),
    AgencyKind.POLICE: (Scope.LISTS, Scope.MATCH, Scope.CURATE),
    AgencyKind.INTELLIGENCE: (Scope.LISTS, Scope.MATCH, Scope.CURATE),
}

SUPERVISORS: dict[str, Role] = {
    AgencyKind.HOTLINE: Role.SENIOR_ANALYST,
    AgencyKind.POLICE: Role.POLICE_SUPERVISOR,
    AgencyKind.SOCIAL_CARE: Role.TEAM_MANAGER,
    AgencyKind.INTELLIGENCE: Role.INTELLIGENCE_OFFICER,
    AgencyKind.HEALTH: Role.HEALTH_PRACTITIONER,
    AgencyKind.LADO: Role.DESIGNATED_OFFICER,
    AgencyKind.SCHOOL: Role.SAFEGUARDING_LEAD,
    AgencyKind.OVERSIGHT: Role.AUDITOR,
}

# May open one record that they are not party to, with a reason, for an hour: break-glass.
BREAKERS = (Role.POLICE_SUPERVISOR, Role.TEAM_MANAGER)

MAY_SEE: dict[str, frozenset[str]] = {
    Role.ANALYST: frozenset({FileKind.REPORT, FileKind.HAND_OVER, FileKind.NOTICE, FileKind.SCHOOL_NOTICE, FileKind.COMPLAINT}),
    Role.SENIOR_ANALYST: frozenset({FileKind.REPORT, FileKind.HAND_OVER, FileKind.NOTICE, FileKind.SCHOOL_NOTICE, FileKind.COMPLAINT}),
    Role.INVESTIGATOR: frozenset({FileKind.CASE, FileKind.HAND_OVER, FileKind.NOTICE, FileKind.SCHOOL_NOTICE}),
    Role.POLICE_SUPERVISOR: frozenset({FileKind.CASE, FileKind.HAND_OVER, FileKind.NOTICE, FileKind.SCHOOL_NOTICE}),
    Role.INTELLIGENCE_OFFICER: frozenset({FileKind.CASE, FileKind.HAND_OVER}),
    Role.SOCIAL_WORKER: frozenset({FileKind.CHILD_CASE, FileKind.HAND_OVER}),
    Role.TEAM_MANAGER: frozenset({FileKind.CHILD_CASE, FileKind.HAND_OVER}),
    Role.CONFERENCE_CHAIR: frozenset({FileKind.CHILD_CASE, FileKind.HAND_OVER}),
    Role.HEALTH_PRACTITIONER: frozenset({FileKind.HAND_OVER}),
    Role.DESIGNATED_OFFICER: frozenset({FileKind.HAND_OVER}),
    Role.SAFEGUARDING_LEAD: frozenset({FileKind.HAND_OVER, FileKind.SCHOOL_NOTICE, FileKind.CONCERN}),
    Role.PLATFORM_STAFF: frozenset(),
    Role.AUDITOR: frozenset(FileKind.values),
    Role.ADMINISTRATOR: frozenset(),  # runs the system and sees no case
}


def sees_cases(role: str) -> bool:
    """Whether this role opens anything that is about a child or a reporter: then a second person agrees to who gets it."""
    return bool(MAY_SEE[role])
