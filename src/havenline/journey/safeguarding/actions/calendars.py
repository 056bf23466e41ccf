"""A calendar's way to somebody's clocks: made, opened by its secret, and ended."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.people.models import Membership, NotYourRole
from havenline.foundation.people.roles import Role
from havenline.journey.safeguarding.actions.refusals import FeedUnknown, TooManyWrongCalendars
from havenline.journey.safeguarding.models import CalendarFeed, WrongCalendar

WORKS_FOR = timedelta(days=180)  # our policy
LOOKED_EVERY = timedelta(hours=12)  # calendars ask each quarter of an hour: one look on the ledger stands for half a day of them
LONGEST = 100  # characters of a token; ours have 43
FORGOTTEN_AFTER = timedelta(hours=1)
WRONG_A_MINUTE = 60  # wrong addresses looked at, of everybody together; a right one is never counted or kept waiting
WHO_MAY: dict[str, tuple[Role, ...]] = {
    CalendarFeed.Whose.MINE: (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CONFERENCE_CHAIR),
    CalendarFeed.Whose.TEAM: (Role.TEAM_MANAGER,),
    CalendarFeed.Whose.CONFERENCES: (Role.CONFERENCE_CHAIR, Role.TEAM_MANAGER),
}


@transaction.atomic
def make_feed(*, whose: str, by: Membership) -> tuple[CalendarFeed, str]:
    """The feed, and its secret, which nobody can read again. One that was made before for the same ends: a lost address is replaced.

    Raises NotYourRole.
    """
    by.must_be(*WHO_MAY[CalendarFeed.Whose(whose)])
    for before in by.calendar_feeds.filter(whose=whose, ended_at=None):
        end_feed(feed=before, by=by)
    token, at = secrets.token_urlsafe(32), moment.now()
    feed = CalendarFeed.objects.create(membership=by, whose=whose, token_hash=_hash(token), made_at=at, expires_at=at + WORKS_FOR)
    ledger.record(by, "made a calendar feed", feed, reason=whose)
    return feed, token


@transaction.atomic
def end_feed(*, feed: CalendarFeed, by: Membership) -> None:
    """From now on its address is as one that never was. Twice changes nothing. Raises NotYourRole: it is its holder's to end."""
    if feed.membership.person_id != by.person_id:
        raise NotYourRole(_("A calendar’s address is ended by whoever made it."))
    if CalendarFeed.objects.filter(pk=feed.pk, ended_at=None).update(ended_at=moment.now()):
        ledger.record(by, "ended a calendar feed", feed, reason=feed.whose)


def open_feed(token: str) -> CalendarFeed:
    """The feed of a secret that a calendar brought, with whoever made it still acting in that role. What was never one, was ended, has
    run out, or is of somebody who left is answered alike. Raises FeedUnknown, TooManyWrongCalendars.
    """
    current = Membership.objects.current()
    found = CalendarFeed.objects.filter(token_hash=_hash(token), ended_at=None, expires_at__gt=moment.now(), membership__in=current)
    feed = found.select_related("membership__person", "membership__agency").first() if len(token) <= LONGEST else None
    if feed is None or feed.membership.role not in WHO_MAY[CalendarFeed.Whose(feed.whose)]:
        _count_wrong()
        raise FeedUnknown
    return feed


@transaction.atomic
def look_by_feed(feed: CalendarFeed) -> None:
    """Their calendar was shown references and steps: last used now, and a look by them on the ledger, once for half a day."""
    before = feed.last_used_at
    CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=moment.now())
    if before is None or moment.now() - before > LOOKED_EVERY or moment.day_of(before) != moment.today():
        ledger.looked(feed.membership, "calendar of clocks", reason="calendar")


def _count_wrong() -> None:
    """Wrong addresses have a budget of their own, so that guessing costs the guesser and nobody else."""
    minute = moment.now().replace(second=0, microsecond=0)
    if (WrongCalendar.objects.filter(minute=minute).values_list("count", flat=True).first() or 0) >= WRONG_A_MINUTE:
        raise TooManyWrongCalendars
    WrongCalendar.objects.filter(minute__lt=minute - FORGOTTEN_AFTER).delete()
    WrongCalendar.objects.bulk_create([WrongCalendar(minute=minute)], ignore_conflicts=True)
    WrongCalendar.objects.filter(minute=minute).update(count=F("count") + 1)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
