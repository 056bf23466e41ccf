"""The one door of an installation on one machine: sends each request to the process of its role, over a unix socket.

It holds no key, opens no database and keeps no log of who asked for what. Bodies are read whole before a role
sees them, and answers before a reader gets them, so that nobody who is slow, or sends without end, holds one of its threads;
and those who wait for one take turns by network.
"""

import asyncio
import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, UnixConnector, web
from aiohttp.client_exceptions import ClientConnectorError
from multidict import CIMultiDict
from yarl import URL

from havenline.site import installation, logs
from havenline.site.process import as_many_files_as_may_be, end_with_supervisor, leave_no_core_dump, told_to_end
from havenline.site.turns import TooMany, Turns

LARGEST_BODY = 3 * 1024 * 1024
LARGEST_PICTURE = 16 * 1024 * 1024  # that somebody lets hash, in memory
BODY_WITHIN = 60.0  # seconds to send a body
ANSWER_WITHIN = 90.0  # seconds for a role to answer
TAKEN_WITHIN = 120.0  # seconds for a reader to take an answer
IDLE_FOR = 75.0  # seconds that a connection may be open without a whole request: longer than proxies keep theirs
LARGEST_HELD = 4 * 1024 * 1024  # an answer that is larger goes on as it comes: an export, which only those who signed in can ask for
ROLE_BACK_WITHIN = 8.0  # a role that is being started again is waited for
API = ("/api", "/lists", "/host", "/witness", "/check")  # what other organisations reach
MATCH = ("/m", "/h", "/c", "/k", "/status", "/livez", "/readyz", "/api/v1/match")  # platforms' look-ups; HMA's calls by their own names
DESK = ("/desk", "/sign-in", "/sign-out", "/account", "/styleguide", "/demo")
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
)
NEAR = "X-Near"  # the network's first part of whoever signs in, for counting failures: never an address
FROM_OUTSIDE = ("x-forwarded-", "x-real-ip", "x-near", "forwarded", "via", "x-script-name", "remote-user")  # nobody may say these


def role_of(path: str) -> str:
    """Which role serves this path."""

    def is_under(places: tuple[str, ...]) -> bool:
        return any(path == place or path.startswith(f"{place}/") for place in places)

    if is_under(MATCH):
        return "match"
    if is_under(API):
        return "api"
    return "desk" if is_under(DESK) else "public"


@dataclass(frozen=True)
class Pages:
    """What the front says itself: whole pages, drawn when the style sheets were collected, with the headers of every page."""

    too_large: dict[str, str]  # by language, the first of them for every address that names none
    away: dict[str, str]
    headers: dict[str, str]

    @classmethod
    def kept_in(cls, home: Path) -> "Pages":
        """Read what `static_files.collect` kept. The front loads no Django: it starts at once and holds nothing."""
        return cls(**json.loads((home / "front.json").read_text()))


def near(request: web.Request, *, behind_proxy: bool) -> str:
    """The /24 or /64 that a request comes from; empty where only this machine is seen and no proxy is believed."""
    said = (request.remote or "").strip()
    try:
        found = ipaddress.ip_address(said)
        if found.is_loopback and behind_proxy:  # the last is what our own proxy added; those before it anybody can write
            found = ipaddress.ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return "" if found.is_loopback else str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


class Front:
    def __init__(self, sockets: Path, pages: Pages, *, behind_proxy: bool = False) -> None:
        self.sockets, self.pages, self.behind_proxy = sockets, pages, behind_proxy
        self.roles: dict[str, ClientSession] = {}
        # As many at once as a role has threads. One page more takes a core of its own for milliseconds, so two of a network are its share
        # of `public`; behind one address at the desk and at a platform stands a whole house.
        self.turns = {"public": Turns(8, share=2), "desk": Turns(8, share=4), "api": Turns(16, share=8), "match": Turns(32, share=16)}

    async def open(self, app: web.Application) -> None:
        for role in ("public", "desk", "api", "match"):
            # force_close: a connection kept alive may close just as a report is sent over it.
            connector = UnixConnector(path=str(self.sockets / f"{role}.sock"), limit=64, force_close=True)
            self.roles[role] = ClientSession(
                connector=connector,
                # A jar would give one person's session to the next who asks: cookies are the browser's alone.
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=ANSWER_WITHIN),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )

    async def close(self, app: web.Application) -> None:
        for session in self.roles.values():
            await session.close()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        largest = LARGEST_PICTURE if role_of(request.path) == "match" else LARGEST_BODY
        if (request.content_length or 0) > largest:  # refused by what it says of itself: none of it is read
            return self._own(413, request.path, f"The body is larger than {largest >> 20} MB.")
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await self._read(request, largest)
        except web.HTTPRequestEntityTooLarge:
            return self._own(413, request.path, f"The body is larger than {largest >> 20} MB.")
        except TimeoutError:
            return self._own(408, request.path, "The body did not arrive within a minute.")
        try:
            return await self._passed_on(request, body)
        except (ClientError, OSError, TimeoutError, TooMany):
            return self._own(503, request.path, "This part of Havenline does not answer now. Try again in a moment.")

    @staticmethod
    async def _read(request: web.Request, largest: int) -> bytes:
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > largest:
                raise web.HTTPRequestEntityTooLarge(largest, len(body))
        return bytes(body)

    async def _passed_on(self, request: web.Request, body: bytes) -> web.StreamResponse:
        role = role_of(request.path)
        async with (
            self.turns[role].turn_of(near(request, behind_proxy=self.behind_proxy)),
            await self._asked(role, request, body) as answer,
        ):
            response = web.StreamResponse(status=answer.status, reason=answer.reason)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP and name.lower() != "server":
                    response.headers.add(name, value)
            held = bytearray()
            async for chunk in answer.content.iter_chunked(64 * 1024):
                held += chunk
                if len(held) > LARGEST_HELD:
                    await self._send(request, response, bytes(held))
                    held.clear()
        await self._send(request, response, bytes(held))
        await response.write_eof()
        return response

    @staticmethod
    async def _send(request: web.Request, response: web.StreamResponse, held: bytes) -> None:
        """Begin with the headers, once; a reader who takes nothing for two minutes is left alone."""
        try:
            async with asyncio.timeout(TAKEN_WITHIN):
                if not response.prepared:
                    await response.prepare(request)
                if held:
                    await response.write(held)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("The reader takes nothing.") from None

    async def _asked(self, role: str, request: web.Request, body: bytes) -> ClientResponse:
        url = URL(f"http://role{request.rel_url.raw_path_qs}", encoded=True)
        deadline = asyncio.get_running_loop().time() + ROLE_BACK_WITHIN
        while True:
            try:
                return await self.roles[role].request(
                    request.method, url, headers=self._headers(request), data=body or None, allow_redirects=False
                )
            except ClientConnectorError:  # nothing was sent yet, so it may be tried again
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.2)

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        named = {name.strip().lower() for name in request.headers.get("Connection", "").split(",")}
        headers: CIMultiDict[str] = CIMultiDict()
        for name, value in request.headers.items():
            low = name.lower()
            # An underscore would be read as a hyphen.
            if low in HOP_BY_HOP or low in named or low == "content-length" or low.startswith(FROM_OUTSIDE) or "_" in low:
                continue
            headers.add(name, value)
        if request.method == "POST" and request.path.startswith("/sign-in/") and (said := near(request, behind_proxy=self.behind_proxy)):
            headers.add(NEAR, said)
        return headers

    def _own(self, status: int, path: str, words: str) -> web.Response:
        headers = dict(self.pages.headers)
        if status == 503:
            headers["Retry-After"] = "5"
        if role_of(path) in ("api", "match") and not path.startswith(("/host/", "/check")):
            problem = {"type": "about:blank", "title": words, "status": status}
            return web.json_response(problem, status=status, content_type="application/problem+json", headers=headers)
        said = self.pages.too_large if status == 413 else self.pages.away
        page = said.get(path.split("/")[1]) or next(iter(said.values()))
        return web.Response(status=status, text=page, content_type="text/html", charset="utf-8", headers=headers)


def application(front: Front) -> web.Application:
    app = web.Application(client_max_size=LARGEST_PICTURE)
    app.router.add_route("*", "/{path:.*}", front.answer)
    app.on_startup.append(front.open)
    app.on_cleanup.append(front.close)
    return app


def main(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished (up to 8 seconds)."""
    end_with_supervisor()
    leave_no_core_dump()
    as_many_files_as_may_be()  # each connection is one
    logs.set_up()
    found = installation.load()
    front = Front(found.home / "run", Pages.kept_in(found.home), behind_proxy=found.behind_proxy)
    asyncio.run(_serve(application(front), host, port))


def served(app: web.Application) -> web.AppRunner:
    """How it is served: a connection that has sent no whole request for a while is closed, however slowly it goes on sending one."""
    return web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=8.0, keepalive_timeout=IDLE_FOR, lingering_time=2.0)


async def _serve(app: web.Application, host: str, port: int) -> None:
    runner = served(app)
    await runner.setup()
    ended = told_to_end()
    await web.TCPSite(runner, host, port).start()
    await ended.wait()
    await runner.cleanup()
