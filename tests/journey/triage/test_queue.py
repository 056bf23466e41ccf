"""The one queue: urgent first, and turns, so that a flood buries nobody."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havenline.foundation import moment
from havenline.journey.triage import actions, queries
from havenline.journey.triage.models import Claim
from havenline.journey.triage.queue import order

pytestmark = pytest.mark.django_db


def claims_until(report, by, most: int) -> int:
    """How many claims until this report is claimed; each read is set aside to the past by being decided."""
    for number in range(1, most + 1):
        claim = _claimed_without_key(by)
        if claim == report.pk:
            return number
    raise AssertionError(f"not within {most} claims")


def _claimed_without_key(by) -> int:
    """Claim the head of the queue as `claim_next` does, and take it out of the queue (these rows have no key to decide with)."""
    place = order(by, limit=1)[0]
    from havenline.journey.intake.models import Report

    Claim.objects.create(report_id=place.report_id, by=by, at=moment.now(), until=moment.now(), ended_at=moment.now(), ended_why="decided")
    Report.objects.filter(pk=place.report_id).update(waits_since=None)
    return place.report_id


@pytest.mark.slow
def test_one_real_report_among_5000_false_alarms_surfaces_within_20_claims(lie_waiting, analyst):
    lie_waiting(3000, source="parent", group="same words", danger="now", since=moment.now() - timedelta(hours=2))
    lie_waiting(2000, source="adult", group="same host", danger="now", since=moment.now() - timedelta(hours=2))
    [real] = lie_waiting(1, source="parent", group="alone")
    assert claims_until(real, analyst, 20) <= 20


def test_danger_now_comes_before_a_child_known_before_an_age_before_the_rest(lie_waiting, analyst):
    [rest] = lie_waiting(1, since=moment.now() - timedelta(days=3))
    [age] = lie_waiting(1, youngest_age=12)
    [known] = lie_waiting(1, child_known=True)
    [danger] = lie_waiting(1, danger="now")
    assert [place.report_id for place in order(analyst, limit=9)] == [danger.pk, known.pk, age.pk, rest.pk]


def test_sources_take_turns_even_where_one_is_older(lie_waiting, analyst):
    lie_waiting(50, source="chat-example", since=moment.now() - timedelta(hours=5))
    [other] = lie_waiting(1, source="parent")
    assert claims_until(other, analyst, 2) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(floods=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(1, 25)), min_size=1, max_size=6))
def test_a_lone_report_waits_no_longer_than_the_turns_before_it(lie_waiting, analyst, floods):
    from havenline.journey.intake.models import Report

    Report.objects.update(waits_since=None)
    Claim.objects.all().delete()
    for source, group, number in floods:
        lie_waiting(number, source=f"source {source}", group=f"group {group}", since=moment.now() - timedelta(hours=1))
    [lone] = lie_waiting(1, source="source 0", group="alone")
    sources = len({source for source, _group, _number in floods} | {0})
    groups = len({group for source, group, _number in floods if source == 0}) + 1
    assert claims_until(lone, analyst, 200) <= sources * groups


@pytest.mark.slow
def test_ten_thousand_waiting_are_ordered_by_two_questions_to_the_database(lie_waiting, analyst, django_assert_num_queries):
    for source in range(10):
        lie_waiting(1000, source=f"source {source}", group=f"group {source}")
    with django_assert_num_queries(2):
        places = order(analyst, limit=60)
    assert [place.place for place in places] == list(range(1, 61))


def test_another_agency_sees_nothing_of_the_queue(lie_waiting, investigator):
    lie_waiting(3)
    assert order(investigator, limit=9) == []


def test_each_row_gives_one_reason_for_its_place(lie_waiting, analyst):
    lie_waiting(1, danger="now")
    lie_waiting(1, youngest_age=9)
    rows = [row for group in queries.queue(analyst).groups for row in group.rows]
    assert [row.why for row in rows] == ["Says: in danger now", "A child of 9"]


def test_two_analysts_at_once_get_two_reports(arrives, analyst, second_analyst):
    arrives()
    arrives()
    first = actions.claim_next(by=analyst)
    second = actions.claim_next(by=second_analyst)
    assert first.report_id != second.report_id
