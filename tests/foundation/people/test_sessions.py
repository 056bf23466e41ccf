"""Sessions: seen by their owner, ended by them, by limits, and by the end of the account; never without a word why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people import actions, devices, limits
from havenline.foundation.people.models import Membership, Visit
from havenline.foundation.people.roles import Role
from tests import factories
from tests.foundation.people.test_signing_in import PASSWORD, sign_in, verbs

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1"


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


def browser(of: Membership, user_agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    sign_in(client, of.person.email, PASSWORD)
    client.get(reverse("people:account"))
    return client


def look(client: Client) -> Any:
    return client.get(reverse("people:account"), follow=True)


def test_a_browser_is_told_in_words_and_nothing_else_of_it_is_kept(robin: Membership) -> None:
    assert [devices.in_words(said) for said in (FIREFOX, EDGE, IPHONE)] == ["Firefox on Linux", "Edge on Windows", "Safari on iPhone"]
    assert devices.in_words("") == "A browser that does not say what it is"
    browser(robin)
    assert set(Visit.objects.values().get()) == {"id", "person_id", "device", "since", "last_used_at", "ended_at", "ended_why"}


def test_a_session_ended_from_another_page_is_told_so_at_its_next(robin: Membership) -> None:
    here, there = browser(robin), browser(robin, EDGE)
    shown = here.get(reverse("people:sessions")).content.decode()
    assert "Firefox on Linux" in shown
    assert "Edge on Windows" in shown
    here.post(reverse("people:end_session", args=[Visit.objects.get(device="Edge on Windows").pk]))
    assert "You ended this session from another page" in look(there).content.decode()
    assert "Edge on Windows" not in here.get(reverse("people:sessions")).content.decode()
    assert verbs(robin)[-1] == "ended a session"


def test_nobody_ends_another_persons_session(robin: Membership) -> None:
    other = factories.member("analyst", robin.agency, password=PASSWORD)
    browser(robin)
    assert browser(other).post(reverse("people:end_session", args=[Visit.objects.get(person=robin.person).pk])).status_code == 404
    assert Visit.objects.get(person=robin.person).ended_at is None


def test_a_session_that_is_not_touched_ends_and_one_that_is_goes_on(robin: Membership) -> None:
    began, idle = moment.now(), limits.LIMITS[Role.ANALYST].idle
    touched, left = browser(robin), browser(robin)
    with moment.standing_at(began + idle * 0.7):
        assert look(touched).redirect_chain == []
    with moment.standing_at(began + idle * 1.4):
        assert look(touched).redirect_chain == []
        answer = look(left)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "You had done nothing for a while" in answer.content.decode()


def test_the_longest_session_ends_however_busy_it_is(robin: Membership) -> None:
    began, client = moment.now(), browser(robin)
    for half_hours in range(1, 25):
        with moment.standing_at(began + timedelta(minutes=30) * half_hours):
            assert look(client).redirect_chain == []
    with moment.standing_at(began + timedelta(hours=12, minutes=5)):
        assert "had lasted as long as one may" in look(client).content.decode()


def test_each_role_has_its_limits_and_the_administrators_are_the_shortest() -> None:
    assert set(limits.LIMITS) == set(Role)
    assert all(one.idle >= limits.SHORTEST.idle and one.whole >= limits.SHORTEST.whole for one in limits.LIMITS.values())
    assert limits.of_role(None) == limits.of_role(Role.ADMINISTRATOR) == limits.SHORTEST


def test_acting_in_another_role_makes_the_sessions_key_anew(robin: Membership) -> None:
    other = factories.member("analyst", factories.agency("hotline", "Southmere Hotline"))
    second = Membership.objects.create(person=robin.person, agency=other.agency, role=Role.ANALYST)
    client = browser(robin)
    before = client.session.session_key
    client.post(reverse("people:act_as"), {"membership": second.pk})
    assert client.session.session_key != before
    assert client.get(reverse("people:sessions")).status_code == 200
    assert Visit.objects.filter(person=robin.person, ended_at=None).count() == 1


def test_a_closed_account_loses_its_open_page_within_one_request(robin: Membership, administrator: Membership) -> None:
    client = browser(robin)
    assert look(client).redirect_chain == []
    actions.deactivate(person=robin.person, by=administrator)
    answer = look(client)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "was closed while the page was open" in answer.content.decode()
    assert Visit.objects.get(person=robin.person).ended_why == Visit.Why.CLOSED


@pytest.mark.parametrize("changed_by", ["administrator", "owner"])
def test_a_changed_password_ends_other_sessions_and_says_so(robin: Membership, administrator: Membership, changed_by: str) -> None:
    client = browser(robin)
    if changed_by == "administrator":
        actions.give_new_password(person=robin.person, by=administrator)
    else:
        new = "seven calm harbours at noon"
        asked = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        here = browser(robin)
        here.post(reverse("account_change_password"), asked)
        assert look(here).redirect_chain == []
    assert "Your password was changed" in look(client).content.decode()


def test_signing_out_is_told_to_nobody_and_leaves_no_open_session(robin: Membership) -> None:
    client = browser(robin)
    client.post(reverse("account_logout"))
    assert Visit.objects.get().ended_why == Visit.Why.SIGNED_OUT
    assert "You signed out" not in look(client).content.decode().replace("You are signed out", "")


def test_what_ended_a_week_ago_is_forgotten(robin: Membership, signed_in: Callable[[Membership], Client]) -> None:
    with moment.standing_at(moment.now() - timedelta(days=9)):
        old = actions.begin_visit(person=robin.person, device="Firefox on Linux")
        actions.end_visit(visit=old, why=Visit.Why.ELSEWHERE, by=robin.person)
    look(signed_in(robin))
    assert not Visit.objects.filter(pk=old.pk).exists()
