"""The child is protected, on the clock."""

from havenline.journey.safeguarding.models.case import Booking, CaseEvent, CaseNote, ChildCase, OnChildCase, ProposedDecision
from havenline.journey.safeguarding.models.child import Child, ChildKey, ChildNumber, Household, Merge, NotTheSame, Relationship
from havenline.journey.safeguarding.models.emergency import ToldAtOnce
from havenline.journey.safeguarding.models.invitation import Invitation
from havenline.journey.safeguarding.models.paper import Paper, PaperVersion
from havenline.journey.safeguarding.models.step_down import StepDown

__all__ = [
    "Booking",
    "CaseEvent",
    "CaseNote",
    "Child",
    "ChildCase",
    "ChildKey",
    "ChildNumber",
    "Household",
    "Invitation",
    "Merge",
    "NotTheSame",
    "OnChildCase",
    "Paper",
    "PaperVersion",
    "ProposedDecision",
    "Relationship",
    "StepDown",
    "ToldAtOnce",
]
