"""A hold and an erasure at the same moment, by two connections of their own: whichever came first holds."""

import threading
from collections.abc import Callable
from datetime import date
from queue import Queue

import pytest
from django.db import connection, transaction

from havenline.foundation import moment
from havenline.foundation.ledger.models import Entry
from havenline.foundation.people.models import Agency, Membership, NotPartyToRecord
from havenline.foundation.records.models import Party, Record
from havenline.foundation.retention import actions
from havenline.foundation.retention.models import Erasure, Hold
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.work import queue
from tests import factories
from tests.conftest import WEDNESDAY
from tests.foundation.retention.conftest import approve, closed_case, erased

REVIEW = date(2027, 2, 1)


def put(record: Record, by: Membership) -> Hold:
    return actions.put_on_hold(record=record, reason="Proceedings.", review_on=REVIEW, by=by)


@pytest.mark.django_db
def test_a_hold_of_another_party_stops_the_erasure_and_only_that_agency_releases_it(
    due_case: Record, police_supervisor: Membership, team_manager: Membership, on_wednesday: object
) -> None:
    Party.objects.create(record=due_case, agency=team_manager.agency, purpose="told", since=moment.now())
    with pytest.raises(NotPartyToRecord):  # a team manager sees no police case
        put(due_case, team_manager)
    lead = factories.member("police_supervisor", factories.agency("police", "Another force"))
    Party.objects.create(record=due_case, agency=lead.agency, purpose="told", since=moment.now())
    approve(due_case, police_supervisor)
    hold = put(due_case, lead)
    queue.drain()
    due_case.refresh_from_db()
    assert (due_case.erased_at, Erasure.objects.get().problem) == (None, "Another force holds it.")
    with pytest.raises(actions.NotYours):
        actions.release_hold(hold=hold, reason="Ours.", by=police_supervisor)
    actions.release_hold(hold=hold, reason="Over.", by=lead)
    assert erased(due_case, police_supervisor).erased_at is not None


@pytest.mark.django_db
def test_why_a_record_is_held_is_sealed_and_goes_with_it(due_case: Record, police_supervisor: Membership, on_wednesday: object) -> None:
    hold = put(due_case, police_supervisor)
    assert hold.reason == "Proceedings."
    assert not Entry.objects.filter(body__contains="Proceedings").exists()
    actions.release_hold(hold=hold, reason="Over.", by=police_supervisor)
    erased(due_case, police_supervisor)
    hold.refresh_from_db()
    assert (bytes(hold.reason_sealed), bytes(hold.release_sealed)) == (b"", b"")
    with pytest.raises(sealing.KeyDestroyed):
        sealing.key_of(due_case.reference)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["hold", "erasure"])
def test_of_a_hold_and_an_erasure_at_one_moment_the_first_to_lock_the_record_holds(
    first: str, police: Agency, oversight: Agency, police_supervisor: Membership
) -> None:
    with moment.standing_at(WEDNESDAY):
        record = closed_case(police)
        approve(record, police_supervisor)
        erasure = Erasure.objects.get()
    acts: dict[str, Callable[[], object]] = {
        "hold": lambda: put(record, police_supervisor),
        "erasure": lambda: actions.erase(erasure=erasure),
    }
    second = "erasure" if first == "hold" else "hold"
    ended: Queue[object] = Queue()

    def meanwhile() -> None:
        with moment.standing_at(WEDNESDAY):
            try:
                ended.put(acts[second]())
            except (Record.DoesNotExist, NotPartyToRecord):
                ended.put("there is no such record")
            finally:
                connection.close()

    other = threading.Thread(target=meanwhile)
    with moment.standing_at(WEDNESDAY), transaction.atomic():
        acts[first]()
        other.start()
        other.join(0.3)
        assert other.is_alive()  # it waits for the record
    other.join(30)
    record.refresh_from_db()
    if first == "hold":
        assert (ended.get(timeout=1), record.erased_at) == (False, None)
        assert Erasure.objects.get().problem == "Northmere Police holds it."
    else:
        assert (ended.get(timeout=1), Hold.objects.count()) == ("there is no such record", 0)
        assert record.erased_at == WEDNESDAY
