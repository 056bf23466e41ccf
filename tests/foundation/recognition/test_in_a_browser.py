"""Paused keys in Chromium: axe, narrow screens, dark."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Membership
from havenline.foundation.recognition import actions
from havenline.foundation.recognition.models import Pause
from tests import factories
from tests.browser import found_by_axe, picture, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "light"), (1280, "dark")])
def test_the_screen_is_whole_at_both_widths_and_in_the_dark(
    transactional_db: None,
    opened: Callable[..., Page],
    client: Client,
    senior_analyst: Membership,
    signed_in: Callable[[Membership], Client],
    width: int,
    theme: str,
) -> None:
    signed_in(senior_analyst)
    path = reverse("recognition:pauses")
    empty = opened(path, width, client=client, color_scheme=theme)
    wrong = [*found_by_axe(empty), *sideways(empty)]
    for name in ("chat.example", "video.example"):
        key, _clear = people.make_api_key(agency=factories.agency("platform", name), by=INSTALLATION)
        pause = actions.pause_key(key=key, why=Pause.Why.NEARER, lookups=24)
    actions.let_go_on(pause=pause, by=senior_analyst)
    page = opened(path, width, client=client, color_scheme=theme)
    wrong += [*found_by_axe(page), *sideways(page)]
    picture(page, f"recognition-pauses-{width}-{theme}")
    assert wrong == []
