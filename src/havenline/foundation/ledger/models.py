"""The record of who did and who saw what. Entries are never changed and never deleted (a trigger says so)."""

import secrets
import threading
import time
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

_last = 0
_one_at_a_time = threading.Lock()


def identifier() -> UUID:
    """A UUID of version 7 (RFC 9562, 6.2, method 3): later entries of a process have higher ones, also within one moment.

    Time alone does not order the ledger: a clock that was set back, or two acts in one microsecond, would leave it to chance.
    """
    global _last
    with _one_at_a_time:
        nanoseconds = time.time_ns()
        _last = max(_last + 1, (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 << 12) // 1_000_000)
        moment = _last
    return UUID(int=(moment >> 12) << 80 | 0x7 << 76 | (moment & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62))


class Entry(models.Model):
    """One act or one look, version 1: canonical JSON, hashed as stored.

    References are text and no foreign keys, so that an entry outlives what it speaks of. The columns
    beside `body` repeat what is in it, for look-ups; `verify` checks that they agree.
    """

    id = models.UUIDField(primary_key=True, default=identifier, editable=False)
    body = models.TextField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    record = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=60)
    agency = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "at"], name="entry_by_record"),
            models.Index(fields=["actor", "at"], name="entry_by_actor"),
            models.Index(fields=["hash"], name="entry_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.record} {self.actor}"


class Waiting(models.Model):
    """An entry that waits for the appender: put in with it, taken out when it is chained, so that neither asks the whole ledger."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="waiting")

    def __str__(self) -> str:
        return f"{self.entry_id} waits"


class Link(models.Model):
    """An entry's place in the chain. Written by the one appender, straight after commit."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class Subtree(models.Model):
    """One hash of the Merkle tree for each 256 links, one for each 256 of those, and so on: proofs in a few short reads."""

    level = models.PositiveSmallIntegerField()  # it stands for 2^level links
    index = models.PositiveBigIntegerField()  # which of its level, counted from 0
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_hash_for_a_subtree")]

    def __str__(self) -> str:
        return f"{self.level}:{self.index} {self.hash[:12]}"


class Checkpoint(models.Model):
    """What this installation has signed: so many links, and the root over them. Never changed: a witness may have cosigned it."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    text = models.TextField()  # the signed note (C2SP tlog-checkpoint), without cosignatures
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"


class Cosignature(models.Model):
    """A witness's line under a checkpoint: it saw that the ledger only grew."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)  # its name, as its key says
    line = models.TextField()
    at = models.DateTimeField()  # as the witness says

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_of_a_witness")]

    def __str__(self) -> str:
        return f"{self.witness} {self.checkpoint_id}"


class Asked(models.Model):
    """How it stands with one witness: when it was last shown a checkpoint, and what is wrong if it did not cosign."""

    witness = models.CharField(max_length=200, primary_key=True)
    asked_at = models.DateTimeField()
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.witness} {self.problem}"


class Refusal(models.Model):
    """A witness holds something else than we do: evidence, kept as it came, until oversight has said what it was."""

    class Kind(models.TextChoices):
        REWIND = "rewind", _("the ledger has gone back")
        REWRITE = "rewrite", _("the ledger was rewritten")
        SPLIT_VIEW = "split view", _("two ledgers under one name")

    witness = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    size = models.PositiveBigIntegerField()  # ours
    known_size = models.PositiveBigIntegerField()  # what the witness cosigned last
    sent = models.TextField()  # old size, proof and checkpoint, as they were sent
    answered = models.TextField()
    at = models.DateTimeField()
    again_at = models.DateTimeField()  # the last time that the same was answered
    times = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=60, blank=True)  # who, as the ledger names them
    settled_words = models.TextField(blank=True)  # what it was

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["witness", "kind"], condition=models.Q(settled_at=None), name="one_open_refusal_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.witness}: {self.kind}"

    @property
    def ledger_object(self) -> str:
        return f"refusal of {self.witness}"

    ledger_record = ""

    def ledger_seal(self) -> None:
        return None


class Vouched(models.Model):
    """What an entry vouches for: the digest that its text names, so that whoever holds a copy finds the entry."""

    digest = models.CharField(max_length=64, primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="vouched")

    def __str__(self) -> str:
        return self.digest


class Commitment(models.Model):
    """A report's place in the public log, for whoever holds its receipt. The leaf derives from no receipt: from 32 random bytes alone."""

    record = models.CharField(max_length=20)
    what = models.CharField(max_length=40, default="received")  # or a station that was released to the reporter
    day = models.DateField()
    leaf = models.CharField(max_length=44, unique=True)
    salt_sealed = models.BinaryField()  # to the receipt's holder: nobody else opens it, nor do we
    promise = models.TextField()  # signed
    index = models.PositiveBigIntegerField(null=True, blank=True, unique=True)  # where it stands, once its day has ended
    proof = models.TextField(blank=True)  # C2SP tlog-proof

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "what"], name="one_commitment_for_each_station")]
        indexes = [models.Index(fields=["day"], name="commitment_waiting", condition=models.Q(index=None))]

    def __str__(self) -> str:
        return f"{self.said} {self.record}"

    @property
    def said(self) -> str:
        """What its holder can prove: “received on 2026-11-18”."""
        return f"{self.what.replace('_', ' ')} on {self.day.isoformat()}"


class PublicLeaf(models.Model):
    """A line of the public log: somebody's commitment, or random bytes. Nobody can tell which without a salt."""

    index = models.PositiveBigIntegerField(primary_key=True)
    leaf = models.CharField(max_length=44)

    def __str__(self) -> str:
        return f"{self.index} {self.leaf[:12]}"


class PublicDay(models.Model):
    """A day's end: how large the public log was then, signed."""

    day = models.DateField(primary_key=True)
    size = models.PositiveBigIntegerField()
    checkpoint = models.TextField()

    def __str__(self) -> str:
        return f"{self.day} {self.size}"
