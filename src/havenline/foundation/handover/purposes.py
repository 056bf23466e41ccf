"""What a hand-over is for, who receives it, and how long an answer may take."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.people.roles import AgencyKind, Role, Team


@dataclass(frozen=True)
class Purpose:
    """`accepted_within`: the clock from sending to acceptance; `answered_within`: from arrival to the answer.

    `taken_up_at` names a room's own page for taking it up (it takes the hand-over's reference); without one the generic page does.
    """

    code: str
    title: object  # translated
    to: AgencyKind
    received_by: tuple[Role, ...]
    accepted_within: Policy | Step
    answered_within: Policy | Step | None
    team: Team = Team.NONE  # who takes it in office hours
    out_of_hours: Team = Team.NONE
    arrives_as: object = _("Referral received")  # its station on the trace's line
    taken_up_at: str = ""
    answers: tuple[tuple[str, object], ...] = ()  # it only asks: it gives no duty away, and is answered with one of these
    without_words: tuple[str, ...] = ()  # answers that are one press
    to_whoever_holds_it: bool = False  # written to whoever there holds what they have of it already, else to their supervisors

    @property
    def one_press(self) -> list[tuple[str, object]]:
        return [(code, said) for code, said in self.answers if code in self.without_words]


_TAKEN_UP = Policy("hand_over_accepted", "Take up the referral", 1, "working days", "1 working day from its arrival")
_ALARM = Policy("hand_over_accepted", "Confirm the alarm", 15, "minutes", "15 minutes from its arrival")

REFERRAL_TO_POLICE = Purpose(
    "referral_to_police",
    _("Referral to police"),
    AgencyKind.POLICE,
    (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR),
    _TAKEN_UP,
    Policy("hand_over_answered", "Answer the referral", 5, "working days", "5 working days from its arrival"),
    taken_up_at="investigation:take_up",
)
DANGER_NOW = Purpose(
    "danger_now",
    _("Danger now, unassessed"),
    AgencyKind.POLICE,
    (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR),
    _ALARM,
    None,
    team=Team.CONTROL_ROOM,
    out_of_hours=Team.CONTROL_ROOM,
    arrives_as=_("Alarm received"),
)
REFERRAL_TO_SOCIAL_CARE = Purpose(
    "referral_to_social_care",
    _("Referral to children’s social care"),
    AgencyKind.SOCIAL_CARE,
    (Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
    Policy("hand_over_accepted", "Take up the referral", 1, "working days", "1 working day from its arrival"),
    Step("answer_to_referrer"),
    team=Team.FRONT_DOOR,
    out_of_hours=Team.EMERGENCY_DUTY,
    taken_up_at="safeguarding:take_up",
)
ENQUIRY = Purpose(
    "enquiry",
    _("Enquiry"),
    AgencyKind.SOCIAL_CARE,
    (Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
    _TAKEN_UP,
    Policy("hand_over_answered", "Answer the enquiry", 3, "working days", "3 working days from its arrival"),
    team=Team.FRONT_DOOR,
    out_of_hours=Team.EMERGENCY_DUTY,
    arrives_as=_("Enquiry received"),
)
TOLD_TO_LADO = Purpose(
    "told_to_lado",
    _("Allegation told to the designated officer"),
    AgencyKind.LADO,
    (Role.DESIGNATED_OFFICER,),
    _TAKEN_UP,
    Policy("hand_over_answered", "Answer the referrer", 5, "working days", "5 working days from its arrival"),
    arrives_as=_("Designated officer told"),
)
CONCERN_FROM_SCHOOL = Purpose(
    "concern_from_school",
    _("Concern from a school"),
    AgencyKind.SOCIAL_CARE,
    (Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
    _TAKEN_UP,
    Step("answer_to_referrer"),
    team=Team.FRONT_DOOR,
    out_of_hours=Team.EMERGENCY_DUTY,
    arrives_as=_("Concern received"),
    taken_up_at="safeguarding:take_up",
)
TO_ANOTHER_AREA = Purpose(
    "to_another_area",
    _("Transfer to another area"),
    AgencyKind.SOCIAL_CARE,
    (Role.TEAM_MANAGER, Role.SOCIAL_WORKER),
    _TAKEN_UP,
    Step("answer_to_referrer"),
    team=Team.FRONT_DOOR,
    out_of_hours=Team.EMERGENCY_DUTY,
    arrives_as=_("Transfer received"),
    taken_up_at="safeguarding:take_up",
)
TO_ANOTHER_FORCE = Purpose(
    "to_another_force",
    _("Transfer to another force"),
    AgencyKind.POLICE,
    (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR),
    _TAKEN_UP,
    None,
    arrives_as=_("Transfer received"),
    taken_up_at="investigation:take_up",
)

# Whoever was told what no longer stands gets it corrected: it must be taken up, and needs no answer.
CORRECTION = Purpose(
    "correction",
    _("Correction of what was told"),
    AgencyKind.SOCIAL_CARE,
    (
        Role.SOCIAL_WORKER,
        Role.TEAM_MANAGER,
        Role.DESIGNATED_OFFICER,
        Role.INVESTIGATOR,
        Role.POLICE_SUPERVISOR,
        Role.INTELLIGENCE_OFFICER,
        Role.ANALYST,
        Role.SENIOR_ANALYST,
        Role.HEALTH_PRACTITIONER,
        Role.SAFEGUARDING_LEAD,
    ),
    Policy("hand_over_accepted", "Take in the correction", 1, "working days", "1 working day from its arrival"),
    None,
)

INVITATION = Purpose(
    "invitation",
    _("Invitation to a meeting"),
    AgencyKind.HEALTH,
    (
        Role.HEALTH_PRACTITIONER,
        Role.INVESTIGATOR,
        Role.POLICE_SUPERVISOR,
        Role.SAFEGUARDING_LEAD,
        Role.DESIGNATED_OFFICER,
        Role.SOCIAL_WORKER,
        Role.TEAM_MANAGER,
    ),
    Policy("hand_over_accepted", "Answer the invitation", 3, "working days", "3 working days from its arrival"),
    None,
    arrives_as=_("Invitation received"),
    answers=(("coming", _("We are coming")), ("not_coming", _("We cannot come"))),
)

# In an emergency at social care: whoever works on the child already is asked to act with them.
ACT_WITH_US = Purpose(
    "act_with_us",
    _("Asked to act in an emergency"),
    AgencyKind.POLICE,
    (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR, Role.HEALTH_PRACTITIONER),
    Policy("hand_over_accepted", "Say that you have it", 15, "minutes", "15 minutes from its arrival"),
    None,
    arrives_as=_("Asked to act in an emergency"),
    answers=(("acts", _("I have it")), ("cannot_act", _("We cannot act on it"))),
    without_words=("acts",),
    to_whoever_holds_it=True,
)

PURPOSES = {
    p.code: p
    for p in (
        REFERRAL_TO_POLICE,
        DANGER_NOW,
        REFERRAL_TO_SOCIAL_CARE,
        ENQUIRY,
        TOLD_TO_LADO,
        CONCERN_FROM_SCHOOL,
        TO_ANOTHER_AREA,
        TO_ANOTHER_FORCE,
        CORRECTION,
        INVITATION,
        ACT_WITH_US,
    )
}
