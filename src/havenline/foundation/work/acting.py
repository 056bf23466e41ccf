"""A task that acts for a person: when it runs it asks again whether they still may. Where not, it does nothing, and says so."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record


class WhyNot(TextChoices):
    """Codes of the ledger, in words for the page."""

    LEFT = "left", _("Whoever asked for it no longer acts in that role.")
    NOT_PARTY = "not_party", _("Their agency no longer sees the record.")


def why_not(by: Membership, record: Record) -> WhyNot | None:
    """Why this person may no longer act on this record; None where they may. Asked of the database, whatever `by` was when they asked."""
    now = Membership.objects.current().select_related("person", "agency").filter(pk=by.pk).first()
    if now is None:
        return WhyNot.LEFT
    return None if now.can_act_on(record) else WhyNot.NOT_PARTY
