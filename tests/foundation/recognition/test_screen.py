"""Paused keys at the desk."""

import pytest
from django.test import Client

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import ApiKey
from havenline.foundation.recognition import actions
from havenline.foundation.recognition.models import Pause
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def paused() -> Pause:
    key, _clear = people.make_api_key(agency=factories.agency("platform"), by=INSTALLATION)
    return actions.pause_key(key=key, why=Pause.Why.NEARER, lookups=1234)


def signed_in(role: str, of: str) -> Client:
    membership = factories.member(role, factories.agency(of))
    client = Client()
    client.force_login(membership.person)
    return client


def test_whoever_answers_sees_whose_key_waits_and_lets_it_go_on(paused: Pause) -> None:
    client = signed_in("senior_analyst", "hotline")
    page = client.get("/desk/lists/paused-keys/").content.decode()
    assert "chat.example" in page
    assert "1,234" in page
    answer = client.post(f"/desk/lists/paused-keys/{paused.pk}/go-on/", follow=True)
    assert "It goes on" in answer.content.decode()
    paused.refresh_from_db()
    assert paused.answer == Pause.Answer.GOES_ON
    again = client.post(f"/desk/lists/paused-keys/{paused.pk}/revoke/", follow=True).content.decode()
    assert "has answered this already" in again
    assert not ApiKey.objects.exclude(revoked_at=None).exists()


def test_oversight_reads_and_answers_nothing(paused: Pause) -> None:
    client = signed_in("auditor", "oversight")
    assert "Not answered" in client.get("/desk/lists/paused-keys/").content.decode()
    assert client.post(f"/desk/lists/paused-keys/{paused.pk}/go-on/").status_code == 404


def test_nobody_else_finds_it(paused: Pause) -> None:
    assert signed_in("analyst", "hotline").get("/desk/lists/paused-keys/").status_code == 404


def test_where_none_is_paused_the_page_says_so() -> None:
    assert "No key is paused" in signed_in("senior_analyst", "hotline").get("/desk/lists/paused-keys/").content.decode()
