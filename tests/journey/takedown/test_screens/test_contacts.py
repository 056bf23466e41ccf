"""The directory at the desk: where a host takes notices is proposed by one person and approved by another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.work import queue
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Contact, Host, Notice
from tests import factories
from tests.journey.takedown.test_screens.walking import HOSTS, LIST, act, again, at, offered, page, text, told_at

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
TYPED = {"act": "propose", "email": "abuse@pictures.example", "found_at": "Its abuse page"}


@pytest.fixture
def host(analyst: Membership) -> Host:
    return actions.add_host(domain="pictures.example", name="Pictures", by=analyst)


@pytest.fixture
def proposed(host: Host, analyst: Membership) -> Contact:
    return actions.propose_contact(host=host, email="abuse@pictures.example", found_at="Its abuse page", by=analyst)


def its_page(host: Host) -> str:
    return f"{HOSTS}{host.pk}/"


def test_a_host_is_added_and_its_contact_proposed_and_approved_by_another(
    analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    assert "The directory is empty" in page(browser, HOSTS)
    for _twice in range(2):
        added = browser.post(HOSTS, {"domain": "https://Pictures.example/gallery/7", "name": "Pictures", "country": "Freedonia"})
    host = Host.objects.get()
    assert added["Location"] == its_page(host)
    for _twice in range(2):
        assert browser.post(its_page(host), TYPED).status_code == 302
    contact = Contact.objects.get()
    assert "You proposed this contact: another person of the hotline approves or refuses it." in page(browser, its_page(host))
    assert "proposed by R. Osei" in page(browser, HOSTS)

    browser = signed_in(second_analyst)
    assert "Hosts: 1 contact to approve" in page(browser, LIST)
    for _twice in range(2):
        assert browser.post(its_page(host), {"act": "approve", "contact": contact.pk}).status_code == 302
    found = page(browser, its_page(host))
    assert "Proposed by R. Osei" in found
    assert "Settled by A. Brook" in found
    assert "Approve it" not in found
    assert "Hosts and contacts" in page(browser, LIST)


def test_whoever_proposed_it_is_offered_no_approval_and_is_refused_one(proposed: Contact, analyst: Membership, signed_in: SignIn) -> None:
    browser = signed_in(analyst)
    assert "Approve it" not in page(browser, its_page(proposed.host))
    for settle in ("approve", "refuse"):
        refused = browser.post(its_page(proposed.host), {"act": settle, "contact": proposed.pk})
        assert refused.status_code == 422
        assert "another person of the hotline approves or refuses it" in text(refused)
    proposed.refresh_from_db()
    assert proposed.state == Contact.State.PROPOSED


def test_the_same_person_in_another_role_is_refused_too(proposed: Contact, analyst: Membership, hotline: Agency, signed_in: SignIn) -> None:
    also = Membership.objects.create(person=analyst.person, agency=hotline, role="senior_analyst", since=factories.SINCE)
    browser = signed_in(also)
    assert "Approve it" not in page(browser, its_page(proposed.host))
    assert browser.post(its_page(proposed.host), {"act": "approve", "contact": proposed.pk}).status_code == 422


def test_another_hotline_is_offered_no_approval_and_is_refused_one(proposed: Contact, signed_in: SignIn) -> None:
    browser = signed_in(factories.member("senior_analyst", factories.agency("hotline", "Southmere Hotline")))
    found = page(browser, its_page(proposed.host))
    assert "Another person of the hotline that proposed it approves or refuses it." in found
    assert "Approve it" not in found
    assert browser.post(its_page(proposed.host), {"act": "approve", "contact": proposed.pk}).status_code == 422
    assert "to approve" not in page(browser, LIST)


def test_only_those_who_can_approve_are_told_that_one_waits(
    proposed: Contact, analyst: Membership, second_analyst: Membership, signed_in: SignIn
) -> None:
    assert "to approve" not in page(signed_in(analyst), LIST)
    assert "Hosts: 1 contact to approve" in page(signed_in(second_analyst), LIST)


def test_a_contact_that_is_not_to_be_used_is_refused_and_says_by_whom(
    proposed: Contact, second_analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(second_analyst)
    for _twice in range(2):
        assert browser.post(its_page(proposed.host), {"act": "refuse", "contact": proposed.pk}).status_code == 302
    refused = browser.post(its_page(proposed.host), {"act": "approve", "contact": proposed.pk})
    assert refused.status_code == 422
    assert "Propose it again" in text(refused)
    assert "Settled by A. Brook" in page(browser, its_page(proposed.host))


def test_a_new_contact_shows_beside_the_one_that_is_used_until_it_is_approved(
    contact: Contact, second_analyst: Membership, analyst: Membership, signed_in: SignIn
) -> None:
    newer = actions.propose_contact(host=contact.host, email="noc@pictures.example", found_at="A call", by=analyst)
    browser = signed_in(second_analyst)
    row = page(browser, HOSTS).partition("Pictures")[2]
    assert row.index("abuse@pictures.example") < row.index("noc@pictures.example")
    browser.post(its_page(contact.host), {"act": "approve", "contact": newer.pk})
    found = page(browser, its_page(contact.host))
    assert "noc@pictures.example Approved" in found
    assert "abuse@pictures.example No longer used" in found


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"email": ""}, "contact_email", "Enter the contact’s e-mail address"),
        ({"email": "abuse at pictures.example"}, "contact_email", "Enter the contact’s e-mail address"),
        ({"email": "a" * 300}, "contact_email", "at most 254 characters"),
        ({"found_at": " "}, "contact_found_at", "Say where the address was found"),
    ],
)
def test_what_is_wrong_with_a_contact_stands_at_its_field_with_what_was_typed(
    host: Host, analyst: Membership, signed_in: SignIn, wrong: dict[str, str], field: str, says: str
) -> None:
    given = {**TYPED, **wrong}
    refused = signed_in(analyst).post(its_page(host), given)
    told_at(refused, field, says)
    for typed in (given["email"], given["found_at"].strip()):
        assert typed in refused.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("domain", ["", "localhost", "not a name"])
def test_what_is_no_hosts_name_stands_at_its_field_with_what_was_typed(analyst: Membership, signed_in: SignIn, domain: str) -> None:
    refused = signed_in(analyst).post(HOSTS, {"domain": domain, "name": "The pictures' network"})
    told_at(refused, "host_domain", "Enter the host’s name as it stands in addresses")
    assert f'value="{domain}"' in refused.content.decode() or not domain
    assert "The pictures&#x27; network" in refused.content.decode()
    assert not Host.objects.exists()


@pytest.mark.parametrize("contact", ["", "x", "²", "0", "9" * 17, "9" * 40, "-1"])
def test_a_contact_that_is_not_of_this_host_does_not_exist(host: Host, senior_analyst: Membership, signed_in: SignIn, contact: str) -> None:
    assert signed_in(senior_analyst).post(its_page(host), {"act": "approve", "contact": contact}).status_code == 404


def test_a_contact_is_not_approved_from_another_hosts_page(
    proposed: Contact, analyst: Membership, senior_analyst: Membership, signed_in: SignIn
) -> None:
    other = actions.add_host(domain="forum.example", name="Forum", by=analyst)
    assert signed_in(senior_analyst).post(its_page(other), {"act": "approve", "contact": proposed.pk}).status_code == 404


def test_an_act_that_a_host_has_not_does_not_exist(host: Host, analyst: Membership, signed_in: SignIn) -> None:
    assert signed_in(analyst).post(its_page(host), {"act": "destroy"}).status_code == 404


def test_a_host_is_found_by_its_name_by_who_runs_it_and_by_a_contact(contact: Contact, analyst: Membership, signed_in: SignIn) -> None:
    actions.add_host(domain="forum.example", name="Forum", by=analyst)
    browser = signed_in(analyst)
    for asked in ("pictures.ex", "PICTURES", "abuse@"):
        found = page(browser, f"{HOSTS}?find={asked}")
        assert "pictures.example" in found
        assert "forum.example" not in found
    assert "No host is found" in page(browser, f"{HOSTS}?find=nothing")


def test_a_long_directory_is_turned_page_by_page(analyst: Membership, signed_in: SignIn) -> None:
    for number in range(31):
        actions.add_host(domain=f"h{number:02}.example", name="", by=analyst)
    browser = signed_in(analyst)
    assert "h30.example" not in page(browser, HOSTS)
    for last in ("2", "99", "9" * 40):
        assert "h30.example" in page(browser, f"{HOSTS}?page={last}")
    assert "h00.example" in page(browser, f"{HOSTS}?page=x")


def test_from_a_notice_whose_host_nobody_knows_its_contact_is_proposed_and_used_once_another_approved_it(
    graded: Any, decide: Any, analyst: Membership, second_analyst: Membership, signed_in: SignIn, mail: Any
) -> None:
    [notice] = decide(graded("https://cdn.pictures.example/a/1"))
    queue.drain()
    browser = signed_in(analyst)
    found = page(browser, at(notice))
    assert "cdn.pictures.example is not in the directory" in found
    assert "No approved contact" in found
    assert "send" not in offered(browser, notice)
    typed = {"domain": "pictures.example", "name": "Pictures", "email": "abuse@pictures.example", "found_at": "Its abuse page"}
    for _twice in range(2):
        assert act(browser, notice, "contact", **typed).status_code == 302
    contact = Contact.objects.get()
    assert "abuse@pictures.example waits for approval; R. Osei proposed it" in page(browser, at(notice))
    assert "send" not in offered(browser, notice)
    assert act(browser, notice, "send").status_code == 409

    signed_in(second_analyst).post(f"{HOSTS}{contact.host_id}/", {"act": "approve", "contact": contact.pk})
    browser = signed_in(analyst)
    assert act(browser, notice, "send").status_code == 302
    queue.drain()
    assert (again(notice).state, [letter["To"] for letter in mail.letters]) == (Notice.State.SENT, ["abuse@pictures.example"])


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"domain": "forum.example"}, "id_contact-domain", "does not lie in forum.example"),
        ({"domain": ""}, "id_contact-domain", "Enter the host’s name"),
        ({"email": "abuse"}, "id_contact-email", "Enter the contact’s e-mail address"),
        ({"found_at": ""}, "id_contact-found_at", "Say where the address was found"),
    ],
)
def test_what_is_wrong_with_a_contact_typed_at_a_notice_stands_at_its_field(
    graded: Any, decide: Any, analyst: Membership, signed_in: SignIn, wrong: dict[str, str], field: str, says: str
) -> None:
    [notice] = decide(graded())
    typed = {"domain": "pictures.example", "name": "The network", "email": "abuse@pictures.example", "found_at": "Page 4", **wrong}
    refused = act(signed_in(analyst), notice, "contact", **typed)
    told_at(refused, field, says)
    for value in typed.values():
        assert value in refused.content.decode()
    assert not Contact.objects.exists()
    assert not Host.objects.exists()


def test_what_was_typed_stands_below_where_another_contact_was_approved_meanwhile(
    drafted: Notice, analyst: Membership, signed_in: SignIn
) -> None:
    typed = {"domain": "pictures.example", "name": "", "email": "noc@pictures.example", "found_at": "A call on Monday"}
    refused = act(signed_in(analyst), drafted, "contact", **typed)
    assert refused.status_code == 409
    assert "so that was not done" in text(refused)
    for value in ("noc@pictures.example", "A call on Monday"):
        assert value in text(refused)
