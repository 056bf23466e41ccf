"""Where a name points, and whether we go there.

The system's resolver answers, in a thread that is waited for a few seconds: a library of our own for DNS would bring its own
caches and its own idea of `/etc/hosts` (docs/decisions/0012).
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass

PATIENCE = 3.0  # seconds
MOST = 6  # addresses kept of a name
UNICAST = ipaddress.ip_network("2000::/3")  # all that IANA has given to the internet at large (RFC 4291, 2.4)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an older address stands in its last 32 bits
SPECIAL = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))  # RFC 6890, RFC 7526
# What a list may open: loopback, RFC 1918, RFC 6598, RFC 4193. Link-local stays shut: there a cloud hands out its machines' credentials.
INSIDE = tuple(
    ipaddress.ip_network(one)
    for one in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)

_askers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="look-up")


class NoAddress(Exception):
    """This is no address that we ask; says why."""


class NameUnknown(NoAddress):
    """The name answers nothing."""


class PointsInside(NoAddress):
    """The name points into a private network, or another that is not the internet at large."""


@dataclass(frozen=True)
class Place:
    """Where a connection goes: an address that was checked, and its port."""

    address: str
    port: int
    is_plain: bool = False  # without TLS


def addresses_of(name: str, *, patience: float | None = None) -> tuple[str, ...]:
    """The addresses of a name in ASCII, sorted; empty where it answers nothing within a few seconds. Never raises."""
    if is_address(name):
        return (str(ipaddress.ip_address(name)),)
    try:
        found = _askers.submit(_ask, name).result(timeout=PATIENCE if patience is None else patience)
    except (TookTooLong, OSError, UnicodeError, ValueError):
        return ()
    return tuple(str(address) for address in sorted(found, key=lambda address: (address.version, int(address)))[:MOST])


def checked(addresses: Sequence[str], port: int, *, is_plain: bool, may_be_inside: bool = False) -> Place:
    """The place to connect to; one address that is not allowed among many is enough to go nowhere. Raises NameUnknown, PointsInside."""
    if not addresses:
        raise NameUnknown("the name answers nothing")
    for address in addresses:
        if not (is_public(address) or (may_be_inside and is_inside(address))):
            raise PointsInside("the name points into a network that is not asked")
    return Place(addresses[0], port, is_plain)


def is_listed(name: str, port: int, allowed: Iterable[str]) -> bool:
    """Whether a list allows this host inside: `witness.example.org`, or with its port `witness.example.org:8443`."""
    bare = name.strip("[]").rstrip(".").lower()
    forms = {bare, f"{bare}:{port}", f"[{bare}]", f"[{bare}]:{port}"}
    return any(one.strip().lower() in forms for one in allowed)


def is_address(name: str) -> bool:
    """Whether a name is an address already."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, also where it hides an older one in itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in network for network in SPECIAL)
    if ip in NAT64 or ip.ipv4_mapped is not None:
        return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    # Site-local, IPv4-compatible, translated and local NAT64 addresses lie elsewhere, and Python calls some of them global.
    return ip in UNICAST and ip.is_global and (ip.sixtofour is None or is_public(str(ip.sixtofour)))


def is_inside(address: str) -> bool:
    """Whether an address lies in a network that a list may open."""
    ip = ipaddress.ip_address(address)
    return any(ip in network for network in INSIDE)


def _ask(name: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return {ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_rest, where in answers}
