"""A report is recognised, graded, and sent where it must go; and whoever looks at it is looked after."""

from havenline.journey.triage.models.reports import (
    Alarm,
    Assessment,
    ChildDuty,
    Claim,
    Decision,
    GivenToAlike,
    Grade,
    LinkAnswer,
    OnCall,
    WarningSign,
)
from havenline.journey.triage.models.wellbeing import CheckIn, Look, LookLimits, LooksDuty, Mood, Wellbeing, WentOn

__all__ = [
    "Alarm",
    "Assessment",
    "CheckIn",
    "ChildDuty",
    "Claim",
    "Decision",
    "GivenToAlike",
    "Grade",
    "LinkAnswer",
    "Look",
    "LookLimits",
    "LooksDuty",
    "Mood",
    "OnCall",
    "WarningSign",
    "Wellbeing",
    "WentOn",
]
