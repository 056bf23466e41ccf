"""What is recorded of a case besides its steps: who was told of an emergency, who was invited, what help goes on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import OnFile
from havenline.journey.safeguarding import papers, path
from havenline.journey.safeguarding.models import Booking, CaseEvent, ChildCase, Invitation, StepDown
from havenline.journey.safeguarding.queries.reading import PARTY, day, day_and_time, local_day_and_time


@dataclass(frozen=True)
class Line:
    """One row of what is recorded."""

    when: str
    sort: datetime
    what: str
    outcome: str
    words: str
    party: str
    who: str
    entry: str
    event: CaseEvent | None = None
    corrected: bool = False
    recorded_at: str = ""  # where that was on another day than it happened
    step: int | None = None  # the step's number, where it is one


def lines(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """Each as a row of what is recorded. `entries`: the ledger's number by what it is about."""
    yield from bookings(child_case, entries)
    yield from emergencies(child_case, entries)
    yield from invitations(child_case, entries)
    yield from help_that_goes_on(child_case, entries)


def bookings(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """What was set for a day, and whether it was moved or cancelled since."""
    for booking in child_case.bookings.select_related("by__person"):
        title = path.title_of(booking.step, moment.day_of(booking.recorded_at))
        what = _("%(meeting)s booked for %(when)s") % {"meeting": title, "when": day_and_time(booking.booked_for, booking.booked_at)}
        line = _line(booking, booking.recorded_at, what, booking.words, booking.by, entries)
        undone = booking.ended_as in (Booking.Ended.MOVED, Booking.Ended.CANCELLED)
        yield replace(line, outcome=str(booking.get_ended_as_display())) if undone else line


def emergencies(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """Who was told of an emergency, and since when they have it."""
    for told in child_case.told_at_once.select_related("person__person", "event__by__person"):
        since = _("has it since %(when)s") % {"when": local_day_and_time(told.has_it_at)} if told.has_it_at else _("has not answered")
        what = _("%(who)s told of the emergency") % {"who": told.person.short_name}
        yield _line(told, told.told_at, what, since, told.event.by, entries)


def invitations(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """Who was invited, by a letter too, what they answered and whether they came."""
    for one in child_case.invitations.select_related("booking", "by__person", "hand_over__record"):
        said = {"who": one.name, "agency": papers.AGENCIES[one.agency], "meeting": path.title_of(one.booking.step, one.booking.booked_for)}
        what = _("%(who)s, %(agency)s, invited: %(meeting)s") % said
        yield _line(one, one.recorded_at, what, _what_came_of(one), one.by, entries)


def help_that_goes_on(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    for row in child_case.steps_down.select_related("holder__person", "by__person"):
        yield _line(row, row.recorded_at, str(row.get_to_display()), _help(row), row.by, entries)


def reassignments(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """Who gave the case to whom; the note that went with it is for whoever took it over."""
    for one in child_case.reassignments.select_related("held_before__person", "to__person", "by__person"):
        before = one.held_before.short_name if one.held_before else _("nobody")
        what = _("Case given to %(to)s; held by %(before)s until then") % {"to": one.to.short_name, "before": before}
        yield _line(one, one.recorded_at, what, "", one.by, entries)


def referrer_told(child_case: ChildCase, entries: Mapping[str, str]) -> Iterator[Line]:
    """How a referrer without an account was told, and what: not who they are, which is withheld from some who read a case."""
    for one in child_case.referrer_told.exclude(told_at=None).select_related("by__person"):
        assert one.told_at is not None  # noqa: S101  (asked for)
        what = _("Answer to the referrer: %(how)s") % {"how": one.get_how_display()}
        yield _line(one, one.told_at, what, one.words, one.by, entries)


def _line(row: OnFile, at: datetime, what: str, words: str, by: Membership | None, entries: Mapping[str, str]) -> Line:
    who = by.short_name if by is not None else ""
    return Line(local_day_and_time(at), at, what, "", words, PARTY, who, entries.get(row.ledger_object, ""))


def _what_came_of(one: Invitation) -> str:
    said = [_("For %(when)s.") % {"when": day_and_time(one.booking.booked_for, one.booking.booked_at)}]
    if one.called_off_at is not None:
        said.append(_("Called off: %(why)s") % {"why": one.why_called_off})
    else:
        said.append(f"{Invitation.Answer(one.answer).label}. {one.answer_words}".strip())
    if one.came is not None:
        said.append(_("Came.") if one.came else _("Did not come."))
    return " ".join(said)


def _help(row: StepDown) -> str:
    said = [row.words]
    if row.holder is not None and row.first_on is not None:
        said.append(_("Held by %(who)s, first day %(first)s.") % {"who": row.holder.short_name, "first": day(row.first_on)})
    if row.begun_on is not None:
        said.append(_("Begun %(begun)s.") % {"begun": day(row.begun_on)})
    if row.ended_at is not None:
        said.append(_("Taken back, or said otherwise, %(when)s.") % {"when": local_day_and_time(row.ended_at)})
    return " ".join(said)
