"""Agencies, persons, the memberships they act in, and the keys of platforms."""

from havenline.foundation.people.models.keys import WARNED_BEFORE, ApiKey, every_scope
from havenline.foundation.people.models.members import (
    Agency,
    Membership,
    MembershipQuerySet,
    NotPartyToRecord,
    NotYourRole,
    Person,
    PersonManager,
)
from havenline.foundation.people.models.proposals import PROPOSED_FOR, Proposal, ProposalQuerySet
from havenline.foundation.people.models.signing_in import AccountLink, Draft, FailedNear, Visit

__all__ = [
    "PROPOSED_FOR",
    "WARNED_BEFORE",
    "AccountLink",
    "Agency",
    "ApiKey",
    "Draft",
    "FailedNear",
    "Membership",
    "MembershipQuerySet",
    "NotPartyToRecord",
    "NotYourRole",
    "Person",
    "PersonManager",
    "Proposal",
    "ProposalQuerySet",
    "Visit",
    "every_scope",
]
