"""How far readers have come, and what they say of entries."""

from datetime import timedelta

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.lists.actions import KEEPERS, must_keep
from havenline.foundation.lists.exchange.models import Feedback, Reading
from havenline.foundation.lists.models import KnownList, ListEntry
from havenline.foundation.people.models import ApiKey, Membership

NOTED_EVERY = timedelta(minutes=1)  # that somebody reads, where they come no further


def note_reading(*, known_list: KnownList, key: ApiKey, form: str, position: int) -> None:
    """Keep how far a key has come. It never goes back: who reads from the start again has still read the rest."""
    now = moment.now()
    reading, is_new = Reading.objects.get_or_create(
        known_list=known_list,
        line=key.line,
        form=form,
        defaults={"agency_id": key.agency_id, "api_key": key, "position": position, "first_at": now, "last_at": now},
    )
    if is_new or (reading.position >= position and now - reading.last_at < NOTED_EVERY and reading.api_key_id == key.pk):
        return
    further = Reading.objects.filter(pk=reading.pk)
    further.update(last_at=now, api_key=key)
    further.filter(position__lt=position).update(position=position)


@transaction.atomic
def give_feedback(*, entry: ListEntry, key: ApiKey, is_affirmative: bool, reason: str = "") -> Feedback:
    """What whoever is sent an entry says of it. Their newest word counts; a person is shown what speaks against it."""
    if is_affirmative == bool(reason):
        raise ValueError("a negative word has a reason, an affirmative none")
    said = {"api_key": key, "is_affirmative": is_affirmative, "reason": reason, "at": moment.now(), "seen_at": None, "seen_by": None}
    feedback, _is_new = Feedback.objects.update_or_create(entry=entry, agency_id=key.agency_id, defaults=said)
    ledger.record(key, "affirmed a list entry" if is_affirmative else "doubted a list entry", f"list entry {entry.pk}", reason=reason)
    return feedback


@transaction.atomic
def settle_feedback(*, feedback: Feedback, by: Membership) -> None:
    """A person has looked at it. What is wrong they withdraw from the list; this only ends the question."""
    must_keep(feedback.entry.known_list, by, *KEEPERS)
    if Feedback.objects.filter(pk=feedback.pk, seen_at=None).update(seen_at=moment.now(), seen_by=by):
        ledger.record(by, "looked at a doubt about a list entry", f"list entry {feedback.entry_id}", reason=feedback.reason)
