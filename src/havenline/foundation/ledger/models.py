"""The record of who did and who saw what. Entries are never changed and never deleted (a trigger says so)."""

import uuid

from django.db import models


class Entry(models.Model):
    """One act or one look, version 1: canonical JSON, hashed as stored.

    References are text and no foreign keys, so that an entry outlives what it speaks of. The columns
    beside `body` repeat what is in it, for look-ups; `verify` checks that they agree.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
