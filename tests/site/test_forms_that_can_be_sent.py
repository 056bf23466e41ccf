"""Whoever reads a record without being able to act on all of it is shown no form, and no way, that answers as if it did not exist."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse, reverse_lazy

from havenline.foundation.handover.models import HandOver
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import MAY_SEE, AgencyKind, FileKind, Role
from havenline.foundation.records.models import BrokenGlass, Record
from havenline.foundation.records.pages import page_of
from havenline.foundation.sharing import actions as sharing
from havenline.journey.investigation.models import Subject
from tests import factories
from tests.site import world as worlds
from tests.site.test_access import browser_of, make_party_to_all

pytestmark = pytest.mark.django_db
OF_EVERY_PAGE = (reverse_lazy("account_logout"), reverse_lazy("people:act_as"))
AROUND = ("sharing:record", "handover:trace", "retention:hold")
READS_BY_GLASS = [Role.POLICE_SUPERVISOR, Role.TEAM_MANAGER]


class Ways(HTMLParser):
    """The forms of a page, `(address, what they send)`, and where its links lead, within this desk."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: set[str] = set()
        self._inside: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form" and said.get("method", "").lower() == "post" and said.get("action") not in OF_EVERY_PAGE:
            self._inside = {}
            self.forms.append((said.get("action", ""), self._inside))
        elif tag == "input" and said.get("type") == "hidden" and self._inside is not None and said["name"] != "csrfmiddlewaretoken":
            self._inside[said["name"]] = said.get("value", "")
        elif tag == "a" and said.get("href", "").startswith("/desk/"):
            self.links.add(said["href"].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


def does_not_exist(browser: Client, page: str, seen: dict[str, int]) -> list[str]:
    """Each form and link of a page that answers 404. What a form does is undone."""
    shown = browser.get(page)
    if shown.status_code != 200:
        return []
    ways = Ways()
    ways.feed(shown.content.decode())
    wrong = []
    for address, sends in ways.forms:
        with transaction.atomic():
            answer: Any = browser.post(address or page, sends)
            transaction.set_rollback(True)
        seen["forms"] += 1
        wrong += [f"{page}: the form to {address or page} {sends}"] if answer.status_code == 404 else []
    for link in ways.links:
        if link not in seen:
            seen[link] = browser.get(link).status_code
        wrong += [f"{page}: the link to {link}"] if seen[link] == 404 else []
    return wrong


def one_of_each(kinds: Iterable[str]) -> list[Record]:
    """A record of each kind, and a hand-over in each state that there is."""
    hand_overs = {one.state: one.record for one in HandOver.objects.select_related("record")}
    others = [Record.objects.filter(kind=kind).order_by("pk").first() for kind in kinds if kind != FileKind.HAND_OVER]
    return [*(hand_overs.values() if FileKind.HAND_OVER in kinds else ()), *(one for one in others if one is not None)]


def pages_of(record: Record) -> list[str]:
    found = [page_of(record), *(reverse(name, args=[record.reference]) for name in AROUND)]
    return found + [reverse("investigation:subject", args=[one.number]) for one in Subject.objects.filter(case__record=record)]


@pytest.mark.slow
@pytest.mark.parametrize("role", READS_BY_GLASS)
def test_whoever_broke_the_glass_is_shown_no_form_and_no_link_that_does_not_exist(
    role: Role, on_wednesday: Any, record_property: Any
) -> None:
    worlds.make()
    kind = AgencyKind.POLICE if role == Role.POLICE_SUPERVISOR else AgencyKind.SOCIAL_CARE
    by = factories.member(role, factories.agency(kind, "An agency elsewhere"))
    browser, wrong, seen = browser_of(by), [], {"forms": 0}
    for record in one_of_each(MAY_SEE[role]):
        glass = sharing.break_glass(reference=record.reference, reason="A child may be in danger tonight.", by=by)
        for page in pages_of(record):
            wrong += does_not_exist(browser, page, seen)
        sharing.end_glass(glass=BrokenGlass.objects.get(pk=glass.pk), by=by)
        seen = {"forms": seen["forms"]}
    record_property("forms sent by whoever reads by break-glass or by a share", seen["forms"])
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role, kinds in MAY_SEE.items() if kinds])
def test_whoever_reads_by_anothers_share_is_shown_no_form_and_no_link_that_does_not_exist(
    role: Role, on_wednesday: Any, record_property: Any
) -> None:
    world = worlds.make()
    by: Membership = factories.member(role, factories.agency(world.people[role].agency.kind, "An agency elsewhere"))
    make_party_to_all(by.agency)
    browser, wrong, seen = browser_of(by), [], {"forms": 0}
    for record in one_of_each(MAY_SEE[role]):
        for page in pages_of(record):
            wrong += does_not_exist(browser, page, seen)
    record_property("forms sent by whoever reads by break-glass or by a share", seen["forms"])
    assert not wrong, "\n".join(sorted(set(wrong)))
