"""Who did it, with whom, and which children can they reach?"""

from havenline.journey.investigation.models.access import (
    ACCESS_QUESTIONS,
    AccessAnswer,
    AccessAssessment,
    AccessFinding,
    Band,
    ChildWithinReach,
    Finding,
    Obligation,
    Obliged,
    Question,
)
from havenline.journey.investigation.models.cases import Case, CaseKind, Ending, IdentificationStep, Reopening, Watch
from havenline.journey.investigation.models.subjects import (
    Attribution,
    AttributionState,
    ContactAbuse,
    ContactAbuseFinding,
    ContactAbuseSource,
    OnRegister,
    RegisterCheck,
    Subject,
    WelfareCheck,
)

__all__ = [
    "ACCESS_QUESTIONS",
    "AccessAnswer",
    "AccessAssessment",
    "AccessFinding",
    "Attribution",
    "AttributionState",
    "Band",
    "Case",
    "CaseKind",
    "ChildWithinReach",
    "ContactAbuse",
    "ContactAbuseFinding",
    "ContactAbuseSource",
    "Ending",
    "Finding",
    "IdentificationStep",
    "Obligation",
    "Obliged",
    "OnRegister",
    "Question",
    "RegisterCheck",
    "Reopening",
    "Subject",
    "Watch",
    "WelfareCheck",
]
