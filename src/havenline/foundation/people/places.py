"""From near where somebody asks: a network's first part, never an address, and only for counting failed sign-ins."""

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

from havenline.foundation import moment

HEADER = "X-Near"  # said by the front, which drops what the outside says under this name


def prefix_of(address: str) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 one; empty for what is none, and for this machine: a proxy hides whoever asks."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


def near(request: HttpRequest) -> str:
    """Where a request comes from, as it is counted under: an HMAC under a key of this day; empty where nobody knows."""
    peer = request.META.get("REMOTE_ADDR") or ""
    # Over the front's socket there is no peer: the front says the prefix. Whoever comes another way is not believed.
    prefix = prefix_of(peer) if peer else request.headers.get(HEADER, "")
    if not prefix:
        return ""
    key = hmac.new(settings.SECRET_KEY.encode(), f"places of {moment.now():%Y-%m-%d}".encode(), hashlib.sha256).digest()
    return hmac.new(key, prefix.encode(), hashlib.sha256).hexdigest()
