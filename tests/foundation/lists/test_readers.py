"""Need to know of a list: who sees it, who is told of its matches, who is sent it, and until when."""

import pytest
from django.db import connection

from havenline.foundation.lists import actions
from havenline.foundation.lists.models import KnownList, ListChange, ListEntry, ListReader
from havenline.foundation.people.acting import acting_as
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import Role
from tests import factories
from tests.foundation.lists.conftest import pdq

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere() -> Membership:
    return factories.member("analyst", factories.agency("hotline", "Westmere Hotline"))


def sees(by: Membership, known_list: KnownList) -> bool:
    return KnownList.objects.visible_to(by).filter(pk=known_list.pk).exists()


def test_its_keeper_and_oversight_see_a_list_and_nobody_else(
    hashes: KnownList, analyst: Membership, auditor: Membership, investigator: Membership, elsewhere: Membership
) -> None:
    assert [sees(by, hashes) for by in (analyst, auditor, investigator, elsewhere)] == [True, True, False, False]


@pytest.mark.parametrize("role", [role for role in Role.values if role not in {"analyst", "senior_analyst", "auditor"}])
def test_who_works_with_no_list_sees_none_even_of_a_reading_agency(hashes: KnownList, senior_analyst: Membership, role: str) -> None:
    from havenline.foundation.people.roles import ROLES_OF

    kind = next(kind for kind, roles in ROLES_OF.items() if role in roles)
    agency = factories.agency(kind)
    ListReader.objects.create(known_list=hashes, agency=agency, may_see=True, since=hashes.made_at)
    works_with_lists = role in {"investigator", "police_supervisor", "intelligence_officer"}
    assert sees(factories.member(role, agency), hashes) == works_with_lists


def test_each_right_stands_alone(hashes: KnownList, senior_analyst: Membership, elsewhere: Membership) -> None:
    agency = elsewhere.agency
    actions.let_read(known_list=hashes, agency=agency, may_match=True, by=senior_analyst)
    assert not sees(elsewhere, hashes)
    assert list(KnownList.objects.matched_for(agency)) == [hashes]
    assert list(KnownList.objects.sent_to(agency)) == []
    actions.let_read(known_list=hashes, agency=agency, may_see=True, may_be_sent=True, by=senior_analyst)
    assert sees(elsewhere, hashes)
    assert list(KnownList.objects.matched_for(agency)) == []
    assert list(KnownList.objects.sent_to(agency)) == [hashes]


def test_what_ended_is_seen_no_more_and_stays_in_the_history(hashes: KnownList, senior_analyst: Membership, elsewhere: Membership) -> None:
    reader = actions.let_read(known_list=hashes, agency=elsewhere.agency, may_see=True, by=senior_analyst)
    actions.end_reader(reader=reader, by=senior_analyst)
    actions.end_reader(reader=reader, by=senior_analyst)
    assert not sees(elsewhere, hashes)
    assert hashes.readers.count() == 1


def test_the_same_again_changes_nothing(hashes: KnownList, senior_analyst: Membership, elsewhere: Membership) -> None:
    first, again = (actions.let_read(known_list=hashes, agency=elsewhere.agency, may_see=True, by=senior_analyst) for _twice in range(2))
    assert first == again


def test_a_reader_may_something_and_is_no_keeper(hashes: KnownList, senior_analyst: Membership, elsewhere: Membership) -> None:
    with pytest.raises(actions.ReaderHasNothing):
        actions.let_read(known_list=hashes, agency=elsewhere.agency, by=senior_analyst)
    with pytest.raises(actions.ReaderHasNothing):
        actions.let_read(known_list=hashes, agency=hashes.agency, may_see=True, by=senior_analyst)


def test_a_list_that_is_not_matched_or_closed_is_matched_for_nobody(hashes: KnownList, senior_analyst: Membership) -> None:
    assert list(KnownList.objects.matched_for(hashes.agency)) == [hashes]
    actions.change_terms(known_list=hashes, is_matched=False, by=senior_analyst)
    assert list(KnownList.objects.matched_for(hashes.agency)) == []
    actions.change_terms(known_list=hashes, is_matched=True, by=senior_analyst)
    actions.close_list(known_list=hashes, by=senior_analyst)
    assert list(KnownList.objects.matched_for(hashes.agency)) == []


def test_two_lists_have_two_short_names(hashes: KnownList, senior_analyst: Membership, hotline: Agency) -> None:
    with pytest.raises(actions.SlugTaken):
        actions.make_list(name="Our  HASHES", kind="hash", origin="own", agency=hotline, by=senior_analyst)
    with pytest.raises(actions.WordsMissing):
        actions.make_list(name=" ", kind="hash", origin="own", agency=hotline, by=senior_analyst)


def test_terms_change_as_said_and_the_rest_stays(hashes: KnownList, senior_analyst: Membership) -> None:
    actions.change_terms(known_list=hashes, licence="For members", sharing_terms="Onward: no", by=senior_analyst)
    changed = actions.change_terms(known_list=hashes, sharing_terms="", by=senior_analyst)
    assert (changed.name, changed.licence, changed.sharing_terms) == ("Our hashes", "For members", "")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no locks on rows: querysets alone hold")
def test_the_database_shows_a_list_with_all_that_hangs_on_it_to_the_same_people(
    hashes: KnownList, senior_analyst: Membership, auditor: Membership, elsewhere: Membership, investigator: Membership
) -> None:
    actions.add_entries(known_list=hashes, new=[pdq()], by=senior_analyst)

    def shown(by: Membership) -> list[int]:
        with acting_as(by):
            return [model.objects.count() for model in (KnownList, ListEntry, ListChange)]  # type: ignore[attr-defined]

    assert shown(senior_analyst) == shown(auditor) == [1, 1, 1]
    assert shown(elsewhere) == shown(investigator) == [0, 0, 0]
    reader = actions.let_read(known_list=hashes, agency=elsewhere.agency, may_see=True, by=senior_analyst)
    assert shown(elsewhere) == [1, 1, 1]
    actions.end_reader(reader=reader, by=senior_analyst)
    assert shown(elsewhere) == [0, 0, 0]
    actions.let_read(known_list=hashes, agency=elsewhere.agency, may_match=True, by=senior_analyst)
    assert shown(elsewhere) == [0, 0, 0]
