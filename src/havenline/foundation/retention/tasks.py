"""Erasing in the background: what persons approved, and what a rule ends by itself."""

from django_tasks import task

from havenline.foundation import moment
from havenline.foundation.retention import actions, epochs, rules, sweep
from havenline.foundation.retention.models import Erasure
from havenline.foundation.work.rests import with_rests
from havenline.foundation.work.rounds import every


@task()
def erase_approved(erasure_ids: list[int]) -> int:
    """Each in a transaction of its own: what was erased stays erased, whatever stops the rest."""
    waiting = Erasure.objects.filter(pk__in=erasure_ids, erased_at=None).order_by("pk")
    erased = actions.erase_all(with_rests(waiting))
    erased += end_by_rule()
    if erased:
        sweep.sweep()
    return erased


@every(seconds=3600)
def erase_what_needs_no_person() -> None:
    """Also what an end of the worker left undone."""
    left = Erasure.objects.filter(erased_at=None, problem="", approved_at__lt=moment.now() - moment.minutes(60))
    if actions.erase_all(with_rests(left)) + end_by_rule():
        sweep.sweep()


def end_by_rule() -> int:
    """What goes with something else, until nothing more does."""
    total = 0
    while True:
        found = [due for rule in rules.in_force().values() if rule.approval == "rule" for due in actions.due_by(rule, on=moment.today())]
        approved = [erasure for due in found if (erasure := actions.approve_by_rule(found=due)) is not None]
        erased = actions.erase_all(with_rests(approved))
        total += erased
        if not erased:
            return total


@every(seconds=60)
def mark_how_far_the_ledger_was_seen() -> None:
    """A database that somebody put back without a word is a problem on the administrator's screen from then on."""
    epochs.look()
