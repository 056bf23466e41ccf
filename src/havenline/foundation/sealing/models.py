"""A record's own keys, wrapped. Destroying them destroys what they sealed; the row stays and says when."""

from django.db import models


class Key(models.Model):
    """One 256-bit key, wrapped to a party's public key (HPKE). A record has one of its own, and one for each later letter to it."""

    class Purpose(models.TextChoices):
        RECORD = "record", "the record itself"
        MESSAGE = "message", "one message that arrived later"

    record = models.CharField(max_length=20, help_text="The record's outside reference; no foreign key, since a key outlives nothing.")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.RECORD)
    wrapped_to = models.CharField(max_length=60, default="desk")
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "wrapped_to"], condition=models.Q(purpose="record"), name="one_record_key_for_each_party"
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, wrapped__isnull=False) | models.Q(destroyed_at__isnull=False, wrapped=None),
                name="key_is_live_or_destroyed",
            ),
        ]
        indexes = [models.Index(fields=["record"], name="key_by_record")]

    def __str__(self) -> str:
        return f"{self.record} {self.purpose}"
