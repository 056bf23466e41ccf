"""What the sidebar of a record shows."""

from typing import Any

from django import template
from django.db.models import Q

from havenline.foundation import moment
from havenline.foundation.people import queries as people
from havenline.foundation.people.models import Membership
from havenline.foundation.records.forms import SilenceForm
from havenline.foundation.records.models import Record
from havenline.foundation.records.pages import offered
from havenline.foundation.records.queries import silences_shown

register = template.Library()


@register.simple_tag
def cover_of(record: Record, by: Membership) -> dict[str, Any]:
    """Parties now, silences, other numbers; who could hold it, for the agency that owns it; whether this person may act on it."""
    return {
        "parties": record.parties.filter(Q(until=None) | Q(until__gt=moment.now())).select_related("agency").order_by("since"),
        "silences": silences_shown(record, by).select_related("agreed_by__person", "agreed_by__agency"),
        "numbers": record.other_numbers.all(),
        "colleagues": people.colleagues(by=by) if by.agency_id == record.agency_id else [],
        "audiences": SilenceForm.base_fields["audience"].choices,  # type: ignore[attr-defined]
        "today": moment.today(),
        "may_act": by.can_act_on(record),
    }


@register.inclusion_tag("records/offers.html")
def offers(record: Record, by: Membership) -> dict[str, Any]:
    """What later rooms can begin from this record, as links that look like buttons."""
    return {"offers": offered(record, by)}
