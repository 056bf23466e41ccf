"""What somebody may not see or change of a child's papers and likenesses, they neither see nor change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.sharing import actions as sharing
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.copies import empty_child
from havenline.journey.safeguarding.models import Child, ChildCase, ChildNumber, Household
from havenline.journey.safeguarding.queries import same_child, writing
from tests import factories
from tests.journey.safeguarding.conftest import Refer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def colleague(social_care: Agency) -> Membership:
    return factories.member("social_worker", social_care, "Noor Field")


def test_who_broke_the_glass_reads_a_paper_and_neither_writes_nor_prints_anything(
    child_case: ChildCase, social_worker: Membership, elsewhere: Membership, oversight: Agency, signed_in: SignedIn
) -> None:
    paper = actions.begin_paper(child_case=child_case, code="visit", by=social_worker)
    sharing.break_glass(reference=child_case.reference, reason="The family is at our door tonight.", by=elsewhere)
    browser = signed_in(elsewhere)
    on_paper = [child_case.reference, "visit", 1]
    assert browser.get(reverse("safeguarding:paper", args=on_paper)).status_code == 200
    posts: dict[str, dict[str, Any]] = {
        reverse("safeguarding:paper", args=on_paper): {"base": 1, "home": "I was here."},
        reverse("safeguarding:begin_paper", args=[child_case.reference, "plan"]): {},
        reverse("safeguarding:versions", args=on_paper): {"version": 1},
        reverse("safeguarding:sign_paper", args=on_paper): {"agree": "yes"},
        reverse("safeguarding:reopen_paper", args=on_paper): {"reason": "I say so."},
        reverse("safeguarding:same", args=[child_case.reference]): {"system": "Casebook", "number": "7"},
    }
    assert {address: browser.post(address, said).status_code for address, said in posts.items()} == dict.fromkeys(posts, 404)
    assert browser.post(reverse("safeguarding:paper", args=on_paper), {"base": 1, "home": "x", "by_itself": "1"}).status_code == 404
    for address in (reverse("safeguarding:paper_pdf", args=on_paper), reverse("safeguarding:case_pdf", args=[child_case.reference])):
        assert browser.get(address).status_code == 404
    assert writing.last(paper).number == 1


def test_a_child_with_a_restricted_case_is_offered_to_nobody_who_may_not_see_it(
    child_case: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership, colleague: Membership
) -> None:
    sharing.restrict(record=child_case.record, reason="The parent works here.", by=team_manager)
    told = {"name": "Robin Vale", "age": 9}
    assert [one.child for one in same_child.children_alike(told, by=team_manager)] == [child_case.child]
    assert [one.child for one in same_child.children_alike(told, by=social_worker)] == [child_case.child]  # who holds it
    assert same_child.children_alike(told, by=colleague) == []
    other = actions.take_up(hand_over=refer(name="Robin Vale"), by=colleague)
    assert same_child.offered(other.child, by=colleague) == []
    assert same_child.of_area(str(child_case.child_id), by=colleague) == []


def test_a_child_with_a_case_that_they_may_not_see_is_merged_by_nobody(
    child_case: ChildCase, refer: Refer, social_worker: Membership, team_manager: Membership, colleague: Membership
) -> None:
    other = actions.take_up(hand_over=refer(name="Robin Vale"), by=social_worker, is_another_child=True)
    sharing.restrict(record=child_case.record, reason="The parent works here.", by=team_manager)
    with pytest.raises(actions.NotOfThisCase):
        actions.merge(child_case=other, other=child_case.child, by=colleague)


def test_nothing_of_children_who_were_merged_is_left_with_the_last_case_in_any_row(
    child_case: ChildCase, refer: Refer, social_worker: Membership
) -> None:
    def one(name: str, home: str) -> ChildCase:
        made = actions.take_up(hand_over=refer(name=name, address=home), by=social_worker, is_another_child=True)
        actions.add_number(child_case=made, system="NHS", number="943 476 5919", by=social_worker)
        return made

    second, third = one("Bob Vale", "7 Osier Lane"), one("Robert Vale", "9 Osier Lane")
    actions.add_number(child_case=child_case, system="NHS", number="943 476 5919", by=social_worker)
    actions.merge(child_case=second, other=third.child, by=social_worker)
    second.refresh_from_db()
    actions.merge(child_case=child_case, other=second.child, by=social_worker)
    for case in (child_case, second, third):
        type(case.record).objects.filter(pk=case.record_id).update(erased_at=case.record.opened_at)
    empty_child("", child_case.record_id)
    assert set(Child.objects.values_list("name", "other_names")) == {("", "")}
    assert set(Household.objects.values_list("address", flat=True)) == {""}
    assert not ChildNumber.objects.exists()
