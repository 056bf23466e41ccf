"""Could this link have been made for one person? A named person answers before anything goes to an item's host."""

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.intake.models import ReportedItem
from havenline.journey.triage.actions.claiming import locked, must_hold
from havenline.journey.triage.events import link_answered
from havenline.journey.triage.models import LinkAnswer


@transaction.atomic
def answer_link(*, item: ReportedItem, answer: str, by: Membership) -> LinkAnswer:
    """Say whether an item's link could have been made for one person. The same answer by the same person again changes nothing.

    Raises what `must_hold` raises.
    """
    report = locked(item.report)
    must_hold(report, by)
    last = item.link_answers.order_by("at", "pk").last()
    if last is not None and last.answer == answer and last.by_id == by.pk:
        return last
    made = LinkAnswer.objects.create(item=item, answer=LinkAnswer.ForOnePerson(answer), by=by, at=moment.now())
    ledger.record(by, "answered whether a link was made for one person", report, changed={str(item.number): answer}, reason=answer)
    link_answered.send(sender=LinkAnswer, report=report, by=by)
    return made
