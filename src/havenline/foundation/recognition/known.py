"""What a person at a desk is told of values: which entries of lists that they may see equal them, cover them or are near.

The index answers in memory; the database is asked twice, whatever the number of values: which lists these are, and how the entries stand
that were found. What a person may not see, or was withdrawn a moment ago, looks like nothing.
"""

import logging
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from havenline.engines.matching import pdq
from havenline.engines.matching.addresses import forms, hosts
from havenline.engines.matching.errors import DamagedIndex, NotAHash
from havenline.foundation.lists.models import KnownList, ListEntry, Signal
from havenline.foundation.people.models import Membership
from havenline.foundation.recognition.kept import Found, Generation, Home, NotReady
from havenline.foundation.recognition.recogniser import CLOSED_AFTER, STALE_AFTER

MOST_OF_A_VALUE = 50  # entries that one value is told of, the surest first: a list may hold a neighbourhood of thousands
EQUAL = (Signal.MD5, Signal.SHA1, Signal.SHA256)

logger = logging.getLogger("havenline.recognition")


class How(models.IntegerChoices):
    """How an entry fits a value, the surest first."""

    EXACT = 0, _("exact")
    SIMILAR = 1, _("similar")
    BEGINNING = 2, _("the beginning of its address")
    HOST = 3, _("its host")


class Stands(models.TextChoices):
    READY = "ready", _("Ready")
    NOT_READY = "not_ready", _("There is no index yet")
    STALE = "stale", _("The index follows the lists no longer")


@dataclass(frozen=True)
class Asked:
    """One value in its canonical form, as `identifiers` has it. `quality`: of a PDQ hash, 0 to 100."""

    signal: str
    value: str
    quality: int | None = None


@dataclass(frozen=True)
class Hit:
    """An entry that fits. `distance`: in bits of 256, of what is similar. `is_ours`: the word of this person's own agency."""

    entry: ListEntry
    how: How
    distance: int | None
    is_ours: bool


@dataclass(frozen=True)
class Known:
    """`hits`: by the position of what was asked, the surest first. `searched`: entries of the lists that were looked through."""

    stands: Stands
    hits: dict[int, list[Hit]] = field(default_factory=dict)
    searched: int = 0
    followed_at: datetime | None = None


def known(asked: Sequence[Asked], *, by: Membership) -> Known:
    """What of these values this person may know to be on lists. Never raises for an index that cannot be asked: it says so."""
    home = Home(settings.HOME / "recognition")
    lists = {one.pk: one for one in _lists(by)}
    searched, followed = sum(one.live for one in lists.values()), home.followed_at()
    followed_at = datetime.fromtimestamp(followed, UTC) if followed else None
    try:
        found = _look_up(_serving.of(home), asked, frozenset(lists), frozenset(pk for pk in lists if lists[pk].agency_id == by.agency_id))
    except NotReady:
        return Known(Stands.NOT_READY, searched=searched)
    except (DamagedIndex, sqlite3.DatabaseError, OSError) as error:
        logger.warning("The index cannot be read; it is made anew: %s", error)
        _serving.forget()
        home.say_damaged()
        return Known(Stands.NOT_READY, searched=searched)
    pks = {one.entry for of_one in found.values() for _how, one in of_one}
    entries = (
        ListEntry.objects.live()
        .filter(pk__in=pks, known_list__in=lists)
        .select_related("known_list__agency", "confirmed_by__person", "added_by__person")
        if pks
        else ()
    )
    standing = {entry.pk: entry for entry in entries}
    hits = {
        position: [
            Hit(entry, how, one.distance if how == How.SIMILAR else None, entry.known_list.agency_id == by.agency_id and not entry.is_claim)
            for how, one in of_one
            if (entry := standing.get(one.entry)) is not None
        ]
        for position, of_one in found.items()
    }
    stands = Stands.STALE if time.time() - followed > STALE_AFTER else Stands.READY
    return Known(stands, {position: of_one for position, of_one in hits.items() if of_one}, searched, followed_at)


def _lists(by: Membership) -> models.QuerySet[KnownList]:
    """Lists that this person may see, and whose matches their agency may be told of."""
    return KnownList.objects.visible_to(by).filter(pk__in=KnownList.objects.matched_for(by.agency).values("pk"), held_at=None)


def _look_up(index: Generation, asked: Sequence[Asked], lists: frozenset[int], own: frozenset[int]) -> dict[int, list[tuple[How, Found]]]:
    """By position, the surest first and our own before others, `MOST_OF_A_VALUE` at most. One question of the index for each signal."""
    found: dict[int, dict[int, tuple[How, Found]]] = defaultdict(dict)

    def note(at: int, how: How, one: Found) -> None:
        before = found[at].get(one.id)
        if before is None or how < before[0]:
            found[at][one.id] = (how, one)

    for signal in EQUAL:
        values = [(at, bytes.fromhex(one.value)) for at, one in enumerate(asked) if one.signal == signal and _is_hex(one.value)]
        for one in index.equal(signal, [value for _at, value in values], lists=lists) if values else ():
            note(values[one.position][0], How.EXACT, one)
    hashes = [(at, hash_) for at, one in enumerate(asked) if one.signal == Signal.PDQ and (hash_ := _matchable(one)) is not None]
    if hashes:
        for one in index.near(pdq.array([hash_ for _at, hash_ in hashes]), radius=pdq.RADIUS, lists=lists):
            note(hashes[one.position][0], How.SIMILAR, one)
    for signal, covering in ((Signal.URL, forms), (Signal.HOST, hosts)):
        texts = [(at, one.value, form) for at, one in enumerate(asked) if one.signal == Signal.URL for form in covering(one.value)]
        for one in index.equal(signal, [form.encode() for _at, _value, form in texts], lists=lists) if texts else ():
            at, value, form = texts[one.position]
            note(at, How.HOST if signal == Signal.HOST else How.EXACT if form == value else How.BEGINNING, one)
    return {
        at: sorted(of_one.values(), key=lambda one: (one[0], one[1].distance, one[1].known_list not in own, one[1].id))[:MOST_OF_A_VALUE]
        for at, of_one in found.items()
    }


def _matchable(one: Asked) -> bytes | None:
    """The hash, where a machine may match it by itself; None for what an erasure left, too."""
    try:
        hash_ = pdq.parse(one.value)
    except NotAHash:
        return None
    return hash_ if pdq.may_match_by_itself(hash_, one.quality) else None


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:  # what an erasure left
        return False


class _Serving:
    """The index that this process has open: mapped, and shared with every other process. One that another took the place of is kept for
    who reads in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Generation | None = None
        self._folder: Path | None = None
        self._left: list[tuple[float, Generation]] = []

    def of(self, home: Home) -> Generation:
        """Costs one small file to read. Raises NotReady, DamagedIndex, OSError."""
        current = home.current
        with self._lock:
            now = time.monotonic()
            while self._left and self._left[0][0] < now:
                self._left.pop(0)[1].close()
            if self._open is None or self._folder != current:
                opened = home.open()
                self._leave(now)
                self._open, self._folder = opened, opened.folder
            return self._open

    def forget(self) -> None:
        with self._lock:
            self._leave(time.monotonic())

    def _leave(self, now: float) -> None:
        if self._open is not None:
            self._left.append((now + CLOSED_AFTER, self._open))
        self._open = self._folder = None


_serving = _Serving()
