"""A referral that arrived, the case that it became, and steps that lead a case to its gate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.investigation import actions
from havenline.journey.investigation.models import Case, Obligation, Question, Subject
from tests import factories

YESTERDAY = date(2026, 11, 17)


@pytest.fixture(autouse=True)
def _an_ordinary_wednesday(on_wednesday: Any) -> None:
    """Every test here stands on the same working day."""


@pytest.fixture
def everybody(
    police: Agency,
    hotline: Agency,
    social_care: Agency,
    investigator: Membership,
    police_supervisor: Membership,
    social_worker: Membership,
    analyst: Membership,
) -> None:
    """Each agency with somebody in it; the designated officer too."""
    factories.member("designated_officer", factories.agency("lado"), "Lee Arden")


@pytest.fixture
def referral(everybody: None, hotline: Agency, police: Agency, analyst: Membership) -> HandOver:
    return factories.referral_to_police(factories.report(hotline), police, analyst)


@pytest.fixture
def image_case(referral: HandOver, investigator: Membership) -> Case:
    return actions.take_up(hand_over=referral, title="Account on chat.example", kind="both", by=investigator)


@pytest.fixture
def subject(image_case: Case, investigator: Membership) -> Subject:
    return actions.open_subject(case=image_case, by=investigator)


@pytest.fixture
def identified(subject: Subject, investigator: Membership, police_supervisor: Membership) -> Subject:
    """A subject with one attribution that another person reviewed."""
    return identify(subject, investigator, police_supervisor)


def identify(subject: Subject, by: Membership, reviewer: Membership) -> Subject:
    identifier = subject.case.record.sightings.first().identifier
    proposed = actions.propose_attribution(
        subject=subject, identifier=identifier, evidence="The provider named the account’s holder.", by=by
    )
    actions.review_attribution(attribution=proposed, agrees=True, words="", by=reviewer)
    subject.refresh_from_db()
    return subject


def all_no() -> dict[str, actions.Answer]:
    return {question: actions.Answer("no", "Visit by local officer", YESTERDAY) for question in Question.values}


def with_answers(**changed: str) -> dict[str, actions.Answer]:
    """Every question answered with no, but for those named."""
    answers = all_no()
    for question, answer in changed.items():
        known = answer != "not_yet_known"
        answers[question] = actions.Answer(answer, "Visit by local officer" if known else "", YESTERDAY if known else None)
    return answers


@dataclass
class Gate:
    """Leads a subject's case to its gate, step by step."""

    investigator: Membership
    supervisor: Membership
    social_worker: Membership

    def assess(self, subject: Subject, finding: str = "not_found", **changed: str) -> None:
        actions.record_access_answers(subject=subject, answers=with_answers(**changed), by=self.investigator)
        assessment = actions.record_access_to_children(
            subject=subject, finding=finding, rationale="Visit and records.", by=self.investigator
        )
        actions.review_access(assessment=assessment, agrees=True, words="", by=self.supervisor)

    def ask_about_contact_abuse(self, subject: Subject) -> None:
        actions.record_contact_abuse(subject=subject, asked=True, found="no", by=self.investigator)

    def answer_sender(self, case: Case, referral: HandOver) -> None:
        actions.answer_referral(case=case, hand_over=referral, outcome="case_opened", words="A case was opened.", by=self.investigator)

    def send_and_have_answered(self, obligation: Obligation) -> HandOver:
        sent = actions.send_obliged(obligation=obligation, by=self.supervisor)
        return self.have_answered(sent)

    def have_answered(self, sent: HandOver) -> HandOver:
        receiver = Membership.objects.current().filter(agency=sent.to_agency, role__in=sent.what_for.received_by).first()
        assert receiver is not None
        accepted = handover.accept(hand_over=sent, by=receiver)
        return handover.answer(hand_over=accepted, outcome="assessment", words="An assessment was begun.", by=receiver)


@pytest.fixture
def gate(investigator: Membership, police_supervisor: Membership, social_worker: Membership) -> Gate:
    return Gate(investigator, police_supervisor, social_worker)


@pytest.fixture
def child_within_reach(investigator: Membership) -> Callable[[Subject], Any]:
    def note(subject: Subject) -> Any:
        details = {"name": "Robin Vale", "town": "Northmere", "school": "Alder Road School", "household": "H-1"}
        return actions.note_child_within_reach(subject=subject, details=details, age=9, how="own_children", by=investigator)

    return note
