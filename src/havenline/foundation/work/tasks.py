"""What keeps the work room itself in order."""

from django.conf import settings

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.clocks.models import Clock
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actions import public_log, witnesses
from havenline.foundation.people.actions import drafts, signing_in
from havenline.foundation.people.roles import FileKind
from havenline.foundation.sealing import keys, rotation
from havenline.foundation.sealing.actions import exchanging
from havenline.foundation.work import queue
from havenline.foundation.work.models import Worker
from havenline.foundation.work.rests import with_rests
from havenline.foundation.work.rounds import every
from havenline.foundation.work.worker import FORGOTTEN_AFTER


@every(seconds=20)
def take_up_what_dead_workers_left() -> None:
    """A worker without a sign of life for a minute is dead: another does what it was doing."""
    queue.take_up_again()


@every(seconds=3600)
def forget_workers_of_other_days() -> None:
    """Rows of workers that ended are not kept."""
    Worker.objects.filter(seen_at__lt=moment.now() - FORGOTTEN_AFTER).delete()


@every(seconds=3600)
def forget_what_signing_in_kept() -> None:
    """Places of failed sign-ins within a day, drafts after their week, also where nobody comes any more."""
    signing_in.forget_failures_near()
    drafts.forget_old_drafts()


@every(seconds=30)
def raise_late_clocks() -> None:
    """Late clocks go to the supervisors of the agency whose duty it is. Those of hand-overs concern two agencies: handover's round."""
    for clock in Clock.objects.to_raise().exclude(record__kind=FileKind.HAND_OVER).select_related("agency", "record"):
        clocks.escalate(clock=clock, to=[clock.agency])


@every(seconds=3600, apart=True)  # a proclamation may move them all
def count_clocks_again() -> None:
    """A date that moved, by a bank holiday that was proclaimed or a rule that was put right, says so where it is shown."""
    for _moved in with_rests(clocks.count_again()):
        continue


@every(seconds=60)
def sign_a_checkpoint() -> None:
    """What was chained since the last one, signed: from here on it cannot be taken back without breaking a promise."""
    ledger.sign_checkpoint(keys.ledger_key())


@every(seconds=60)
def go_on_exchanging_keys() -> None:
    """An exchange of keys that was cut off, or whose old key nothing needs any more."""
    for exchange in rotation.under_way():
        for _number in with_rests(exchanging.wrap_anew(exchange.holder)):
            continue
        if rotation.may_end_by_itself(exchange.holder):
            exchanging.retire(exchange.holder)


@every(seconds=600)
def let_the_public_log_grow() -> None:
    """Once a day has ended; the first minutes of the next show the growth of the last."""
    public_log.publish_ended_days(keys.public_log_key(), leaves_a_day=settings.DEPLOYMENT.log_leaves_a_day)


@every(seconds=30, apart=True)
def show_the_ledger_to_its_witnesses() -> None:
    """Whoever is away is asked again; a refusal is kept as evidence, and stands on the screens of oversight and administrator."""
    witnesses.show_to_all()
