"""Whether an address still answers, asked by HEAD and nothing more, from here, once.

The name is looked up first, and the connection goes to exactly the address that was looked at: one that lies in a private,
loopback, link-local or otherwise special network is never connected to. No redirect is followed. Of the answer only the status
line is read, byte by byte, so that no header is kept and no byte of a body ever comes into this process.
"""

import http
import ipaddress
import re
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from havenline.journey.takedown import lookup
from havenline.journey.takedown.models import RemovalCheck

PATIENCE = 5.0  # seconds, of everything together
PORTS = {"http": 80, "https": 443}
LONGEST_LINE, LONGEST_READ = 1_000, 8_000  # bytes; a server may say "early hints" before its answer
AGENT = "Mozilla/5.0 (compatible)"  # neutral: it tells a host's log nothing of us
GONE = {404, 410, 451}
UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given to the internet at large (RFC 4291, 2.4)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an older address stands in its last 32 bits
SPECIAL = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))  # RFC 6890, RFC 7526

Found = RemovalCheck.Found


@dataclass(frozen=True)
class Answer:
    """What was found, and its reason in a few words: a status of the standard's, or why nothing answered."""

    found: str
    said: str


class NoAnswer(Exception):
    """Nothing that can be read as an answer came; says why."""


def ask(url: str) -> Answer:
    """Ask once, within a few seconds. Never raises."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return Answer(Found.NOT_ASKED, _("This is no address that can be asked."))
    if parts.scheme not in PORTS or not name:
        return Answer(Found.NOT_ASKED, _("This is no address that can be asked."))
    if port not in (None, PORTS[parts.scheme]):
        return Answer(Found.NOT_ASKED, _("Port %(port)s is not asked, only 80 and 443.") % {"port": port})
    addresses = lookup.addresses_of(name)
    if not addresses:
        return Answer(Found.NOT_REACHABLE, _("The host’s name answers nothing."))
    place = lookup.place_of(name)  # demo and tests only
    if place is None and not all(_is_public(address) for address in addresses):
        return Answer(Found.NOT_ASKED, _("The name points into a private network."))
    try:
        status = _head(parts, place or (addresses[0], PORTS[parts.scheme]), is_plain=place is not None or parts.scheme == "http")
    except NoAnswer as reason:
        return Answer(Found.NOT_REACHABLE, str(reason))
    return Answer(Found.NOT_REACHABLE if status in GONE else Found.ANSWERS, _in_words(status))


def _is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, also where it hides an older one in itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in network for network in SPECIAL)
    if ip in NAT64 or ip.ipv4_mapped is not None:
        return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    # Site-local, IPv4-compatible, translated and local NAT64 addresses lie elsewhere, and Python calls some of them global.
    return ip in UNICAST and ip.is_global and (ip.sixtofour is None or _is_public(str(ip.sixtofour)))


def _head(parts: SplitResult, place: tuple[str, int], *, is_plain: bool) -> int:
    """The status of one HEAD request. Raises NoAnswer."""
    ends = time.monotonic() + PATIENCE
    try:
        with closing(socket.create_connection(place, timeout=_left(ends))) as plain:
            line = plain
            if not is_plain:
                plain.settimeout(_left(ends))
                line = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
            with closing(line):
                line.settimeout(_left(ends))
                line.sendall(_request(parts))
                return _status(line, ends)
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(_("Its certificate was not accepted.")) from error
    except ssl.SSLError as error:
        raise NoAnswer(_("No secure connection came about.")) from error
    except TimeoutError as error:
        raise NoAnswer(_("Nothing answered within %(n)s seconds.") % {"n": round(PATIENCE)}) from error
    except OSError as error:
        raise NoAnswer(_("No connection came about.")) from error


def _request(parts: SplitResult) -> bytes:
    """One request line and four headers. What could end a line early was encoded by the identifier's canonical form; checked again."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    if not re.fullmatch(r"[!-~]+", target):
        raise NoAnswer(_("This is no address that can be asked."))
    return f"HEAD {target} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: {AGENT}\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode("ascii")


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
    raise NoAnswer(_("What answered is no web server."))


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_words(status: int) -> str:
    """In the standard's words, never in the host's own."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    said = f"{status} {phrase}".strip()
    return _("%(said)s, not followed") % {"said": said} if 300 <= status < 400 else said
