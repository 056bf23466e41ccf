"""Whether an address still answers, asked by HEAD and nothing more, from here, once.

The connection goes to exactly the address that was looked at, and never inwards; no redirect is followed; of the answer only the status
line is read (`foundation.outgoing`).
"""

import http
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from havenline.foundation import outgoing
from havenline.foundation.outgoing import Place, Why
from havenline.journey.takedown import lookup
from havenline.journey.takedown.models import RemovalCheck

PATIENCE = 5.0  # seconds, of everything together
PORTS = {"http": 80, "https": 443}
GONE = {404, 410, 451}

Found = RemovalCheck.Found


@dataclass(frozen=True)
class Answer:
    """What was found, and its reason in a few words: a status of the standard's, or why nothing answered."""

    found: str
    said: str


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
    try:
        status = outgoing.head(url, _place(name, parts.scheme), within=PATIENCE)
    except outgoing.NameUnknown:
        return Answer(Found.NOT_REACHABLE, _("The host’s name answers nothing."))
    except outgoing.PointsInside:
        return Answer(Found.NOT_ASKED, _("The name points into a private network."))
    except outgoing.NoAnswer as error:
        return Answer(Found.NOT_REACHABLE, _why(error.why))
    return Answer(Found.NOT_REACHABLE if status in GONE else Found.ANSWERS, _in_words(status))


def _place(name: str, scheme: str) -> Place:
    """Where to connect. The demo's and the tests' hosts are on this machine; nothing else is ever asked inside, whatever is listed."""
    addresses = lookup.addresses_of(name)
    if (place := lookup.place_of(name)) is not None:
        return Place(*place, is_plain=True)
    return outgoing.checked(addresses, PORTS[scheme], is_plain=scheme == "http")


def _why(why: Why) -> str:
    return {
        Why.CERTIFICATE: _("Its certificate was not accepted."),
        Why.NOT_SECURE: _("No secure connection came about."),
        Why.TOO_LATE: _("Nothing answered within %(n)s seconds.") % {"n": round(PATIENCE)},
        Why.NO_CONNECTION: _("No connection came about."),
        Why.BAD_ADDRESS: _("This is no address that can be asked."),
    }.get(why, _("What answered is no web server."))


def _in_words(status: int) -> str:
    """In the standard's words, never in the host's own."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    said = f"{status} {phrase}".strip()
    return _("%(said)s, not followed") % {"said": said} if 300 <= status < 400 else said
