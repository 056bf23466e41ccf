"""Background work that can't be lost: the queue itself is django-tasks-db's; here is who works it, and what comes round."""

from django.db import models

from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import Record


class Worker(models.Model):
    """A worker process and its last sign of life."""

    id = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class Round(models.Model):
    """A task that comes round, and when it last did."""

    task = models.CharField(primary_key=True, max_length=120)
    ran_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.task


class RefusedTask(models.Model):
    """What a task did not do, since whoever it was for may no longer. The page of background work shows it without its record."""

    task = models.CharField(max_length=60)
    why = models.CharField(max_length=12)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", help_text="Whom it was for.")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="refused_task_by_time")]

    def __str__(self) -> str:
        return f"{self.task}, {self.why}"
