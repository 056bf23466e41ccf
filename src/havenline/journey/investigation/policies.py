"""Who works on cases, and this room's clocks: our own, each shown as our policy; the designated officer's is the guidance's."""

from dataclasses import replace

from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.handover.purposes import DANGER_NOW, REFERRAL_TO_POLICE, TO_ANOTHER_FORCE
from havenline.foundation.people.roles import Role

TAKEN_UP_HERE = (REFERRAL_TO_POLICE.code, DANGER_NOW.code, TO_ANOTHER_FORCE.code)  # what a case is opened of
WORKERS = (Role.INVESTIGATOR, Role.POLICE_SUPERVISOR)

ACCESS_ASSESSED = Policy(
    "access_assessed", "Assess access to children", 5, "working days", "5 working days from the subject’s page being opened"
)
NOT_YET_KNOWN = Policy(
    "access_not_yet_known", "Find out what is not yet known", 5, "working days", "5 working days from the answer “not yet known”"
)
ACCESS_REVIEWED = Policy("access_reviewed", "Review the assessment of access", 2, "working days", "2 working days from the assessment")
OBLIGED_SENT = Policy("obliged_sent", "Send what is obliged", 1, "working days", "1 working day from the finding that obliges it")
SUPERVISOR_REVIEW = Policy(
    "supervisor_review",
    "Supervisor’s review: nobody to refer is known",
    1,
    "working days",
    "1 working day from the finding that obliges it",
)
REOPENED = Policy("case_reopened", "The case was opened again: take it in", 1, "working days", "1 working day from its opening again")
LADO_TOLD = Step("lado_told")


def about(policy: Policy, title: str) -> Policy:
    """The same policy for one thing, named in the clock's title."""
    return replace(policy, title=title[:160])
