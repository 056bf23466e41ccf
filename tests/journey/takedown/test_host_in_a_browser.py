"""A host's pages and the demo's mail in Chromium: answered without JavaScript, axe, narrow, dark. Pictures go to `HAVENLINE_PICTURES`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured

from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.journey.takedown.actions.sending import reached_the_host
from havenline.journey.takedown.models import HostAnswer, Notice
from tests.browser import click_through, found_by_axe, picture, sideways
from tests.journey.takedown.host_side import a_notice, sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

URLS = (
    "https://pictures.example/gallery/7/item/1",
    "http://pictures.example/gallery/7/item/2?size=full&album=" + "a-long-name-" * 12,
    "https://pictures.example/gallery/7/item/3",
)


@pytest.fixture
def page_of(transactional_db: None, settings: Any, analyst: Membership) -> Callable[..., str]:
    """The address in a letter whose notice has reached its host, clocks and all."""
    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, hotline_telephone="01632 960018", hotline_email="notices@hotline.example")

    def make(asks: str = "remove") -> str:
        notice = a_notice(analyst, urls=URLS, asks=asks)
        address = f"/host/{sent(notice, analyst)}/"
        if not notice.record.clocks.exists():
            reached_the_host(Notice.objects.select_related("record__agency").get(pk=notice.pk), notice.sent_at, CLOCK)
        return address

    return make


@pytest.fixture
def letter() -> Iterator[str]:
    directory, message = Path(configured.HOME) / "mail", EmailMessage()
    directory.mkdir(exist_ok=True)
    message["To"], message["From"], message["Subject"] = "abuse@pictures.example", "messages@havenline.example", "A request to you"
    message.set_content("Read it here:\n\nhttp://localhost:8000/host/a-token/\n\nThank you.")
    path = directory / "20261125T090000-aaaaaa.eml"
    path.write_bytes(message.as_bytes())
    yield f"/demo/mail/{path.stem}/"
    path.unlink()
    directory.rmdir()


def test_a_host_answers_without_javascript_and_reads_it_again_when_it_comes_back(
    page_of: Callable[..., str], opened: Callable[..., Any]
) -> None:
    address = page_of()
    page = opened(address, java_script_enabled=False)
    page.get_by_label("We think that this is a mistake").check()
    click_through(page.get_by_role("button", name="Send your answer"))
    assert page.get_by_role("link", name="Say it in your words, so that we can act on it").is_visible()
    picture(page, "host-error")
    page.get_by_label("In your words").fill("It is a test chart that we made ourselves.")
    click_through(page.get_by_role("button", name="Send your answer"))
    assert page.get_by_role("heading", name="Thank you. We have your answer.").is_visible()
    picture(page, "host-noted")
    page.reload()
    assert HostAnswer.objects.count() == 1
    click_through(page.get_by_role("link", name="Back to the request"))
    assert page.get_by_text("It is a test chart that we made ourselves.").is_visible()
    picture(page, "host-again")
    assert page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_axe_finds_nothing_on_a_hosts_pages_at_any_width(
    page_of: Callable[..., str], opened: Callable[..., Any], letter: str, scheme: str, width: int
) -> None:
    shown = {"remove": page_of(), "preserve": page_of("preserve"), "closed": "/host/no-such-link/", "mail": "/demo/mail/", "letter": letter}
    told = []
    for name, path in shown.items():
        page = opened(path, width, color_scheme=scheme)
        picture(page, f"host-{name}-{width}-{scheme}")
        told += [f"{name} {flaw}" for flaw in found_by_axe(page) + sideways(page)]
    assert told == []


def test_on_paper_what_is_asked_stands_and_the_form_does_not(page_of: Callable[..., str], opened: Callable[..., Any]) -> None:
    page = opened(page_of())
    page.emulate_media(media="print")
    picture(page, "host-print")
    assert page.get_by_text(URLS[0]).is_visible()
    assert not page.get_by_label("In your words").is_visible()
