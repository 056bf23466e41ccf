"""Invitations and new addresses: by a letter's link, made as it leaves, good once; no password on anybody's screen."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.people import actions
from havenline.foundation.people.models import AccountLink, Membership, Person, Visit
from havenline.foundation.post import queries as post
from havenline.foundation.post.models import Letter
from havenline.foundation.work import queue
from tests import factories
from tests.foundation.people.test_signing_in import PASSWORD, sign_in, verbs
from tests.foundation.post.mail_server import mail_server, no_mail_server

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
NEW = "seven calm harbours at noon"
TWICE = {"password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Any) -> None:
    settings.INSTALLATION = replace(settings.INSTALLATION, mail={"host": "mail.example"})


@pytest.fixture
def robin(hotline: object) -> Membership:
    return factories.member("analyst", factories.agency("hotline"), "Robin Osei", password=PASSWORD)


def links_sent() -> dict[str, str]:
    """The paths of the links that leave now, by whom they go to; the letters themselves hold none."""
    with mail_server() as server:
        queue.drain()
    assert not Letter.objects.filter(body__contains="http").exists()
    found = {}
    for letter in server.letters:
        text = letter.get_payload(decode=True)
        assert isinstance(text, bytes)
        path = re.search(r"http://[^/]+(/\S+)", text.decode())
        found[str(letter["To"])] = path[1] if path else ""
    return found


def test_a_new_person_sets_their_own_password_by_a_letters_link_and_no_screen_shows_one(
    signed_in: SignedIn, administrator: Membership, hotline: object
) -> None:
    said = {"name": "Robin Osei", "email": "robin@havenline.example", "agency": "northmere-hotline", "role": "analyst", "team": ""}
    answer = signed_in(administrator).post(reverse("people:add_person"), said, follow=True)
    assert "A letter with a link" in answer.content.decode()
    person = Person.objects.get(email="robin@havenline.example")
    assert not person.has_usable_password()
    path = links_sent()[person.email]
    browser = Client()
    assert "Welcome, Robin Osei" in browser.get(path).content.decode()
    assert browser.post(path, TWICE)["Location"] == reverse("account_login")
    assert sign_in(browser, person.email, NEW).status_code == 302
    person.refresh_from_db()
    assert person.address_verified_at is not None


def test_an_invitation_works_once_and_for_three_days(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    path = links_sent()[robin.person.email]
    with moment.standing_at(moment.now() + timedelta(days=3, minutes=1)):
        assert Client().get(path).status_code == 404
    assert Client().post(path, TWICE).status_code == 302
    assert Client().get(path).status_code == 404
    assert Client().post(path, TWICE).status_code == 404


def test_looking_at_an_invitation_changes_nothing(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    path = links_sent()[robin.person.email]
    for _look in range(3):
        assert Client().get(path).status_code == 200
    assert AccountLink.objects.get().used_at is None


def test_a_newer_invitation_ends_the_one_before_and_the_old_password(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    first = links_sent()[robin.person.email]
    actions.invite(person=robin.person, by=administrator)
    assert Client().get(first).status_code == 404
    assert Client().get(links_sent()[robin.person.email]).status_code == 200
    assert sign_in(Client(), robin.person.email, PASSWORD).status_code == 200


def test_a_weak_password_and_two_that_differ_are_refused_and_the_link_stays(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    path = links_sent()[robin.person.email]
    assert "at least 12 characters" in Client().post(path, {"password1": "short", "password2": "short"}).content.decode()
    assert "the same password twice" in Client().post(path, {"password1": NEW, "password2": PASSWORD}).content.decode()
    assert Client().get(path).status_code == 200


def test_no_token_is_kept_and_one_of_a_letter_that_did_not_leave_opens_nothing(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    token = links_sent()[robin.person.email].strip("/").rpartition("/")[2]
    assert token not in str(list(AccountLink.objects.values()))
    actions.invite(person=robin.person, by=administrator)
    with no_mail_server():
        queue.drain(limit=1)
    assert AccountLink.objects.get(ended_at=None, used_at=None).token_hash == ""


def test_an_invitation_that_reaches_nobody_is_on_the_administrators_screens(
    signed_in: SignedIn, robin: Membership, administrator: Membership
) -> None:
    actions.invite(person=robin.person, by=administrator)
    with mail_server("550 No such mailbox"):
        queue.drain()
    assert Letter.objects.get() in post.ended_badly(by=administrator)
    assert "The letter has not left yet" in signed_in(administrator).get(reverse("people:person", args=[robin.person_id])).content.decode()


def test_a_closed_accounts_invitation_does_not_leave(robin: Membership, administrator: Membership) -> None:
    actions.invite(person=robin.person, by=administrator)
    actions.deactivate(person=robin.person, by=administrator)
    assert links_sent() == {}


def test_a_new_address_is_in_force_when_its_letter_was_answered_and_the_old_one_is_told(client: Client, robin: Membership) -> None:
    sign_in(client, robin.person.email, PASSWORD)
    client.post(reverse("people:change_address"), {"email": "Robin@New.example"})
    sent = links_sent()
    assert sent[robin.person.email] == ""  # told, without a link
    path = sent["robin@new.example"]
    assert sign_in(Client(), "robin@new.example", PASSWORD).status_code == 200
    assert "Is this address yours" in Client().get(path).content.decode()
    Client().post(path)
    assert sign_in(Client(), "robin@new.example", PASSWORD).status_code == 302
    assert Client().post(path).status_code == 404
    assert "changed their address" in verbs(robin)


def test_an_address_that_somebody_has_or_takes_meanwhile_is_refused(client: Client, robin: Membership) -> None:
    other = factories.member("analyst", robin.agency)
    sign_in(client, robin.person.email, PASSWORD)
    assert "already" in client.post(reverse("people:change_address"), {"email": other.person.email}).content.decode()
    client.post(reverse("people:change_address"), {"email": "robin@new.example"})
    path = links_sent()["robin@new.example"]
    Person.objects.filter(pk=other.person_id).update(email="robin@new.example")
    assert "already" in Client().post(path, follow=True).content.decode()


def test_without_mail_nobody_is_invited(robin: Membership, administrator: Membership, settings: Any) -> None:
    settings.INSTALLATION = replace(settings.INSTALLATION, mail={})
    with pytest.raises(actions.NoMail):
        actions.invite(person=robin.person, by=administrator)


def test_an_invitation_ends_open_sessions(robin: Membership, administrator: Membership) -> None:
    visit = actions.begin_visit(person=robin.person, device="Firefox on Linux")
    actions.invite(person=robin.person, by=administrator)
    visit.refresh_from_db()
    assert visit.ended_why == Visit.Why.PASSWORD


def test_the_log_shows_no_token() -> None:
    import logging

    from havenline.site.logs import WithoutLinks

    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: /account/invitation/secret-token/ /account/address/other/", (), None
    )
    assert WithoutLinks().format(record) == "Not Found: /account/invitation/… /account/address/…"
