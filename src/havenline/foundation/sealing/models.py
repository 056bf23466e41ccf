"""A record's own keys, wrapped. Destroying them destroys what they sealed; the row stays and says when."""

from django.db import models


class Key(models.Model):
    """One 256-bit key, wrapped to a holder's public key (HPKE). A record has one of its own, with a row for each party, and one for
    each later letter to it.
    """

    BY_THE_RECORD = "record"  # wrapped by the record's own key: a message, once it was opened at the desk

    class Purpose(models.TextChoices):
        RECORD = "record", "the record itself"
        MESSAGE = "message", "one message that arrived later"
        OUTSIDE = "outside", "what we answer to a platform"

    record = models.CharField(max_length=20, help_text="The record's outside reference; no foreign key, since a key outlives nothing.")
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.RECORD)
    wrapped_to = models.CharField(max_length=60, default="desk", help_text="desk, api, agency-SLUG; or record, by its own key.")
    under = models.CharField(max_length=16, default="", help_text="Which of its public keys, by its mark; empty: before they were told.")
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "wrapped_to"], condition=models.Q(purpose="record"), name="one_record_key_for_each_party"
            ),
            models.UniqueConstraint(
                fields=["record", "wrapped_to"], condition=models.Q(purpose="outside"), name="one_outside_key_for_each_side"
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, wrapped__isnull=False) | models.Q(destroyed_at__isnull=False, wrapped=None),
                name="key_is_live_or_destroyed",
            ),
        ]
        indexes = [
            models.Index(fields=["record"], name="key_by_record"),
            models.Index(
                fields=["id"], name="key_of_unopened_message", condition=models.Q(purpose="message", wrapped_to="desk", destroyed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.purpose}"
