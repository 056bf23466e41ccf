"""At the desk: where lists come from and how that goes, who has read ours up to where, and what readers doubt."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.exchange import actions
from havenline.foundation.lists.exchange.actions import pulling
from havenline.foundation.lists.exchange.models import Feedback, Source
from havenline.foundation.lists.models import KnownList
from havenline.foundation.people.models import Membership
from tests import factories
from tests.foundation.lists.exchange.given import add, hash_list, key_for, md5, withdraw

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
TYPED = {"kind": "csv", "address": "https://lists.example/a.csv", "user": "n", "secret": "a word of theirs", "every_minutes": "60"}


@pytest.fixture
def foreign() -> KnownList:
    return hash_list("Foreign hashes", origin="hotline")


def page(client: Client, known_list: KnownList) -> str:
    return client.get(reverse("exchange:source", args=[known_list.slug])).content.decode()


def test_a_senior_analyst_names_a_source_and_its_secret_is_never_shown_again(
    signed_in: SignIn, senior_analyst: Membership, foreign: KnownList
) -> None:
    client = signed_in(senior_analyst)
    client.post(reverse("exchange:source", args=[foreign.slug]), TYPED)
    source = Source.objects.get()
    assert (source.address, source.every_minutes, actions.secret_of(source)) == (TYPED["address"], 60, TYPED["secret"])
    shown = page(client, foreign)
    assert "https://lists.example/a.csv" in shown
    assert "a word of theirs" not in shown


def test_what_is_wrong_with_a_source_is_said_where_it_was_typed(signed_in: SignIn, senior_analyst: Membership, foreign: KnownList) -> None:
    answer = signed_in(senior_analyst).post(reverse("exchange:source", args=[foreign.slug]), TYPED | {"address": "lists.example"})
    assert "Give the whole address" in answer.content.decode()
    assert not Source.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_nobody_else_names_one(signed_in: SignIn, request: pytest.FixtureRequest, foreign: KnownList, role: str) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(reverse("exchange:source", args=[foreign.slug])).status_code == 200
    assert client.post(reverse("exchange:source", args=[foreign.slug]), TYPED).status_code == 404
    assert not Source.objects.exists()


def test_a_failure_stands_on_the_lists_page_and_on_the_overview(signed_in: SignIn, analyst: Membership, foreign: KnownList) -> None:
    source = actions.set_source(known_list=foreign, kind="csv", address="https://lists.example/a.csv", by=INSTALLATION)
    pulling.fail(source, "It refuses our name and secret (401)")
    client = signed_in(analyst)
    assert "It refuses our name and secret (401)" in page(client, foreign)
    assert "It refuses our name and secret (401)" in client.get(reverse("exchange:overview")).content.decode()


def test_a_source_is_paused_and_goes_on_by_a_button(signed_in: SignIn, senior_analyst: Membership, foreign: KnownList) -> None:
    source = actions.set_source(known_list=foreign, kind="csv", address="https://lists.example/a.csv", by=INSTALLATION)
    client = signed_in(senior_analyst)
    client.post(reverse("exchange:act", args=[foreign.slug, "pause"]))
    source.refresh_from_db()
    assert source.paused_at is not None
    answer = client.post(reverse("exchange:act", args=[foreign.slug, "ask"]), follow=True)
    assert "Let it go on first" in answer.content.decode()
    client.post(reverse("exchange:act", args=[foreign.slug, "go-on"]))
    source.refresh_from_db()
    assert source.paused_at is None
    assert client.post(reverse("exchange:act", args=[foreign.slug, "explode"])).status_code == 404


def test_a_reader_that_has_not_come_for_a_withdrawal_is_shown(signed_in: SignIn, analyst: Membership) -> None:
    known_list = hash_list()
    add(known_list, ("md5", md5("a")))
    key, _raw = key_for(known_list)
    actions.note_reading(known_list=known_list, key=key, form="changes", position=1)
    withdraw(known_list, md5("a"))
    client = signed_in(analyst)
    assert "Write to them" not in page(client, known_list)
    with moment.standing_at(moment.now() + timedelta(days=4)):
        client = signed_in(analyst)
        assert "Write to them" in page(client, known_list)


def test_a_doubt_of_a_reader_waits_until_somebody_has_looked(signed_in: SignIn, analyst: Membership) -> None:
    known_list = hash_list()
    entry = add(known_list, ("md5", md5("a")))[0]
    key, _raw = key_for(known_list)
    doubt = actions.give_feedback(entry=entry, key=key, is_affirmative=False, reason="collides")
    client = signed_in(analyst)
    assert "It fits other pictures" in client.get(reverse("exchange:overview")).content.decode()
    client.post(reverse("exchange:seen", args=[doubt.pk]))
    assert Feedback.objects.get().seen_by == analyst
    assert "It fits other pictures" not in client.get(reverse("exchange:overview")).content.decode()
    actions.give_feedback(entry=entry, key=key, is_affirmative=False, reason="not_this")
    assert "It is not what the list is for" in client.get(reverse("exchange:overview")).content.decode()


def test_another_hotlines_lists_look_as_if_there_were_none(signed_in: SignIn, foreign: KnownList) -> None:
    actions.set_source(known_list=foreign, kind="csv", address="https://lists.example/a.csv", by=INSTALLATION)
    other = factories.member("senior_analyst", factories.agency("hotline", "Second hotline"))
    client = signed_in(other)
    assert client.get(reverse("exchange:source", args=[foreign.slug])).status_code == 404
    assert client.post(reverse("exchange:act", args=[foreign.slug, "pause"])).status_code == 404
    assert "Foreign hashes" not in client.get(reverse("exchange:overview")).content.decode()
    lists.let_read(known_list=foreign, agency=other.agency, may_see=True, by=INSTALLATION)
    assert client.get(reverse("exchange:source", args=[foreign.slug])).status_code == 200
    assert client.post(reverse("exchange:act", args=[foreign.slug, "pause"])).status_code == 404
