"""Finding what one may see; the rest does not exist."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.handover import actions as handover
from havenline.foundation.identifiers import actions as identifiers
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Record
from havenline.foundation.search import actions, queries
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def case(investigator: Membership) -> Record:
    made = factories.record("case", investigator.agency, owner=investigator)
    actions.index(made, "Adult asked to meet children near Llŷn. Łukasz O’Brien-Sørensen, Weißstraße. The meetings were online.")
    return made


def found(asked: str, by: Membership) -> list[str]:
    return [hit.record.reference for hit in queries.find(asked, by=by)]


@pytest.mark.parametrize(
    "asked",
    [
        "llyn",
        "LLŶN",
        "Llŷn",
        "lukasz",
        "sorensen",
        "o'brien",
        "weissstrasse",
        "weißstr",
        "meet",
        "meetings",
        "child",
        "adult llyn",
        "the",
        "were",
    ],
)
def test_words_are_found_in_any_spelling_and_by_their_beginning(case: Record, investigator: Membership, asked: str) -> None:
    assert found(asked, investigator) == [case.reference]


@pytest.mark.parametrize(
    "asked", ["", "   ", "elephant", "llyn elephant", "\x00", '"', "llyn*OR", "' OR 1=1 --", "NEAR(q z)", "- * : ( )", "x" * 5000]
)
def test_what_does_not_fit_is_not_found_and_nothing_breaks(case: Record, investigator: Membership, asked: str) -> None:
    assert found(asked, investigator) == []


def test_a_reference_is_found_in_any_spelling(case: Record, investigator: Membership) -> None:
    bare = case.reference.replace("-", "")
    for asked in (case.reference, case.reference.lower(), f" {bare.lower()} ", case.reference.replace("-", " ")):
        assert found(asked, investigator) == [case.reference]


def test_an_identifier_is_found_by_its_canonical_form_and_only_exactly(case: Record, investigator: Membership) -> None:
    identifiers.see(record=case, kind="account", raw="@RiverWalk_77 at chat.example", source="report", by=investigator)
    identifiers.see(record=case, kind="telephone", raw="020 7946 0018", source="report", by=investigator)
    hits = queries.find("riverwalk_77 at Chat.Example", by=investigator)
    assert [(hit.record, hit.why) for hit in hits] == [(case, "Account: @RiverWalk_77 at chat.example")]
    assert found("+44 20 7946 0018", investigator) == [case.reference]
    assert found("riverwalk_7 at chat.example", investigator) == []


def test_another_systems_number_is_found(case: Record, investigator: Membership) -> None:
    records.note_other_number(record=case, system="Crime number", number="NM/26/0417", by=investigator)
    assert found("nm/26/0417", investigator) == [case.reference]


def test_what_another_agency_holds_looks_as_if_it_did_not_exist(
    case: Record, investigator: Membership, analyst: Membership, social_worker: Membership, administrator: Membership
) -> None:
    identifiers.see(record=case, kind="account", raw="riverwalk_77", source="report", by=investigator)
    records.note_other_number(record=case, system="Crime number", number="NM1", by=investigator)
    for who in (analyst, social_worker, administrator):
        for asked in ("llyn", case.reference, "riverwalk_77", "NM1"):
            assert found(asked, who) == []


def test_each_record_is_listed_once_with_its_best_reason(case: Record, investigator: Membership) -> None:
    actions.index(case, case.reference)
    assert [hit.why for hit in queries.find(case.reference, by=investigator)] == ["Its reference"]


def test_indexing_again_replaces_the_words_and_forgetting_erases_them(case: Record, investigator: Membership) -> None:
    actions.index(case, "Something else")
    assert found("llyn", investigator) == []
    assert found("something", investigator) == [case.reference]
    actions.forget(case)
    assert found("something", investigator) == []


def test_the_page_leads_a_reference_to_its_page(signed_in: SignedIn, investigator: Membership, social_worker: Membership) -> None:
    sent = handover.send(hand_over=factories.hand_over(), by=investigator)
    answer = signed_in(social_worker).get(reverse("search:find"), {"q": sent.reference.lower()})
    assert answer["Location"] == reverse("handover:show", args=[sent.reference])


def test_the_page_lists_hits_or_says_what_can_be_searched(
    case: Record, signed_in: SignedIn, investigator: Membership, administrator: Membership
) -> None:
    assert case.reference in signed_in(investigator).get(reverse("search:find"), {"q": "llyn"}).content.decode()
    for who in (investigator, administrator):
        assert "in any spelling" in signed_in(who).get(reverse("search:find"), {"q": "elephant"}).content.decode()
