"""What is listed from a report is known outside only in daily batches, after police have let go: instant listing would tip somebody off."""

from datetime import UTC, datetime, timedelta

import pytest

from havenline.foundation import moment
from havenline.foundation.lists import actions, keeping_back, queries
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Lineage, Record, Silence
from havenline.foundation.work import rounds
from tests import factories
from tests.foundation.lists.conftest import pdq

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 11, 0, tzinfo=UTC)


@pytest.fixture
def record(hotline: Agency) -> Record:
    with moment.standing_at(MONDAY):
        return factories.report(hotline).record


def listed_on_monday(record: Record, hashes: KnownList, by: Membership) -> ListEntry:
    with moment.standing_at(MONDAY):
        return actions.list_from_report(record=record, known_list=hashes, new=[pdq()], by=by).entries[0]


def batch(days: int, hour: int = 7) -> int:
    with moment.standing_at(MONDAY.replace(hour=hour) + timedelta(days=days)):
        return actions.release_todays_batch()


def is_known(entry: ListEntry) -> bool:
    entry.refresh_from_db()
    return entry.shareable_from is not None


def test_it_is_matched_at_once_and_known_outside_from_the_next_batch(record: Record, hashes: KnownList, analyst: Membership) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    assert ListEntry.objects.matchable().filter(pk=entry.pk).exists()
    assert batch(0, hour=23) == 0
    assert not is_known(entry)
    assert batch(1, hour=5) == 0
    assert batch(1) == 1
    assert is_known(entry)
    assert hashes.changes.latest("sequence").what == "released"


@pytest.mark.parametrize("audience", Silence.Audience.values)
def test_a_silence_keeps_it_back_whoever_must_not_learn(
    record: Record, hashes: KnownList, analyst: Membership, senior_analyst: Membership, audience: str
) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    silence = records.keep_silent(record=record, audience=audience, reason="Police work on it.", by=senior_analyst, actor=senior_analyst)
    assert batch(1) == 0
    records.lift_silence(silence=silence, reason="Arrested.", by=senior_analyst)
    assert batch(1, hour=20) == 0  # today's has gone out: the hour would tell
    assert batch(2) == 1
    assert is_known(entry)


def test_a_silence_elsewhere_on_its_path_keeps_it_back_too(record: Record, hashes: KnownList, analyst: Membership, police: Agency) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    case = factories.record("case", police)
    Lineage.objects.create(source=record, result=case, how="gave rise to")
    supervisor = factories.member("police_supervisor", police)
    records.keep_silent(record=case, audience="subject", reason="Before the arrest.", by=supervisor, actor=supervisor)
    assert batch(1) == 0
    assert not is_known(entry)


def test_what_a_later_room_holds_for_police_is_kept_back(
    record: Record, hashes: KnownList, analyst: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    monkeypatch.setattr(keeping_back, "_rooms", [lambda asked: {record.pk}])
    assert batch(1) == 0
    assert not is_known(entry)


def test_what_was_withdrawn_before_its_batch_is_never_known_outside(record: Record, hashes: KnownList, analyst: Membership) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    platform = factories.agency("platform")
    manager = factories.member("senior_analyst", hashes.agency)
    actions.let_read(known_list=hashes, agency=platform, may_be_sent=True, by=manager)
    actions.withdraw(entry=entry, by=analyst)
    assert batch(1) == 0
    assert list(queries.changes_for(agency=platform, known_list=hashes, after=0)) == []


def test_whoever_follows_from_outside_hears_of_it_with_its_release_and_of_its_withdrawal(
    record: Record, hashes: KnownList, analyst: Membership, senior_analyst: Membership
) -> None:
    platform = factories.agency("platform")
    actions.let_read(known_list=hashes, agency=platform, may_be_sent=True, by=senior_analyst)
    entry = listed_on_monday(record, hashes, analyst)
    assert list(queries.changes_for(agency=platform, known_list=hashes, after=0)) == []
    batch(1)
    heard = list(queries.changes_for(agency=platform, known_list=hashes, after=1))
    assert [(change.sequence, change.what, change.entry) for change in heard] == [(2, "released", entry)]
    actions.withdraw(entry=entry, by=analyst)
    assert [change.what for change in queries.changes_for(agency=platform, known_list=hashes, after=2)] == ["withdrawn"]


def test_the_batch_goes_out_once_a_day_by_a_round(record: Record, hashes: KnownList, analyst: Membership) -> None:
    entry = listed_on_monday(record, hashes, analyst)
    rounds.discover()
    with moment.standing_at(MONDAY + timedelta(days=1)):
        rounds.DUTIES["foundation.lists.tasks.let_todays_batch_be_known"].does()
    assert is_known(entry)


def test_who_is_not_party_to_a_report_lists_nothing_from_it(record: Record, hashes: KnownList) -> None:
    stranger = factories.member("analyst", factories.agency("hotline", "Westmere Hotline"))
    with pytest.raises(NotPartyToRecord):
        actions.list_from_report(record=record, known_list=hashes, new=[pdq()], by=stranger)


def test_nothing_of_a_report_goes_onto_another_bodys_list(record: Record, foreign: KnownList, analyst: Membership) -> None:
    with pytest.raises(actions.NotYourList):
        actions.list_from_report(record=record, known_list=foreign, new=[pdq()], by=analyst)


def test_the_trace_of_a_report_says_that_something_of_it_was_listed(record: Record, hashes: KnownList, analyst: Membership) -> None:
    from havenline.foundation.ledger import queries as ledger

    listed_on_monday(record, hashes, analyst)
    assert "added to a list" in [said.verb for said in ledger.of_records([record.reference])]
