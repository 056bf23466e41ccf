"""Who is invited to a meeting, as its page shows it, and as a letter says it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.handover.models import State
from havenline.foundation.people.models import Agency, Membership
from havenline.foundation.records.pdf import Block
from havenline.journey.safeguarding import papers
from havenline.journey.safeguarding.models import Booking, ChildCase, Invitation
from havenline.journey.safeguarding.models.invitation import AS_PAPERS_SAY
from havenline.journey.safeguarding.queries.case_page import silences
from havenline.journey.safeguarding.queries.reading import day, day_and_time
from havenline.journey.safeguarding.queries.referrer import must_not_learn


@dataclass(frozen=True)
class Invited:
    """One row: who, how, what they answered, and what is still to do."""

    row: Invitation
    name: str
    whom: str
    how: str
    answer: str
    words: str
    is_open: bool
    is_silent: bool
    elsewhere: bool  # for a day on which the meeting is no more


def of_case(child_case: ChildCase) -> list[Invitation]:
    rows = child_case.invitations.select_related("booking", "to_agency", "hand_over__record", "by__person", "child_case__record")
    return list(rows)


def of_booking(child_case: ChildCase, booking: Booking) -> list[Invited]:
    """Everybody invited to this meeting; and those invited to it for a day from which it was moved."""
    silent = {one.audience for one in silences(child_case)}
    rows = [one for one in of_case(child_case) if one.booking.step == booking.step]
    return [
        _shown(one, silent, booking)
        for one in rows
        if one.booking_id == booking.pk or (one.called_off_at is None and one.booking.ended_at and one.came is None)
    ]


def _shown(row: Invitation, silent: set[str], booking: Booking) -> Invited:
    answer = str(Invitation.Answer(row.answer).label) if row.called_off_at is None else str(_("Called off"))
    return Invited(
        row=row,
        name=row.name,
        whom=papers.AGENCIES[row.agency],
        how=_how(row),
        answer=answer,
        words=row.answer_words if row.called_off_at is None else row.why_called_off,
        is_open=row.called_off_at is None,
        is_silent=bool(silent & set(must_not_learn(row.child_case, row.agency))),
        elsewhere=row.booking_id != booking.pk,
    )


def _how(row: Invitation) -> str:
    if row.hand_over is None:
        return (
            _("Letter, printed %(day)s") % {"day": day(moment.day_of(row.printed_at))} if row.printed_at else _("Letter, not printed yet")
        )
    if row.hand_over.problem:
        return row.hand_over.problem
    if row.hand_over.state == State.SENT:
        return _("Sent to %(agency)s") % {"agency": row.to_agency.name if row.to_agency else ""}
    return _("Behind the sign-in of %(agency)s") % {"agency": row.to_agency.name if row.to_agency else ""}


def can_be_invited(*, by: Membership) -> QuerySet[Agency]:
    """Agencies that sign in here and work with children, besides one's own."""
    return Agency.objects.filter(kind__in=list(AS_PAPERS_SAY)).exclude(pk=by.agency_id).order_by("kind", "name")


def to_prefill(child_case: ChildCase, step: str) -> list[dict[str, str]]:
    """Who was invited to the meeting that a paper is about, for its list of who took part: nobody types them twice."""
    rows = [one for one in of_case(child_case) if one.booking.step == step and one.called_off_at is None]
    latest = max((one.booking_id for one in rows), default=None)
    return [
        {
            "name": one.name,
            "agency": one.agency,
            "there": {True: "yes", False: "no", None: ""}[one.came],
            "why_not": one.answer_words if one.answer == Invitation.Answer.NOT_COMING else "",
        }
        for one in rows
        if one.booking_id == latest
    ]


def letter(invitation: Invitation, *, by: Membership) -> Iterable[Block]:
    """A letter that anybody may open: a day, a place, whom to ask. No child, no case and no purpose stand in it."""
    said, booking = invitation.said, invitation.booking
    yield Block(_("To"), said.get("name", ""))
    yield Block(
        "",
        _("%(agency)s asks you to come to a meeting. What it is about we tell you in person: please telephone and ask for %(who)s.")
        % {"agency": invitation.child_case.record.agency.name, "who": by.name},
    )
    yield Block(_("When"), day_and_time(booking.booked_for, booking.booked_at))
    if said.get("place"):
        yield Block(_("Where"), said["place"])
    if said.get("words"):
        yield Block(_("What you should know"), said["words"])
    yield Block(
        _("Please tell us whether you come"),
        _("If you need an interpreter, help with getting there, or somebody beside you, say so, and we arrange it."),
    )
    yield Block("", f"{by.name}, {invitation.child_case.record.agency.name}, {date_format(moment.today(), 'j F Y')}")
