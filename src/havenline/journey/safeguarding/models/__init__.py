"""The child is protected, on the clock."""

from havenline.journey.safeguarding.models.case import Booking, CaseEvent, CaseNote, ChildCase, OnChildCase, ProposedDecision
from havenline.journey.safeguarding.models.child import Child, ChildKey, ChildNumber, Household, Merge, NotTheSame, Relationship
from havenline.journey.safeguarding.models.paper import Paper, PaperVersion
from havenline.journey.safeguarding.models.people import CalendarFeed, Reassignment, WrongCalendar

__all__ = [
    "Booking",
    "CalendarFeed",
    "CaseEvent",
    "CaseNote",
    "Child",
    "ChildCase",
    "ChildKey",
    "ChildNumber",
    "Household",
    "Merge",
    "NotTheSame",
    "OnChildCase",
    "Paper",
    "PaperVersion",
    "ProposedDecision",
    "Reassignment",
    "Relationship",
    "WrongCalendar",
]
