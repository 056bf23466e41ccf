"""A calendar of clocks: references and steps, no name, no address; what somebody near the child must not learn of stays out of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.clocks.models import Clock, ClockQuerySet
from havenline.foundation.people.acting import beyond_need_to_know
from havenline.foundation.people.models import Membership
from havenline.foundation.records.models import AUDIENCE_OF, Record, Silence
from havenline.foundation.records.queries import on_a_silent_path
from havenline.journey.safeguarding import path
from havenline.journey.safeguarding.models import Booking, CalendarFeed, ChildCase
from havenline.journey.safeguarding.queries.rows import held_by, rows

# A calendar lies on a phone and is looked at over a shoulder, at home and at work: towards these it is as good as told.
NEAR = (Silence.Audience.HOUSEHOLD, Silence.Audience.SUBJECT)


@dataclass(frozen=True)
class Entry:
    """One day, or a part of one, of a record. `key` is the same as long as it is the same thing."""

    record: int
    key: str
    title: str
    on: date
    at: datetime | None = None
    minutes: int = 60


def feeds(*, by: Membership) -> list[CalendarFeed]:
    """This person's own, the last made first; what ended half a year ago is left out."""
    lately = Q(ended_at=None) | Q(ended_at__gt=moment.now() - timedelta(days=182))
    return list(CalendarFeed.objects.filter(lately, membership=by))


def feed(pk: int, *, by: Membership) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(membership=by, pk=pk).select_related("membership").first()


def entries(feed: CalendarFeed) -> tuple[list[Entry], int]:
    """What this calendar shows, and how many entries are left out of it: under a silence, or of a case that its own team may not know.

    Called in the name of whoever made it (`people.acting`).
    """
    by = feed.membership
    found = [*_clocks(feed, by), *_booked(feed, by)]
    hidden = _hidden({one.record for one in found}, by)
    shown = [one for one in found if one.record not in hidden]
    return shown, len(found) - len(shown)


def _clocks(feed: CalendarFeed, by: Membership) -> Iterator[Entry]:
    running: ClockQuerySet = Clock.objects.running()
    if feed.whose == CalendarFeed.Whose.MINE:
        running = running.filter(held_by(by))
    elif feed.whose == CalendarFeed.Whose.CONFERENCES:
        running = running.filter(rule__in=[*path.CONFERENCES, *path.REVIEWS])
    for row in rows(running, by=by):
        # An answer's clock runs on the referral that the case came from.
        record, reference = (row.of.pk, row.of.reference) if row.of else (row.line.record, row.line.reference)
        due = row.due_at.astimezone(moment.LONDON)
        title = _("%(reference)s: %(step)s due") % {"reference": reference, "step": row.title}
        yield Entry(record, f"clock {row.line.pk}", title, due.date(), None if row.clock.in_days else due)


def _booked(feed: CalendarFeed, by: Membership) -> Iterator[Entry]:
    found = Booking.objects.filter(ended_at=None, child_case__in=ChildCase.objects.visible_to(by))
    chaired = Q(chair=by) | Q(chair=None, child_case__chair=by)  # whoever is booked for it chairs it, whoever is named on the case
    if feed.whose == CalendarFeed.Whose.MINE:
        found = found.filter(Q(child_case__record__owner=by) | Q(child_case__record__cover=by) | chaired)
    elif feed.whose == CalendarFeed.Whose.CONFERENCES:
        found = found.filter(step__in=[*path.CONFERENCES, *path.REVIEWS])
    for one in found.select_related("child_case__record"):
        at = datetime.combine(one.booked_for, one.booked_at, tzinfo=moment.LONDON) if one.booked_at else None
        said = {"reference": one.child_case.reference, "step": path.title_of(one.step, moment.today())}
        yield Entry(one.child_case_id, f"booking {one.pk}", _("%(reference)s: %(step)s booked") % said, one.booked_for, at, one.minutes)


def _hidden(records: set[int], by: Membership) -> set[int]:
    """Of these: on a path with a silence towards the holder's agency or whoever is near the child, and those that are restricted."""
    with beyond_need_to_know():  # a silence counts wherever on the path it was agreed
        silent = on_a_silent_path(*NEAR, *filter(None, [AUDIENCE_OF.get(by.agency.kind)]))
        restricted = Record.objects.filter(pk__in=records, restricted_at__isnull=False)
        return (records & silent) | set(restricted.values_list("pk", flat=True))


def as_calendar(feed: CalendarFeed, shown: list[Entry], left_out: int) -> bytes:
    """RFC 5545. The same thing has the same UID, which says nothing of its number here."""
    from icalendar import Calendar, Event  # here: half a second, that only who asks for it waits

    made = Calendar()
    made.add("prodid", "-//Havenline//Clocks//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _("Havenline: %(whose)s") % {"whose": feed.get_whose_display()})
    made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    if left_out:
        title = _("%(number)s more at the desk only") % {"number": left_out}
        shown = [*shown, Entry(0, "left out", title, moment.today())]
    for one in sorted(shown, key=lambda entry: (entry.on, entry.title)):
        event = Event()
        event.add("uid", f"{hashlib.sha256(f'{feed.token_hash} {one.key}'.encode()).hexdigest()[:32]}@clocks.havenline")
        event.add("dtstamp", moment.now())
        event.add("dtstart", one.at or one.on)
        if one.at is not None:
            event.add("dtend", one.at + timedelta(minutes=one.minutes))
        event.add("summary", one.title)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE" if one.key.startswith("booking") and one.at else "TRANSPARENT")  # a due date makes nobody busy
        made.add_component(event)
    text: bytes = made.to_ical()
    return text
