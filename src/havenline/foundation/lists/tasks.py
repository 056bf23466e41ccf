"""Background work of lists: thin, and safe to run twice."""

from django_tasks import task

from havenline.foundation.lists import actions
from havenline.foundation.lists.models import ListImport
from havenline.foundation.work.rounds import every


@task()
def apply_import_parts(imported: int) -> None:
    """Apply what is left of an import."""
    for _done in actions.apply_parts(imported=ListImport.objects.get(pk=imported)):
        continue


@every(seconds=300, apart=True)
def go_on_with_imports() -> None:
    """What was to be applied and whose task gave up."""
    for imported in ListImport.objects.filter(state=ListImport.State.APPLYING).order_by("pk"):
        for _done in actions.apply_parts(imported=imported):
            continue


@every(seconds=600)
def let_todays_batch_be_known() -> None:
    """Once a day, from six o'clock on."""
    actions.release_todays_batch()


@every(seconds=30)
def take_in_complaints() -> None:
    """What somebody outside complained of: its clock starts with its arrival."""
    actions.take_in_complaints()
