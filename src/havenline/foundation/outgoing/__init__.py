"""The one way out: every request that this installation makes of somebody else's web server goes through here.

A name is looked up once, all its addresses are checked, and the connection goes to exactly one that was checked, asking for the name
in TLS and in `Host`: what the name says a moment later changes nothing. No redirect is followed, no proxy of the environment asked, no
credential of a `.netrc` sent; each exchange is bounded in time and size. A server inside a private network is asked only where
havenline.toml lists it (`may_ask_inside`), and nothing that a reporter or a host has written is ever asked with that list.
"""

from havenline.foundation.outgoing.addresses import (
    NameUnknown,
    NoAddress,
    Place,
    PointsInside,
    addresses_of,
    checked,
    is_address,
    is_listed,
    is_public,
)
from havenline.foundation.outgoing.asking import Answer, NoAnswer, Why, ask, head
from havenline.foundation.outgoing.session import Session

__all__ = [
    "Answer",
    "NameUnknown",
    "NoAddress",
    "NoAnswer",
    "Place",
    "PointsInside",
    "Session",
    "Why",
    "addresses_of",
    "ask",
    "checked",
    "head",
    "is_address",
    "is_listed",
    "is_public",
]
