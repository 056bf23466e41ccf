"""The page and its files: who sees them, what they say, what they cost."""

import csv
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency
from havenline.journey.statistics import tables
from tests import factories
from tests.journey.statistics.conftest import accept, refer

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/statistics/"
SEE = [
    "analyst",
    "senior_analyst",
    "investigator",
    "police_supervisor",
    "team_manager",
    "conference_chair",
    "designated_officer",
    "auditor",
]
DO_NOT = ["administrator", "social_worker", "intelligence_officer", "health_practitioner", "safeguarding_lead", "platform_staff"]
KIND = {
    "analyst": "hotline",
    "senior_analyst": "hotline",
    "investigator": "police",
    "police_supervisor": "police",
    "team_manager": "social_care",
    "conference_chair": "social_care",
    "social_worker": "social_care",
    "designated_officer": "lado",
    "auditor": "oversight",
    "administrator": "installation",
    "intelligence_officer": "intelligence",
    "health_practitioner": "health",
    "safeguarding_lead": "school",
    "platform_staff": "platform",
}


def acting(signed_in, role):
    return signed_in(factories.member(role, factories.agency(KIND[role])))


@pytest.mark.parametrize("role", SEE)
def test_whoever_works_on_the_path_or_oversees_it_sees_the_page_and_its_files(signed_in, role):
    browser = acting(signed_in, role)
    assert browser.get(ADDRESS).status_code == 200
    assert browser.get(f"{ADDRESS}times.csv").status_code == 200
    assert f'href="{ADDRESS}" aria-current="page"' in browser.get(ADDRESS).content.decode()


@pytest.mark.parametrize("role", DO_NOT)
def test_for_everybody_else_it_does_not_exist(signed_in, role):
    browser = acting(signed_in, role)
    assert browser.get(ADDRESS).status_code == 404
    assert browser.get(f"{ADDRESS}contact-abuse.csv").status_code == 404


def test_each_view_and_each_file_is_one_look_on_the_ledger(signed_in, analyst):
    browser = signed_in(analyst)
    browser.get(f"{ADDRESS}?period=all")
    browser.get(f"{ADDRESS}weeks.csv")
    assert [
        (entry.actor, '"reason":"list"' in entry.body, '"look":true' in entry.body) for entry in Entry.objects.order_by("at", "pk")
    ] == [
        (analyst.ledger_name, True, True),
        (analyst.ledger_name, False, True),
    ]


def test_an_empty_installation_says_fewer_than_five_and_shows_no_chart(signed_in, analyst):
    page = signed_in(analyst).get(ADDRESS).content.decode()
    assert page.count("Fewer than 5") >= 8
    assert "Fewer than 5 closed image cases" in page
    assert 'class="chart-wide"' not in page


def test_the_page_says_the_share_its_interval_and_how_to_read_it(close_cases, signed_in, analyst):
    close_cases(6, (True, "yes", "digital"))
    close_cases(9)
    page = signed_in(analyst).get(ADDRESS).content.decode()
    assert "In 6 of 15 closed image cases in which it was asked about, contact abuse was found: 40.0%." in page
    assert "likely between 19.8% and 64.3%" in page
    assert "12% official record" in page
    assert "55% self-report" in page
    assert '<svg class="chart-wide" role="img" aria-labelledby="contact-abuse-wide-title contact-abuse-wide-words"' in page
    assert "not happen" in page


def test_no_reference_and_no_name_stands_on_the_page(close_cases, signed_in, investigator):
    cases = close_cases(6, (True, "yes", "digital")) + close_cases(6)
    page = signed_in(investigator).get(f"{ADDRESS}?period=all").content.decode()
    told = [case.reference for case in cases] + [case.subjects.get().number for case in cases] + ["riverwalk_77", "chat.example"]
    assert [words for words in told if words in page] == []


def rows_of(answer):
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_a_file_says_what_the_page_says_and_hides_what_it_hides(close_cases, signed_in, analyst):
    close_cases(6, (True, "yes", "digital"))
    close_cases(9)
    answer = signed_in(analyst).get(f"{ADDRESS}contact-abuse.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="statistics-contact-abuse-2026-11-18.csv"'
    head, first, second, *_rest = rows_of(answer)
    assert head == ["Period", "Whose", "How it became known", "Found", "Cases asked", "Share", "95% interval"]
    assert first == ["1 Oct 2025 to 30 Sep 2026", "All agencies", "Any source", "6", "15", "40.0%", "19.8 to 64.3"]
    assert second[3:] == ["not shown", "15", "not shown", "not shown"]


@pytest.mark.parametrize("name", ["=1+1", "+44", "-2", "@sum", "\t=1", " =1", "＝1"])
def test_no_cell_of_a_file_is_a_formula(signed_in, name):
    agency = Agency.objects.create(slug="odd", name=name, kind="police")
    answer = signed_in(factories.member("investigator", agency)).get(f"{ADDRESS}times.csv?agency=own")
    assert {row[0] for row in rows_of(answer)[1:]} == {f"'{name}"}


def test_a_file_that_there_is_not_does_not_exist(signed_in, analyst):
    assert signed_in(analyst).get(f"{ADDRESS}children.csv").status_code == 404


def test_the_number_of_questions_to_the_database_does_not_grow(close_cases, signed_in, analyst, police, hotline, report_of, investigator):
    browser = signed_in(analyst)
    browser.get(ADDRESS)
    asked = []
    for more in (1, 12):
        close_cases(more, (True, "yes", "digital"))
        for number in range(more):
            refer(report_of(moment.now() - timedelta(days=30 + number)), police, analyst, at=moment.now() - timedelta(days=20))
        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get(f"{ADDRESS}?period=all&agency=own")
        asked.append(
            sum("havenline.acting" not in query["sql"] and "havenline_act" not in query["sql"] for query in found.captured_queries)
        )
    assert asked[0] == asked[1] <= 20


# Reports by week, and how long it takes


def test_a_week_shows_how_far_its_reports_have_come(signed_in, analyst, police, investigator, report_of):
    monday = datetime(2026, 11, 2, 9, tzinfo=moment.LONDON)
    sent = [refer(report_of(monday), police, analyst, at=monday + timedelta(hours=5)) for _one in range(11)]
    for one in sent[:6]:
        accept(one, investigator, at=monday + timedelta(days=1))
    for _one in range(2):
        report_of(monday)
    week = next(row for row in rows_of(signed_in(analyst).get(f"{ADDRESS}weeks.csv")) if row[1] == "2 Nov 2026")
    # two wait: fewer than five, so the next smallest is hidden with them
    assert week == ["All agencies", "2 Nov 2026", "not shown", "0", "not shown", "6", "7", "13"]


def test_a_report_late_on_sunday_belongs_to_its_week_in_london(signed_in, analyst, report_of):
    for _one in range(5):
        report_of(datetime(2026, 10, 25, 23, 30, tzinfo=moment.LONDON))  # the clocks went back that morning
        report_of(datetime(2026, 10, 26, 0, 30, tzinfo=moment.LONDON))
    weeks = {row[1]: row[-1] for row in rows_of(signed_in(analyst).get(f"{ADDRESS}weeks.csv"))}
    assert (weeks["19 Oct 2026"], weeks["26 Oct 2026"]) == ("5", "5")


def test_the_time_to_police_is_counted_to_the_first_sending_in_the_month_of_it(signed_in, analyst, police, report_of):
    arrived = datetime(2026, 9, 30, 12, tzinfo=moment.LONDON)
    for hours in (1, 2, 13, 20, 30):
        refer(report_of(arrived), police, analyst, at=arrived + timedelta(hours=hours))
    rows = {row[1]: row[2:5] for row in rows_of(signed_in(analyst).get(f"{ADDRESS}times.csv"))}
    assert rows["Sep 2026"] == ["not shown", "not shown", "not shown"]
    assert rows["Oct 2026"] == ["not shown", "not shown", "not shown"]
    for hours in (13, 14, 15):
        refer(report_of(arrived), police, analyst, at=arrived + timedelta(hours=hours))
    rows = {row[1]: row[2:5] for row in rows_of(signed_in(analyst).get(f"{ADDRESS}times.csv"))}
    assert rows["Oct 2026"] == ["6", "14 h", "not shown"]


def test_times_are_rounded_so_that_no_report_is_known_again():
    from havenline.journey.statistics.queries.times import rounded

    spoken = [tables.span_in_words(rounded(timedelta(minutes=n))) for n in (1, 7, 119, 13 * 60 + 31, 47 * 60 + 50, 3 * 24 * 60 + 700)]
    assert spoken == ["5 min", "5 min", "2 h", "14 h", "2 days", "3 days"]
