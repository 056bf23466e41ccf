"""The queue's page asks the database as often however much waits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from havenline.journey.triage.queue import order

pytestmark = pytest.mark.django_db


def asked(browser) -> int:
    """How many queries one look at the queue's page takes beside who signed in; where a transaction begins and ends, and in whose
    name PostgreSQL is asked, is no question."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(reverse("triage:queue")).status_code == 200
    return sum(not of_signing_in(query["sql"]) and "havenline" not in query["sql"] for query in captured.captured_queries)


def of_signing_in(sql: str) -> bool:
    """The session, its person, their roles, and their visit: every page of the desk asks these four."""
    asks = ("django_session", "people_person", "people_membership", "people_visit")
    return sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", *(f'SELECT "{table}"' for table in asks)))


def test_every_page_asks_four_questions_about_who_signed_in(analyst, signed_in):
    browser = signed_in(analyst)
    browser.get(reverse("people:account"))
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("people:account"))
    assert sum(of_signing_in(query["sql"]) and query["sql"].startswith("SELECT") for query in captured.captured_queries) == 4


def test_the_queues_page_takes_at_most_14_queries_of_its_own_and_no_more_for_more_reports(lie_waiting, analyst, signed_in):
    browser = signed_in(analyst)
    lie_waiting(3, danger="now")
    asked(browser)  # the first page of a session begins its visit
    few = asked(browser)
    for source in range(4):
        lie_waiting(
            60, source=f"source {source}", group=f"group {source}", child_known=source == 0, youngest_age=12 if source == 1 else None
        )
    assert asked(browser) == few <= 14


def test_what_waits_is_counted_without_reading_a_row_of_the_reports(lie_waiting, analyst):
    """Rows hold what was sealed, about a kilobyte each; the order must come from the index alone."""
    lie_waiting(40)
    with CaptureQueriesContext(connection) as captured:
        order(analyst, limit=5)
    if connection.vendor == "sqlite":
        for query in captured.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
                plan = [row[3] for row in cursor.fetchall() if "report_queue" in row[3] or "intake_report " in row[3]]
            assert any("COVERING INDEX report_queue" in step for step in plan)
            assert not any(step.startswith(("SCAN intake_report", "SEARCH intake_report")) and "COVERING" not in step for step in plan)
