"""In whose name PostgreSQL is asked: its second lock lets through only what that person may see (site.row_security).

The first lock is the querysets that take the person. SQLite has no second one: there nothing here does anything.

Whose keys open what is found is said apart (`ledger.actors.acting_for`): of an agency and for a whole request, not of a person and for one
transaction; and each is widened alone. A rule that looks past the person opens nothing by it, and an entry that the installation seals
with a record's key shows nobody a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal
from psycopg.pq import TransactionStatus

from havenline.foundation import moment
from havenline.foundation.people.models import Membership

EVERYTHING = "all"  # what the installation itself sees: the worker, the clock, whoever sits at the command line
SETTING = "havenline.acting"
_someone_acts: ContextVar[bool] = ContextVar("someone acts", default=False)


@contextmanager
def acting_as(by: Membership) -> Iterator[None]:
    """Within, the database shows and takes what this person may see, in one transaction; after it, what it showed before.

    Costs one question. Nobody acts, nothing is seen: a connection of the desk that is not within here reads no case.
    """
    if connection.vendor != "postgresql":
        yield
        return
    outermost = not connection.in_atomic_block  # its settings end with it
    with transaction.atomic():
        before = _ask("SELECT current_setting(%s, true), havenline_act(%s, %s)", SETTING, by.pk, moment.now())
        someone = _someone_acts.set(True)
        try:
            yield
        finally:
            _someone_acts.reset(someone)
            if not outermost:
                _back_to(before)


@contextmanager
def beyond_need_to_know() -> Iterator[None]:
    """Within, rules look past whoever acts: at another agency's notice of the same link, at a duty on a report that a case arose from.

    For what a person's act depends on and what it does for others, never for what they are shown. Evaluate querysets within. Where
    nobody acts, in the worker and for machines with a key, it changes nothing.
    """
    if not _someone_acts.get():
        yield
        return
    before = _ask("SELECT current_setting(%s, true), set_config(%s, %s, true)", SETTING, SETTING, EVERYTHING)
    someone = _someone_acts.set(False)
    try:
        yield
    finally:
        _someone_acts.reset(someone)
        _back_to(before)


class Announcement(Signal):
    """What a room announces, inside the transaction. Whoever hears it does what their own room owes to its own agency: beyond the need
    to know of the person whose act is announced."""

    def send(self, sender: Any, **named: Any) -> list[tuple[Any, Any]]:
        with beyond_need_to_know():
            return super().send(sender, **named)


def _back_to(before: str) -> None:
    """A transaction that failed is rolled back by whoever began it, and its settings with it: it takes no more questions."""
    if connection.connection.info.transaction_status != TransactionStatus.INERROR:
        _ask("SELECT set_config(%s, %s, true)", SETTING, before)


def _ask(question: str, *given: str | int | datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return str(cursor.fetchone()[0] or "")
