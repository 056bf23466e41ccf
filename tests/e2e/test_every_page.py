"""Every page that any role can reach, in a real browser: nothing for axe to find, no sideways scroll, no error, no link to nowhere.

Each role follows all links from its desk. Of each kind of page a few are opened (`HAVENLINE_EACH_KIND` of them; 2 unless told).
Pictures of all go to `HAVENLINE_PICTURES`, where it is set.
"""

import os
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import found_by_axe, picture, sideways
from tests.e2e.conftest import Demo

pytestmark = pytest.mark.browser

EACH_KIND = int(os.environ.get("HAVENLINE_EACH_KIND", "2"))
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)
LEAVES = (
    "/sign-out/",
    "/static/",
    "/desk/ledger/export/",
    "/desk/ledger/evidence/",
    "/log/leaves/",
)  # the end of the walk, and what is no page
FILES = {"pdf": ("application/pdf", b"%PDF-"), "csv": ("text/csv", b"")}  # by the end of their address: what they are, how they begin
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")

ROLES = [
    ("Analyst", "Northmere"),
    ("Senior analyst", "Northmere"),
    ("Investigator", "Northmere"),
    ("Police supervisor", "Northmere"),
    ("Intelligence officer", "Northmere"),
    ("Social worker", "Northmere"),
    ("Team manager", "Northmere"),
    ("Conference chair", "Northmere"),
    ("Health practitioner", "Northmere"),
    ("Designated officer", "Northmere"),
    ("Designated safeguarding lead", "Alder"),
    ("Auditor", "Northmere"),
    ("Administrator", "This"),
]


@dataclass
class Walk:
    """One person's way through everything that they can reach."""

    page: Page
    url: str
    name: str
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def from_here(self) -> None:
        waiting, known = deque(self.links()), set[str]()
        while waiting:
            address = waiting.popleft()
            kind = kind_of(address)
            if address in known or self.seen[kind] >= EACH_KIND:
                continue
            known.add(address)
            self.seen[kind] += 1
            if is_file := FILES.get(address.rstrip("/").rpartition("/")[2]):  # a browser takes it, and shows no page of it
                file, (kind_of_file, begins) = self.page.request.get(self.url + address), is_file
                well = file.ok and file.headers["content-type"].startswith(kind_of_file) and file.body().startswith(begins)
                self.wrong += [] if well else [f"{address} answered {file.status}, and no file of {kind_of_file}"]
                continue
            answer = self.page.goto(self.url + address)
            status = answer.status if answer else 0
            if status != 200:
                self.wrong.append(f"{address} answered {status}")
                continue
            self.look(kind, address)
            waiting.extend(self.links())

    def links(self) -> list[str]:
        """Every address of our own that this page links to, without fragments; of what a filter may say, nothing."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        ours = [urlsplit(link) for link in found if link.startswith(self.url)]
        return [part.path for part in ours if not part.path.startswith(LEAVES)]

    def look(self, kind: str, address: str) -> None:
        name = f"{self.name}-{kind}-{self.seen[kind]}".replace(":", "-").replace("/", "-").lower()
        picture(self.page, name)
        self.wrong += [f"{address} wide: {each}" for each in flaws(self.page)]
        self.page.set_viewport_size(NARROW)
        if self.seen[kind] == 1:
            picture(self.page, f"{name}-320")
            self.wrong += [f"{address} narrow: {each}" for each in flaws(self.page)]
        else:
            self.wrong += [f"{address} narrow: {each}" for each in sideways(self.page)]
        self.page.set_viewport_size(WIDE)


def kind_of(address: str) -> str:
    """The page that answers, and which of its forms; all cases are one kind."""
    try:
        match = resolve(address, "havenline.site.urls.all")
    except Resolver404:
        return address
    return ":".join([match.view_name, *(str(match.kwargs[key]) for key in ("what", "act", "step") if key in match.kwargs)])


def flaws(page: Page) -> list[str]:
    """What axe finds, sideways scroll, and codes where words should be."""
    words = page.evaluate("document.querySelector('main')?.innerText ?? ''")
    codes = sorted(set(CODE.findall(words)) & values_of_the_database())
    return found_by_axe(page) + sideways(page) + ([f"codes where words should be: {codes}"] if codes else [])


@cache
def values_of_the_database() -> frozenset[str]:
    """What the database holds where people should read a word for it."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return frozenset(str(value) for each in fields for value, _word in getattr(each, "flatchoices", None) or ())


def sign_in(page: Page, demo: Demo, account: dict[str, str]) -> None:
    page.goto(f"{demo.url}/sign-in/")
    page.fill("[name=login]", account["email"])
    page.fill("[name=password]", account["password"])
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")


@pytest.mark.parametrize(("role", "agency"), ROLES, ids=[role for role, _agency in ROLES])
def test_a_desk_has_no_page_that_fails_a_person(demo: Demo, chromium: Browser, role: str, agency: str) -> None:
    context = chromium.new_context(viewport=WIDE)
    page = context.new_page()
    sign_in(page, demo, demo.account(role, agency=agency))
    walk = Walk(page, demo.url, role.replace(" ", "-"))
    walk.from_here()
    context.close()
    print(sorted(walk.seen.items()))
    assert not walk.wrong, "\n".join(walk.wrong)
