"""A task that acts for a person: when it runs it asks again whether they still may. Where not, it does nothing, and says so."""

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record
from havenline.foundation.work.models import RefusedTask


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


@transaction.atomic
def refuse(*, task: str, by: Membership, record: Record, why: WhyNot) -> None:
    """Leave it undone: an entry, and a line on the page of background work, which names no record. The room says what is to be done now.

    `task`: what was to be done, as people read it. Again for the same record changes nothing until a day has passed.
    """
    since = moment.now() - moment.minutes(24 * 60)
    if RefusedTask.objects.filter(task=task, by=by, record=record, why=why, at__gt=since).exists():
        return
    RefusedTask.objects.create(task=task, by=by, record=record, why=why, at=moment.now())
    ledger.record(CLOCK, "refused to act for somebody", record, reason=why)
