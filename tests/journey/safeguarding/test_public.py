"""The guidance for anybody: the date calculator, its calendar entry, and the editions side by side."""

import re
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from havenline.engines import procedure
from havenline.foundation import moment
from tests.site.look.test_pages import INLINE

pytestmark = pytest.mark.django_db
CONFERENCE = {"step": "initial_child_protection_conference", "started": "2026-12-14"}


def asked(address: str = "/due-dates/", status: int = 200, **said: str) -> HttpResponse:
    answer = Client().get(address, said)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def words(answer: HttpResponse) -> str:
    page = re.sub(r"<(script|head)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def link(answer: HttpResponse, text: str) -> str:
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>{re.escape(text)}</a>', answer.content.decode())
    assert found, text
    return unescape(found[1])


@pytest.mark.parametrize("address", ["/due-dates/", "/due-dates/?step=single_assessment&started=2026-11-18", "/editions/"])
def test_a_page_keeps_what_every_public_page_owes(address: str) -> None:
    answer = Client().get(address)
    page = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert "data-leave" in page
    assert not INLINE.search(page)
    assert page.count("<h1>") == 1
    assert Client().post(address).status_code == 405


@override_settings(ROOT_URLCONF="havenline.site.urls.public")
@pytest.mark.parametrize("address", ["/due-dates/", "/editions/", "/help/"])
def test_the_public_process_serves_it_with_no_address_of_the_desk(address: str) -> None:
    assert "/desk/" not in Client().get(address).content.decode()


def test_help_leads_there_and_each_page_to_the_other() -> None:
    assert link(asked("/help/"), "When is it due?") == "/due-dates/"
    assert link(asked(), "Compare the editions") == "/editions/"
    assert link(asked("/editions/"), "When is it due?") == "/due-dates/"


def test_a_date_is_told_with_its_rule_its_source_how_far_that_was_checked_and_every_day_of_its_count() -> None:
    told = words(asked(**CONFERENCE))
    assert "Due Thursday 7 January 2027" in told
    assert "15 working days from the strategy discussion that began the enquiry" in told
    assert "Working Together to Safeguard Children 2026 (limit as 2023, ch. 3) remembered, not yet checked against its text" in told
    assert "Mon 14 Dec 2026 day 0 · the clock starts" in told
    assert "Sat 26 Dec 2026 weekend, not counted" in told
    assert "Mon 28 Dec 2026 Boxing Day (substitute day) : not counted" in told
    assert "Thu 7 Jan 2027 day 15 · due" in told


def test_the_edition_is_the_one_in_force_on_the_day_unless_another_is_chosen() -> None:
    referral = {"step": "initial_assessment", "started": "2012-03-01"}
    assert "Due Thursday 15 March 2012" in words(asked(**referral))
    assert "Due Monday 12 March 2012" in words(asked(**referral, edition="1999"))


def test_an_areas_own_rule_is_counted_by_and_says_that_it_is_local(tmp_path: Path) -> None:
    (tmp_path / "area.toml").write_text(
        """
area = "Coventry"
[[override]]
edition = "2010"
step = "initial_assessment"
from = 2010-05-01
clock = { amount = 7 }
source = "Coventry's local procedure"
verified = "secondary"
"""
    )
    referral = {"step": "initial_assessment", "started": "2012-03-01"}
    procedure.hold_also(tmp_path)
    try:
        told = words(asked(**referral))
    finally:
        procedure.hold_also()
    assert "Due Monday 12 March 2012" in told
    assert "Kind of rule local, of this area Source Coventry's local procedure read on a page about it" in told
    assert "Kind of rule guidance" in words(asked(**referral))
    assert "Kind of rule law" in words(asked(step="police_protection_ends", started="2026-11-20"))


def test_working_days_of_another_nation_can_be_chosen() -> None:
    decision = {"step": "decision_on_referral", "started": "2026-06-12"}
    assert "Due Monday 15 June 2026" in words(asked(**decision))
    assert "Due Tuesday 16 June 2026" in words(asked(**decision, nation="scotland"))


def test_an_offices_own_closures_are_shown_and_move_nothing() -> None:
    told = words(asked(**CONFERENCE, closed="2026-12-24, 2027-01-07"))
    assert "Due Thursday 7 January 2027" in told
    assert "Your office is closed then. The last day on which it is open is Wednesday 6 January 2027." in told
    assert "Thu 24 Dec 2026 day 8 · your office is closed; counted all the same" in told


def test_a_date_that_is_no_working_day_stays_and_the_last_working_day_before_it_is_told() -> None:
    told = words(asked(step="first_review", started="2026-11-28"))
    assert "Due Sunday 28 February 2027" in told
    assert "That is no working day. The last one before it is Friday 26 February 2027." in told


def test_a_count_in_months_shows_the_day_of_each_month() -> None:
    told = words(asked(step="first_review", started="2026-11-30"))
    rows = "Mon 30 Nov 2026 the clock starts Wed 30 Dec 2026 1 month Sat 30 Jan 2027 2 months Sun 28 Feb 2027 3 months · due"
    assert rows in told


def test_a_date_in_the_month_in_which_an_edition_came_on_an_unknown_day_says_so() -> None:
    told = words(asked(step="initial_assessment", started="2010-03-10"))
    assert "Not certain Working Together to Safeguard Children 2010 came into force in March 2010" in told


def test_the_permanent_link_gives_the_same_answer_and_names_its_edition() -> None:
    first = asked(**CONFERENCE, nation="northern-ireland", closed="2026-12-24")
    address = link(first, "Permanent link to this date")
    assert parse_qs(urlsplit(address).query)["edition"] == ["2026"]
    assert words(Client().get(address)) == words(first)
    assert link(Client().get(address), "Permanent link to this date") == address


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"step": "", "started": "2026-12-14"}, "Choose a step"),
        ({"step": "strategy_meeting", "started": "2026-12-14"}, "Choose a step from the list"),
        ({"step": "single_assessment", "started": ""}, "Enter the day"),
        ({"step": "single_assessment", "started": "tomorrow"}, "Enter a date like 2026-11-19"),
        ({"step": "single_assessment", "started": "1066-10-14"}, "The first edition that is held came into force in December 1999"),
        ({"step": "single_assessment", "started": "2300-01-01"}, "The bank holidays of that year are not known"),
        ({"step": "single_assessment", "started": "2001-01-05"}, "Choose one of: 2013, 2015, 2018, 2023, 2026"),
        ({"step": "initial_assessment", "started": "2026-11-19"}, "Choose one of: 1999, 2006, 2010"),
        ({**CONFERENCE, "edition": "1989"}, "Choose an edition from the list"),
        ({**CONFERENCE, "nation": "france"}, "Choose a nation from the list"),
        ({**CONFERENCE, "closed": "Christmas"}, "Enter dates like 2026-12-24, with commas between"),
        ({**CONFERENCE, "closed": "2026-12-24," * 100}, "Name fewer days"),
        ({**CONFERENCE, "started": "\x00"}, "Enter a date like 2026-11-19"),
    ],
)
@pytest.mark.parametrize("address", ["/due-dates/", "/due-dates/calendar/"])
def test_what_cannot_be_answered_is_told_beside_its_field(address: str, said: dict[str, str], told: str) -> None:
    answer = asked(address, 400, **said)
    assert words(answer).count(told) == 2  # in the summary and at the field
    assert "<title>Error: When is it due?</title>" in answer.content.decode()


def test_a_calendar_takes_the_date_as_a_whole_day_with_its_reasons_and_the_way_back() -> None:
    page = asked(**CONFERENCE)
    with moment.standing_at(datetime(2026, 11, 30, 4, 0, tzinfo=UTC)):
        answer = Client().get(link(page, "Add to a calendar"))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="initial-child-protection-conference-2027-01-07.ics"'
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == date(2027, 1, 7)
    assert event.decoded("dtstamp") == datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
    assert event["summary"] == "Initial child protection conference: due"
    assert "Not counted: 2026-12-28, Boxing Day (substitute day)." in event["description"]
    assert "(remembered)" in event["description"]
    path = urlsplit(event["url"])
    assert words(Client().get(f"{path.path}?{path.query}")) == words(page)


def test_a_calendar_replaces_an_entry_of_the_same_question_and_keeps_that_of_another() -> None:
    def uid(**said: str) -> str:
        (event,) = icalendar.Calendar.from_ical(asked("/due-dates/calendar/", **said).content).walk("VEVENT")
        return str(event["uid"])

    assert uid(**CONFERENCE) == uid(**CONFERENCE, edition="2026", nation="england")
    assert uid(**CONFERENCE) != uid(**CONFERENCE, nation="scotland")


def test_the_lines_of_a_calendar_are_those_of_the_standard() -> None:
    raw = asked("/due-dates/calendar/", **CONFERENCE).content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"DTSTART;VALUE=DATE:20270107" in raw


def test_every_step_with_a_limit_can_be_asked_under_every_edition_that_has_it() -> None:
    for edition in procedure.guidance().editions:
        for step in edition.steps:
            if step.clock:
                due = edition.due(step.code, started=date(2026, 11, 19))
                told = words(asked(step=step.code, started="2026-11-19", edition=edition.name))
                assert f"Due {due:%A} {due.day} {due:%B %Y}" in told


def test_all_editions_stand_side_by_side_with_what_changed_and_when() -> None:
    told = words(asked("/editions/"))
    assert "Initial assessment 7 working days 10 working days" in told
    assert "March 2010: Working Together to Safeguard Children 2010" in told
    assert "7 working days from the referral → 10 working days from the referral" in told
    assert "15 April 2013: Working Together to Safeguard Children 2013" in told
    assert "Core assessment : gone" in told
    assert "In its place: Single assessment, 45 working days from the referral" in told
    assert "Revised in December 2020: Allegation against a person who works with children" in told


def test_a_limit_reaches_from_the_first_edition_that_has_it_to_the_last() -> None:
    row = re.search(r"<tr><th[^>]*>Initial assessment</th>.*?</tr>", asked("/editions/").content.decode(), re.DOTALL)
    assert row
    spans = re.findall(r'colspan="(\d)" data-label="([\d–]+)"[^>]*>([^<]*)<', row[0])
    assert spans == [("2", "1999–2006", "7 working days"), ("1", "2010", "10 working days"), ("5", "2013–2026", "")]


def test_any_two_editions_are_compared() -> None:
    told = words(asked("/editions/", old="1999", new="2026"))
    assert "From 1999 to 2026" in told
    assert "Advice or other services → Advice, early help or family help" in told
    assert "Nothing that is held here differs." in words(asked("/editions/", old="2013", new="2013"))


def test_an_unknown_edition_is_told_beside_its_field() -> None:
    assert "Choose an edition from the list" in words(asked("/editions/", 400, old="1999", new="1989"))
    assert "Choose an edition" in words(asked("/editions/", 400, old="1999"))
