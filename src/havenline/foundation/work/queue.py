"""The queue of background tasks: taking, running, trying again. django-tasks-db stores it; what it leaves out is here.

A task is enqueued in the transaction of the change that asks for it, so it exists exactly where the change does. It
runs at least once: tasks are safe to run twice. One that fails is tried again with growing pauses; one whose worker
died is taken up again; one that has given up stays on the administrator's screen with its reason.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any, cast

from django.db import close_old_connections, transaction
from django.db.models import Q, QuerySet
from django_tasks import TaskContext
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from havenline.foundation import moment
from havenline.foundation.work.models import Worker
from havenline.foundation.work.rests import with_rests

ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)  # doubled at each attempt: 5 s, 10 s, 20 s, … in all about ten minutes
DEAD_AFTER = timedelta(seconds=60)
IN_THIS_PROCESS = "here"

StoredTask = DBTaskResult[Any, Any]
logger = logging.getLogger("havenline.work")


def ready() -> QuerySet[StoredTask]:
    """Tasks whose time has come, most urgent first. Counts by our own clock, which the demo world sets back.

    One that was tried at a moment that is yet to come was tried by a clock that was wrong, and waits for no time of that clock.
    """
    now = moment.now()
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now) | Q(started_at__gt=now)
    tasks: QuerySet[StoredTask] = DBTaskResult.objects.filter(due, status=TaskResultStatus.READY)
    return tasks


def take(worker: str) -> StoredTask | None:
    """Take the next ready task, so that no other worker does: a row lock on PostgreSQL, the single writer on SQLite."""
    if not ready().exists():
        return None
    with transaction.atomic():
        task: StoredTask | None = ready().select_for_update(skip_locked=True).first()
        if task is None:
            return None
        task.status, task.started_at, task.finished_at = TaskResultStatus.RUNNING, moment.now(), None
        task.worker_ids = [*task.worker_ids, worker]
        task.save(update_fields=["status", "started_at", "finished_at", "worker_ids"])
        return task


def run(task: StoredTask) -> bool:
    """Run a task that was taken; whether it succeeded. A failure is kept with its reason and tried again later, or given up."""
    try:
        called = task.task
        said = task.args_kwargs
        before = [TaskContext(task_result=cast(Any, task.task_result))] if called.takes_context else []
        result = called.call(*before, *said["args"], **said["kwargs"])
    except Exception as error:
        logger.warning("%s failed (attempt %s of %s)", task.task_path, len(task.worker_ids), ATTEMPTS, exc_info=True)
        _failed(task, reason_of(error), kind=f"{type(error).__module__}.{type(error).__qualname__}")
        return False
    task.status, task.finished_at = TaskResultStatus.SUCCESSFUL, moment.now()
    task.return_value = result if isinstance(result, str | int | float | bool | None) else None
    task.exception_class_path = task.traceback = ""
    _keep(task, "status", "finished_at", "return_value", "exception_class_path", "traceback")
    return True


def _keep(task: StoredTask, *columns: str) -> None:
    """Say how an attempt ended, unless another worker has taken the task since: this one was taken for dead, and has no say in it."""
    mine = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
    if not mine.update(**{column: getattr(task, column) for column in columns}):
        logger.warning("%s ended here after another worker had taken it over: that one says how it ended", task.task_path)


def reason_of(error: BaseException) -> str:
    """An error in one line: its class and message. Never arguments or local values: they may hold what is sealed elsewhere."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def _failed(task: StoredTask, reason: str, *, kind: str) -> None:
    attempts = len(task.worker_ids)
    task.exception_class_path, task.traceback, task.return_value = kind, reason, None
    if attempts < ATTEMPTS:
        task.status, task.run_after, task.finished_at = TaskResultStatus.READY, moment.now() + FIRST_PAUSE * 2 ** (attempts - 1), None
    else:
        task.status, task.finished_at = TaskResultStatus.FAILED, moment.now()
        logger.error("%s has given up after %s attempts: %s", task.task_path, attempts, reason)
    _keep(task, "status", "run_after", "finished_at", "exception_class_path", "traceback", "return_value")


def take_up_again() -> int:
    """Give back what dead workers left running (no sign of life for DEAD_AFTER). A task that ends its worker gives up like any other."""
    now = moment.now()
    # A sign of life that is yet to come was given by a clock that was set back since: from now on it counts as one of now.
    Worker.objects.filter(seen_at__gt=now + DEAD_AFTER).update(seen_at=now)
    alive = set(Worker.objects.filter(seen_at__gte=now - DEAD_AFTER).values_list("id", flat=True))
    count = 0
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if task.worker_ids and task.worker_ids[-1] in alive:
            continue
        with transaction.atomic():
            locked = DBTaskResult.objects.select_for_update().get(pk=task.pk)
            if locked.status == TaskResultStatus.RUNNING and locked.worker_ids == task.worker_ids:
                _failed(locked, "WorkerDied: the worker ended while it ran this.", kind="havenline.foundation.work.WorkerDied")
                count += 1
    return count


def drain(*, limit: int = 10_000) -> int:
    """Run everything that is ready now, here; what that enqueues too. How many ran. For the demo world and tests, and for no request.

    A task that fails waits for its next attempt, as it does everywhere.
    """
    for count in range(limit):
        task = take(IN_THIS_PROCESS)
        if task is None:
            return count
        run(task)
    return limit


def work_off(worker: str, *, batch: int = 100, ended: Callable[[], bool] = lambda: False) -> int:
    """What a worker does at each turn: up to `batch` tasks, so that heartbeats and rounds are never starved; none once it has `ended`."""
    count = 0
    for task in with_rests(islice(iter(lambda: None if ended() else take(worker), None), batch)):
        run(task)
        close_old_connections()
        count += 1
    return count
