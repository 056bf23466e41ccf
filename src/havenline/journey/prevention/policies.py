"""Who tells schools, and this room's clocks: our own, each shown as our policy; the designated officer's is the guidance's."""

from havenline.foundation.clocks.rules import Policy, Step
from havenline.foundation.people.roles import FileKind, Role

SENDERS = (Role.ANALYST, Role.SENIOR_ANALYST, Role.INVESTIGATOR, Role.POLICE_SUPERVISOR)
SOURCES = (FileKind.REPORT, FileKind.CASE)  # what a notice to schools can come from

AGREED = Policy(
    "school_notice_agreed", "Agree the notice to schools, or give it back", 1, "working days", "1 working day from its proposal"
)
ACKNOWLEDGED = Policy(
    "school_notice_acknowledged",
    "School acknowledges the notice",
    2,
    "working days",
    "2 working days from its sending; then it is telephoned",
)
LADO_TOLD = Step("lado_told")
