"""How far the ledger is witnessed, for every screen and paper that shows proof."""

from typing import Any

from django import template

from havenline.foundation.ledger.queries import witnesses

register = template.Library()


@register.inclusion_tag("ledger/witnessed.html")
def witnessed() -> dict[str, Any]:
    """One sentence: by whom and up to which entry, or that nobody outside has seen it."""
    return {"standing": witnesses.standing()}


@register.inclusion_tag("ledger/contradicted.html")
def contradicted(membership: Any) -> dict[str, Any]:
    """The alarm: what a witness of ours refused, and what a ledger that we witness has signed twice. For oversight and administrator."""
    return {"refusals": witnesses.standing().refusals, "accused": witnesses.accused_by_us(), "membership": membership}
