"""Background work that can't be lost: the queue itself is django-tasks-db's; here is who works it, and what comes round."""

from django.db import models


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
