"""A listed entry was withdrawn: what rested on it counts no more, and its reports wait to be read again."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.lists.models import ListEntry
from havenline.journey.intake.models import Report
from havenline.journey.triage.actions.claiming import end_claims, locked
from havenline.journey.triage.models import Assessment, Decision
from havenline.journey.triage.recognised import WRONG


@transaction.atomic
def let_count_no_more(*, entry: ListEntry) -> int:
    """Called when an entry is withdrawn, while its list is locked, or by a task after it; how many grades rested on it. Twice is once.

    Their reports follow in a task, which holds their rows: whoever lists from a report holds the report before the list.

    An address that only leads nowhere any more was no mistake: what it had matched stands.
    """
    if entry.withdrawn_because not in WRONG:
        return 0
    at, count = moment.now(), 0
    resting = Assessment.objects.filter(entry=entry)
    if entry.record_id:  # what was carried over from the very item that was listed rests on the same mistake
        of_item = Assessment.objects.filter(item__report=entry.record_id, how=Assessment.How.LOOKED)
        listed = of_item.filter(item__identifier__canonical=entry.value) | of_item.filter(item__pdq__canonical=entry.value)
        resting = resting | Assessment.objects.filter(carried_over_from__in=listed)
    found = set(resting.filter(withdrawn_at=None).values_list("pk", flat=True))
    reports: set[int] = set()
    while found:
        reports |= set(Assessment.objects.filter(pk__in=found).values_list("item__report_id", flat=True))
        count += Assessment.objects.filter(pk__in=found).update(withdrawn_at=at)
        found = set(Assessment.objects.filter(carried_over_from__in=found, withdrawn_at=None).values_list("pk", flat=True))
    if reports:
        from havenline.journey.triage import tasks  # tasks imports these actions

        for pk in sorted(reports):
            tasks.read_again.enqueue(pk, entry.pk)
    return count


@transaction.atomic
def read_again(*, report: Report, entry: ListEntry) -> None:
    """Put a report back in the queue, since what it was recognised by was withdrawn; what was decided and has not left is taken back.

    Twice is once.
    """
    report = locked(report)
    if report.record.erased_at is not None or not rests_on_withdrawn(report):
        return  # nothing of it is left, or somebody has graded it anew
    taken_back = give_back_pending(report)
    put_back = Report.objects.filter(pk=report.pk, waits_since=None).update(waits_since=moment.now())
    if taken_back or put_back:
        changed = {"list_entry": entry.pk}
        ledger.record(CLOCK, "put a report back to be read again", report, reason="withdrawn_from_list", changed=changed)


def rests_on_withdrawn(report: Report) -> bool:
    """Whether some item has no grade that counts since what its grade rested on was withdrawn, also where the task has yet to say so."""
    last: dict[int, Assessment] = {}
    for one in Assessment.objects.filter(item__report=report).select_related("entry").order_by("at", "pk"):
        last[one.item_id] = one
    return any(one.withdrawn_at is not None or (one.entry and one.entry.withdrawn_because in WRONG) for one in last.values())


def give_back_pending(report: Report) -> bool:
    """Take back what was decided and not carried out, and say why among the desk's problems. Whether there was anything."""
    pending = list(Decision.objects.filter(report=report, carried_out_at=None, taken_back_at=None))
    for decision in pending:
        decision.taken_back_at = moment.now()
        decision.problem = _("What an item was recognised by was withdrawn from its list, so nothing was sent. Read it again.")
        decision.save(update_fields=["taken_back_at", "problem"])
        end_claims(report, "withdrawn")
        ledger.record(CLOCK, "took a decision back", decision, reason="withdrawn from list")
    return bool(pending)
