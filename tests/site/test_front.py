"""The one door: each path to its role, nothing believed that the outside says of itself, and a page where a role is away."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from aiohttp import ClientSession, web
from django.urls import URLResolver

from havenline.site.front import LARGEST_BODY, Front, Pages, application, role_of
from havenline.site.urls import desk
from tests.foundation.post.mail_server import free_port

PAGES = Pages(
    too_large={"en-gb": "<h1>Too large</h1>", "ar": "<h1>هذا كثير دفعة واحدة</h1>"},
    away={"en-gb": "<h1>We will be back soon</h1>", "ar": "<h1>سنعود قريباً</h1>"},
    headers={"Content-Security-Policy": "default-src 'none'"},
)
Asked = Callable[[ClientSession, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/", "public"),
        ("/report/", "public"),
        ("/ar/report/", "public"),
        ("/ar/desk/", "public"),
        ("/desk/work/", "desk"),
        ("/sign-in/", "desk"),
        ("/account/invitation/a-token/", "desk"),
        ("/styleguide/", "desk"),
        ("/deskwork", "public"),
        ("/api/v1/reports", "api"),
        ("/host/a-token/", "api"),
        ("/hosting/", "public"),
        ("/static/tokens.css", "public"),
    ],
)
def test_each_path_has_its_role(path: str, role: str) -> None:
    assert role_of(path) == role


def with_a_front(asked: Asked, *, roles: tuple[str, ...] = ("public", "desk", "api"), behind_proxy: bool = False) -> list[web.Request]:
    """Serve a front whose roles note what reaches them and answer with their name."""
    seen: list[web.Request] = []

    async def run(sockets: Path) -> None:
        runners = []
        for role in roles:
            app = web.Application(client_max_size=10 * LARGEST_BODY)

            async def note(request: web.Request, role: str = role) -> web.Response:
                await request.read()
                seen.append(request)
                return web.Response(text=role, headers={"Set-Cookie": "desk=1; Path=/"})

            app.router.add_route("*", "/{path:.*}", note)
            runners.append(runner := web.AppRunner(app))
            await runner.setup()
            await web.UnixSite(runner, str(sockets / f"{role}.sock")).start()
        runners.append(front := web.AppRunner(application(Front(sockets, PAGES, behind_proxy=behind_proxy))))
        await front.setup()
        port = free_port()
        await web.TCPSite(front, "127.0.0.1", port).start()
        try:
            async with ClientSession() as session:
                await asked(session, f"http://127.0.0.1:{port}")
        finally:
            for runner in runners:
                await runner.cleanup()

    with TemporaryDirectory(prefix="front-") as folder:
        asyncio.run(run(Path(folder)))
    return seen


def test_a_request_reaches_its_role_whole() -> None:
    async def asked(session: ClientSession, url: str) -> None:
        async with session.post(f"{url}/desk/x/?q=%C3%A9+b", data=b"words", headers={"Host": "localhost:8000"}) as answer:
            assert (answer.status, await answer.text(), answer.headers["Set-Cookie"]) == (200, "desk", "desk=1; Path=/")

    [request] = with_a_front(asked)
    assert (request.path_qs, request.method, request.headers["Host"]) == ("/desk/x/?q=%C3%A9+b", "POST", "localhost:8000")


def test_nothing_that_the_outside_says_of_itself_is_passed_on() -> None:
    said = {
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=x",
        "X_Forwarded_Proto": "https",
    }

    async def asked(session: ClientSession, url: str) -> None:
        async with session.get(url, headers=said):
            pass

    [request] = with_a_front(asked)
    assert not [name for name in request.headers if "orwarded" in name]


def test_one_persons_session_is_never_given_to_the_next_who_asks() -> None:
    async def asked(session: ClientSession, url: str) -> None:
        async with session.get(f"{url}/sign-in/", headers={"Host": "localhost:8000"}) as answer:
            assert answer.headers["Set-Cookie"] == "desk=1; Path=/"
        async with ClientSession() as stranger, stranger.get(f"{url}/desk/", headers={"Host": "localhost:8000"}):
            pass

    _first, second = with_a_front(asked)
    assert "Cookie" not in second.headers


def test_a_body_that_is_too_large_gets_a_page_and_reaches_nobody() -> None:
    async def asked(session: ClientSession, url: str) -> None:
        async with session.post(f"{url}/report/", data=b"x" * (LARGEST_BODY + 1)) as answer:
            assert (answer.status, await answer.text()) == (413, PAGES.too_large["en-gb"])

    assert with_a_front(asked) == []


def test_a_role_that_is_away_is_a_page_with_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.ROLE_BACK_WITHIN", 0.3)

    async def asked(session: ClientSession, url: str) -> None:
        async with session.get(f"{url}/desk/") as answer:
            assert (answer.status, await answer.text()) == (503, PAGES.away["en-gb"])
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
            assert answer.headers["Retry-After"] == "5"
        async with session.get(f"{url}/") as answer:
            assert await answer.text() == "public"

    with_a_front(asked, roles=("public",))


def test_machines_get_a_problem_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.ROLE_BACK_WITHIN", 0.3)

    async def asked(session: ClientSession, url: str) -> None:
        async with session.get(f"{url}/api/v1/reports") as answer:
            assert answer.content_type == "application/problem+json"
            assert (await answer.json(content_type=None))["status"] == 503

    with_a_front(asked, roles=())


def beginnings(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from beginnings(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern)


def test_every_address_of_the_desk_goes_to_the_desk() -> None:
    assert [path for path in beginnings(desk.urlpatterns) if role_of(path) != "desk"] == []


@pytest.mark.parametrize(
    ("behind_proxy", "said", "told"),
    [
        (False, "198.51.100.7", None),  # this machine asks, and nobody is believed
        (True, "203.0.113.9, 198.51.100.7", "198.51.100.0/24"),  # what our own proxy added stands last
        (True, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (True, "nonsense", None),
    ],
)
def test_a_sign_in_is_told_the_network_that_it_comes_from_and_never_the_address(behind_proxy: bool, said: str, told: str | None) -> None:
    async def ask(session: ClientSession, url: str) -> None:
        headers = {"X-Forwarded-For": said, "X-Near": "made up"}
        await (await session.post(f"{url}/sign-in/", headers=headers)).read()
        await (await session.post(f"{url}/report/", headers=headers)).read()

    sign_in, report = with_a_front(ask, behind_proxy=behind_proxy)
    assert sign_in.headers.get("X-Near") == told
    assert "X-Near" not in report.headers
    assert "X-Forwarded-For" not in sign_in.headers
