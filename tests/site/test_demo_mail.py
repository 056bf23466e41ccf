"""`/demo/mail/`: what the demo's mail server caught, for everybody; in an installation there is no such page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db
LINK = "http://localhost:8000/host/a-token/"


@pytest.fixture
def mail() -> Iterator[Path]:
    directory = Path(settings.HOME) / "mail"
    directory.mkdir()
    yield directory
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()


def put(mail: Path, name: str, subject: str, text: str = "Something waits.") -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = "abuse@pictures.example", "messages@havenline.example", subject
    message.set_content(text)
    (mail / f"{name}.eml").write_bytes(message.as_bytes())


def test_letters_stand_newest_first(client: Client, mail: Path) -> None:
    put(mail, "20261124T090000-aaaaaa", "The older")
    put(mail, "20261125T090000-aaaaaa", "The newer")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("The newer") < page.index("The older")


def test_the_list_is_bounded(client: Client, mail: Path) -> None:
    for number in range(120):
        put(mail, f"20261125T090000-{number:06x}", f"Letter {number}")
    assert len(client.get("/demo/mail/").context["letters"]) == 100


def test_without_a_letter_it_says_so(client: Client) -> None:
    assert "No letter here yet" in client.get("/demo/mail/").content.decode()


def test_the_link_in_a_letter_leads_to_where_the_demo_is_served_now(client: Client, mail: Path) -> None:
    put(mail, "20261125T090000-aaaaaa", "A request", f"Read it here: {LINK}\nOr look at https://elsewhere.example/a")
    page = client.get("/demo/mail/20261125T090000-aaaaaa/").content.decode()
    assert f'<a href="/host/a-token/">{LINK}</a>' in page
    assert 'href="https://elsewhere.example' not in page


def test_a_letter_is_shown_where_the_installation_offers_two_languages(client: Client, mail: Path, settings: Any) -> None:
    settings.LANGUAGES = [("en-gb", "English"), ("ar", "العربية")]
    put(mail, "20261125T090000-aaaaaa", "A request")
    assert client.get("/demo/mail/20261125T090000-aaaaaa/").status_code == 200


def test_a_letter_is_shown_as_text_and_nothing_in_it_acts(client: Client, mail: Path) -> None:
    put(mail, "20261125T090000-aaaaaa", "<b>bold</b>", '<script>alert(1)</script> http://localhost:8000/"onclick="x')
    page = client.get("/demo/mail/20261125T090000-aaaaaa/").content.decode()
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert 'onclick="x' not in page


@pytest.mark.parametrize("name", ["20261125T090000-bbbbbb", "..", "demo-accounts", "%2e%2e%2fhavenline.toml"])
def test_nothing_but_a_letter_is_read(client: Client, mail: Path, name: str) -> None:
    assert client.get(f"/demo/mail/{name}/").status_code == 404


@pytest.mark.parametrize(("kind", "there"), [("demo", True), ("installation", False)])
def test_only_the_demo_has_the_page(tmp_path: Path, kind: str, there: bool) -> None:
    (tmp_path / "havenline.toml").write_text(f'kind = "{kind}"\n')
    ask = "import django; django.setup(); from django.urls import reverse; print(reverse('demo_mail'))"
    said = {
        "HAVENLINE_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "havenline.site.settings",
        "HAVENLINE_ROLE": "desk",
    }
    done = subprocess.run([sys.executable, "-c", ask], env={**os.environ, **said}, capture_output=True, text=True, check=False)
    assert ("/demo/mail/" in done.stdout) == there
    assert there or "NoReverseMatch" in done.stderr


def test_letters_to_hosts_are_told_from_those_to_people_who_sign_in(client: Client, mail: Path) -> None:
    put(mail, "20261125T090000-aaaaaa", "A request", f"Read it here: {LINK}")
    put(mail, "20261125T090001-aaaaaa", "A message waits")

    def shown(to: str) -> list[str]:
        return [letter.subject for letter in client.get(f"/demo/mail/?to={to}").context["letters"]]

    assert (shown("hosts"), shown("people")) == (["A request"], ["A message waits"])
    assert shown("nobody") == ["A message waits", "A request"]


def test_a_letter_is_dated_by_who_wrote_it_and_else_by_when_it_came(client: Client, mail: Path) -> None:
    put(mail, "20261125T090000-aaaaaa", "No date")
    dated = "Subject: Dated\r\nDate: Mon, 05 Oct 2026 10:20:00 +0100\r\n\r\nSomething waits."
    (mail / "20261125T090000-bbbbbb.eml").write_bytes(dated.encode())
    assert "25 November 2026, 09:00" in client.get("/demo/mail/20261125T090000-aaaaaa/").content.decode()
    assert "5 October 2026, 10:20" in client.get("/demo/mail/20261125T090000-bbbbbb/").content.decode()
