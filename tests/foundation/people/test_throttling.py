"""Failed sign-ins are counted by the network that they come from, of whatever account, and for less than a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from havenline.foundation import moment
from havenline.foundation.people import actions, places
from havenline.foundation.people.models import FailedNear, Membership
from havenline.foundation.work import rounds
from havenline.foundation.work.models import Round
from tests import factories
from tests.foundation.people.test_signing_in import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
HERE, NEXT_DOOR, ELSEWHERE = "198.51.100.7", "198.51.100.200", "203.0.113.9"


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.foundation.people.actions.signing_in.FAILURES_NEAR", 4)


def tried(address: str, email: str = "nobody@havenline.example", password: str = "") -> Any:
    return sign_in(Client(REMOTE_ADDR=address), email, password or "not this one")


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("nonsense", ""),
    ],
)
def test_a_place_is_the_first_part_of_a_network(address: str, prefix: str) -> None:
    assert places.prefix_of(address) == prefix


def test_many_failures_from_near_one_place_close_it_for_a_quarter_of_an_hour_to_every_account(robin: Membership, few: None) -> None:
    for number in range(4):
        tried(HERE, email=f"person{number}@elsewhere.example")
    assert "Many sign-ins from your network have failed" in tried(NEXT_DOOR, robin.person.email, PASSWORD).content.decode()
    assert tried(ELSEWHERE, robin.person.email, PASSWORD).status_code == 302
    with moment.standing_at(moment.now() + timedelta(minutes=16)):
        assert tried(HERE, robin.person.email, PASSWORD).status_code == 302


def test_sign_ins_that_succeed_are_not_counted(robin: Membership, few: None) -> None:
    for _time in range(6):
        assert tried(HERE, robin.person.email, PASSWORD).status_code == 302
    assert not FailedNear.objects.exists()


def test_no_address_is_kept_and_tomorrow_the_same_place_has_another_name(robin: Membership) -> None:
    tried(HERE)
    kept = str(list(FailedNear.objects.values()))
    assert "198.51" not in kept
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR=HERE)
    today = places.near(request)
    assert today in kept
    with moment.standing_at(moment.now() + timedelta(days=1)):
        assert places.near(request) != today


def test_what_is_a_day_old_is_gone_with_the_next_failure(robin: Membership) -> None:
    with moment.standing_at(moment.now() - timedelta(days=1)):
        tried(HERE)
    tried(ELSEWHERE)
    assert FailedNear.objects.count() == 1


def test_within_a_day_it_is_gone_although_nobody_fails_again(robin: Membership) -> None:
    tried(HERE)
    Round.objects.all().delete()
    with moment.standing_at(moment.now() + timedelta(hours=23, minutes=16)):
        rounds.run_due()
    assert not FailedNear.objects.exists()


def test_who_comes_by_the_fronts_socket_is_where_the_front_says_and_nobody_else_is_believed(robin: Membership) -> None:
    by_socket = RequestFactory().post("/sign-in/", REMOTE_ADDR="", headers={"X-Near": "198.51.100.0/24"})
    by_port = RequestFactory().post("/sign-in/", REMOTE_ADDR=ELSEWHERE, headers={"X-Near": "198.51.100.0/24"})
    here = RequestFactory().post("/sign-in/", REMOTE_ADDR=HERE)
    assert places.near(by_socket) == places.near(here)
    assert places.near(by_port) != places.near(here)


def test_where_nobody_knows_the_place_the_account_alone_is_counted(robin: Membership, few: None) -> None:
    for number in range(6):
        tried("127.0.0.1", email=f"person{number}@elsewhere.example")
    assert not FailedNear.objects.exists()
    assert actions.near_allowed("")
