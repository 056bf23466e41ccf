"""The child is protected, on the clock."""

from havenline.journey.safeguarding.models.case import Booking, CaseEvent, CaseNote, ChildCase, OnChildCase, ProposedDecision
from havenline.journey.safeguarding.models.census import CensusChild, CensusEpisode, CensusImport, ErasedCensusChild
from havenline.journey.safeguarding.models.child import Child, ChildKey, ChildNumber, Household, Merge, NotTheSame, Relationship
from havenline.journey.safeguarding.models.conferences import (
    Away,
    ChairsWeek,
    ConferenceNeed,
    ConferencePlan,
    ConferenceRoom,
    ProposedConference,
    Sitting,
)
from havenline.journey.safeguarding.models.emergency import ToldAtOnce
from havenline.journey.safeguarding.models.invitation import Invitation
from havenline.journey.safeguarding.models.paper import Paper, PaperVersion
from havenline.journey.safeguarding.models.people import CalendarFeed, Reassignment, WrongCalendar
from havenline.journey.safeguarding.models.step_down import StepDown
from havenline.journey.safeguarding.models.told import ReferrerTold, ToldReferral

__all__ = [
    "Away",
    "Booking",
    "CalendarFeed",
    "CaseEvent",
    "CaseNote",
    "CensusChild",
    "CensusEpisode",
    "CensusImport",
    "ChairsWeek",
    "Child",
    "ChildCase",
    "ChildKey",
    "ChildNumber",
    "ConferenceNeed",
    "ConferencePlan",
    "ConferenceRoom",
    "ErasedCensusChild",
    "Household",
    "Invitation",
    "Merge",
    "NotTheSame",
    "OnChildCase",
    "Paper",
    "PaperVersion",
    "ProposedConference",
    "ProposedDecision",
    "Reassignment",
    "ReferrerTold",
    "Relationship",
    "Sitting",
    "StepDown",
    "ToldAtOnce",
    "ToldReferral",
    "WrongCalendar",
]
