"""A slip, another form of a name, a day in any spelling, and what lies sealed: found, and nothing is told of it."""

from datetime import date

import pytest
from django.db import connection

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.foundation.search import actions, days, queries
from havenline.foundation.search.models import Document
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(social_worker: Membership) -> Record:
    made = factories.record("child_case", social_worker.agency, owner=social_worker)
    actions.index(
        made,
        "Kathryn Vale\nAlder Road School\nTamsin Wray\n9434765919",
        sealed=["She hopes to stay with her grandmother; the neighbours were shouting."],
        days=[date(2017, 3, 2)],
    )
    return made


def found(asked: str, by: Membership) -> list[str]:
    return [hit.record.reference for hit in queries.find(asked, by=by)]


@pytest.mark.parametrize("asked", ["Kathrin", "kathyrn vale", "kathrynn", "vael", "katie", "Catherine Vale", "tamzin", "Wary", "alxder"])
def test_a_name_is_found_with_a_slip_in_another_form_or_as_it_sounds(case: Record, social_worker: Membership, asked: str) -> None:
    assert found(asked, social_worker) == [case.reference]


@pytest.mark.parametrize("asked", ["Robert", "vales hill", "kathryn vale osier", "9434765918", "9434765999"])
def test_what_is_another_word_or_another_number_is_not_found(case: Record, social_worker: Membership, asked: str) -> None:
    assert found(asked, social_worker) == []


@pytest.mark.parametrize("asked", ["2017-03-02", "2/3/2017", "02.03.2017", "2.3.17", "2 March 2017", "2nd Mar 2017", "vale 2 mar 2017"])
def test_a_day_is_found_however_it_is_written(case: Record, social_worker: Membership, asked: str) -> None:
    assert found(asked, social_worker) == [case.reference]


def test_day_and_month_exchanged_are_found_after_those_that_are_right(case: Record, social_worker: Membership) -> None:
    right = factories.record("child_case", social_worker.agency)
    actions.index(right, "Kathryn Vale", days=[date(2017, 2, 3)])
    assert found("3 February 2017", social_worker) == [right.reference, case.reference]


def test_what_is_no_day_of_the_calendar_stays_words() -> None:
    assert days.taken_out("31/02/2017 vale") == ([], "31/02/2017 vale")


def test_a_long_number_is_found_in_groups_and_in_one_word(case: Record, social_worker: Membership) -> None:
    for asked in ("943 476 5919", "9434765919", "943-476-5919"):
        assert found(asked, social_worker) == [case.reference]


@pytest.mark.parametrize("asked", ["grandmother", "grandmothers", "neighbour shouted", "hoping", "vale grandmother"])
def test_words_of_sealed_text_are_found_in_any_form(case: Record, social_worker: Membership, asked: str) -> None:
    assert found(asked, social_worker) == [case.reference]


def test_words_of_sealed_text_are_found_as_they_sound(case: Record, social_worker: Membership) -> None:
    assert found("nayburs", social_worker) == [case.reference]


def test_no_word_of_sealed_text_stands_in_the_index(case: Record) -> None:
    row = Document.objects.get(record=case)
    assert "grandmother" not in row.words + row.marks
    with connection.cursor() as cursor:
        cursor.execute("SELECT vector::text FROM search_document" if connection.vendor == "postgresql" else "SELECT * FROM search_words")
        assert "grandmo" not in str(cursor.fetchall())


def test_whoever_holds_another_key_finds_no_sealed_word(case: Record, social_worker: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    from havenline.foundation.sealing import keys

    monkeypatch.setattr(keys, "secret", lambda name: b"another key of thirty-two bytes.")
    assert found("grandmother", social_worker) == []


def test_the_nearest_comes_first_and_what_is_exact_before_it(social_worker: Membership) -> None:
    names = ["Robin Vail", "Robyn Vale", "Robin Vale"]
    rows = {name: factories.record("child_case", social_worker.agency) for name in names}
    for name, row in rows.items():
        actions.index(row, name)
    assert found("robin vale", social_worker)[0] == rows["Robin Vale"].reference
    assert set(found("robin vale", social_worker)) == {row.reference for row in rows.values()}


def test_each_hit_says_why(case: Record, social_worker: Membership) -> None:
    def why(asked: str) -> str:
        return queries.find(asked, by=social_worker)[0].why

    assert why("kathryn") == "Its words"
    assert why("grandmother") == "What is written in it"
    assert why("2 March 2017") == "A day in it: 2 Mar 2017"
    assert why("vael") == "“vael” may be “vale”"


def test_what_may_be_meant_is_not_told_of_what_one_may_not_see(case: Record, investigator: Membership, auditor: Membership) -> None:
    stranger = factories.member("social_worker", factories.agency("social_care", "Eastmere social care"))
    for who in (investigator, stranger, auditor):
        for asked in ("vael", "katie", "2017-03-02", "grandmother", "943 476 5919"):
            assert found(asked, who) == []


def test_many_that_are_not_theirs_hide_none_that_is(case: Record, social_worker: Membership) -> None:
    elsewhere = factories.agency("social_care", "Eastmere social care")
    other = [factories.record("child_case", elsewhere) for _one in range(4)]
    for row in other:
        actions.index(row, "Kathryn Vale")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("havenline.foundation.search.asking.IN_A_BATCH", 2)
        patch.setattr(queries, "MOST", 2)  # nor do they stand in the place of what is
        assert found("kathryn vale", social_worker) == [case.reference]


# What is added to what is there


def test_what_is_added_is_found_beside_what_was_there(case: Record, social_worker: Membership) -> None:
    assert actions.index_more(case, sealed=["A lighthouse keeper telephoned."], days=[date(2026, 11, 18)])
    for asked in ("lighthouse", "18 November 2026", "kathryn vale", "grandmother", "2 March 2017"):
        assert found(asked, social_worker) == [case.reference], asked


def test_what_nothing_finds_yet_is_not_added_to(social_worker: Membership) -> None:
    assert not actions.index_more(factories.record("child_case", social_worker.agency), sealed=["A lighthouse."])


def test_of_too_many_marks_the_same_are_kept_however_they_came(case: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_MARKS", 30)
    more = ["A lighthouse keeper telephoned.", "The ferry was late on Friday."]
    actions.index(case, "Kathryn Vale", sealed=["Her grandmother was shouting.", *more])
    at_once = Document.objects.get(record=case).marks
    actions.index(case, "Kathryn Vale", sealed=["Her grandmother was shouting."])
    for one in more:
        actions.index_more(case, sealed=[one])
    assert Document.objects.get(record=case).marks == at_once
    assert len(at_once.split()) == 30
