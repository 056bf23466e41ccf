"""The screens of exchange in Chromium: axe, both widths, the dark; and a source that is named by keyboard alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from havenline.foundation import moment
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists.exchange import actions
from havenline.foundation.lists.exchange.actions import pulling
from havenline.foundation.lists.exchange.models import Source
from havenline.foundation.lists.exchange.told import Told
from havenline.foundation.people.models import Membership
from havenline.foundation.sealing import keys
from tests.browser import found_by_axe, picture, sideways, wrong_on_each
from tests.foundation.lists.exchange.given import add, hash_list, key_for, md5, withdraw

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]


@pytest.fixture
def world(transactional_db: None, senior_analyst: Membership) -> dict[str, str]:
    """Something on every screen; the paths of the screens."""
    ours, reading, failing = hash_list(), hash_list("NCMEC, industry", origin="ncmec"), hash_list("Southern hotline", origin="hotline")
    hash_list("Without a source", origin="platform")
    with moment.standing_at(moment.now() - timedelta(days=5)):
        entries = add(ours, *(("md5", md5(str(number))) for number in range(5)))
        key, _raw = key_for(ours)
        actions.note_reading(known_list=ours, key=key, form="changes", position=2)
        actions.note_reading(known_list=ours, key=key, form="ncmec", position=99)
        withdraw(ours, md5("1"))
    actions.give_feedback(entry=entries[0], key=key, is_affirmative=False, reason="collides")
    actions.set_source(
        known_list=reading, kind="ncmec", address="https://hashes.example/hashsharing", user="northmere", secret="x" * 12, by=INSTALLATION
    )
    source = Source.objects.get()
    pull = pulling.begin(source, cursor={}, is_whole=False)
    pull = pulling.keep_page(pull, [Told("md5", md5("a"), ident="1")], count=1_234, cursor={"next": "x"})
    where = "https://southern.example/api/v1/lists/" + "a" * 90
    broken = actions.set_source(known_list=failing, kind="snapshot", address=where, signers=str(keys.lists_key().public), by=INSTALLATION)
    broken.clock_off = 7_200
    broken.save()
    pulling.fail(broken, "It says each time that there is more, and tells nothing.")
    return {
        "overview": reverse("exchange:overview"),
        "own": reverse("exchange:source", args=[ours.slug]),
        "reading": reverse("exchange:source", args=[reading.slug]),
        "failing": reverse("exchange:source", args=[failing.slug]),
        "without": reverse("exchange:source", args=["without-a-source"]),
    }


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "light"), (1280, "dark")])
def test_each_screen_is_whole_at_both_widths_and_in_the_dark(
    world: dict[str, str],
    opened: Open,
    client: Client,
    senior_analyst: Membership,
    signed_in: Callable[[Membership], Client],
    width: int,
    theme: str,
) -> None:
    signed_in(senior_analyst)
    assert wrong_on_each(world, lambda path: opened(path, width, client=client, color_scheme=theme), f"exchange-{{}}-{width}-{theme}") == []


def test_where_there_is_nothing_each_screen_says_what_would_stand_there(
    transactional_db: None, opened: Open, client: Client, analyst: Membership, signed_in: Callable[[Membership], Client]
) -> None:
    signed_in(analyst)
    page = opened(reverse("exchange:overview"), 320, client=client)
    for words in ("No list is pulled", "Nobody has read a list yet", "Nobody doubts an entry."):
        assert page.get_by_text(words).is_visible()
    assert [*found_by_axe(page), *sideways(page)] == []
    picture(page, "exchange-empty-320")


def test_a_source_is_named_without_a_mouse_and_without_a_script(
    transactional_db: None, opened: Open, client: Client, senior_analyst: Membership, signed_in: Callable[[Membership], Client]
) -> None:
    known_list = hash_list("Southern hotline", origin="hotline")
    signed_in(senior_analyst)
    page = opened(reverse("exchange:source", args=[known_list.slug]), client=client, java_script_enabled=False)
    page.get_by_label("What it speaks").select_option("csv")
    page.get_by_label("Address").fill("lists.example")
    page.get_by_label("Address").press("Enter")
    assert page.get_by_text("Give the whole address").first.is_visible()
    page.get_by_label("Address").fill("https://lists.example/a.csv")
    page.get_by_label("Address").press("Enter")
    page.get_by_text("It is asked within a minute").first.wait_for()
    assert Source.objects.get().address == "https://lists.example/a.csv"
