"""Where a host's name points, kept at drafting and again before its notice leaves; another answer waits for a person."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.journey.takedown.actions.keeping import moved_in_words, what_keeps
from havenline.journey.takedown.actions.rights import at_desk, locked
from havenline.journey.takedown.errors import NotThatState
from havenline.journey.takedown.models import LookUp, Notice


@transaction.atomic
def note_first_look_up(*, notice: Notice, addresses: tuple[str, ...]) -> None:
    """Where the name pointed when the notice was drafted: once."""
    notice = locked(notice)
    if not notice.look_ups.exists():
        LookUp.objects.create(notice=notice, at=moment.now(), addresses=",".join(addresses), differs=not addresses)


def points_where_it_did(notice: Notice, addresses: tuple[str, ...], by: Membership) -> bool:
    """Keep this look-up, and compare it with the last that counts: the first, or one that a person confirmed."""
    said = ",".join(addresses)
    counts = next((one for one in notice.look_ups.order_by("-at", "-pk") if not one.differs or one.confirmed_by_id), None)
    same = counts is not None and counts.addresses == said and (bool(said) or counts.confirmed_by_id is not None)
    first = counts is None and bool(said) and not notice.look_ups.exists()
    look_up = LookUp.objects.create(notice=notice, at=moment.now(), addresses=said, differs=not same and not first)
    if not look_up.differs:
        return True
    notice.problem = moved_in_words(look_up)
    notice.save(update_fields=["problem"])
    ledger.record(by, "kept a notice back", notice, reason="its name points elsewhere")
    return False


@transaction.atomic
def confirm_look_up(*, look_up: LookUp, by: Membership) -> Notice:
    """It is the same host, says a person: the notice may leave to where its name points now. Raises NotThatState and as `at_desk`."""
    notice = at_desk(look_up.notice, by)
    look_up = notice.look_ups.get(pk=look_up.pk)
    if not look_up.waits_for_a_person:
        return notice
    if notice.look_ups.last() != look_up:
        raise NotThatState(_("It was looked up again since. Look at the newest answer."))
    look_up.confirmed_by = by
    look_up.save(update_fields=["confirmed_by"])
    ledger.record(by, "confirmed where a host’s name points", look_up)
    if notice.state == Notice.State.DRAFTED:
        notice.problem = what_keeps(notice)
        notice.save(update_fields=["problem"])
    return notice
