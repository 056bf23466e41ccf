"""Every address, asked as every role from four agencies: the answers are those of the access table, and of nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import resolve, reverse
from pypdf import PdfReader

from havenline.cli import app
from havenline.foundation import moment
from havenline.foundation.people.models import Agency, Membership, Person
from havenline.foundation.people.roles import Role
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Party, Record
from havenline.site.access import ALL, ASSIGNED, NO, OWN_AGENCY, PARTY, table
from havenline.site.urls import api, public
from tests import factories
from tests.site import world as worlds
from tests.site.world import ROUTES, World, address_of_nothing, names_under

pytestmark = pytest.mark.django_db
OF_THE_DESK = table()["desk"]
SIGNED_OUT_BY_IT = {"account_logout"}  # asked by test_signing_in
# Nothing stands behind these in a test: no letter was caught, no identity provider is set up, no letter's link is ours.
NOT_SET_UP_HERE = {"demo_letter", "openid_connect_login", "openid_connect_callback", "people:invitation", "people:confirm_address"}
# The address takes a form, which is not theirs to send: they read the list that stands on it.
READ_BY = {
    "accountability:requests": (Role.AUDITOR,),
    "accountability:breaches": (Role.AUDITOR,),
    "exchange:source": (Role.ANALYST, Role.AUDITOR),  # a senior analyst names it
}
WORKS_ON_IT, PARTY_TO_IT, NO_LONGER, ANOTHER = "works on it", "party to it", "no longer party", "another of the same kind"


# The table is whole


def test_each_address_of_the_desk_has_a_row_and_each_row_an_address() -> None:
    assert set(ROUTES) == set(OF_THE_DESK.rows)


def test_each_public_address_has_a_row_and_each_row_an_address() -> None:
    assert {name for name, _pattern in names_under(public.urlpatterns)} == set(table()["public"].rows)


def test_each_operation_of_the_api_and_each_letters_link_has_a_row_and_each_row_an_address() -> None:
    assert {name for name, _pattern in names_under(api.urlpatterns)} == set(table()["api"].rows)


def test_each_operation_of_the_apis_document_has_a_row(client: Client) -> None:
    document = client.get(reverse("api:openapi-json")).json()
    routes = {resolve(path.replace("{reference}", "HL-2222-2222")).view_name for path in document["paths"]}
    assert routes <= set(table()["api"].rows)


def test_each_command_has_a_row_and_each_row_a_command() -> None:
    def names(group: Any, before: str = "") -> Iterator[str]:
        for one in group.registered_commands:
            yield before + (one.name or one.callback.__name__.replace("_", "-"))
        for inner in group.registered_groups:
            yield from names(inner.typer_instance, f"{inner.name} ")

    assert set(names(app)) == {*table()["commands"].rows}


# Each answer is the table's


@dataclass
class Somebody:
    """A member of one of the four agencies, with a browser of their own."""

    where: str
    browser: Client
    nothing: HttpResponseBase  # what an address answers that does not exist

    def ask(self, method: str, address: str, said: dict[str, Any]) -> HttpResponseBase:
        """The answer; whatever it did is undone."""
        with transaction.atomic():
            answer: Any = getattr(self.browser, method)(address, said if method == "post" else {})
            answer.whole = body(answer)  # read before it is undone
            transaction.set_rollback(True)
        return cast(HttpResponseBase, answer)


def body(answer: Any) -> bytes:
    if hasattr(answer, "whole"):
        return bytes(answer.whole)
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def words_of(answer: Any) -> str:
    """What a person reads of an answer, also of a PDF."""
    whole = body(answer)
    if answer.get("Content-Type") != "application/pdf":
        return whole.decode()
    return " ".join("\n".join(page.extract_text() for page in PdfReader(BytesIO(whole)).pages).split())


def browser_of(by: Membership) -> Client:
    browser = Client()
    browser.force_login(by.person)
    session = browser.session
    session["membership"] = by.pk
    session.save()
    return browser


def four_of(role: str, world: World) -> list[Somebody]:
    """The same role in the agency that works on the report, in one that is party to all of it, in one that was, and in one never."""
    kind = world.people[role].agency.kind
    people = {
        WORKS_ON_IT: world.people[role],
        PARTY_TO_IT: factories.member(role, factories.agency(kind, "Second agency")),
        NO_LONGER: factories.member(role, factories.agency(kind, "Third agency")),
        ANOTHER: factories.member(role, factories.agency(kind, "Fourth agency")),
    }
    Person.objects.update(password=world.people[role].person.password)
    for where in (WORKS_ON_IT, PARTY_TO_IT, NO_LONGER):
        make_party_to_all(people[where].agency)
    Party.objects.filter(agency=people[NO_LONGER].agency).update(until=moment.now())
    found = []
    for where, one in people.items():
        one.person.refresh_from_db()
        browser = browser_of(one)
        found.append(Somebody(where, browser, browser.get("/desk/there-is-no-such-page/")))
    return found


def make_party_to_all(agency: Agency) -> None:
    for record in Record.objects.all():
        records.make_party(record=record, agency=agency, purpose="the test")


def is_let_in(level: str, where: str, *, names_something: bool, is_theirs: bool) -> bool:
    """What the table says of somebody from there."""
    if level == NO:
        return False
    if level == ALL or not names_something:
        return True
    if not is_theirs:
        return False
    if level == OWN_AGENCY:
        return where == WORKS_ON_IT
    if level == ASSIGNED:
        return False  # what stands behind such an address in `world` belongs to somebody else of that agency
    assert level == PARTY, f"say here what “{level}” lets in"
    return where in (WORKS_ON_IT, PARTY_TO_IT)


def is_as_nothing(somebody: Somebody, answer: HttpResponseBase, method: str, name: str, address: str, said: dict[str, Any]) -> bool:
    """Whether it is, byte for byte, what the same address answers where nothing is; what was asked may stand in where it leads to."""
    if (answer.status_code, body(answer)) == (404, body(somebody.nothing)):
        return True
    elsewhere = address_of_nothing(name)
    other = somebody.ask(method, elsewhere, said)
    led, to_nothing = _leads(answer, address, elsewhere), _leads(other, elsewhere, address)
    return (answer.status_code, led, body(answer)) == (other.status_code, to_nothing, body(other))


def _leads(answer: HttpResponseBase, address: str, elsewhere: str) -> str:
    """Where it leads to, without what the address itself named."""
    asked = set(address.split("/")) - set(elsewhere.split("/"))
    return "/".join("…" if part in asked else part for part in answer.headers.get("Location", "").split("/"))


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(Role.values))
def test_each_address_answers_each_role_as_the_table_says(role: str, on_wednesday: Any, record_property: Any) -> None:
    world = worlds.make()
    wrong, answers = [], 0
    for somebody in four_of(role, world):
        for name, pattern in ROUTES.items():
            level = OF_THE_DESK.level(name, role)
            if name in SIGNED_OUT_BY_IT or (level == NO and somebody.where == PARTY_TO_IT):  # who works on it is party to it, too
                continue
            address, said = world.address(name, role), world.posted.get(name, {})
            let_in = is_let_in(level, somebody.where, names_something=bool(pattern.pattern.converters), is_theirs=world.holds(name, role))
            for method in ("get",) if role in READ_BY.get(name, ()) else ("get", "post"):
                answers += 1
                answer = somebody.ask(method, address, said)
                asked = f"{method} {name}, {somebody.where}: {answer.status_code}"
                if not let_in:
                    if not is_as_nothing(somebody, answer, method, name, address, said):
                        wrong.append(f"{asked}; it is not for them, and is told apart from nothing")
                elif (answer.status_code, body(answer)) == (404, body(somebody.nothing)) and name not in NOT_SET_UP_HERE:
                    wrong.append(f"{asked}; it is for them, and does not exist")
                elif answer.status_code >= 500:
                    wrong.append(asked)
                elif level != ALL and somebody.where in (NO_LONGER, ANOTHER):
                    told = [words for words in world.told if words in words_of(answer)]
                    wrong += [f"{asked}; it says {told}"] if told else []
    record_property("answers as the access table says", answers)
    assert not wrong, "\n".join(wrong)


def test_each_address_of_the_desk_leads_whoever_is_not_signed_in_to_the_sign_in(on_wednesday: Any, record_property: Any) -> None:
    world = worlds.make()
    wrong, answers = [], 0
    for name in ROUTES:
        address = world.address(name, Role.ANALYST)
        for method in ("get", "post") if name not in SIGNED_OUT_BY_IT else ():
            answers += 1
            answer = getattr(Client(), method)(address)
            led = (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, reverse("account_login"))
            if led == (OF_THE_DESK.level(name, "anonymous") == ALL):
                wrong.append(f"{method} {name}: {answer.status_code}")
    record_property("answers as the access table says", answers)
    assert not wrong, "\n".join(wrong)


# The administrator


def test_what_is_the_administrators_names_no_case(on_wednesday: Any) -> None:
    world = worlds.make()
    browser = browser_of(world.people[Role.ADMINISTRATOR])
    theirs = [name for name in ROUTES if OF_THE_DESK.level(name, Role.ADMINISTRATOR) != NO and name not in SIGNED_OUT_BY_IT]
    shown = {name: browser.get(world.address(name, Role.ADMINISTRATOR)) for name in theirs}
    assert [(name, words) for name, page in shown.items() for words in world.told if words in page.content.decode()] == []
    for words in (*world.told, "riverwalk_77"):
        page = browser.get(reverse("search:find"), {"q": words})
        assert (page.status_code, list(page.context["hits"])) == (200, [])
