"""Closed cases, through the gate, and reports on their way: made by the real actions on the days that a test names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Agency, Membership
from havenline.journey.intake.models import Report
from havenline.journey.investigation import actions as investigation
from havenline.journey.investigation.models import Case
from tests import factories
from tests.journey.investigation.conftest import all_no, identify

SPRING = datetime(2026, 5, 13, 10, 0, tzinfo=moment.LONDON)
LAST_SPRING = datetime(2025, 5, 14, 10, 0, tzinfo=moment.LONDON)


@pytest.fixture(autouse=True)
def _an_ordinary_wednesday(on_wednesday: Any) -> None:
    """Every test here stands on 18 November 2026: the last whole quarter ended on 30 September."""


CloseCases = Callable[..., list[Case]]


@pytest.fixture
def close_cases(
    hotline: Agency, police: Agency, analyst: Membership, investigator: Membership, police_supervisor: Membership
) -> CloseCases:
    """Close so many cases with the same findings: (asked, found, source) each."""

    def close(
        count: int,
        *findings: tuple[bool, str, str],
        kind: str = "images",
        at: datetime = SPRING,
        force: tuple[Membership, Membership] | None = None,
    ) -> list[Case]:
        by, reviewer = force or (investigator, police_supervisor)
        with moment.moving_from(at):
            return [_close(by, reviewer, kind, findings or ((True, "no", ""),)) for _one in range(count)]

    def _close(by: Membership, reviewer: Membership, kind: str, findings: tuple[tuple[bool, str, str], ...]) -> Case:
        referral = factories.referral_to_police(factories.report(hotline), by.agency, analyst)
        case = investigation.take_up(hand_over=referral, title="Upload", kind=kind, by=by)
        subject = identify(investigation.open_subject(case=case, by=by), by, reviewer)
        answers = {question: investigation.Answer("no", "Visit", moment.today()) for question in all_no()}
        investigation.record_access_answers(subject=subject, answers=answers, by=by)
        assessment = investigation.record_access_to_children(subject=subject, finding="not_found", rationale="Visit.", by=by)
        investigation.review_access(assessment=assessment, agrees=True, words="", by=reviewer)
        for asked, found, source in findings:
            day = moment.today() if source else None
            investigation.record_contact_abuse(subject=subject, asked=asked, found=found, source=source, source_date=day, by=by)
        investigation.answer_referral(case=case, hand_over=referral, outcome="case_opened", words="A case was opened.", by=by)
        return investigation.close_case(case=case, reason="Finished.", by=by)

    return close


@pytest.fixture
def report_of(hotline: Agency) -> Callable[..., Report]:
    def arrive(at: datetime, of: Agency | None = None) -> Report:
        with moment.standing_at(at):
            return factories.report(of or hotline)

    return arrive


def refer(report: Report, to: Agency, by: Membership, *, at: datetime) -> HandOver:
    with moment.standing_at(at):
        return factories.referral_to_police(report, to, by)


def accept(sent: HandOver, by: Membership, *, at: datetime) -> HandOver:
    with moment.standing_at(at):
        return handover.accept(hand_over=sent, by=by)
