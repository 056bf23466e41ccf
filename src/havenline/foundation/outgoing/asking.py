"""One request and its answer, over a connection to an address that was checked."""

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from havenline.foundation.outgoing.addresses import NoAddress, Place, addresses_of, checked, is_listed

PORTS = {"http": 80, "https": 443}
LONGEST_LINE, LONGEST_READ = 1_000, 8_000  # bytes of a status line; a server may say "early hints" before its answer
LONGEST_HEAD = 32 * 1024  # bytes of all headers together
AGENT = "Mozilla/5.0 (compatible)"  # neutral: it tells a host's log nothing of us


class Why(StrEnum):
    """Why nothing that can be read as an answer came."""

    BAD_ADDRESS = "this is no address that can be asked"
    CERTIFICATE = "its certificate was not accepted"
    NOT_SECURE = "no secure connection came about"
    TOO_LATE = "it did not answer in time"
    NO_CONNECTION = "no connection came about"
    NO_WEB_SERVER = "what answered is no web server"
    TOO_LARGE = "its answer has no end"


class NoAnswer(Exception):
    """Nothing that can be read as an answer came; `why` says what."""

    def __init__(self, why: Why) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class Answer:
    """What came back. A redirect is an answer like another: it is not followed."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def head(url: str, at: Place, *, within: float) -> int:
    """The status of one HEAD request, in `within` seconds. Only the status line is read, byte by byte: no byte of a body comes into
    this process. Raises NoAnswer."""
    parts, ends = urlsplit(url), time.monotonic() + within
    request = _request("HEAD", parts, {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"})
    with _opened(parts, at, ends) as line:
        line.sendall(request)
        return _status(line, ends)


def ask(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    within: float,
    largest: int,
    may_ask_inside: Iterable[str] = (),
) -> Answer:
    """One exchange: in `within` seconds from the look-up of the name to the last byte, with at most `largest` bytes of an answer.

    `may_ask_inside`: hosts that may lie in a private network (`is_listed`). Raises NoAddress and its kinds, NoAnswer.
    """
    ends = time.monotonic() + within
    try:
        parts = urlsplit(url)
        name, said_port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NoAddress(str(Why.BAD_ADDRESS)) from error
    if parts.scheme not in PORTS or not name or not name.isascii():
        raise NoAddress(str(Why.BAD_ADDRESS))
    port = said_port or PORTS[parts.scheme]
    place = checked(
        addresses_of(name, patience=within),
        port,
        is_plain=parts.scheme == "http",
        may_be_inside=is_listed(name, port, may_ask_inside),
    )
    said = {"Accept": "*/*", **(headers or {}), "Accept-Encoding": "identity", "Connection": "close"}
    if body or method == "POST":
        said["Content-Length"] = str(len(body))
    request = _request(method, parts, said)
    with _opened(parts, place, ends) as line:
        line.sendall(request + body)
        return _answer(line, method, ends, largest)


@contextmanager
def _opened(parts: SplitResult, at: Place, ends: float) -> Iterator[socket.socket]:
    """A connection to this place, which has shown that it may speak for the name. What breaks on it is a NoAnswer that says why."""
    try:
        with closing(socket.create_connection((at.address, at.port), timeout=_left(ends))) as plain:
            line = plain
            if not at.is_plain:
                plain.settimeout(_left(ends))
                line = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
            with closing(line):
                line.settimeout(_left(ends))
                yield line
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(Why.CERTIFICATE) from error
    except ssl.SSLError as error:
        raise NoAnswer(Why.NOT_SECURE) from error
    except TimeoutError as error:
        raise NoAnswer(Why.TOO_LATE) from error
    except (OSError, UnicodeError) as error:
        raise NoAnswer(Why.NO_CONNECTION) from error


def _request(method: str, parts: SplitResult, headers: Mapping[str, str]) -> bytes:
    """A request line and its headers. What could end a line early is no address."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    host = f"{name}:{parts.port}" if parts.port not in (None, PORTS.get(parts.scheme)) else name
    lines = [f"{name}: {value}" for name, value in {"Host": host, **headers}.items()]
    if not re.fullmatch(r"[!-~]+", target) or not all(re.fullmatch(r"[ -~]+", line) for line in lines):
        raise NoAnswer(Why.BAD_ADDRESS)
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode("ascii")


def _status(line: socket.socket, ends: float) -> int:
    """Read up to the end of the status line and no further; of "early hints" (1xx) up to the answer that follows."""
    read, text, is_hint = 0, b"", False
    while read < LONGEST_READ and len(text) < LONGEST_LINE:
        line.settimeout(_left(ends))
        byte = line.recv(1)
        if not byte:
            break
        read, text = read + 1, text + byte
        if byte != b"\n":
            continue
        found = re.fullmatch(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n", text)
        if found and found[1][:1] != b"1":
            return int(found[1])
        if not found and not is_hint:
            break
        is_hint, text = True, b""
    raise NoAnswer(Why.NO_WEB_SERVER)


def _answer(line: socket.socket, method: str, ends: float, largest: int) -> Answer:
    """The whole answer, as Python's own reader of HTTP reads it; of the line it gets no more, and for no longer, than was said."""
    heard = http.client.HTTPResponse(_Heard(line, ends, largest + LONGEST_HEAD), method=method)  # type: ignore[arg-type]
    try:
        heard.begin()
        body = heard.read(largest + 1)
        if not heard.isclosed() and heard.length:
            raise NoAnswer(Why.TOO_LARGE if len(body) > largest else Why.NO_WEB_SERVER)  # it promised more than it said
    except (http.client.HTTPException, ValueError) as error:
        raise NoAnswer(Why.NO_WEB_SERVER) from error
    if len(body) > largest:
        raise NoAnswer(Why.TOO_LARGE)
    return Answer(heard.status, heard.reason or "", {name.lower(): value for name, value in heard.getheaders()}, body)


class _Heard(io.RawIOBase):
    """A connection as a file that is read until a moment and for so many bytes."""

    def __init__(self, line: socket.socket, ends: float, most: int) -> None:
        self._line, self._ends, self._left = line, ends, most

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any, /) -> int:
        if self._left <= 0:
            raise NoAnswer(Why.TOO_LARGE)
        self._line.settimeout(_left(self._ends))
        count = self._line.recv_into(memoryview(into)[: self._left])
        self._left -= count
        return count


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
