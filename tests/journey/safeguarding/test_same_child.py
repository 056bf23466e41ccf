"""The same child known already is offered with reasons, never merged silently; a no is remembered, and a merge can be undone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.people.models import Membership
from havenline.foundation.search import queries as search
from havenline.journey.safeguarding import actions
from havenline.journey.safeguarding.models import Child, ChildCase, ChildKey, Household
from havenline.journey.safeguarding.queries import same_child

pytestmark = pytest.mark.django_db
NHS = "943 476 5919"
Refer = Callable[..., Any]


@pytest.fixture
def second(child_case: ChildCase, refer: Refer, social_worker: Membership) -> ChildCase:
    """Another case, of “Robyn Vale”, taken up as another child than Robin."""
    return actions.take_up(hand_over=refer(name="Robyn Vale", age=9), by=social_worker, is_another_child=True)


def offered(case: ChildCase, by: Membership) -> list[str]:
    return [one.child.name for one in same_child.offered(Child.objects.get(pk=case.child_id), by=by)]


@pytest.mark.parametrize("name", ["ROBIN VALE", "Vale Robin", "Robin Válè", "Bob Vale", "Robin James Vale"])
def test_a_form_of_the_name_is_offered_with_its_reason(name: str, child_case: ChildCase, refer: Refer, social_worker: Membership) -> None:
    with pytest.raises(actions.ChildMayBeKnown) as found:
        actions.take_up(hand_over=refer(name=name, age=9), by=social_worker)
    [one] = found.value.candidates
    assert one.child == child_case.child
    assert "name" in one.why
    assert "the same age" in one.why


def test_twins_of_one_home_and_birthday_are_offered_as_a_household_and_not_as_one(
    on_wednesday: Any, refer: Refer, social_worker: Membership
) -> None:
    first = actions.take_up(hand_over=refer(name="Robin Vale", address="7 Osier Lane"), by=social_worker)
    with pytest.raises(actions.ChildMayBeKnown) as found:
        actions.take_up(hand_over=refer(name="Kim Vale", address="7, Osier Lane"), by=social_worker)
    [one] = found.value.candidates
    assert (one.child, one.may_be_same, one.at_home) == (first.child, False, True)
    second = actions.take_up(
        hand_over=refer(name="Kim Vale", address="7, Osier Lane"), by=social_worker, household=first.child.household, is_another_child=True
    )
    assert second.child.household == first.child.household
    assert Household.objects.count() == 1


def test_who_was_said_to_be_another_child_is_not_offered_again_until_that_is_taken_back(
    child_case: ChildCase, second: ChildCase, social_worker: Membership
) -> None:
    assert offered(child_case, social_worker) == []
    [(row, other)] = same_child.told_apart(child_case.child, by=social_worker)
    assert other == second.child
    actions.offer_again(child_case=child_case, apart=row, by=social_worker)
    assert offered(child_case, social_worker) == ["Robyn Vale"]
    actions.tell_apart(child_case=second, other=child_case.child, by=social_worker)
    assert offered(child_case, social_worker) == offered(second, social_worker) == []


def test_a_merge_brings_cases_people_and_numbers_together_and_undoing_it_takes_each_back(
    child_case: ChildCase, second: ChildCase, social_worker: Membership
) -> None:
    aunt = actions.add_relationship(child_case=second, name="Alex Reed", relation="aunt", said_by="the school", by=social_worker)
    number = actions.add_number(child_case=second, system="NHS", number=NHS, by=social_worker)
    row = actions.merge(child_case=child_case, other=second.child, by=social_worker)
    kept, other = child_case.child, second.child
    kept.refresh_from_db()
    assert set(kept.cases.all()) == {child_case, second}
    assert (kept.relationships.get(), kept.numbers.get(), kept.other_names) == (aunt, number, "Robyn Vale")
    assert actions.merge(child_case=child_case, other=other, by=social_worker) == row
    assert not ChildKey.objects.filter(child=other).exists()
    later = actions.add_relationship(child_case=child_case, name="Sam Reed", relation="uncle", said_by="Alex Reed", by=social_worker)

    actions.undo_merge(child_case=child_case, row=row, by=social_worker)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.cases.get(), kept.relationships.get(), kept.other_names) == (child_case, later, "")
    assert (other.cases.get(), other.relationships.get(), other.numbers.get(), other.merged_into) == (second, aunt, number, None)
    assert ChildKey.objects.filter(child=other).exists()


def test_a_merge_and_its_undoing_stand_on_the_ledger_of_both_cases(
    child_case: ChildCase, second: ChildCase, social_worker: Membership
) -> None:
    from havenline.foundation.ledger import queries

    row = actions.merge(child_case=child_case, other=second.child, by=social_worker)
    actions.undo_merge(child_case=child_case, row=row, by=social_worker)
    for case in (child_case, second):
        verbs = [said.verb for said in queries.of_records([case.reference])]
        assert {"said that two are one child", "said that they are two children after all"} <= set(verbs)


def test_both_names_find_the_case_after_a_merge(child_case: ChildCase, second: ChildCase, social_worker: Membership) -> None:
    actions.merge(child_case=child_case, other=second.child, by=social_worker)
    hits = search.find("Robyn", by=social_worker)
    assert {hit.record.reference for hit in hits} == {child_case.reference, second.reference}


def test_two_children_of_one_referral_are_not_merged(child_case: ChildCase, second: ChildCase, social_worker: Membership) -> None:
    ChildCase.objects.filter(pk=second.pk).update(referral=child_case.referral)
    with pytest.raises(actions.CannotMerge, match="told of two children"):
        actions.merge(child_case=child_case, other=second.child, by=social_worker)


def test_a_child_of_another_area_is_never_offered_and_never_merged(
    child_case: ChildCase, second: ChildCase, elsewhere: Membership, social_worker: Membership
) -> None:
    Child.objects.filter(pk=second.child_id).update(agency=elsewhere.agency)
    for row, _other in same_child.told_apart(child_case.child, by=social_worker):
        actions.offer_again(child_case=child_case, apart=row, by=social_worker)
    assert offered(child_case, social_worker) == []
    with pytest.raises(actions.NotOfThisCase):
        actions.merge(child_case=child_case, other=Child.objects.get(pk=second.child_id), by=social_worker)


@pytest.mark.parametrize(("system", "number"), [("NHS", "943 476 5918"), ("upn", "B801200005002"), ("UPN", "no number")])
def test_a_number_whose_check_does_not_fit_is_refused(system: str, number: str, child_case: ChildCase, social_worker: Membership) -> None:
    with pytest.raises(actions.NumberNotPossible, match="does not exist"):
        actions.add_number(child_case=child_case, system=system, number=number, by=social_worker)


def test_one_number_makes_two_children_of_other_names_one_for_certain(
    child_case: ChildCase, refer: Refer, social_worker: Membership
) -> None:
    other = actions.take_up(hand_over=refer(name="Dana Quill", age=3), by=social_worker)
    for case in (child_case, other):
        actions.add_number(child_case=case, system="NHS", number=NHS, by=social_worker)
    [one] = same_child.offered(child_case.child, by=social_worker)
    assert (one.child.name, one.strength) == ("Dana Quill", "One number")
    assert "another age" in one.against


def test_a_number_that_was_wrong_is_taken_out(child_case: ChildCase, social_worker: Membership) -> None:
    number = actions.add_number(child_case=child_case, system="Casebook", number=" 77 12 ", by=social_worker)
    assert str(number) == "Casebook 77 12"
    actions.remove_number(child_case=child_case, number=number, by=social_worker)
    assert not child_case.child.numbers.exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"born_on": date(2026, 11, 19)}, "not in the future"),
        ({"born_on": date(2020, 1, 1), "expected_on": date(2027, 1, 1)}, "one of the two"),
        ({"expected_on": date(2028, 1, 1)}, "ten months"),
    ],
)
def test_dates_of_birth_that_cannot_be_are_refused(
    told: dict[str, Any], said: str, child_case: ChildCase, social_worker: Membership
) -> None:
    with pytest.raises(actions.DateNotPossible, match=said):
        actions.change_child(child_case=child_case, name="Robin Vale", by=social_worker, **told)


def test_an_unborn_child_and_a_birth_known_only_about_stand_on_the_page(
    child_case: ChildCase, social_worker: Membership, signed_in: Callable[[Membership], Client]
) -> None:
    actions.change_child(child_case=child_case, name="Baby Vale", expected_on=date(2027, 1, 4), by=social_worker)
    page = signed_in(social_worker).get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    assert "expected" in page
    actions.change_child(child_case=child_case, name="Robin Vale", born_about="summer 2019", by=social_worker)
    page = signed_in(social_worker).get(reverse("safeguarding:child_case", args=[child_case.reference])).content.decode()
    assert "summer 2019" in page


def test_the_page_merges_undoes_and_tells_apart(
    child_case: ChildCase, second: ChildCase, social_worker: Membership, signed_in: Callable[[Membership], Client]
) -> None:
    browser, address = signed_in(social_worker), reverse("safeguarding:same", args=[child_case.reference])
    assert "Robyn Vale is another child" in browser.get(address).content.decode()
    [(row, _other)] = same_child.told_apart(child_case.child, by=social_worker)
    assert "Not the same child" in browser.post(address, {"do": "again", "which": row.pk}, follow=True).content.decode()
    assert "Robyn Vale is this child" in browser.post(address, {"do": "merge", "which": second.child_id}, follow=True).content.decode()
    [merged] = same_child.merges_of(child_case.child)
    browser.post(address, {"do": "undo", "which": merged.pk})
    assert "Robyn Vale is another child" in browser.post(address, {"do": "apart", "which": second.child_id}, follow=True).content.decode()
    assert browser.post(address, {"system": "NHS", "number": "1"}).status_code == 422
    assert browser.post(address, {"do": "merge", "which": "x"}).status_code == 404


def test_nothing_of_a_merged_child_is_left_when_its_last_case_is_erased(
    child_case: ChildCase, second: ChildCase, social_worker: Membership
) -> None:
    actions.add_number(child_case=second, system="NHS", number=NHS, by=social_worker)
    actions.merge(child_case=child_case, other=second.child, by=social_worker)
    from havenline.journey.safeguarding.copies import empty_child

    for case in (child_case, second):
        type(case.record).objects.filter(pk=case.record_id).update(erased_at=case.record.opened_at)
    empty_child("", child_case.record_id)
    assert set(Child.objects.values_list("name", "other_names")) == {("", "")}
    assert not ChildKey.objects.exists()
