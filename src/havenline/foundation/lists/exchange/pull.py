"""Pulling a source: page by page until its end, then to the list. Stopped anywhere, by anything, the next turn goes on from there."""

import logging
import time
from collections.abc import Generator, Iterator
from datetime import timedelta

from django.db import DatabaseError

from havenline.foundation import moment
from havenline.foundation.lists import actions as lists
from havenline.foundation.lists.exchange import asking
from havenline.foundation.lists.exchange.actions import pulling, secret_of
from havenline.foundation.lists.exchange.asking import SourceFailed
from havenline.foundation.lists.exchange.models import Pull, Source
from havenline.foundation.lists.exchange.told import NotReadable
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.work.rests import with_rests

LEASE = timedelta(minutes=3)  # longer than a page takes
MOST_PAGES = 200_000
AT_ONCE = 5_000  # values of a page that are kept in one transaction
CLOCK_OFF = 3_600  # seconds that a person is told of

log = logging.getLogger("havenline.lists")


def due() -> list[Source]:
    """Sources whose time has come, the longest due first."""
    rows = Source.objects.filter(paused_at=None, next_at__lte=moment.now(), known_list__closed_at=None)
    return list(rows.select_related("known_list__agency").order_by("next_at"))


def go_on(source: Source, *, until: float | None = None) -> Iterator[Pull]:
    """Read on, a page a turn, to the end; each time with how far it is. `until`: on `time.monotonic`, when it stops between two pages.

    What goes wrong is kept at the source, and tried again later; nothing is raised for it.
    """
    if not pulling.take(source, lease=LEASE):
        return
    try:
        for pull in with_rests(_pages(source)):
            yield pull
            if until is not None and time.monotonic() >= until:
                break
    except pulling.OvertakenPull:
        return
    except SourceFailed as error:
        _failed(source, str(error), after=error.after, anew=error.anew)
    except pulling.GoesInARing:
        _failed(source, "It sends us where we have been already: its cursor goes round in a ring.", anew=True)
    except (NotReadable, lists.ListClosed, lists.LinesRefused, sealing.KeyDestroyed, sealing.NotSealedByThisKey) as error:
        _failed(source, f"{error}" or type(error).__name__, anew=isinstance(error, NotReadable))
    except DatabaseError:
        raise
    finally:
        pulling.leave(source)


def _failed(source: Source, why: str, *, after: timedelta | None = None, anew: bool = False) -> None:
    source.refresh_from_db()
    pull = source.pull
    if anew and pull is not None and pull.list_import_id is None:
        pulling.forget(pull)
    pulling.fail(source, why, after=after)
    log.warning("The source of list %s failed: %s", source.known_list.slug, why)


def _pages(source: Source) -> Iterator[Pull]:
    source.refresh_from_db()
    secret = secret_of(source)
    pull = source.pull
    if pull is None:
        cursor = asking.first(source, secret)
        pull = pulling.begin(source, cursor=cursor, is_whole=asking.is_whole(source, cursor))
    while pull.state == Pull.State.READING:
        if pull.pages >= MOST_PAGES:
            raise SourceFailed(f"It has more than {MOST_PAGES:,} pages, and no end.", anew=True)
        pull = yield from _page(source, secret, pull)
    if pull.state == Pull.State.COMPARING:
        if pull.cursor.get("unchanged"):
            pulling.end_unchanged(pull)
            return
        pulling.hand_over(pull)
        pull.refresh_from_db()
        yield pull
    if pull.state == Pull.State.HANDED:
        pulling.settle(pull)
        pull.refresh_from_db()
        yield pull


def _page(source: Source, secret: str, pull: Pull) -> Generator[Pull, None, Pull]:
    read = asking.page(source, secret, pull.cursor)
    if read.their_time is not None:
        off = pulling.note_clock(source, read.their_time)
        if abs(off) > CLOCK_OFF:
            log.warning("The clock of the source of list %s is %s seconds ahead of ours", source.known_list.slug, off)
    if not pull.pages:
        pulling.clear(pull)
    rest = read.told
    while len(rest) > AT_ONCE and not any(one.ident for one in rest):  # a long file in pieces: whoever else writes has a turn
        pull = pulling.keep_some(pull, rest[:AT_ONCE])
        rest = rest[AT_ONCE:]
        yield pull
    pull = pulling.keep_page(
        pull, rest, count=len(read.told), cursor=read.cursor, mark=read.mark, is_last=read.is_last, not_understood=read.not_understood
    )
    yield pull
    return pull
