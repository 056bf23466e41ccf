"""What an administrator does about background work, and the refusal of what nobody may ask for any more."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role
from havenline.foundation.records.models import Record
from havenline.foundation.work.acting import WhyNot
from havenline.foundation.work.models import RefusedTask


class NotGivenUp(Exception):
    """Only a task that has given up can be tried again by a person."""


@transaction.atomic
def try_again(*, task_id: UUID, by: Membership) -> None:
    """Let a task that has given up begin anew, with all its attempts. Raises NotGivenUp, NotYourRole."""
    by.must_be(Role.ADMINISTRATOR)
    task = DBTaskResult.objects.select_for_update().filter(pk=task_id).first()
    if task is None or task.status != TaskResultStatus.FAILED:
        raise NotGivenUp(_("This is being tried again or is done by now. Nothing was changed; look at the list again."))
    task.status, task.worker_ids, task.run_after, task.finished_at = TaskResultStatus.READY, [], moment.now(), None
    task.save(update_fields=["status", "worker_ids", "run_after", "finished_at"])
    ledger.record(by, "tried a task again", f"task {task.task_path}", reason="given up")


@transaction.atomic
def refuse(*, task: str, by: Membership, record: Record, why: WhyNot) -> None:
    """Leave it undone: an entry, and a line on the page of background work, which names no record. The room says what is to be done now.

    `task`: what was to be done, as people read it. Again for the same record changes nothing until a day has passed.
    """
    since = moment.now() - moment.minutes(24 * 60)
    if RefusedTask.objects.filter(task=task, by=by, record=record, why=why, at__gt=since).exists():
        return
    RefusedTask.objects.create(task=task, by=by, record=record, why=why, at=moment.now())
    ledger.record(CLOCK, "refused to act for somebody", record, reason=why)
