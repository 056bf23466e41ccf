"""Where a host name points, as asked from here: once when a notice is drafted, again just before it leaves.

The system's resolver answers, in a thread that is waited for a few seconds: a library of our own for DNS would bring its own
caches and its own idea of `/etc/hosts` (docs/decisions/0012). The demo and the tests name their hosts in a setting and ask nobody.
"""

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

from django.conf import settings

from havenline.foundation.identifiers import canonical

PATIENCE = 3.0  # seconds
MOST = 6  # addresses kept: a notice's look-up has room for them

_askers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="look-up")


def addresses_of(hostname: str) -> tuple[str, ...]:
    """The addresses of a name, sorted; empty where it answers nothing within a few seconds. Never raises."""
    try:
        name = canonical.host(hostname)
    except canonical.NotAnIdentifier:
        return ()
    try:
        return (str(ipaddress.ip_address(name)),)
    except ValueError:
        pass
    if settings.HOST_NAMES is not None:
        place = place_of(name)
        return (place[0],) if place else ()
    try:
        found = _askers.submit(_ask, name).result(timeout=PATIENCE)
    except (TookTooLong, OSError, UnicodeError):
        return ()
    return tuple(str(address) for address in sorted(found, key=lambda address: (address.version, int(address)))[:MOST])


def place_of(name: str) -> tuple[str, int] | None:
    """Demo and tests: where the setting says that this name is. None in every installation."""
    said = (settings.HOST_NAMES or {}).get(name, "")
    address, _colon, port = said.rpartition(":")
    return (address, int(port)) if address else None


def _ask(name: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return {ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_rest, where in answers}
