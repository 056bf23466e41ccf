"""Letters leave in the background."""

from django_tasks import task

from havenline.foundation.post import actions


@task
def send_letter(letter_id: int) -> None:
    actions.send(letter_id=letter_id)
