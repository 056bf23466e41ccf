"""The child is protected, on the clock."""

from havenline.journey.safeguarding.models.case import Booking, CaseEvent, CaseNote, ChildCase, OnChildCase, ProposedDecision
from havenline.journey.safeguarding.models.census import CensusChild, CensusEpisode, CensusImport
from havenline.journey.safeguarding.models.child import Child, ChildKey, ChildNumber, Household, Merge, NotTheSame, Relationship
from havenline.journey.safeguarding.models.paper import Paper, PaperVersion
from havenline.journey.safeguarding.models.told import ReferrerTold, ToldReferral

__all__ = [
    "Booking",
    "CaseEvent",
    "CaseNote",
    "CensusChild",
    "CensusEpisode",
    "CensusImport",
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
    "ReferrerTold",
    "Relationship",
    "ToldReferral",
]
