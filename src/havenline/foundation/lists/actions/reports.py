"""Entries that are born from reports: matched here at once, known outside in daily batches, after police have let go."""

from collections.abc import Sequence
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.lists import keeping_back
from havenline.foundation.lists.actions.changing import changing
from havenline.foundation.lists.actions.entries import Added, NewEntry, add_entries
from havenline.foundation.lists.actions.errors import NotYourList
from havenline.foundation.lists.models import DailyBatch, KnownList, ListChange, ListEntry
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record

BATCH_AT = time(6, 0)  # London; the same for all, so that nobody can tell one report by when its entry came


def list_from_report(*, record: Record, known_list: KnownList, new: Sequence[NewEntry], by: Membership) -> Added:
    """List what a report names. It is matched here at once; outside it is known from a daily batch after police have let go of the report.

    Raises NotPartyToRecord, NotYourList (where the list is another body's), and as `add_entries`.
    """
    by.must_be_party_to(record)
    if known_list.is_foreign:
        raise NotYourList(_("“%(name)s” is another body’s list: list it on one of our own.") % {"name": known_list.name})
    return add_entries(known_list=known_list, new=new, by=by, record=record, may_be_known=False)


def release_todays_batch() -> int:
    """Let what was listed before today be known outside, but for what its report keeps back; once a day. How many entries.

    What was kept back waits for the first batch after it was let go, as everything does: the hour of a batch tells nothing.
    """
    now, today = moment.now(), moment.today()
    if now.astimezone(moment.LONDON).time() < BATCH_AT:
        return 0
    try:
        with transaction.atomic(), beyond_need_to_know():
            batch = DailyBatch.objects.create(day=today, at=now)
            batch.released = _release(before=datetime.combine(today, time.min, tzinfo=moment.LONDON))
            batch.save(update_fields=["released"])
    except IntegrityError:  # today's has gone out
        return 0
    return batch.released


def _release(*, before: datetime) -> int:
    waiting = ListEntry.objects.filter(shareable_from=None, withdrawn_at=None, added_at__lt=before, known_list__closed_at=None)
    records = set(waiting.exclude(record=None).values_list("record_id", flat=True))
    kept = keeping_back.kept_back(records)
    released = 0
    for known_list in KnownList.objects.filter(pk__in=waiting.values("known_list")).order_by("pk"):
        with changing(known_list) as changes:
            ready = [entry for entry in waiting.filter(known_list=known_list) if entry.record_id not in kept]
            ListEntry.objects.filter(pk__in=[entry.pk for entry in ready]).update(shareable_from=changes.at)
            changes.note(ListChange.What.RELEASED, ready)
            if ready:
                ledger.record(CLOCK, "let listed values be known outside", known_list, reason=f"{len(ready)} entries")
        released += len(ready)
    return released
