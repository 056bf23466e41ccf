"""Invitations to a meeting: to agencies by a hand-over behind their sign-in, to whoever has no account by a printed letter.

What leaves names no case, no child and no purpose; who must not learn of the case is never invited, before or after the fact.
"""

import json
from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover import actions as handover
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.handover.purposes import INVITATION
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.people.roles import AgencyKind, Role
from havenline.foundation.records import actions as records
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.actions.findable import make_case_findable, make_words_findable
from havenline.journey.safeguarding.actions.refusals import DateNotPossible, NotOfThisCase, ReasonMissing
from havenline.journey.safeguarding.actions.steps import locked
from havenline.journey.safeguarding.models import Booking, ChildCase, Invitation
from havenline.journey.safeguarding.models.invitation import AS_PAPERS_SAY
from havenline.journey.safeguarding.queries.referrer import must_not_learn

INVITERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR)


@transaction.atomic
def invite(
    *,
    booking: Booking,
    by: Membership,
    agency: str = "",
    name: str = "",
    to_agency: Agency | None = None,
    place: str = "",
    words: str = "",
    report_by: date | None = None,
) -> Invitation:
    """Invite an agency that signs in here (`to_agency`), or a person by a letter (`agency` as papers name it, and `name`).

    Inviting the same again gives the same one back. Raises records.Silenced (naming who can lift it), ReasonMissing, DateNotPossible,
    NotOfThisCase, CaseClosed, NotYourRole.
    """
    by.must_be(*INVITERS)
    child_case = locked(booking.child_case, by=by)
    booking = _standing(child_case, booking)
    if to_agency is not None:
        if to_agency.pk == child_case.record.agency_id or to_agency.kind not in AS_PAPERS_SAY:
            raise NotOfThisCase(_("Choose another agency that works with children. Your own people are told as you always do."))
        agency, name = AS_PAPERS_SAY[AgencyKind(to_agency.kind)], name.strip() or to_agency.name
    if not name.strip() or not agency:
        raise ReasonMissing(_("Enter who is invited, and for whom they come."))
    if report_by is not None and not moment.today() <= report_by <= booking.booked_for:
        raise DateNotPossible(_("Ask for the report by a day from today until the meeting."))
    records.must_not_be_silent(child_case.record, *must_not_learn(child_case, agency))
    there = child_case.invitations.filter(booking=booking, called_off_at=None, agency=agency, to_agency=to_agency)
    twice = next((one for one in there if one.name == name.strip()), None)
    if twice is not None:
        return twice
    said = {"name": name.strip(), "place": place.strip(), "words": words.strip()}
    invitation = Invitation(
        child_case=child_case,
        booking=booking,
        agency=agency,
        to_agency=to_agency,
        words_sealed=child_case.ledger_seal().seal("words", json.dumps(said, ensure_ascii=False)),
        recorded_at=moment.now(),
        by=by,
    )
    if to_agency is not None:
        number = child_case.invitations.count() + 1
        owed = handover.owe(
            source=child_case.record,
            purpose=INVITATION,
            obligation=f"invitation {number}",
            from_agency=child_case.record.agency,
            to_agency=to_agency,
            package=_package(child_case, booking, said, report_by, by),
            by=by,
        )
        invitation.hand_over = handover.send(hand_over=owed, by=by)
    invitation.save()
    make_words_findable(child_case, *said.values())
    ledger.record(by, "invited to a meeting", invitation, reason=booking.step, to=to_agency.slug if to_agency else "", words=name)
    return invitation


def _package(child_case: ChildCase, booking: Booking, said: dict[str, str], report_by: date | None, by: Membership) -> dict[str, object]:
    """What an invited agency reads behind its sign-in: only what it needs to come prepared."""
    return {
        "meeting": path.title_of(booking.step, booking.booked_for),
        "when": date_format(booking.booked_for, "l j F Y") + (f", {booking.booked_at:%H:%M}" if booking.booked_at else ""),
        "place": said["place"],
        "invited": said["name"],
        "words": said["words"],
        "report_by": date_format(report_by, "l j F Y") if report_by else "",
        "child": {"name": child_case.child.name, "age": child_case.child.age},
        "contact_person": by.name,
        "from_agency": child_case.record.agency.name,
    }


def _standing(child_case: ChildCase, booking: Booking) -> Booking:
    found: Booking | None = child_case.bookings.filter(pk=booking.pk, ended_at=None).first()
    if found is None:
        raise NotOfThisCase(_("This meeting took place, was moved or was cancelled. Book it, then invite."))
    return found


@transaction.atomic
def note_the_reply(*, invitation: Invitation, answer: str, by: Membership, words: str = "") -> Invitation:
    """What somebody without an account (or by telephone) answered: written down by whoever heard it. It can be put right alike.

    Raises ReasonMissing, NotOfThisCase, CaseClosed.
    """
    invitation = _of_the_case(invitation, by=by)
    if answer not in (Invitation.Answer.COMING, Invitation.Answer.NOT_COMING):
        raise ReasonMissing(_("Choose whether they are coming."))
    invitation.answer_by_hand, invitation.answered_on = answer, moment.today()
    invitation.answer_sealed = invitation.ledger_seal().seal("answer", words.strip()) if words.strip() else None
    invitation.save(update_fields=["answer_by_hand", "answered_on", "answer_sealed"])
    make_case_findable(invitation.child_case)
    ledger.record(by, "noted the answer to an invitation", invitation, reason=answer, words=words)
    return invitation


def note_that_they_answered(*, hand_over: HandOver) -> None:
    """Whoever was invited answered on their own page, which is not party to the case: what they wrote is found with it."""
    with beyond_need_to_know():
        for invitation in Invitation.objects.filter(hand_over=hand_over).select_related("child_case__record", "child_case__child"):
            make_case_findable(invitation.child_case)


@transaction.atomic
def note_who_came(*, invitation: Invitation, came: bool, by: Membership) -> Invitation:
    """Whether somebody who was invited came; it can be put right alike. Raises DateNotPossible, NotOfThisCase, CaseClosed."""
    invitation = _of_the_case(invitation, by=by)
    if invitation.booking.booked_for > moment.today():
        raise DateNotPossible(_("The meeting is still to come."))
    if invitation.came is not came:
        invitation.came = came
        invitation.save(update_fields=["came"])
        ledger.record(by, "noted who came", invitation, reason="came" if came else "did not come")
    return invitation


@transaction.atomic
def call_off(*, invitation: Invitation, words: str, by: Membership) -> Invitation:
    """They need not come (any more). What was not answered yet is withdrawn; who has answered is told by a person, who says how.

    Raises ReasonMissing, NotOfThisCase, CaseClosed.
    """
    invitation = _of_the_case(invitation, by=by)
    if not words.strip():
        raise ReasonMissing(_("Say why, and how they were told: what was answered already takes a call."))
    hand_over = invitation.hand_over
    if hand_over is not None and hand_over.state in (State.SENT, State.DELIVERED, State.RETURNED):
        handover.withdraw(hand_over=hand_over, words=words, by=by)
    invitation.called_off_at, invitation.called_off_by = moment.now(), by
    invitation.called_off_sealed = invitation.ledger_seal().seal("called off", words.strip())
    invitation.save(update_fields=["called_off_at", "called_off_by", "called_off_sealed"])
    make_case_findable(invitation.child_case)
    ledger.record(by, "called an invitation off", invitation, reason=invitation.booking.step, words=words)
    return invitation


@transaction.atomic
def invite_again(*, invitation: Invitation, booking: Booking, by: Membership) -> Invitation:
    """The meeting was moved: the same people, for the new day; the earlier invitation is called off. Raises what `invite` raises."""
    invitation = _of_the_case(invitation, by=by)
    if invitation.booking_id == booking.pk:
        raise NotOfThisCase(_("They are invited to this meeting already. Nothing was changed."))
    said = invitation.said
    words = _("This takes the place of the invitation for %(day)s. %(words)s") % {
        "day": date_format(invitation.booking.booked_for, "l j F Y"),
        "words": said.get("words", ""),
    }
    again = invite(
        booking=booking,
        agency=invitation.agency,
        name=said.get("name", ""),
        to_agency=invitation.to_agency,
        place=said.get("place", ""),
        words=words.strip(),
        by=by,
    )
    call_off(invitation=invitation, words=_("The meeting was moved: invited to the new day."), by=by)
    return again


@transaction.atomic
def print_letter(*, invitation: Invitation, by: Membership) -> Invitation:
    """The letter is printed now. Refused under a silence that came later, too. Raises records.Silenced, NotOfThisCase, CaseClosed."""
    invitation = _of_the_case(invitation, by=by)
    _standing(invitation.child_case, invitation.booking)
    records.must_not_be_silent(invitation.child_case.record, *must_not_learn(invitation.child_case, invitation.agency))
    if invitation.printed_at is None:
        invitation.printed_at = moment.now()
        invitation.save(update_fields=["printed_at"])
    ledger.record(by, "printed an invitation", invitation, reason=invitation.booking.step)
    return invitation


def _of_the_case(invitation: Invitation, *, by: Membership) -> Invitation:
    """The invitation, locked with its case; one that was called off is gone."""
    by.must_be(*INVITERS)
    child_case = locked(invitation.child_case, by=by)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related(
        "child_case__record", "booking", "to_agency", "hand_over__record"
    )
    found: Invitation = rows.get(pk=invitation.pk)
    if found.called_off_at is not None or found.child_case_id != child_case.pk:
        raise NotOfThisCase(_("This invitation was called off already. Nothing was changed."))
    return found
