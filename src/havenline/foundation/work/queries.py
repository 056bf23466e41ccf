"""How background work stands: for the administrator, who sees no case, and for `havenline doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.work import queue
from havenline.foundation.work.acting import WhyNot
from havenline.foundation.work.models import RefusedTask, Round, Worker
from havenline.foundation.work.rounds import DUTIES, discover


@dataclass(frozen=True)
class GivenUp:
    """A task that has given up: what it was to do, and why it could not. Never its arguments."""

    id: UUID
    name: str
    reason: str
    attempts: int
    asked_at: datetime
    gave_up_at: datetime | None


def name_of(path: str) -> str:
    """“Send letter”, of a task's or round's path."""
    return path.rpartition(".")[2].replace("_", " ").capitalize()


def given_up(*, by: Membership) -> list[GivenUp]:
    by.must_be(Role.ADMINISTRATOR)
    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")[:200]
    return [
        GivenUp(task.pk, name_of(task.task_path), task.traceback, len(task.worker_ids), task.enqueued_at, task.finished_at)
        for task in tasks
    ]


@dataclass(frozen=True)
class Refused:
    """What was not done for somebody who may no longer; it names no record."""

    task: str
    why: str
    who: str
    agency: str
    at: datetime


def refused(*, by: Membership) -> list[Refused]:
    """Of the last 30 days, newest first. Raises NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    words = dict(WhyNot.choices)
    since = moment.now() - timedelta(days=30)
    rows = RefusedTask.objects.filter(at__gt=since).select_related("by__person", "by__agency")[:200]
    return [Refused(row.task, str(words.get(row.why, row.why)), row.by.person.name, row.by.agency.name, row.at) for row in rows]


def counts() -> dict[str, int]:
    """How many tasks wait (their time has come, or a later attempt), run, and have given up."""
    tasks = DBTaskResult.objects.all()
    return {
        "waiting": tasks.filter(status=TaskResultStatus.READY).count(),
        "running": tasks.filter(status=TaskResultStatus.RUNNING).count(),
        "given_up": tasks.filter(status=TaskResultStatus.FAILED).count(),
    }


def living_workers() -> QuerySet[Worker]:
    """Workers with a sign of life within a minute; one of a moment that is yet to come, by a clock that was set back, is none."""
    now = moment.now()
    return Worker.objects.filter(seen_at__range=(now - queue.DEAD_AFTER, now + queue.DEAD_AFTER)).order_by("started_at")


def last_sign_of_life() -> datetime | None:
    return Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


@dataclass(frozen=True)
class RoundsState:
    """`what`: the sentence that the round's own function says of itself; empty for one of an earlier version."""

    name: str
    what: str
    ran_at: datetime
    problem: str


def rounds() -> list[RoundsState]:
    """Every round, those with a problem first."""
    discover()
    rows = sorted(Round.objects.all(), key=lambda row: (not row.problem, row.task))
    return [RoundsState(name_of(row.task), _what(row.task), row.ran_at, row.problem) for row in rows]


def _what(name: str) -> str:
    duty = DUTIES.get(name)
    return ((duty.does.__doc__ if duty else "") or "").partition("\n")[0]
