"""Chaining what was committed, by one appender at a time; and signing how far it goes."""

from django.db import connection, transaction
from django.db.models import QuerySet

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.models import Checkpoint, Entry, Link, Subtree, Waiting
from havenline.foundation.ledger.queries import read_hashes, tree

APPENDER_LOCK = 0x4C454447  # "LEDG": the advisory lock of the one appender
BATCH = 500


def _waiting() -> QuerySet[Entry]:
    """The oldest that wait, at most `BATCH`. Few are asked for by name: a join would read the whole ledger to find them."""
    few = list(Waiting.objects.values_list("entry_id", flat=True)[: BATCH + 1])
    entries = Entry.objects.filter(pk__in=few) if len(few) <= BATCH else Entry.objects.filter(waiting__isnull=False)
    return entries.order_by("at", "id")[:BATCH]


def append_committed(*, limit: int | None = None) -> int:
    """Chain every committed entry that has no link yet, oldest first; return how many.

    Safe to run anywhere and any number of times: one appender at a time, by an advisory lock on PostgreSQL
    and by the database's single writer on SQLite. Costs what waits, whatever the ledger holds.
    """
    appended = 0
    while limit is None or appended < limit:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPENDER_LOCK])
            waiting = list(_waiting())
            if not waiting:
                return appended
            last = Link.objects.order_by("-sequence").values_list("sequence", "hash").first()
            sequence, head = last or (0, proof.GENESIS)
            links, before = [], sequence
            for entry in waiting:
                sequence += 1
                head = proof.link_hash(head, sequence, entry.hash)
                links.append(Link(sequence=sequence, entry=entry, hash=head))
            _grow(before, [bytes.fromhex(entry.hash) for entry in waiting])
            Link.objects.bulk_create(links)
            Waiting.objects.filter(entry__in=waiting).delete()
            appended += len(links)
        if len(links) < BATCH:
            return appended  # what was committed meanwhile has an appender of its own, or the worker's next turn
    return appended


def _grow(size: int, leaves: list[bytes]) -> None:
    """Keep what these leaves make full of the tree, in the transaction of their links."""
    full = proof.grown(size, leaves, read_hashes)
    if full:
        Subtree.objects.bulk_create([Subtree(level=level, index=index, hash=one.hex()) for level, index, one in full])


def sign_checkpoint(*keys: proof.SigningKey) -> Checkpoint | None:
    """The checkpoint of the ledger as it stands, signed by these keys unless it was signed before; None while it is empty.

    It is no entry of its own: it speaks of the ledger, and would let it grow for ever. Safe to run anywhere and any number of times.
    """
    with transaction.atomic():
        now = tree()
        if not now.size:
            return None
        found = Checkpoint.objects.filter(pk=now.size).first()
        if found is None:
            said = proof.Checkpoint(keys[0].name, now.size, now.root())
            signed = Checkpoint(size=now.size, root=said.root.hex(), text=said.signed(*keys), signed_at=moment.now())
            Checkpoint.objects.bulk_create([signed], ignore_conflicts=True)  # another process may sign the same, word for word
            found = Checkpoint.objects.get(pk=now.size)
        return found
