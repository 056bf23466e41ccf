"""The article's open question: which cases count, what was found by which source, and what is hidden."""

from datetime import datetime

import pytest

from havenline.foundation import moment
from havenline.journey.investigation.models import Case
from havenline.journey.statistics import queries
from havenline.journey.statistics.queries import Filter
from tests import factories
from tests.journey.statistics.conftest import LAST_SPRING

pytestmark = pytest.mark.django_db
FOUND, NOT_FOUND = (True, "yes", "digital"), (True, "no", "")


def shown(by, **chosen):
    shares = queries.contact_abuse(Filter.chosen(by=by, today=moment.today(), **chosen))
    return shares.asked, {row.source: row.found for row in shares.rows}


def test_the_share_is_of_closed_cases_asked_by_source_any_source_first(close_cases, analyst):
    close_cases(6, FOUND)
    close_cases(5, (True, "yes", "official_record"))
    close_cases(9, NOT_FOUND)
    shares = queries.contact_abuse(Filter.chosen(by=analyst, today=moment.today()))
    assert [row.source for row in shares.rows] == ["any", "official_record", "admission", "child", "digital", "other"]
    assert (shares.any_source.found, shares.any_source.of) == (11, 20)
    assert shares.any_source.interval.low < 0.55 < shares.any_source.interval.high
    assert shown(analyst) == (20, {"any": 11, "official_record": 5, "admission": None, "child": None, "digital": 6, "other": None})


def test_a_case_found_by_two_sources_counts_once_for_any(close_cases, analyst):
    close_cases(5, FOUND, (True, "yes", "child"))
    close_cases(5, NOT_FOUND)
    asked, found = shown(analyst)
    assert (asked, found["any"], found["digital"], found["child"]) == (10, 5, 5, 5)


def test_a_later_finding_of_the_same_source_takes_the_place_of_the_earlier(close_cases, analyst):
    close_cases(6, FOUND)
    close_cases(6, FOUND, (True, "no", "digital"))
    assert shown(analyst)[1]["any"] == 6


def test_a_case_in_which_it_was_not_asked_about_is_no_part_of_the_share(close_cases, analyst):
    close_cases(6, FOUND)
    close_cases(6, NOT_FOUND)
    close_cases(3, (False, "not_known", ""))
    close_cases(3, (False, "yes", "official_record"))
    assert shown(analyst)[0] == 12


def test_cases_of_contact_alone_and_those_without_a_subject_are_left_out(close_cases, analyst):
    close_cases(6, FOUND)
    close_cases(6, NOT_FOUND, kind="both")
    close_cases(5, NOT_FOUND, kind="contact")
    Case.objects.filter(kind="images", pk__in=[case.pk for case in close_cases(4, NOT_FOUND)]).update(
        ending="no_subject",
        supervisor_agreed_at=moment.now(),
        supervisor_agreed_by=factories.member("police_supervisor", analyst.agency),
        watched_since=moment.now(),
    )
    assert shown(analyst)[0] == 12


def test_a_case_counts_once_the_quarter_in_which_it_closed_has_ended(close_cases, analyst):
    close_cases(6, FOUND)
    close_cases(6, NOT_FOUND)
    close_cases(6, FOUND, at=datetime(2026, 10, 1, 9, tzinfo=moment.LONDON))
    assert shown(analyst)[0] == 12
    with moment.standing_at(datetime(2027, 1, 1, 0, 0, tzinfo=moment.LONDON)):
        assert shown(analyst)[0] == 18


def test_fewer_than_five_cases_show_nothing(close_cases, analyst):
    close_cases(4, FOUND)
    assert shown(analyst) == (None, dict.fromkeys(["any", "official_record", "admission", "child", "digital", "other"]))


def test_fewer_than_five_in_which_it_was_not_found_hide_the_share(close_cases, analyst):
    close_cases(9, FOUND)
    close_cases(2, NOT_FOUND)
    assert shown(analyst)[0] == 11
    assert shown(analyst)[1]["any"] is None


def test_a_year_is_not_shown_where_all_years_would_tell_the_few_of_the_other(close_cases, analyst):
    close_cases(7, FOUND)
    close_cases(7, NOT_FOUND)
    close_cases(2, FOUND, at=LAST_SPRING)
    close_cases(7, NOT_FOUND, at=LAST_SPRING)
    assert shown(analyst, period="all")[1]["any"] == 9
    assert shown(analyst, period="this-year")[1]["any"] is None
    assert shown(analyst, period="last-year")[1]["any"] is None


def test_an_agency_sees_its_own_where_the_others_are_enough(close_cases, investigator):
    there = factories.agency("police", "Southmere Police")
    theirs = factories.member("investigator", there), factories.member("police_supervisor", there)
    close_cases(6, FOUND)
    close_cases(6, NOT_FOUND)
    close_cases(3, FOUND, force=theirs)
    close_cases(6, NOT_FOUND, force=theirs)
    assert shown(investigator)[1]["any"] == 9
    assert shown(investigator, whose="own")[1]["any"] is None
    close_cases(2, FOUND, force=theirs)
    assert shown(investigator, whose="own")[1]["any"] == 6


def test_whoever_holds_no_cases_is_not_offered_their_own(auditor):
    assert not Filter.chosen(by=auditor, today=moment.today(), whose="own").is_own


def test_what_nobody_offers_falls_back_to_the_first_choice(analyst):
    chosen = Filter.chosen(by=analyst, today=moment.today(), period="since-Tuesday", whose="theirs")
    assert (chosen.period, chosen.whose) == ("four-quarters", "all")
