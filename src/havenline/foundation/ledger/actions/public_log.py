"""The public log: a second tree that shows no stranger anything, and lets each reporter prove that their report cannot be denied.

It grows once a day by the same number of leaves, whatever was reported: what nobody's report fills is filled with random bytes, and all
of a day are shuffled. What does not fit waits for the next day, and is an error on the administrator's screen.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from havenline.engines import proof
from havenline.foundation import moment
from havenline.foundation.ledger.models import Commitment, PublicDay, PublicLeaf

PUBLISHER_LOCK = 0x504C4F47  # "PLOG": the advisory lock of who publishes
MOST_DAYS = 400  # in one go, after a long time away


class LogTooNarrow(Exception):
    """More was reported than a day's leaves hold; says how many wait, and what to do."""


@dataclass(frozen=True)
class Promised:
    """What is kept of a report for its holder: the leaf, the signed promise, and the salt, which only the caller can seal."""

    what: str
    day: date
    salt: bytes
    leaf: str
    promise: str


def promise(key: proof.SigningKey, what: str) -> Promised:
    """A new commitment, of today: that a report was received, or which station was released. Kept by `keep`, once its salt is sealed."""
    day, salt = moment.today(), secrets.token_bytes(32)
    said = Commitment(what=what, day=day).said
    leaf = proof.commitment(said, salt)
    return Promised(what, day, salt, leaf, proof.promised(said, leaf, key))


def keep(made: Promised, *, record: str, salt_sealed: bytes) -> Commitment:
    """Keep it in the transaction of what it speaks of; once for each record and station."""
    return Commitment.objects.create(
        record=record, what=made.what, day=made.day, leaf=made.leaf, promise=made.promise, salt_sealed=salt_sealed
    )


def publish_ended_days(key: proof.SigningKey, *, leaves_a_day: int) -> int:
    """Let the log grow by each day that has ended since the last one; how many days. Raises LogTooNarrow, after it has grown."""
    yesterday = moment.today() - timedelta(days=1)
    count = 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHER_LOCK])
        last = PublicDay.objects.order_by("-day").values_list("day", flat=True).first()
        # It begins the day before it is set up, and not with the first report. Only the demo's world has reports from before that.
        earliest = Commitment.objects.filter(index=None).order_by("day").values_list("day", flat=True).first() or yesterday
        day = last + timedelta(days=1) if last else min(earliest, yesterday)
        lines = list(PublicLeaf.objects.order_by("index").values_list("leaf", flat=True))
        while day <= yesterday and count < MOST_DAYS:
            _publish(day, key, lines, leaves_a_day)
            day, count = day + timedelta(days=1), count + 1
    if waiting := Commitment.objects.filter(index=None, day__lte=yesterday).count():
        raise LogTooNarrow(
            f"{waiting} commitments wait for their place in the public log. A day brings more than log_leaves_a_day ({leaves_a_day}) "
            "in havenline.toml: choose a number that no day reaches, and keep it."
        )
    return count


def _publish(day: date, key: proof.SigningKey, lines: list[str], leaves_a_day: int) -> None:
    """One day's leaves, in an order that says nothing; `lines` grows by them."""
    real = {one.leaf: one for one in Commitment.objects.filter(index=None, day__lte=day).order_by("pk")[:leaves_a_day]}
    fresh = [*real, *(proof.encoded(secrets.token_bytes(32)) for _one in range(leaves_a_day - len(real)))]
    secrets.SystemRandom().shuffle(fresh)
    first = len(lines)
    lines += fresh
    PublicLeaf.objects.bulk_create(PublicLeaf(index=first + at, leaf=leaf) for at, leaf in enumerate(fresh))
    tree = proof.tree_of(lines)
    checkpoint = proof.Checkpoint(key.name, len(lines), tree.root()).signed(key)
    PublicDay.objects.create(day=day, size=len(lines), checkpoint=checkpoint)
    for at, leaf in enumerate(fresh, start=first):
        if leaf in real:
            one = real[leaf]
            one.index, one.proof = at, proof.write_proof(sequence=at + 1, path=tree.inclusion(at), checkpoint=checkpoint)
            one.save(update_fields=["index", "proof"])
