"""What the worker does for children's cases. Thin, and safe to run twice."""

from django_tasks import task

from havenline.journey.safeguarding.actions import planning
from havenline.journey.safeguarding.models import ConferencePlan


@task()
def make_plan(plan: int) -> None:
    """Make a plan of conferences that somebody asked for. It books nothing."""
    planning.carry_out(plan=ConferencePlan.objects.select_related("agency").get(pk=plan))
