"""Sources on loopback that behave as told: each answer is a function of the request, and everything that was asked is kept."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from havenline.foundation import moment


@dataclass
class Said:
    """One answer. `length`: what is promised, where it is not what is sent; `raw_end`: neither length nor chunks are told."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    raw_end: bool = False


@dataclass
class Asked:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def whole(self) -> str:
        return self.path + "?" + "&".join(f"{name}={value}" for name, values in self.query.items() for value in values)


Answering = Callable[[Asked], Said]


class Feed:
    """A server. `answers`: what it says; may be changed while it stands. `clock`: seconds by which its clock is ahead."""

    def __init__(self, answers: Answering) -> None:
        self.answers, self.asked, self.clock = answers, list[Asked](), 0
        feed = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = Asked(parts.path, parse_qs(parts.query), {name.lower(): value for name, value in self.headers.items()})
                feed.asked.append(asked)
                said = feed.answers(asked)
                body = said.body.encode() if isinstance(said.body, str) else said.body
                self.send_response_only(said.status)
                self.send_header("Date", formatdate(moment.now().timestamp() + feed.clock, usegmt=True))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if not said.raw_end:
                    self.send_header("Content-Length", str(len(body) if said.length is None else said.length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def standing(answers: Answering) -> Iterator[Feed]:
    feed = Feed(answers)
    thread = Thread(target=feed.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        feed.server.shutdown()
        feed.server.server_close()
        thread.join()


# NCMEC's XML, written here by hand: what is tested is not what writes it


def image(number: int, *, member: int = 7, grade: str = "A1", **prints: str) -> str:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in prints.items())
    return (
        f'<image><member id="{member}">Another hotline</member><timestamp>2026-11-01T00:00:00Z</timestamp><id>{number}</id>'
        f"<classification>{grade}</classification><fingerprints>{inside}</fingerprints></image>"
    )


def deleted(number: int, *, member: int = 7) -> str:
    return f'<deletedImage><member id="{member}">Another hotline</member><id>{number}</id></deletedImage>'


def query_result(*entries: str, next_: str = "", latest: str = "2026-11-01T00:00:00Z") -> str:
    paging = f"<paging><next>{next_.replace('&', '&amp;')}</next></paging>" if next_ else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
        f'<images count="{len(entries)}" maxTimestamp="{latest}">{"".join(entries)}</images>{paging}</queryResult>'
    )


STATUS = '<status xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><member id="1">Northmere</member></status>'


def of_ncmec(*pages: str) -> Answering:
    """Pages in their order: each `next` names the page's number."""

    def answers(asked: Asked) -> Said:
        if asked.path.endswith("/v2/status"):
            return Said(STATUS)
        return Said(pages[int(asked.query.get("page", ["0"])[0])])

    return answers


def at_page(number: int) -> str:
    return f"/v2/entries?page={number}&size=2"


# ThreatExchange


def row(number: int, value: str, *, kind: str = "HASH_MD5", at: int = 1_790_000_000, gone: bool = False, **more: Any) -> dict[str, Any]:
    descriptors = {"data": [{"id": str(number), "owner": {"id": "5", "name": "Platform five"}, "tags": ["grade_B"], "status": "MALICIOUS"}]}
    said = {"id": str(number), "indicator": value, "type": kind, "last_updated": at, "should_delete": gone}
    return said | ({} if gone else {"descriptors": descriptors}) | more


def updates(*rows: dict[str, Any], next_: str = "") -> str:
    return json.dumps({"data": rows} | ({"paging": {"next": next_}} if next_ else {}))
