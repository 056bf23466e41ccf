"""What an administrator does about background work."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.people.roles import Role


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
