"""The one door: each path to its role, nothing believed that the outside says of itself, and a page where a role is away."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from aiohttp import ClientOSError, ClientSession, web
from django.urls import URLResolver

from havenline.site.front import LARGEST_BODY, LARGEST_HELD, Front, Pages, application, role_of, served
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
        ("/api/v1/match", "match"),
        ("/api/v1/match/changes", "match"),
        ("/m/raw_lookup", "match"),
        ("/k/a-key/m/raw_lookup", "match"),
        ("/c/bank/MINE", "match"),
        ("/status", "match"),
        ("/matching", "public"),
        ("/host/a-token/", "api"),
        ("/hosting/", "public"),
        ("/static/tokens.css", "public"),
    ],
)
def test_each_path_has_its_role(path: str, role: str) -> None:
    assert role_of(path) == role


def with_a_front(
    asked: Asked, *, roles: tuple[str, ...] = ("public", "desk", "api"), behind_proxy: bool = False, threads: int = 100
) -> list[web.Request]:
    """Serve a front whose roles note what reaches them and answer with their name; each answers so many at once, as a role's threads do."""
    seen: list[web.Request] = []

    async def run(sockets: Path) -> None:
        runners = []
        for role in roles:
            app = web.Application(client_max_size=2**30)  # a role refuses nothing by its size

            at_once = asyncio.Semaphore(threads)

            async def note(request: web.Request, role: str = role, at_once: asyncio.Semaphore = at_once) -> web.StreamResponse:
                async with at_once:  # until the whole answer is taken
                    await request.read()
                    seen.append(request)
                    if request.path == "/slow":
                        await asyncio.sleep(0.05)
                    answer = web.Response(text=role, headers={"Set-Cookie": "desk=1; Path=/"})
                    if request.path == "/large":
                        answer = web.Response(body=LARGE)
                    await answer.prepare(request)
                    await answer.write_eof()
                    while request.transport is not None and request.transport.get_write_buffer_size():  # a thread sends all of it itself
                        await asyncio.sleep(0.01)
                    return answer

            app.router.add_route("*", "/{path:.*}", note)
            runners.append(runner := web.AppRunner(app))
            await runner.setup()
            await web.UnixSite(runner, str(sockets / f"{role}.sock")).start()
        runners.append(front := served(application(Front(sockets, PAGES, behind_proxy=behind_proxy))))
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


async def heard_of(address: tuple[str, int], said: bytes, *, at_most: int = 4096) -> bytes:
    """What comes back over one raw connection until it is closed, or falls silent."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(said)
    try:
        return await asyncio.wait_for(reader.read(at_most), 5)
    finally:
        writer.close()


def address_of(url: str) -> tuple[str, int]:
    return "127.0.0.1", int(url.rpartition(":")[2])


def test_a_body_that_says_it_is_too_large_is_refused_before_any_of_it_is_sent() -> None:
    async def asked(session: ClientSession, url: str) -> None:
        said = await heard_of(address_of(url), b"POST /report/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 413")

    assert with_a_front(asked) == []


def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_large() -> None:
    async def without_end() -> AsyncIterator[bytes]:
        for _number in range(400):
            yield b"x" * 262144

    async def asked(session: ClientSession, url: str) -> None:
        try:
            async with session.post(f"{url}/report/", data=without_end()) as answer:
                assert answer.status == 413
        except ClientOSError:  # the line was cut as it went on sending
            pass

    assert with_a_front(asked) == []


def test_a_connection_that_never_sends_a_whole_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.IDLE_FOR", 0.3)

    async def asked(session: ClientSession, url: str) -> None:
        assert await heard_of(address_of(url), b"GET /report/ HTTP/1.1\r\nHost: local") == b""

    assert with_a_front(asked) == []


def test_a_body_that_comes_a_byte_at_a_time_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.BODY_WITHIN", 0.3)

    async def asked(session: ClientSession, url: str) -> None:
        reader, writer = await asyncio.open_connection(*address_of(url))
        writer.write(b"POST /report/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")

        async def drip() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        try:
            assert (await asyncio.wait_for(reader.read(15), 5)).startswith(b"HTTP/1.1 408")
        finally:
            dripping.cancel()
            writer.close()

    assert with_a_front(asked) == []


LARGE = b"x" * LARGEST_HELD  # more than the kernel takes for somebody who reads nothing


async def who_takes_nothing(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line over which something large was asked for, and that hardly holds any of it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(address_of(url))
    reader, writer = await asyncio.open_connection(sock=line, limit=1024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return reader, writer


def test_a_reader_who_takes_nothing_holds_no_thread_of_a_role() -> None:
    async def asked(session: ClientSession, url: str) -> None:
        lines = [await who_takes_nothing(url) for _number in range(20)]
        await asyncio.sleep(0.1)
        async with asyncio.timeout(30), session.get(f"{url}/") as answer:
            assert await answer.text() == "public"
        for _reader, writer in lines:
            writer.close()

    seen = with_a_front(asked, threads=8)
    assert len(seen) == 21


def test_a_reader_who_takes_nothing_for_too_long_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.TAKEN_WITHIN", 0.3)

    async def asked(session: ClientSession, url: str) -> None:
        reader, writer = await who_takes_nothing(url)
        await asyncio.sleep(1)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(len(LARGE)), 5)
        writer.close()

    with_a_front(asked)


def test_an_answer_that_is_larger_than_what_is_held_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("havenline.site.front.LARGEST_HELD", 100_000)

    async def asked(session: ClientSession, url: str) -> None:
        async with session.get(f"{url}/large") as answer:
            assert await answer.read() == LARGE

    with_a_front(asked)


def test_a_flood_from_one_network_waits_behind_itself_and_the_next_network_goes_first() -> None:
    order: list[str] = []

    async def asked(session: ClientSession, url: str) -> None:
        async def ask(name: str, network: str) -> None:
            async with session.get(f"{url}/slow", headers={"X-Forwarded-For": network}) as answer:
                assert answer.status in (200, 503)
            order.append(name)

        flood = [asyncio.create_task(ask("flood", "198.51.100.7")) for _number in range(40)]
        await asyncio.sleep(0.15)
        await ask("somebody", "203.0.113.9")
        await asyncio.gather(*flood)

    with_a_front(asked, behind_proxy=True)
    assert order.index("somebody") < 8
