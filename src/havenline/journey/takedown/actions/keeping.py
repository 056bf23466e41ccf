"""What keeps a notice from leaving, written on it for whoever sends it. Nothing here sends anything."""

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.journey.takedown.actions.rights import can_release, locked
from havenline.journey.takedown.errors import HeldForPolice, NoContact, NotThatState
from havenline.journey.takedown.models import Contact, Host, LookUp, Notice
from havenline.journey.takedown.queries import contact_for, graded_otherwise_since, host_for, lies_in


@transaction.atomic
def refresh(*, notice: Notice, by: Actor = CLOCK, refused: str = "") -> None:
    """Write down what keeps a notice from leaving, as it is now, or else what refused it just before. It sends nothing."""
    notice = locked(notice)
    if notice.state != Notice.State.DRAFTED:
        return
    host, problem = host_for(notice.hostname), what_keeps(notice) or refused[:300]
    if problem == notice.problem and notice.host == host:
        return
    notice.host, notice.problem = host, problem
    notice.save(update_fields=["host", "problem"])
    ledger.record(by, "kept a notice back" if problem else "cleared what kept a notice", notice, reason=_code_of(notice))


def what_keeps(notice: Notice) -> str:
    """Why a notice that is not held cannot leave as it stands, in a sentence; empty: a person can send it."""
    last = notice.look_ups.last()
    if last is not None and last.waits_for_a_person:
        return moved_in_words(last)
    try:
        contact_it_may_leave_to(notice)
    except (HeldForPolice, NoContact, NotThatState, records.Silenced) as refusal:
        return str(refusal)[:300]
    return ""


def may_leave(notice: Notice) -> bool:
    """Whether its letter would be taken if a person sent it now, the look-up aside, which is made then."""
    try:
        contact_it_may_leave_to(notice)
    except (HeldForPolice, NoContact, NotThatState, records.Silenced):
        return False
    return True


def new_link_waits(notice: Notice) -> bool:
    """Whether a host that has it is being sent another letter at this moment."""
    return notice.has_left and notice.letter is not None and notice.letter.state in (Letter.State.QUEUED, Letter.State.SENDING)


def refresh_notices_of(host: Host) -> None:
    """What the directory knows now may be what kept a notice from leaving; nothing is sent by that."""
    with beyond_need_to_know():  # every hotline’s: they share the directory
        for notice in Notice.objects.filter(ended_at=None, sent_at=None).select_related("record"):
            if lies_in(notice.hostname, host.domain):
                refresh(notice=notice)


def contact_it_may_leave_to(notice: Notice) -> Contact:
    """Everything but the look-up. Raises HeldForPolice, NotThatState, records.Silenced, NoContact."""
    if notice.state == Notice.State.HELD or (notice.held_at is not None and notice.released_at is None):
        raise HeldForPolice(can_release(notice))
    if notice.state == Notice.State.LEAVING:
        raise NotThatState(_("It is leaving already: its letter waits for the mail server."))
    if not notice.is_open:
        raise NotThatState(_("This notice has ended. If it is back, send a new one."))
    if new_link_waits(notice):
        raise NotThatState(_("A letter with a new link is leaving already: it waits for the mail server."))
    records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    if regraded := graded_otherwise_since(notice):
        raise NotThatState(_("Graded otherwise since: item %(items)s. Withdraw this notice.") % {"items": ", ".join(map(str, regraded))})
    contact = contact_for(notice.hostname)
    if contact is not None:
        return contact
    host = host_for(notice.hostname)
    if host is None:
        raise NoContact(_("%(host)s is not in the directory. Add it, and propose a contact.") % {"host": notice.hostname})
    if host.contacts.filter(state=Contact.State.PROPOSED).exists():
        raise NoContact(_("The contact for %(host)s waits for another person’s approval.") % {"host": host.domain})
    raise NoContact(_("%(host)s has no approved contact. Propose one.") % {"host": host.domain})


def moved_in_words(look_up: LookUp) -> str:
    if not look_up.addresses:
        return _("The host’s name answers nothing now: it may be gone. Look at it in the viewer; confirm, or withdraw the notice.")
    return _("The host’s name points elsewhere than when this was drafted. Look at it in the viewer; confirm, or withdraw the notice.")


def _code_of(notice: Notice) -> str:
    """For the ledger, which keeps codes and no names."""
    if not notice.problem:
        return "nothing keeps it"
    last = notice.look_ups.last()
    if last is not None and last.waits_for_a_person:
        return "its name points elsewhere"
    return "no approved contact" if contact_for(notice.hostname) is None else "silence"
