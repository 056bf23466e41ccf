"""Who reads a report, and what happens when the time runs out."""

from datetime import timedelta

import pytest

from havenline.foundation import moment
from havenline.journey.triage import actions, errors
from havenline.journey.triage.queue import order

pytestmark = pytest.mark.django_db


def test_a_claimed_report_leaves_the_queue_and_comes_back_when_set_aside(arrives, analyst):
    report = arrives()
    actions.claim(report=report, by=analyst)
    assert order(analyst, limit=9) == []
    actions.release(report=report, by=analyst)
    assert [place.report_id for place in order(analyst, limit=9)] == [report.pk]


def test_what_another_reads_is_refused_with_their_name(arrives, analyst, second_analyst):
    report = arrives()
    actions.claim(report=report, by=analyst)
    with pytest.raises(errors.ClaimedByAnother, match="Osei"):
        actions.claim(report=report, by=second_analyst)


def test_a_claim_runs_out_and_another_takes_it(arrives, analyst, second_analyst):
    report = arrives()
    actions.claim(report=report, by=analyst)
    with moment.standing_at(moment.now() + timedelta(minutes=16)):
        assert actions.claim(report=report, by=second_analyst).by == second_analyst


def test_working_extends_the_claim(arrives, analyst):
    report = arrives(place={"urls": ["https://chat.example/room"]})
    claim = actions.claim(report=report, by=analyst)
    with moment.standing_at(moment.now() + timedelta(minutes=10)):
        actions.grade(item=report.items.get(), grade="C", by=analyst)
    claim.refresh_from_db()
    assert claim.until > moment.now() + timedelta(minutes=20)


def test_deciding_after_the_claim_ran_out_is_a_named_error(arrives, analyst):
    report = arrives()
    actions.claim(report=report, by=analyst)
    with moment.standing_at(moment.now() + timedelta(minutes=16)), pytest.raises(errors.ClaimRanOut, match="kept"):
        actions.decide(report=report, by=analyst, reason="Nothing more is known.", could_be_read="no", close=True)


def test_nothing_waits_is_said(analyst):
    with pytest.raises(errors.NothingWaits):
        actions.claim_next(by=analyst)
