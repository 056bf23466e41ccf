"""An emergency as a case's page and the desk show it: what runs, until which hour, and who knows."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, Reading
from havenline.foundation.handover.models import HandOver, State
from havenline.foundation.people.models import Membership
from havenline.foundation.post.models import Letter
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import CaseEvent, ChildCase, ToldAtOnce
from havenline.journey.safeguarding.queries import partners
from havenline.journey.safeguarding.queries.reading import local_day_and_time


@dataclass(frozen=True)
class Told:
    """One person, or an agency that was asked by a hand-over, and what is known of whether they know."""

    name: str
    why: str
    said: str
    knows: bool
    is_me: bool = False
    row: ToldAtOnce | None = None
    hand_over: HandOver | None = None
    has_answered: bool = False


@dataclass(frozen=True)
class Running:
    """A clock of the emergency: until when, and the step that ends it."""

    step: str
    title: str
    reading: Reading
    until: str


@dataclass(frozen=True)
class Emergency:
    event: CaseEvent
    what: str
    when: str
    running: list[Running]
    told: list[Told]
    telephone: list[str]  # of whom nobody signs in here
    silent: list[str]  # who must not learn of the case

    @property
    def nobody_here(self) -> bool:
        """There was nobody of this area to tell."""
        return not any(one.row is not None and one.row.why != ToldAtOnce.Why.PARTNER for one in self.told)

    @property
    def nobody_knows(self) -> bool:
        return not any(one.knows for one in self.told)


def last(child_case: ChildCase, *, by: Membership) -> Emergency | None:
    """The emergency that goes on, or that somebody who was told has not answered yet; None where there is neither."""
    events = [event for event in path.standing_events(child_case) if event.step == path.EMERGENCY]
    if not events or child_case.record.closed_at is not None:
        return None
    event = events[-1]
    clocks = Clock.objects.running().filter(record=child_case.record, rule__in=path.EMERGENCY_ENDS).order_by("due_at")
    running = [Running(clock.rule, clock.title, clock.reading, local_day_and_time(clock.due_at)) for clock in clocks]
    # Who was told hangs on the event as it was first recorded: putting its hour right makes nobody forget.
    rows = ToldAtOnce.objects.filter(event__in=path.put_right_by(event)).select_related("person__person", "person__agency", "letter")
    told = [_told(row, by) for row in rows]
    others = partners.of_case(child_case)
    whom = {one.agency.pk: one.to_telephone for one in others if one.agency is not None}
    for one in partners.asked(child_case, path.put_right_by(event)):
        if by.agency_id == one.from_agency_id:
            told.append(_asked(one, whom.get(one.to_agency_id, one.to_agency.name)))
    if not running and all(one.has_answered for one in told if one.row is not None):
        return None
    what = path.outcome_title(event.step, event.outcome, event.happened_on)
    return Emergency(
        event,
        what,
        local_day_and_time(path.moment_of(event)),
        running,
        told,
        telephone=[one.to_telephone for one in others if one.agency is None and not one.is_silent],
        silent=[one.name for one in others if one.is_silent],
    )


def _told(row: ToldAtOnce, by: Membership) -> Told:
    if row.has_it_at is not None:
        said = _("has it since %(when)s") % {"when": local_day_and_time(row.has_it_at)}
    elif row.letter is not None and row.letter.state in (Letter.State.FAILED, Letter.State.UNCERTAIN):
        said = _("the letter did not arrive: telephone")
    else:
        said = _("written to %(when)s; has not answered yet") % {"when": local_day_and_time(row.told_at)}
    has_it = row.has_it_at is not None
    of_another = row.why == ToldAtOnce.Why.PARTNER
    name = f"{row.person.short_name}, {row.person.agency.name}" if of_another else row.person.short_name
    return Told(name, str(row.get_why_display()), said, has_it, is_me=row.person_id == by.pk, row=row, has_answered=has_it)


def _asked(one: HandOver, whom: str) -> Told:
    """An agency that was asked behind its sign-in; `whom` of it to telephone."""
    has_it, answered = one.answer == "acts", one.state == State.ANSWERED
    if has_it and one.answered_at is not None and one.accepted_by is not None:
        when = {"when": local_day_and_time(one.answered_at), "who": one.accepted_by.short_name}
        said = _("has it since %(when)s: %(who)s") % when
    elif answered:
        said = _("cannot act on it: telephone %(who)s") % {"who": whom}
    elif one.problem:
        said = _("nobody there can read it now: telephone %(who)s") % {"who": whom}
    else:
        when = {"when": local_day_and_time(one.sent_at or one.owed_at)}
        said = _("asked %(when)s; has not answered yet") % when
    why = str(ToldAtOnce.Why.PARTNER.label)
    return Told(one.to_agency.name, why, said, has_it, hand_over=one, has_answered=answered)


def waiting_for(by: Membership) -> list[dict[str, Any]]:
    """Emergencies that this person was told of and has not said that they have."""
    rows = ToldAtOnce.objects.filter(person=by, has_it_at=None, child_case__in=ChildCase.objects.visible_to(by))
    rows = rows.filter(child_case__record__closed_at=None).select_related("child_case__record", "child_case__child", "event")
    waiting = [row for row in rows if not path.put_right_by(row.event)[-1].did_not_happen]
    return [
        {"told": row, "since": local_day_and_time(row.told_at), "is_new": moment.day_of(row.told_at) == moment.today()} for row in waiting
    ]
