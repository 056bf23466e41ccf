"""The directory: a contact is used only after another person approved it."""

import pytest
from django.db import IntegrityError, transaction

from havenline.foundation.people.models import NotYourRole
from havenline.journey.takedown import actions, errors, queries
from havenline.journey.takedown.models import Contact, Host
from havenline.journey.takedown.queries import contact_for, host_for
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(analyst):
    return actions.add_host(domain="Pictures.Example", name="Pictures", by=analyst)


@pytest.fixture
def proposed(host, analyst):
    return actions.propose_contact(host=host, email="abuse@Pictures.example", found_at="Its abuse page", by=analyst)


def test_a_proposed_contact_is_used_for_nothing(proposed):
    assert contact_for("pictures.example") is None


def test_whoever_proposed_it_does_not_approve_it(proposed, analyst):
    with pytest.raises(errors.AnotherPersonNeeded):
        actions.approve_contact(contact=proposed, by=analyst)


def test_the_same_person_in_another_role_does_not_approve_it(proposed, analyst, hotline):
    also = type(analyst).objects.create(person=analyst.person, agency=hotline, role="senior_analyst", since=factories.SINCE)
    with pytest.raises(errors.AnotherPersonNeeded):
        actions.approve_contact(contact=proposed, by=also)


def test_another_hotline_does_not_approve_it(proposed):
    with pytest.raises(errors.AnotherPersonNeeded):
        actions.approve_contact(contact=proposed, by=factories.member("analyst", factories.agency("hotline", "Southmere Hotline")))


def test_the_database_knows_that_rule_too(proposed, analyst):
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=proposed.pk).update(state="approved", settled_by=analyst)


def test_another_person_approves_it_once(proposed, second_analyst, senior_analyst):
    actions.approve_contact(contact=proposed, by=second_analyst)
    assert actions.approve_contact(contact=proposed, by=senior_analyst).settled_by == second_analyst
    assert contact_for("cdn.pictures.example") == proposed


def test_a_new_contact_retires_the_old_one_once_approved(host, proposed, analyst, second_analyst):
    actions.approve_contact(contact=proposed, by=second_analyst)
    newer = actions.propose_contact(host=host, email="noc@pictures.example", found_at="A call", by=second_analyst)
    assert contact_for("pictures.example") == proposed
    actions.approve_contact(contact=newer, by=analyst)
    proposed.refresh_from_db()
    assert (contact_for("pictures.example"), proposed.state) == (newer, "retired")


def test_a_refused_contact_is_proposed_anew_to_be_used(proposed, second_analyst):
    actions.refuse_contact(contact=proposed, by=second_analyst)
    with pytest.raises(errors.NotThatState, match="Propose it again"):
        actions.approve_contact(contact=proposed, by=second_analyst)


@pytest.mark.parametrize("email", ["", "abuse", "abuse@", "abuse@pictures example", "abuse@pictures.example\nBcc: x@y.example"])
def test_what_no_letter_could_reach_is_no_contact(host, analyst, email):
    with pytest.raises(errors.NotAContact):
        actions.propose_contact(host=host, email=email, found_at="Its abuse page", by=analyst)


def test_where_it_was_found_is_said(host, analyst):
    with pytest.raises(errors.NotAContact, match="where the address was found"):
        actions.propose_contact(host=host, email="abuse@pictures.example", found_at=" ", by=analyst)


def test_proposing_the_same_twice_is_one(host, proposed, second_analyst):
    again = actions.propose_contact(host=host, email="abuse@pictures.example", found_at="A call", by=second_analyst)
    assert again == proposed


@pytest.mark.parametrize("typed", ["https://Pictures.example/gallery/7", "pictures.example:8443", " pictures.example. "])
def test_a_pasted_address_gives_its_hosts_name(analyst, typed):
    assert actions.add_host(domain=typed, name="", by=analyst).domain == "pictures.example"


@pytest.mark.parametrize("typed", ["", "example", "not a name", "localhost"])
def test_what_is_no_host_name_is_refused(analyst, typed):
    with pytest.raises(errors.NotAHost):
        actions.add_host(domain=typed, name="", by=analyst)


def test_the_nearest_host_above_a_name_is_taken(host, analyst):
    nearer = actions.add_host(domain="cdn.pictures.example", name="The pictures' network", by=analyst)
    assert host_for("a.cdn.pictures.example") == nearer
    assert host_for("notpictures.example") is None
    assert Host.objects.count() == 2


def test_the_directory_is_kept_by_the_hotline(investigator, proposed):
    with pytest.raises(NotYourRole):
        actions.add_host(domain="forum.example", name="", by=investigator)
    with pytest.raises(NotYourRole):
        actions.approve_contact(contact=proposed, by=investigator)


def test_from_a_notice_host_and_contact_are_proposed_in_one_step(graded, decide, analyst, second_analyst):
    [notice] = decide(graded("https://cdn.pictures.example/a/1"))
    contact = actions.propose_for_notice(
        notice=notice, domain="pictures.example", name="Pictures", email="abuse@pictures.example", found_at="Its abuse page", by=analyst
    )
    notice.refresh_from_db()
    assert (notice.host, contact.state) == (contact.host, "proposed")
    assert "waits for another person’s approval" in notice.problem
    actions.approve_contact(contact=contact, by=second_analyst)
    notice.refresh_from_db()
    assert (notice.problem, notice.state) == ("", "drafted")  # a person sends it


def test_from_a_notice_no_other_host_is_proposed(drafted, analyst):
    with pytest.raises(errors.NotAHost, match="does not lie in"):
        actions.propose_for_notice(
            notice=drafted, domain="forum.example", name="", email="abuse@forum.example", found_at="Its abuse page", by=analyst
        )


@pytest.mark.parametrize("email", ["abuse@[127.0.0.1]", '"a\x0bb"@pictures.example', "abuse@pictures.example\nBcc: all@mail.example"])
def test_an_address_that_mail_servers_read_in_more_than_one_way_is_no_contact(host, analyst, email):
    with pytest.raises(errors.NotAContact):
        actions.propose_contact(host=host, email=email, found_at="A call", by=analyst)


def test_a_domain_in_other_letters_is_kept_as_name_servers_have_it(host, analyst):
    assert (
        actions.propose_contact(host=host, email="abuse@bücher.example", found_at="A call", by=analyst).email
        == "abuse@xn--bcher-kva.example"
    )


def test_another_hotline_learns_from_no_count_that_a_host_is_asked(drafted, analyst):
    other = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    assert [queries.hosts(by=by).get(domain="pictures.example").open_notices for by in (analyst, other)] == [1, 0]


@pytest.mark.parametrize("domain", ["co.uk", "org.uk", "com.au", "https://co.uk/abuse"])
def test_what_ends_the_names_of_many_hosts_is_no_host(analyst, domain):
    with pytest.raises(errors.NotAHost, match="many hosts"):
        actions.add_host(domain=domain, name="Everybody", by=analyst)


def test_a_contact_that_another_hotline_approved_lets_our_notices_leave(graded, decide):
    [notice] = decide(graded())
    actions.refresh(notice=notice)
    notice.refresh_from_db()
    assert "not in the directory" in notice.problem
    elsewhere = factories.agency("hotline", "Southmere Hotline")
    one, two = (factories.member("analyst", elsewhere, name) for name in ("Ines Hart", "Wren Abbot"))
    other = actions.add_host(domain="pictures.example", name="Pictures", by=one)
    actions.approve_contact(
        contact=actions.propose_contact(host=other, email="abuse@pictures.example", found_at="Its page", by=one), by=two
    )
    notice.refresh_from_db()
    assert "directory" not in notice.problem
