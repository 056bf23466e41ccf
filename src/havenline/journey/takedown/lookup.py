"""Where a host name points, as asked from here: once when a notice is drafted, again just before it leaves.

The demo and the tests name their hosts in a setting and ask nobody.
"""

from django.conf import settings

from havenline.foundation import outgoing
from havenline.foundation.identifiers import canonical


def addresses_of(hostname: str) -> tuple[str, ...]:
    """The addresses of a name, sorted; empty where it answers nothing within a few seconds. Never raises."""
    try:
        name = canonical.host(hostname)
    except canonical.NotAnIdentifier:
        return ()
    if settings.HOST_NAMES is not None and not outgoing.is_address(name):
        place = place_of(name)
        return (place[0],) if place else ()
    return outgoing.addresses_of(name)


def place_of(name: str) -> tuple[str, int] | None:
    """Demo and tests: where the setting says that this name is. None in every installation."""
    said = (settings.HOST_NAMES or {}).get(name, "")
    address, _colon, port = said.rpartition(":")
    return (address, int(port)) if address else None
