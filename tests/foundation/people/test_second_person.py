"""A second person agrees to who may see cases and to whose second factor is reset; nobody grants themselves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people import actions, queries
from havenline.foundation.people.actions import factors, proposals
from havenline.foundation.people.models import Membership, NotYourRole, Person, Proposal, Visit
from havenline.foundation.people.roles import MAY_SEE, Role, sees_cases
from tests import factories
from tests.foundation.people.test_second_factor import code_of

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]


@pytest.fixture
def robin(administrator: Membership, hotline: object) -> Person:
    """Somebody with an account and no role."""
    person, _password = actions.add_person(name="Robin Osei", email="robin@havenline.example", by=administrator)
    return person


def propose(person: Person, by: Membership, role: str = Role.ANALYST) -> Proposal:
    came = proposals.propose_role(person=person, agency=factories.agency("hotline"), role=role, by=by)
    assert isinstance(came, Proposal)
    return came


def acts(person: Person) -> bool:
    return Membership.objects.current().filter(person=person).exists()


def with_factor(person: Person) -> None:
    secret = factors.new_secret()
    factors.add_code_app(person=person, secret=secret, code=code_of(secret))


def test_a_role_that_sees_cases_is_in_force_when_a_supervisor_of_the_agency_agrees(
    signed_in: SignedIn, robin: Person, administrator: Membership, senior_analyst: Membership
) -> None:
    answer = signed_in(administrator).post(
        reverse("people:person", args=[robin.pk]), {"agency": "northmere-hotline", "role": "analyst", "team": ""}, follow=True
    )
    assert "Proposed, not agreed yet" in answer.content.decode()
    assert "Noor Field" in answer.content.decode()
    assert not acts(robin)
    desk = signed_in(senior_analyst)
    assert "1 proposal waits for your agreement" in desk.get(reverse("people:account")).content.decode()
    assert "Robin Osei as Analyst" in desk.get(reverse("people:proposals")).content.decode()
    desk.post(reverse("people:answer_proposal", args=[Proposal.objects.get().pk, "agree"]))
    assert acts(robin)
    assert "proposal waits" not in desk.get(reverse("people:account")).content.decode()


def test_a_declined_and_a_withdrawn_proposal_let_nobody_in(robin: Person, administrator: Membership, senior_analyst: Membership) -> None:
    proposals.decline(proposal=propose(robin, administrator), by=senior_analyst)
    second = propose(robin, administrator)
    proposals.withdraw(proposal=second, by=administrator)
    with pytest.raises(actions.NotYoursToAnswer):
        proposals.agree(proposal=second, by=senior_analyst)
    assert not acts(robin)


def test_an_administrator_cannot_give_such_a_role_by_themselves_nor_agree_to_it(
    robin: Person, administrator: Membership, senior_analyst: Membership
) -> None:
    with pytest.raises(actions.SecondPersonNeeded):
        actions.give_membership(person=robin, agency=senior_analyst.agency, role=Role.ANALYST, by=administrator)
    asked = propose(robin, administrator)
    for other in (
        administrator,
        factories.member("administrator", administrator.agency),
        factories.member("analyst", senior_analyst.agency),
    ):
        with pytest.raises(actions.NotYoursToAnswer):
            proposals.agree(proposal=asked, by=other)
    assert not acts(robin)


def test_nobody_gives_themselves_a_role_nor_agrees_to_their_own(administrator: Membership, senior_analyst: Membership) -> None:
    with pytest.raises(actions.NotForYourself):
        proposals.propose_role(person=administrator.person, agency=administrator.agency, role=Role.ADMINISTRATOR, by=administrator)
    factories.member("senior_analyst", senior_analyst.agency)
    police = factories.agency("police")
    factories.member("police_supervisor", police)
    asked = propose(senior_analyst.person, administrator, Role.ANALYST)
    with pytest.raises(actions.NotYoursToAnswer):
        proposals.agree(proposal=asked, by=senior_analyst)


def test_whoever_proposed_it_does_not_agree_to_it_in_another_role_of_theirs(
    robin: Person, administrator: Membership, senior_analyst: Membership
) -> None:
    asked = propose(robin, administrator)
    both = Membership.objects.create(person=administrator.person, agency=senior_analyst.agency, role=Role.SENIOR_ANALYST)
    with pytest.raises(actions.NotYoursToAnswer):
        proposals.agree(proposal=asked, by=both)
    assert not acts(robin)


def test_a_supervisor_of_another_agency_neither_sees_nor_answers_it(
    signed_in: SignedIn, robin: Person, administrator: Membership, senior_analyst: Membership, police_supervisor: Membership
) -> None:
    asked = propose(robin, administrator)
    desk = signed_in(police_supervisor)
    assert "Robin Osei" not in desk.get(reverse("people:proposals")).content.decode()
    assert desk.post(reverse("people:answer_proposal", args=[asked.pk, "agree"])).status_code == 404
    with pytest.raises(actions.NotYoursToAnswer):
        proposals.agree(proposal=asked, by=police_supervisor)
    assert not acts(robin)


def test_only_an_administrator_proposes(robin: Person, senior_analyst: Membership) -> None:
    with pytest.raises(NotYourRole):
        propose(robin, senior_analyst)


def test_the_first_person_of_an_agency_is_agreed_by_another_administrator_else_by_oversight(
    robin: Person, administrator: Membership, auditor: Membership
) -> None:
    asked = propose(robin, administrator)
    assert list(queries.who_can_agree(asked)) == [auditor]
    second = factories.member("administrator", administrator.agency)
    assert list(queries.who_can_agree(asked)) == [second]
    proposals.agree(proposal=asked, by=second)
    assert acts(robin)


def test_where_there_is_nobody_else_one_administrator_acts_alone_and_oversight_reads_it(
    signed_in: SignedIn, robin: Person, administrator: Membership
) -> None:
    came = proposals.propose_role(person=robin, agency=factories.agency("hotline"), role=Role.ANALYST, by=administrator)
    assert isinstance(came, Membership)
    assert Entry.objects.filter(body__contains="did without a second person").count() == 1
    page = signed_in(factories.member("auditor", factories.agency("oversight"))).get(reverse("people:proposals")).content.decode()
    assert "Done by one administrator alone" in page
    assert "Robin Osei" in page


def test_a_role_that_sees_no_case_needs_nobody_else(robin: Person, administrator: Membership, auditor: Membership) -> None:
    platform = factories.agency("platform")
    came = proposals.propose_role(person=robin, agency=platform, role=Role.PLATFORM_STAFF, by=administrator)
    assert isinstance(came, Membership)
    assert {role for role in Role if not sees_cases(role)} == {role for role in Role if not MAY_SEE[role]}


def test_a_second_factor_is_reset_when_a_supervisor_agrees_and_open_pages_end(
    signed_in: SignedIn, administrator: Membership, analyst: Membership, senior_analyst: Membership
) -> None:
    with_factor(analyst.person)
    visit = actions.begin_visit(person=analyst.person, device="Firefox on Linux")
    signed_in(administrator).post(reverse("people:act_on_person", args=[analyst.person_id, "reset-second-factor"]))
    assert factors.has_factor(analyst.person)
    proposals.agree(proposal=Proposal.objects.get(), by=senior_analyst)
    assert not factors.has_factor(analyst.person)
    visit.refresh_from_db()
    assert visit.ended_why == Visit.Why.FACTOR


def test_nobody_resets_their_own_second_factor(administrator: Membership, auditor: Membership) -> None:
    with_factor(administrator.person)
    with pytest.raises(actions.NotForYourself):
        proposals.propose_factor_reset(person=administrator.person, by=administrator)


def test_a_proposal_lapses_after_a_fortnight(robin: Person, administrator: Membership, senior_analyst: Membership) -> None:
    asked = propose(robin, administrator)
    with moment.standing_at(asked.proposed_at + timedelta(days=14, minutes=1)), pytest.raises(actions.NotYoursToAnswer):
        proposals.agree(proposal=asked, by=senior_analyst)


def test_proposing_twice_is_one_proposal(robin: Person, administrator: Membership, senior_analyst: Membership) -> None:
    assert propose(robin, administrator) == propose(robin, administrator)


def test_what_came_to_forbid_a_role_meanwhile_forbids_it(robin: Person, administrator: Membership, senior_analyst: Membership) -> None:
    asked = propose(robin, administrator)
    actions.give_membership(person=robin, agency=administrator.agency, role=Role.ADMINISTRATOR, by=administrator)
    with pytest.raises(actions.AdministratorSeesNoCase):
        proposals.agree(proposal=asked, by=senior_analyst)
    asked.refresh_from_db()
    assert asked.answer == ""


def test_the_database_too_knows_that_nobody_agrees_with_themselves(
    robin: Person, administrator: Membership, senior_analyst: Membership
) -> None:
    asked = propose(robin, administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=asked.pk).update(answer="agreed", answered_by=administrator, answered_at=moment.now())


def test_whoever_has_the_machine_lets_an_administrator_in_who_lost_every_factor_and_oversight_reads_it(
    signed_in: SignedIn, administrator: Membership, auditor: Membership
) -> None:
    with_factor(administrator.person)
    visit = actions.begin_visit(person=administrator.person, device="Firefox on Linux")
    person, password = proposals.let_in_again(email=administrator.person.email.upper())
    assert (person.pk, password, factors.has_factor(person)) == (administrator.person_id, "", False)
    visit.refresh_from_db()
    assert visit.ended_why == Visit.Why.FACTOR
    assert Entry.objects.get(body__contains="let an administrator in again").actor == "installation"
    assert administrator.person.name in signed_in(auditor).get(reverse("people:proposals")).content.decode()


def test_a_new_password_is_given_only_where_it_is_asked_for(administrator: Membership) -> None:
    person, password = proposals.let_in_again(email=administrator.person.email, with_password=True)
    person.refresh_from_db()
    assert person.check_password(password)


def test_nobody_but_an_administrator_in_force_is_let_in_from_the_machine(administrator: Membership, analyst: Membership) -> None:
    with_factor(analyst.person)
    for email in (analyst.person.email, "nobody@havenline.example", administrator.person.email):  # the last has lost nothing
        with pytest.raises(actions.errors.NotLockedOut):
            proposals.let_in_again(email=email)
    assert factors.has_factor(analyst.person)
