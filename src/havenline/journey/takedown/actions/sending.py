"""Sending a notice: the host is looked up again just before it leaves, and it is sent once its mail server took the letter."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks import actions as clocks
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import CLOCK, Actor
from havenline.foundation.people.models import Membership, NotPartyToRecord, NotYourRole
from havenline.foundation.post.models import Letter
from havenline.foundation.records import actions as records
from havenline.foundation.records.models import Silence
from havenline.foundation.work import acting
from havenline.foundation.work import actions as background
from havenline.journey.takedown import lookup
from havenline.journey.takedown.actions import links
from havenline.journey.takedown.actions.for_nobody import may_be_looked_up
from havenline.journey.takedown.actions.keeping import contact_it_may_leave_to, refresh
from havenline.journey.takedown.actions.look_ups import note_first_look_up, points_where_it_did
from havenline.journey.takedown.actions.rights import at_desk, locked
from havenline.journey.takedown.errors import HeldForPolice, NoContact, NotThatState
from havenline.journey.takedown.models import Contact, Notice
from havenline.journey.takedown.policies import HOST_ANSWERS, NOTICE_LEAVES, host_does

REFUSED = (HeldForPolice, NoContact, NotThatState, records.Silenced, NotYourRole, NotPartyToRecord)


def send_notice(*, notice: Notice, by: Membership) -> Notice:
    """Send it: a first time, again after it bounced, or a new link to a host that has it already.

    The network is asked before the transaction begins. Where the name points elsewhere than before, nothing leaves: the notice comes
    back with its problem, and a person confirms the look-up or withdraws. Raises HeldForPolice, records.Silenced, NoContact,
    NotThatState, NotYourRole, NotPartyToRecord.
    """
    with transaction.atomic():
        contact_it_may_leave_to(at_desk(notice, by))
    addresses = lookup.addresses_of(notice.hostname)
    with transaction.atomic():
        notice = at_desk(notice, by)
        contact = contact_it_may_leave_to(notice)
        if not points_where_it_did(notice, addresses, by):
            return notice
        notice.host, notice.contact, notice.sent_by, notice.problem = contact.host, contact, by, ""
        if not notice.has_left:
            notice.state = Notice.State.LEAVING
        notice.save()
        again = "again" if notice.letter_id else "first"
        ledger.record(by, "sent a notice to a host", notice, reason=f"{notice.asks}, {again}", to=f"host:{contact.host_id}")
        notice.letter = links.queue_notice_letter(notice=notice, contact=contact, by=by)
        notice.save(update_fields=["letter"])
    return notice


def go_on(*, notice: Notice) -> None:
    """Straight after the decision that asked for it: note where the name points, and send it if nothing keeps it.

    Whatever keeps it stands on the notice; from then on only a person sends it. What is held for its link is looked up only once it
    was released. Safe to run twice.
    """
    if notice.look_ups.exists() or not may_be_looked_up(notice):
        return
    note_first_look_up(notice=notice, addresses=lookup.addresses_of(notice.hostname))
    notice.refresh_from_db()
    if notice.state != Notice.State.DRAFTED or notice.held_at is not None or notice.letter_id is not None:
        return
    by, refused = notice.drafted_by, ""
    why = acting.why_not(by, notice.record)
    if why is None:
        try:
            send_notice(notice=notice, by=by)
        except REFUSED as refusal:
            refused = str(refusal)
    else:
        background.refuse(task=_("A notice to a host"), by=by, record=notice.record, why=why)
        if why == acting.WhyNot.LEFT:
            said = _("%(who)s no longer acts for the hotline, so nothing was sent in their name. Send it yourself.")
        else:
            said = _("%(who)s no longer sees this notice, so nothing was sent in their name. Send it yourself.")
        refused = said % {"who": by.short_name}
    refresh(notice=notice, refused=refused)


@transaction.atomic
def take_in_letter(*, letter: Letter) -> None:
    """How a notice's letter ended: accepted, refused, or nobody knows. Called by the letter's own event."""
    found = Notice.objects.filter(letter=letter).first()
    if found is None:
        return
    notice = locked(found)
    if letter.state == Letter.State.SENT:
        if notice.state in (Notice.State.LEAVING, Notice.State.BOUNCED):
            reached_the_host(notice, letter.sent_at or moment.now())
        elif notice.state == Notice.State.HELD:
            _left_before_the_hold(notice, letter)
        elif notice.is_open and notice.has_left and notice.problem:
            notice.problem = ""
            notice.save(update_fields=["problem"])
        return
    if not notice.is_open or notice.state in (Notice.State.DRAFTED, Notice.State.HELD):
        if notice.state == Notice.State.HELD and letter.state == Letter.State.UNCERTAIN:
            _left_before_the_hold(notice, letter)
        return
    _did_not_arrive(notice, letter)


def reached_the_host(notice: Notice, at: datetime, by: Actor = CLOCK) -> None:
    """The host's mail server took it, or the host itself answered: its clocks begin. Called with the notice locked."""
    notice.state, notice.sent_at, notice.problem = Notice.State.SENT, at, ""
    notice.save(update_fields=["state", "sent_at", "problem"])
    if notice.contact is not None and notice.contact.bounced_at is not None:
        Contact.objects.filter(pk=notice.contact.pk).update(bounced_at=None, bounced_why="")
    clocks.stop(record=notice.record, rule=NOTICE_LEAVES.code, by=by)
    for rule in (HOST_ANSWERS, host_does(notice)):
        clocks.start(record=notice.record, rule=rule, agency=notice.record.agency, owner=notice.record.owner, started=at, by=by)
    station = "Asked to preserve" if notice.asks == Notice.Asks.PRESERVE else "Asked to remove"
    ledger.record(by, "brought a notice to its host", notice, reason=notice.asks, to=f"host:{notice.host_id}", station=station)


def _left_before_the_hold(notice: Notice, letter: Letter) -> None:
    """It was held while the mail server already had its text: the host's page shows nothing, and people are told."""
    notice.problem = _("Its letter was on its way when it was held, so the host may have it: tell police now, and telephone the host.")
    notice.save(update_fields=["problem"])
    ledger.record(CLOCK, "could not keep a letter that was on its way", notice, reason=str(letter.state), to=f"host:{notice.host_id}")


def _did_not_arrive(notice: Notice, letter: Letter) -> None:
    try:
        records.must_not_be_silent(notice.record, Silence.Audience.HOST)
    except records.Silenced as silenced:  # it was stopped at the door: the contact is none the worse
        notice.problem = str(silenced)[:300]
    else:
        notice.problem = _bounced(letter)[:300]
        Contact.objects.filter(notices=notice).update(bounced_at=moment.now(), bounced_why=letter.last_answer[:300])
    if not notice.has_left:
        notice.state = Notice.State.BOUNCED
    notice.save(update_fields=["state", "problem"])
    ledger.record(CLOCK, "could not bring a notice to its host", notice, reason=str(letter.state))


def _bounced(letter: Letter) -> str:
    if letter.state == Letter.State.UNCERTAIN:
        return _("Nobody knows whether the letter to %(to)s arrived: telephone the host, or send it again.") % {"to": letter.to}
    return _("The letter to %(to)s did not arrive (%(said)s). Propose another contact, or send it again.") % {
        "to": letter.to,
        "said": letter.last_answer[:120] or _("no answer"),
    }
