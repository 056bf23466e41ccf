"""Background work names records by their numbers; what an attempt said when it failed may hold more."""

from typing import Any

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation.sealing import copies
from havenline.foundation.work.models import RefusedTask, Round, Worker


def forget_tasks(reference: str, pk: int) -> int:
    """Tasks that are done go, whatever they were for: they serve nobody. One that gave up over this record keeps its error's kind alone."""
    done, _each = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL).delete()
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.FAILED):
        if _names(task.args_kwargs, {reference, pk}):
            task.traceback, task.args_kwargs = task.exception_class_path.rpartition(".")[2], {"args": [], "kwargs": {}}
            task.save(update_fields=["traceback", "args_kwargs"])
            done += 1
    return done


def _names(said: Any, wanted: set[object]) -> bool:
    if isinstance(said, dict):
        return any(_names(inside, wanted) for inside in said.values())
    if isinstance(said, list):
        return any(_names(inside, wanted) for inside in said)
    return said in wanted


copies.act("tasks", forget_tasks)
copies.by_an_act(DBTaskResult, "arguments are numbers; what is done is deleted")
copies.emptied(RefusedTask, "record", kept={"task": "a phrase of ours", "why": "a code of ours"})
copies.of_no_record(Worker, "a process")
copies.of_no_record(Round, "a round and its last error, which names no argument")
