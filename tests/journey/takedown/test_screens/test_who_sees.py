"""Who sees the takedown screens; whoever may not gets what a notice that does not exist gets, and looking changes nothing."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from havenline.foundation.people.models import Membership
from havenline.journey.takedown import actions
from havenline.journey.takedown.models import Contact, Notice
from tests import factories
from tests.journey.takedown.test_screens.walking import HOSTS, LIST, again, at, everything, page

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
NOWHERE = "/desk/takedown/N-2222-2222/"


@pytest.fixture
def other_hotline(db: None) -> Membership:
    return factories.member("senior_analyst", factories.agency("hotline", "Southmere Hotline"), "Lee Hart")


@pytest.fixture
def other_police(db: None) -> Membership:
    return factories.member("investigator", factories.agency("police", "Southmere Police"), "Jude Penn")


@pytest.fixture
def lead(db: None) -> Membership:
    return factories.member("safeguarding_lead", factories.agency("school"), "Hana Brook")


def same(one: HttpResponse, other: HttpResponse) -> bool:
    """The same answer, but for what differs each time."""
    pages = [re.sub(r'value="\w{64}"|nonce="[^"]+"|N-\w{4}-\w{4}', "", answer.content.decode()) for answer in (one, other)]
    return one.status_code == other.status_code and pages[0] == pages[1]


WITHOUT = ["other_hotline", "other_police", "administrator", "auditor", "social_worker", "team_manager", "conference_chair", "lead"]


@pytest.mark.parametrize("who", WITHOUT)
def test_whoever_may_not_see_a_notice_gets_what_none_gets(
    held: Notice, signed_in: SignIn, who: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    before = everything()
    assert browser.get(at(held)).status_code == 404
    assert same(browser.get(at(held)), browser.get(NOWHERE))
    for said in ({"act": "release", "release-words": "Let it go."}, {"act": "withdraw", "withdraw-words": "No."}, {"act": "x"}, {}):
        refused = browser.post(at(held), said)
        assert refused.status_code == 404
        assert same(refused, browser.post(NOWHERE, said))
    assert same(browser.post(f"{at(held)}items/1/look/"), browser.post(f"{NOWHERE}items/1/look/"))
    assert everything() == before


@pytest.mark.parametrize("who", ["administrator", "auditor", "social_worker", "lead"])
def test_the_room_does_not_exist_for_those_it_is_not_for(
    contact: Contact, signed_in: SignIn, who: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    for address in (LIST, HOSTS, f"{HOSTS}{contact.host_id}/"):
        assert browser.get(address).status_code == 404, address
        assert browser.post(address, {"act": "propose", "email": "x@pictures.example", "found_at": "A call"}).status_code == 404, address


@pytest.mark.parametrize("who", ["other_hotline", "other_police"])
def test_the_list_of_others_holds_and_counts_none_of_ours(
    held: Notice, signed_in: SignIn, who: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    for show in ("you", "held", "sent", "late", "done", "all"):
        found = page(browser, f"{LIST}?show={show}")
        assert held.reference not in found
        assert "All 0" in found


def test_the_directory_is_the_hotlines_and_police_have_no_address_for_it(
    contact: Contact, investigator: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(investigator)
    assert browser.get(HOSTS).status_code == 404
    assert browser.post(f"{HOSTS}{contact.host_id}/", {"act": "propose"}).status_code == 404


def test_the_host_page_of_another_hotline_names_no_notice_of_ours(
    held: Notice, contact: Contact, other_hotline: Membership, signed_in: SignIn
) -> None:
    found = page(signed_in(other_hotline), f"{HOSTS}{contact.host_id}/")
    assert "abuse@pictures.example" in found
    assert held.reference not in found


@pytest.mark.parametrize("address", [LIST, HOSTS])
def test_a_visitor_without_account_is_asked_to_sign_in(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"] or "login" in answer["Location"]


def test_a_host_with_its_link_has_no_way_to_the_desk(held: Notice, client: Client) -> None:
    for answer in (client.get(at(held)), client.post(at(held), {"act": "release", "release-words": "We are the host."})):
        assert answer.status_code == 302
        assert held.reference not in answer.content.decode()
    assert again(held).state == Notice.State.HELD


@pytest.mark.parametrize("who", ["analyst", "senior_analyst", "investigator"])
def test_looking_changes_nothing(held: Notice, contact: Contact, signed_in: SignIn, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    browser = signed_in(by)
    browser.get(LIST)
    before = everything()
    addresses = [f"{LIST}?show={show}" for show in ("you", "held", "sent", "late", "done", "all", "nonsense")] + [at(held)]
    addresses += [HOSTS, f"{HOSTS}?find=pictures&page=7", f"{HOSTS}{contact.host_id}/"] if by.agency.kind == "hotline" else []
    for address in addresses:
        assert browser.get(address).status_code == 200, address
    assert browser.get(f"{at(held)}?act=release&release-words=Now").status_code == 200
    assert browser.get(f"{at(held)}items/1/look/").status_code == 405
    assert everything() == before


def test_a_look_at_a_notice_says_on_it_who_looked_and_why(
    held: Notice, senior_analyst: Membership, investigator: Membership, signed_in: SignIn
) -> None:
    page(signed_in(senior_analyst), at(held))
    found = page(signed_in(investigator), at(held))
    assert "N. Field" in found
    assert "supervises the desk" in found
    assert "police who can release it" in found


def test_an_address_stands_there_once_somebody_asks_and_the_look_is_counted(
    drafted: Notice, analyst: Membership, signed_in: SignIn
) -> None:
    browser = signed_in(analyst)
    assert "gallery/7" not in page(browser, at(drafted))
    shown = browser.post(f"{at(drafted)}items/1/look/")
    assert "https://pictures.example/gallery/7" in shown.content.decode()
    assert "looked at an item before it leaves" in page(browser, at(drafted))
    assert "gallery/7" not in page(browser, at(drafted))


@pytest.mark.parametrize("number", [2, 10**30])
def test_an_item_that_is_not_of_this_notice_does_not_exist(drafted: Notice, analyst: Membership, signed_in: SignIn, number: int) -> None:
    assert signed_in(analyst).post(f"{at(drafted)}items/{number}/look/").status_code == 404


@pytest.mark.parametrize("pk", [10**9, 10**30])
def test_a_host_that_is_not_there_does_not_exist(analyst: Membership, signed_in: SignIn, pk: int) -> None:
    assert signed_in(analyst).get(f"{HOSTS}{pk}/").status_code == 404


def test_police_who_released_it_keep_seeing_it_and_are_offered_nothing(held: Notice, investigator: Membership, signed_in: SignIn) -> None:
    actions.release_hold(notice=held, reason="The account is secured.", by=investigator)
    found = page(signed_in(investigator), at(held))
    assert "The account is secured." in found
    assert "Send to the host" not in found
    assert "Release: it may leave" not in found
