"""A hit in a record that the asker may not see looks like none; its owner gets a task."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.identifiers import actions, queries
from havenline.foundation.identifiers.models import Enquiry, Sighting
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def two(investigator: Membership, analyst: Membership) -> tuple[Record, Record]:
    """A police case and a report that share an account; police may not see the report."""
    case, report = factories.record("case", investigator.agency), factories.record("report", analyst.agency)
    actions.see(record=case, kind="account", raw="@RiverWalk_77", source="device", by=investigator)
    actions.see(record=report, kind="account", raw="riverwalk_77", source="what the reporter wrote", by=analyst)
    return case, report


def test_a_hit_elsewhere_looks_like_none(two: tuple[Record, Record], investigator: Membership) -> None:
    case, _report = two
    assert queries.elsewhere(case, by=investigator) == []


def test_a_hit_that_one_may_see_is_listed_with_where_and_why(two: tuple[Record, Record], investigator: Membership) -> None:
    case, _report = two
    other = factories.record("case", investigator.agency)
    actions.see(record=other, kind="account", raw="RIVERWALK_77", source="telephone", by=investigator)
    assert [(hit.record, hit.source) for hit in queries.elsewhere(case, by=investigator)] == [(other, "telephone")]


def test_asking_gives_the_owner_a_task_and_the_asker_nothing(
    two: tuple[Record, Record], investigator: Membership, analyst: Membership, social_worker: Membership
) -> None:
    case, report = two
    asked = actions.ask_owners(identifier=case.sightings.get().identifier, record=case, by=investigator)
    assert asked is None
    actions.ask_owners(identifier=case.sightings.get().identifier, record=case, by=investigator)
    assert queries.open_enquiries(by=analyst).get().sighting.record == report
    assert not queries.open_enquiries(by=investigator).exists()
    assert not queries.open_enquiries(by=social_worker).exists()


def test_asking_leaves_the_same_trace_whether_there_is_a_hit_or_none(two: tuple[Record, Record], investigator: Membership) -> None:
    case, _report = two
    alone = actions.see(record=case, kind="account", raw="nobody_else", source="device", by=investigator)
    before = Entry.objects.count()
    actions.ask_owners(identifier=alone.identifier, record=case, by=investigator)
    of_none = Entry.objects.count() - before
    actions.ask_owners(identifier=Sighting.objects.filter(record=case).first().identifier, record=case, by=investigator)  # type: ignore[union-attr]
    assert Entry.objects.count() - before == 2 * of_none


def test_seeing_it_again_changes_nothing(two: tuple[Record, Record], investigator: Membership) -> None:
    case, _report = two
    before = Entry.objects.count()
    actions.see(record=case, kind="account", raw="riverwalk_77", source="again", by=investigator)
    assert (case.sightings.count(), Entry.objects.count()) == (1, before)


def test_the_owner_settles_the_task_on_its_screen(
    two: tuple[Record, Record], signed_in: SignedIn, investigator: Membership, analyst: Membership
) -> None:
    case, report = two
    actions.ask_owners(identifier=case.sightings.get().identifier, record=case, by=investigator)
    enquiry = Enquiry.objects.get()
    settle = reverse("identifiers:settle", args=[enquiry.pk])
    assert signed_in(investigator).post(settle, {"settled": "told", "words": "x"}).status_code == 404
    client = signed_in(analyst)
    assert report.reference in client.get(reverse("identifiers:enquiries")).content.decode()
    assert "Say in a few words" in client.post(settle, {"settled": "told"}, follow=True).content.decode()
    client.post(settle, {"settled": "kept", "words": "Under a silence."})
    enquiry.refresh_from_db()
    assert (enquiry.settled_by, enquiry.answered) == (analyst, False)
    assert "Nobody asks" in client.get(reverse("identifiers:enquiries")).content.decode()
