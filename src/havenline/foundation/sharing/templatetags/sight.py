"""What a record's own page says of who sees it: the way to the whole list, and that somebody reads it by break-glass."""

from typing import Any

from django import template

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.foundation.sharing import queries

register = template.Library()


@register.inclusion_tag("sharing/by_break_glass.html")
def by_break_glass(record: Record, by: Membership) -> dict[str, Any]:
    """A band over the page of whoever reads it by break-glass; nothing for everybody else, and no question to the database."""
    return {"glass": queries.reads_by_break_glass(record, by=by)}


@register.inclusion_tag("sharing/waits.html")
def glass_waits(by: Membership) -> dict[str, Any]:
    """A line on each page of a supervisor whose agency's record was opened, or is asked for, and nobody noted it yet."""
    return {"waiting": queries.glass_that_waits(by=by)}
