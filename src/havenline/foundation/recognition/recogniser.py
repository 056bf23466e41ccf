"""What one worker holds, and how it looks up: the index that serves, who may ask, what is shared with other workers, who was told.

Nothing here asks the database for a look-up. A thread beside keeps who may ask fresh, opens an index that took another's place, and
writes down what was told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.db import DatabaseError, close_old_connections, connection
from numpy.typing import NDArray

from havenline.engines.matching import pdq
from havenline.engines.matching.errors import DamagedIndex
from havenline.foundation import moment
from havenline.foundation.people.models import ApiKey
from havenline.foundation.recognition import actions, climbs
from havenline.foundation.recognition.grants import Grant, Grants
from havenline.foundation.recognition.kept import Found, Generation, Home, NotReady
from havenline.foundation.recognition.meter import Meter, may_measure, take

FRESH_EVERY = 0.25  # seconds
STALE_AFTER = 60.0  # seconds without a word from the database, or from the follower: who was shut out meanwhile is not known
SHUT_FOR = 5.0  # seconds that a pause holds in every worker before they have read it
CLOSED_AFTER = 60.0  # seconds: an index whose place another took is kept open so long for who reads in it
MOST_TOLD = 200_000  # pairs that wait to be written down, and pairs that were in this hour: what is more is told and not remembered

logger = logging.getLogger("havenline.recognition")


class Wait(Exception):
    """This key has asked as much as it may. `seconds` until it may ask this."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Paused(Exception):
    """This key waits for a person. Whoever asks by it is not told why."""


class Recogniser:
    """One worker's. `rate`, `most`: look-ups a second of a line of keys, and as many at once."""

    def __init__(self, home: Home, meter: Path, *, rate: float, most: float) -> None:
        self.home, self.meter, self.rate, self.most = home, Meter(meter), rate, most
        self.grants = Grants()
        self.generation: Generation | None = None
        self.fresh_at = 0.0
        self._left: list[tuple[float, Generation]] = []
        self._told: set[tuple[int, int]] = set()
        self._remembered: set[tuple[int, int]] = set()
        self._hour = 0
        self._used: dict[int, float] = {}
        self._noted: dict[int, float] = {}
        self._lock = threading.Lock()

    # Beside the look-ups

    def begin(self) -> None:
        """Look for the first time, and go on looking in a thread beside."""
        self.freshen()
        threading.Thread(target=self._keep_fresh, name="fresh", daemon=True).start()

    def _keep_fresh(self) -> None:
        while True:
            time.sleep(FRESH_EVERY)
            self.freshen()

    def freshen(self) -> None:
        """Read anew who may ask, open the index that serves now, and write down who was told."""
        self._open_current()
        try:
            close_old_connections()
            self.grants.refresh()
            self.fresh_at = time.time()
            self._write_down()
        except DatabaseError as error:
            connection.close()
            logger.warning("The database does not answer; who may ask is as it was: %s", type(error).__name__)
        except Exception:  # the thread must live: without it a key that was revoked would go on
            logger.exception("Who may ask could not be read anew")

    def _open_current(self) -> None:
        now = time.monotonic()
        while self._left and self._left[0][0] < now:
            self._left.pop(0)[1].close()
        current = self.home.current
        if current is None or (self.generation is not None and self.generation.folder == current):
            return
        try:
            opened = Generation(current)
        except (DamagedIndex, OSError) as error:
            logger.warning("The index cannot be opened; what serves goes on: %s", error)
            return
        if self.generation is not None:
            self._left.append((now + CLOSED_AFTER, self.generation))
        self.generation = opened

    def _write_down(self) -> None:
        with self._lock:
            told, self._told = self._told, set()
            used, self._used = self._used, {}
            hour = int(time.time() // 3600)
            if hour != self._hour or len(self._remembered) > MOST_TOLD:
                self._hour, self._remembered = hour, set()
        new = told - self._remembered
        try:
            if new:
                actions.remember_told(new)
        except DatabaseError:
            with self._lock:
                if len(self._told) < MOST_TOLD:
                    self._told |= new
            raise
        self._remembered |= new
        for key, at in used.items():
            if at - self._noted.get(key, 0.0) > 60.0:
                self._noted[key] = at
                ApiKey.objects.filter(pk=key).update(last_used_at=moment.now())

    # How things stand

    def stands(self) -> str:
        """`ready`; `not ready`: no index, or nobody known who may ask; `stale`: the database or the follower was silent for too long."""
        if self.generation is None or not self.fresh_at:
            return "not ready"
        now = time.time()
        if now - self.fresh_at > STALE_AFTER or now - self.home.followed_at() > STALE_AFTER:
            return "stale"
        return "ready"

    def index(self) -> Generation:
        """Raises NotReady."""
        if self.generation is None:
            raise NotReady("index not yet ready")
        return self.generation

    # Looking up

    def grant_of(self, shown: str) -> Grant | None:
        """Who shows this key; None where it opens nothing. Raises NotReady where nobody has been known for too long."""
        now = time.time()
        if now - self.fresh_at > STALE_AFTER:
            raise NotReady("Who may ask is not known now: the database does not answer.")
        grant = self.grants.of(shown, at=now)
        if grant is not None:
            self._used[grant.key] = now
        return grant

    def look_up_hashes(self, grant: Grant, hashes: NDArray[np.uint8], *, radius: int = pdq.RADIUS) -> list[Found]:
        """What this key may be told of hashes (uint8[m, 32]), sorted by (position, distance, id). Raises Paused, Wait, NotReady."""
        index, found = self.index(), None
        if grant.paused:
            raise Paused
        if len(hashes) > 1:  # nobody else with this key waits so long
            self._charge(grant, len(hashes))
            found = self._may_be_told(grant, index.near(hashes, radius=radius, lists=grant.lists))
        try:
            with self.meter.row_of(grant.line) as row:
                if found is None:  # one costs less than another lock. Never before there is leave: how long it took would tell
                    self._take(row, 1)
                    found = self._may_be_told(grant, index.near(hashes, radius=radius, lists=grant.lists))
                if not grant.told_how_near:
                    self._watch(row, grant, index, hashes, {one.position for one in found})
        except climbs.Climb as climb:
            actions.pause_key(key=ApiKey.objects.get(pk=grant.key), why=climb.why, lookups=climb.lookups)
            raise Paused from climb
        self._remember(grant, found)
        return found

    def look_up(self, grant: Grant, signal: str, values: Sequence[bytes], *, charged: bool = False) -> list[Found]:
        """The same of digests, addresses and hosts. Raises Paused, Wait, NotReady."""
        index = self.index()
        if not charged:
            self._charge(grant, len(values))
        found = self._may_be_told(grant, index.equal(signal, values, lists=grant.lists))
        self._remember(grant, found)
        return found

    def _charge(self, grant: Grant, many: int) -> None:
        if grant.paused:
            raise Paused
        with self.meter.row_of(grant.line) as row:
            self._take(row, many)

    def _take(self, row: Any, many: int) -> None:
        """Of a row that is held. Raises Paused, Wait."""
        now = time.time()
        if row["shut_until"] > now:
            raise Paused
        if wait := take(row, many, rate=self.rate, most=self.most, at=now):
            raise Wait(wait)

    @staticmethod
    def _may_be_told(grant: Grant, found: list[Found]) -> list[Found]:
        """An entry that came from a report is known outside after its batch, and to the list's own agency at once."""
        if not found:
            return found
        now = time.time()
        told = []
        for one in found:
            free_from = one.note.free_from
            if grant.matches[one.known_list].own or (free_from is not None and free_from <= now):
                told.append(one)
        return told

    @staticmethod
    def _watch(row: Any, grant: Grant, index: Generation, hashes: NDArray[np.uint8], matched: set[int]) -> None:
        """Follow who climbs, in a row that is held. Raises Climb, from the look-up on that was one too many."""
        now = time.time()
        families = row["families"]

        def measure(hash_: bytes) -> int | None:
            if not may_measure(row, at=now):
                return None
            return index.nearest(hash_, radius=climbs.WIDE, lists=grant.lists)

        chosen = climbs.worth_following(families, hashes) if len(hashes) > 1 else (0,)
        for position in chosen:
            try:
                climbs.follow(families, hashes[position].tobytes(), matched=position in matched, at=now, measure=measure)
            except climbs.Climb:
                row["shut_until"] = now + SHUT_FOR
                raise

    def _remember(self, grant: Grant, found: list[Found]) -> None:
        if not found:
            return
        new = {(grant.line, one.entry) for one in found} - self._remembered
        if new:
            with self._lock:
                if len(self._told) < MOST_TOLD:
                    self._told |= new


def opened(home: Path, run: Path, *, rate: float, most: float, name: str = "match.meter") -> Recogniser:
    """A recogniser of this home; workers of one host share what lies in `run`."""
    return Recogniser(Home(home / "recognition"), run / name, rate=rate, most=most)
