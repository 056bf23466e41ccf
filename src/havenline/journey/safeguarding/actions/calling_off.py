"""A meeting does not take place: whoever was invited behind a sign-in learns of it, and nobody waits for their answer any longer."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import State
from havenline.foundation.handover.purposes import CORRECTION
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership
from havenline.foundation.records import actions as records
from havenline.foundation.records.actions import Silenced
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.findable import make_case_findable
from havenline.journey.safeguarding.models import Booking, ChildCase, Invitation
from havenline.journey.safeguarding.models.invitation import MUST_NOT_LEARN

UNANSWERED = (State.OWED, State.SENT, State.DELIVERED, State.RETURNED)
ARRIVED = (State.DELIVERED, State.ACCEPTED, State.ANSWERED)


def call_off_with(child_case: ChildCase, *, booking: Booking | None = None, by: Membership) -> None:
    """End the invitations to this meeting, or to every one of the case: an agency's by a correction that it reads behind its sign-in.

    A letter is a person's to take back, who says how: it stays. Checks nothing: the actions do.
    """
    rows = child_case.invitations.filter(called_off_at=None, hand_over__isnull=False)
    invited = list((rows.filter(booking=booking) if booking else rows).select_related("booking", "to_agency", "hand_over__record"))
    for one in invited:
        to_come = one.booking.ended_as != Booking.Ended.TOOK_PLACE and one.booking.booked_for >= moment.today()
        had_arrived = one.hand_over is not None and one.hand_over.state in ARRIVED
        words = _("The meeting does not take place.") if to_come else _("The meeting is over: no answer is needed any more.")
        if one.hand_over is not None and one.hand_over.state in UNANSWERED:
            handover.fall_away(hand_over=one.hand_over, words=words, by=by)
        if not to_come:
            continue
        if had_arrived and _tell(child_case, one, by):
            words = _("The meeting does not take place. They are told behind their sign-in.")
        one.called_off_at, one.called_off_by = moment.now(), by
        one.called_off_sealed = one.ledger_seal().seal("called off", words)
        one.save(update_fields=["called_off_at", "called_off_by", "called_off_sealed"])
        ledger.record(by, "called an invitation off", one, reason=one.booking.step, words=words)
    if invited:
        make_case_findable(child_case)


def _tell(child_case: ChildCase, invitation: Invitation, by: Membership) -> bool:
    """Owed to whoever was invited; sent at once by whoever acts for this area, else by a person of it. Not where they must not learn."""
    try:
        records.must_not_be_silent(child_case.record, *MUST_NOT_LEARN.get(invitation.agency, ()))
    except Silenced:
        return False
    booking, theirs = invitation.booking, invitation.hand_over
    if theirs is None or invitation.to_agency is None:
        return False
    owed = handover.owe(
        source=child_case.record,
        purpose=CORRECTION,
        obligation=f"invitation {invitation.pk} called off",
        from_agency=child_case.record.agency,
        to_agency=invitation.to_agency,
        package={
            "meeting": path.title_of(booking.step, booking.booked_for),
            "when": date_format(booking.booked_for, "l j F Y") + (f", {booking.booked_at:%H:%M}" if booking.booked_at else ""),
            "words": _("This meeting does not take place. You need not come, and nobody waits for your answer."),
            "corrects": theirs.reference,
            "child": {"name": child_case.child.name, "age": child_case.child.age},
            "from_agency": child_case.record.agency.name,
        },
        by=by,
    )
    if by.agency_id == owed.from_agency_id:
        handover.send(hand_over=owed, by=by)
    return True
