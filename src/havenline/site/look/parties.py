"""The parties on the line: a shape, then a name, then a colour."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Party:
    """One party: its key (also its CSS class), its name for people, and the drawing of its shape."""

    key: str
    name: "_StrPromise"
    shape: str


_PARTIES = [
    Party("reporter", _("Reporter"), "ring"),
    Party("hotline", _("Hotline"), "disc"),
    Party("host", _("Host"), "bars"),
    Party("platform", _("Platform"), "bars"),
    Party("police", _("Police"), "diamond"),
    Party("intelligence", _("Intelligence"), "hexagon"),
    Party("social_care", _("Social care"), "house"),
    Party("lado", _("Designated officer (LADO)"), "shield"),
    Party("health", _("Health"), "cross"),
    Party("school", _("School"), "pennant"),
    Party("oversight", _("Oversight"), "square"),
    Party("clock", _("Havenline"), "hourglass"),
]
PARTIES = {party.key: party for party in _PARTIES}
_ALSO_CALLED = {
    "care": "social_care",
    "childrens_social_care": "social_care",
    "front_door": "social_care",
    "emergency_duty_team": "social_care",
    "auditor": "oversight",
    "installation": "clock",
    "system": "clock",
    "outside": "reporter",
}


def party_of(kind: object) -> Party:
    """The party of an agency's kind, however it is spelt (`social care`, `social_care`).

    Raises ValueError for a kind that no shape stands for: a wrong shape would tell a wrong story.
    """
    key = str(kind).strip().lower().replace(" ", "_").replace("-", "_")
    key = _ALSO_CALLED.get(key, key)
    try:
        return PARTIES[key]
    except KeyError:
        raise ValueError(f"no shape stands for {kind!r}: use one of {', '.join(PARTIES)}") from None
