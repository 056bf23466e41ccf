"""`{% hours_lost as lost %}`: the ranges that a restore lost, for the pages where people report."""

from django import template
from django.db.utils import DatabaseError

from havenline.foundation.retention import epochs
from havenline.foundation.retention.models import Restoration

register = template.Library()


@register.simple_tag
def hours_lost() -> list[Restoration]:
    """None where the database does not answer: the page where people begin is shown all the same."""
    try:
        return epochs.lost_lately()
    except DatabaseError:
        return []
