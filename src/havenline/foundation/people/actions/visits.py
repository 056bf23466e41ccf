"""Sessions as their owner sees them: begun, used, ended, and why."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people import limits
from havenline.foundation.people.models import Person, Visit

USED_NOTED_EVERY = timedelta(minutes=1)
ENDED_KEPT_FOR = timedelta(days=7)  # so that a page left open says why


@transaction.atomic
def begin_visit(*, person: Person, device: str) -> Visit:
    """A session begins with its first page. Those that ended a week ago are forgotten."""
    Visit.objects.filter(person=person, ended_at__lt=moment.now() - ENDED_KEPT_FOR).delete()
    Visit.objects.filter(person=person, ended_at=None, since__lt=moment.now() - ENDED_KEPT_FOR - limits.LONGEST).delete()
    return Visit.objects.create(person=person, device=device[:80], since=moment.now(), last_used_at=moment.now())


def go_on(*, visit: Visit, role: str | None) -> Visit:
    """Look whether a session may go on in this role: if so its use is noted, once a minute; if not it has ended."""
    now, allowed = moment.now(), limits.of_role(role)
    if visit.ended_at is None and now - visit.since > allowed.whole:
        return end_visit(visit=visit, why=Visit.Why.WHOLE, by=CLOCK)
    if visit.ended_at is None and now - visit.last_used_at > allowed.idle:
        return end_visit(visit=visit, why=Visit.Why.IDLE, by=CLOCK)
    if visit.ended_at is None and now - visit.last_used_at > USED_NOTED_EVERY:
        Visit.objects.filter(pk=visit.pk, last_used_at__lt=now).update(last_used_at=now)
    return visit


@transaction.atomic
def end_visit(*, visit: Visit, why: str, by: Actor) -> Visit:
    """End one session: its next request leads to the sign-in. Ending twice changes nothing."""
    visit = Visit.objects.select_for_update().select_related("person").get(pk=visit.pk)
    if visit.ended_at is None:
        visit.ended_at, visit.ended_why = moment.now(), why
        visit.save(update_fields=["ended_at", "ended_why"])
        ledger.record(by, "ended a session", visit.person, reason=why)
    return visit


def end_visits(*, person: Person, why: str, but: UUID | None = None) -> int:
    """End all sessions of a person, with the act that ends them, which is on the ledger. `but`: the one that it is done in."""
    open_ones = Visit.objects.filter(person=person, ended_at=None)
    return (open_ones.exclude(pk=but) if but else open_ones).update(ended_at=moment.now(), ended_why=why)
