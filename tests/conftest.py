"""People, places and times for every test."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings

from havenline.foundation import moment
from tests import acting, databases, planted

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer
    from pytest_django.plugin import DjangoDbBlocker

    from havenline.foundation.people.models import Agency, Membership


hypothesis.settings.register_profile("no deadline", deadline=None)  # a shared machine would make an example fail by chance
hypothesis.settings.load_profile("no deadline")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests counted for people to read: `record_property(what, number)`, added up."""
    counted: dict[str, int] = {}
    for report in terminalreporter.stats.get("passed", []):
        for what, number in report.user_properties:
            counted[what] = counted.get(what, 0) + number
    for what, number in counted.items():
        terminalreporter.write_line(f"{number:,} {what}")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: "DjangoDbBlocker", django_db_modify_db_settings: None
) -> Iterator[None]:
    """SQLite: a file in this process's home, set as in real use. PostgreSQL: made by the owner, used by havenline_app."""
    suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        from django.db import connection
        from django.test import TransactionTestCase

        TransactionTestCase._fixture_teardown = lambda case: databases.empty()
        if connection.vendor == "postgresql":
            acting.in_their_name()
            acting.nobody_acts_outside_the_door()
            made = databases.as_unprivileged(suffix)
        else:
            made = databases.as_a_file()
        with made:
            yield


@pytest.fixture(scope="session", autouse=True)
def nothing_outside() -> Iterator[None]:
    """Nothing beyond this machine is asked or connected to: a test neither tells anybody of itself nor waits for an answer."""
    ask, connect = socket.getaddrinfo, socket.socket.connect

    def asked_here(name: Any, *said: Any, **more: Any) -> Any:
        if name not in (None, "", "localhost") and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, "tests ask for no name beyond this machine")
        return ask(name, *said, **more)

    def connected_here(line: socket.socket, place: Any) -> None:
        if line.family in (socket.AF_INET, socket.AF_INET6) and not (place[0] == "localhost" or _is_address(place[0], loopback=True)):
            raise OSError(errno.ENETUNREACH, "tests connect to nothing beyond this machine")
        connect(line, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", asked_here)
        patch.setattr(socket.socket, "connect", connected_here)
        yield


def _is_address(name: Any, *, loopback: bool = False) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not loopback


@pytest.fixture(scope="session", autouse=True)
def quick_receipts() -> Iterator[dict[str, int]]:
    """Receipts are stretched once with 64 KiB, which spares a quarter of the tests' time; gives what it is in use."""
    from havenline.journey.intake import receipts

    with pytest.MonkeyPatch.context() as patch:
        in_use = {name: getattr(receipts, name) for name in ("MEMORY_KIB", "ITERATIONS")}
        patch.setattr(receipts, "MEMORY_KIB", 64)
        patch.setattr(receipts, "ITERATIONS", 1)
        yield in_use


@pytest.fixture(scope="session", autouse=True)
def watched_logs() -> Iterator[planted.Watch]:
    """Everything that the suite logs is looked through for the secrets that it draws."""
    with planted.watching() as watch:
        yield watch


@pytest.fixture(autouse=True)
def _no_secret_is_logged(watched_logs: planted.Watch) -> Iterator[None]:
    yield
    found, watched_logs.found = watched_logs.found, []
    assert not found, "a secret was logged"


WEDNESDAY = datetime(2026, 11, 18, 10, 6, tzinfo=moment.LONDON)  # an ordinary working day, no holiday near


@pytest.fixture
def on_wednesday() -> Iterator[datetime]:
    """Let the test stand at ten past ten on Wednesday 18 November 2026."""
    with moment.standing_at(WEDNESDAY):
        yield WEDNESDAY


@pytest.fixture
def standing_at() -> Callable[[datetime], AbstractContextManager[None]]:
    return moment.standing_at


def _agency(kind: str) -> "Agency":
    from tests import factories

    return factories.agency(kind)


def _member(role: str, kind: str, name: str, team: str = "") -> "Membership":
    from tests import factories

    return factories.member(role, factories.agency(kind), name, team=team)


@pytest.fixture
def hotline(db: None) -> "Agency":
    return _agency("hotline")


@pytest.fixture
def police(db: None) -> "Agency":
    return _agency("police")


@pytest.fixture
def social_care(db: None) -> "Agency":
    return _agency("social_care")


@pytest.fixture
def oversight(db: None) -> "Agency":
    return _agency("oversight")


@pytest.fixture
def analyst(db: None) -> "Membership":
    return _member("analyst", "hotline", "Robin Osei")


@pytest.fixture
def senior_analyst(db: None) -> "Membership":
    return _member("senior_analyst", "hotline", "Noor Field")


@pytest.fixture
def investigator(db: None) -> "Membership":
    return _member("investigator", "police", "Dana Amara")


@pytest.fixture
def police_supervisor(db: None) -> "Membership":
    return _member("police_supervisor", "police", "Morgan Teller")


@pytest.fixture
def social_worker(db: None) -> "Membership":
    return _member("social_worker", "social_care", "Sam Lindqvist")


@pytest.fixture
def team_manager(db: None) -> "Membership":
    return _member("team_manager", "social_care", "Kit Ndiaye")


@pytest.fixture
def conference_chair(db: None) -> "Membership":
    return _member("conference_chair", "social_care", "Pat Marsh")


@pytest.fixture
def auditor(db: None) -> "Membership":
    return _member("auditor", "oversight", "Alex Quist")


@pytest.fixture
def administrator(db: None) -> "Membership":
    return _member("administrator", "installation", "Jo Hale")


@pytest.fixture
def signed_in(client: "Client") -> Callable[["Membership"], "Client"]:
    """A browser in which this person is signed in and acts in that membership."""

    def sign_in(membership: "Membership") -> "Client":
        client.force_login(membership.person)
        session = client.session
        session["membership"] = membership.pk
        session.save()
        return client

    return sign_in


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium, for one file of tests."""
    from tests import browser

    with pytest.MonkeyPatch.context() as environment:
        # Playwright keeps an event loop in this thread; Django's guard against calls from coroutines would take it for one.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with browser.started() as chromium:
            yield chromium


@pytest.fixture
def opened(browser: "Browser", live_server: "LiveServer") -> Iterator[Callable[..., "Page"]]:
    """Open an address of ours in a window of its own, as somebody who is signed in or as anybody."""
    windows: list[BrowserContext] = []

    def open_at(path: str, width: int = 1280, *, client: "Client | None" = None, **options: Any) -> "Page":
        window = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB", **options)
        windows.append(window)
        if client is not None:
            name = settings.SESSION_COOKIE_NAME
            window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = window.new_page()
        page.goto(f"{live_server.url}{path}")
        page.evaluate("document.fonts.ready")
        return page

    yield open_at
    for window in windows:
        window.close()
