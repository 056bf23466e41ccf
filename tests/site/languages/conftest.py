"""An installation that offers English and Arabic, and somebody who reads it without JavaScript."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from havenline.foundation.people.models import Agency
from tests.journey.intake.conftest import as_public_process as as_public_process

NAMES = {"en-gb": "English", "ar": "العربية"}
ARABIC = {"emergency_text": "يجب طلب الشرطة.", "helpline_text": "خط مساعدة الأطفال.", "read_within": "يوم واحد"}
SPOKEN = {"aria-label", "title", "alt", "placeholder"}  # attributes that are shown or read out


class Page(HTMLParser):
    """A page as a reader of its language gets it: its words, its fields, and where its forms go."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.root: dict[str, str] = {}
        self.words: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.buttons: list[dict[str, str]] = []
        self.links: list[dict[str, str]] = []
        self._foreign: list[str] = []  # open elements that are in another language, or in none
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.root = said
        elif (
            self._foreign or "no" in said.get("translate", "") or said.get("lang", self.root["lang"]) != self.root["lang"]
        ) and tag not in {"input", "br", "img"}:
            self._foreign.append(tag)
        if tag in {"script", "style"}:
            self._silent += 1
        if tag == "form":
            self.forms.append({"id": said.get("id", ""), "action": said["action"], "fields": {}})
        if tag == "input" and said.get("type") == "hidden" and self.forms:
            self.forms[-1]["fields"][said["name"]] = said["value"]
        if tag == "button":
            self.buttons.append({"of": said.get("form") or (self.forms[-1]["id"] if self.forms else ""), **said})
        if tag == "a":
            self.links.append(said)
        if not self._foreign:
            self.words += [said[name] for name in SPOKEN & set(said)]

    def handle_endtag(self, tag: str) -> None:
        if self._foreign and self._foreign[-1] == tag:
            self._foreign.pop()
        if tag in {"script", "style"}:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._foreign and not self._silent and data.strip():
            self.words.append(data.strip())

    def form(self, name: str = "answers") -> dict[str, Any]:
        return next(form for form in self.forms if form["id"] == name)


class Reader:
    """A browser without JavaScript and without cookies, that follows what stands in the page."""

    def __init__(self) -> None:
        self.client = Client()

    def _read(self, response: Any) -> "Reader":
        assert not response.cookies, "a public page set a cookie"
        assert "no-store" in response.headers["Cache-Control"]
        self.response, self.status = response, response.status_code
        self.page = Page(response.content.decode())
        return self

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.page.words).split())

    def get(self, address: str, **headers: str) -> "Reader":
        return self._read(self.client.get(address, headers=headers))

    def send(self, go: str = "on", *, to: str = "", **fields: Any) -> "Reader":
        """Press a button of the page's form; `to`: the button leads elsewhere (formaction)."""
        form = self.page.form()
        return self._read(self.client.post(to or form["action"], {**form["fields"], "go": go, **fields}))

    def in_language(self, code: str, **typed: Any) -> "Reader":
        """Press the language's button, or follow its link, whichever the page has."""
        for button in self.page.buttons:
            if button.get("lang") == code:
                assert button["of"] == "answers"
                return self.send(button["value"], to=button["formaction"], **typed)
        return self.get(next(link["href"] for link in self.page.links if link.get("hreflang") == code))

    @property
    def digits(self) -> str:
        found = re.search(r'class="receipt-digits">(.*?)</p>', self.page.html, re.DOTALL)
        assert found
        return "".join(re.findall(r"\d", re.sub("<[^>]*>", "", found[1])))


@pytest.fixture
def two_languages(settings: Any) -> None:
    settings.LANGUAGES = list(NAMES.items())
    settings.DEPLOYMENT = replace(settings.DEPLOYMENT, languages=("en", "ar"), in_other_words={"ar": ARABIC})


@pytest.fixture
def reader(two_languages: None, hotline: Agency, as_public_process: None) -> Reader:
    return Reader()
