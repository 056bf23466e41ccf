"""The queue's page asks the database as often however much waits."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.foundation import moment
from havenline.journey.triage import queries
from havenline.journey.triage.queue import order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    cache.clear()


def asked(browser) -> int:
    """How many queries one look at the queue's page takes; where a transaction begins and ends is no question."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(reverse("triage:queue")).status_code == 200
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in captured.captured_queries)


def test_the_queues_page_takes_fewer_than_15_queries_and_no_more_for_more_reports(lie_waiting, analyst, signed_in):
    browser = signed_in(analyst)
    lie_waiting(3, danger="now")
    few = asked(browser)
    for source in range(4):
        lie_waiting(
            60, source=f"source {source}", group=f"group {source}", child_known=source == 0, youngest_age=12 if source == 1 else None
        )
    assert asked(browser) == few < 15


def test_the_first_of_a_long_queue_are_the_first_of_the_whole_order(lie_waiting, analyst):
    for source in range(4):
        lie_waiting(
            9, source=f"source {source}", group=f"group {source % 3}", child_known=source < 2, danger="now" if source == 3 else "no"
        )
    whole = order(analyst)
    for limit in (1, 5, 12, 30):
        assert order(analyst, limit=limit) == whole[:limit]


def test_a_long_queues_counts_are_kept_for_seconds_and_a_short_ones_are_exact(lie_waiting, analyst, monkeypatch):
    monkeypatch.setattr("havenline.journey.triage.queue.COUNTED_ANEW", 3)
    lie_waiting(2)
    assert queries.queue(analyst).waiting == 2
    lie_waiting(2)
    assert queries.queue(analyst).waiting == 4
    lie_waiting(2, since=moment.now())
    assert queries.queue(analyst).waiting == 4
    cache.clear()
    assert queries.queue(analyst).waiting == 6
