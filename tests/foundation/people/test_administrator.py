"""The administrator lets people in, and sees no case."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions
from havenline.foundation.people.models import Membership, NotYourRole, Person
from havenline.foundation.people.roles import ROLES_OF, AgencyKind, Role
from tests import factories

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


def test_a_person_is_added_with_a_role_and_the_password_is_shown_once(
    signed_in: SignedIn, administrator: Membership, hotline: object
) -> None:
    client = signed_in(administrator)
    answer = client.post(
        reverse("people:add_person"),
        {"name": "Robin Osei", "email": "Robin@Havenline.example", "agency": "northmere-hotline", "role": "analyst", "team": ""},
    )
    password = answer.context["password"]
    assert password in answer.content.decode()
    person = Person.objects.get(email="robin@havenline.example")
    assert person.check_password(password)
    assert person.memberships.get().role == Role.ANALYST
    assert password not in client.get(reverse("people:person", args=[person.pk])).content.decode()


def test_a_role_that_the_agency_does_not_have_adds_nobody(signed_in: SignedIn, administrator: Membership, hotline: object) -> None:
    answer = signed_in(administrator).post(
        reverse("people:add_person"),
        {"name": "R", "email": "r@havenline.example", "agency": "northmere-hotline", "role": "investigator", "team": ""},
    )
    assert "has no investigator" in answer.content.decode()
    assert not Person.objects.filter(email="r@havenline.example").exists()


@pytest.mark.parametrize("kind", AgencyKind.values)
def test_each_agency_takes_its_own_roles_only(db: None, kind: str) -> None:
    agency = factories.agency(kind)
    for role in Role.values:
        person, _password = actions.add_person(name="P", email=f"{role}@{kind.replace('_', '')}.example", by=INSTALLATION)
        if role in ROLES_OF[AgencyKind(kind)]:
            assert actions.give_membership(person=person, agency=agency, role=role, by=INSTALLATION).role == role
        else:
            with pytest.raises(actions.RoleNotOfAgency):
                actions.give_membership(person=person, agency=agency, role=role, by=INSTALLATION)


def test_an_address_is_taken_whatever_its_case(administrator: Membership) -> None:
    actions.add_person(name="P", email="p@havenline.example", by=administrator)
    with pytest.raises(actions.EmailTaken):
        actions.add_person(name="P", email=" P@HAVENLINE.example ", by=administrator)


def test_whoever_runs_the_system_gets_no_role_that_sees_cases(administrator: Membership, analyst: Membership) -> None:
    with pytest.raises(actions.AdministratorSeesNoCase):
        actions.give_membership(person=administrator.person, agency=analyst.agency, role=Role.ANALYST, by=INSTALLATION)
    with pytest.raises(actions.AdministratorSeesNoCase):
        actions.give_membership(person=analyst.person, agency=administrator.agency, role=Role.ADMINISTRATOR, by=administrator)


def test_the_last_administrator_stays(administrator: Membership) -> None:
    with pytest.raises(actions.LastAdministrator):
        actions.deactivate(person=administrator.person, by=administrator)
    with pytest.raises(actions.LastAdministrator):
        actions.end_membership(membership=administrator, by=administrator)


def test_only_an_administrator_lets_people_in(analyst: Membership) -> None:
    with pytest.raises(NotYourRole):
        actions.add_person(name="P", email="p@havenline.example", by=analyst)
    with pytest.raises(NotYourRole):
        actions.give_membership(person=analyst.person, agency=analyst.agency, role=Role.SENIOR_ANALYST, by=analyst)
    with pytest.raises(NotYourRole):
        actions.make_api_key(agency=factories.agency("platform"), by=analyst)


@pytest.mark.parametrize("name", ["people:people", "people:add_person", "people:add_agency"])
def test_the_administrators_pages_do_not_exist_for_others(signed_in: SignedIn, analyst: Membership, name: str) -> None:
    assert signed_in(analyst).get(reverse(name)).status_code == 404


def test_every_page_about_people_opens(signed_in: SignedIn, administrator: Membership, analyst: Membership) -> None:
    client = signed_in(administrator)
    factories.agency("platform")
    for url in (
        reverse("people:people"),
        reverse("people:add_person"),
        reverse("people:add_agency"),
        reverse("people:person", args=[analyst.person_id]),
        reverse("people:agency", args=["northmere-hotline"]),
        reverse("people:agency", args=["chat-example"]),
    ):
        assert client.get(url).status_code == 200, url


def test_a_forgotten_password_is_replaced_by_a_new_one(signed_in: SignedIn, administrator: Membership, analyst: Membership) -> None:
    answer = signed_in(administrator).post(reverse("people:act_on_person", args=[analyst.person_id, "new-password"]))
    analyst.person.refresh_from_db()
    assert analyst.person.check_password(answer.context["password"])


def test_an_agency_needs_both_hours_or_neither(signed_in: SignedIn, administrator: Membership) -> None:
    client = signed_in(administrator)
    half = client.post(reverse("people:add_agency"), {"name": "Sundale Police", "kind": "police", "opens": "09:00"})
    assert "Enter both times" in half.content.decode()
    whole = client.post(reverse("people:add_agency"), {"name": "Sundale Police", "kind": "police", "opens": "09:00", "closes": "17:00"})
    assert whole["Location"] == reverse("people:agency", args=["sundale-police"])
    twice = client.post(reverse("people:add_agency"), {"name": "sundale police", "kind": "police"})
    assert "already" in twice.content.decode()
