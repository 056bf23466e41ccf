"""Who climbs: look-ups that are nearly the same, again and again, and come nearer to something that is known, or cross the edge of it.

Somebody who changes a picture a little and asks, keeps what came nearer and asks again, learns how to miss what is known, or what it is.
Ordinary traffic does not look so: most of it is like nothing before it; the same picture comes as the same hash; the frames of a
video are like each other, and stay as near to what is known, or as far, as the video is; a meme's copies scatter about one place.
So a family of look-ups (each near the last ones of it, none equal to them) is followed, and what counts is progress: how often it came
nearer than it had ever been while it did not match, and how often it crossed the edge.

A family is 300 bytes, and a line of keys has sixteen of them, whatever it asks: the one that was quiet longest goes.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from havenline.foundation.recognition.models import Pause

FAMILIES, LAST = 16, 8  # of a line of keys; look-ups that a family remembers
ALIKE = 24  # bits: what differs by no more from one of them belongs to a family
MEASURED_FROM = 6  # look-ups of a family; from then on it is measured how near it is
WIDE = 63  # bits: as far as it is measured
IN_SIGHT = 24  # look-ups of a family that did not match and were within WIDE of something known, before it may be called a climb
NEARER = 8  # of which so many came nearer than any before
CROSSINGS = 10  # of the edge, from match to none or back, before it is called probing
WITHIN = 6 * 3600.0  # seconds; a family that was quiet for longer is another one
OF_A_BATCH = 256  # look-ups of one call that are followed; what is like nothing else of it needs no following

FAMILY = np.dtype(
    [
        ("last", np.uint64, (LAST, 4)),
        ("seen", np.float64),
        ("lookups", np.uint32),
        ("in_sight", np.uint32),
        ("nearer", np.uint16),
        ("crossings", np.uint16),
        ("nearest", np.uint16),
        ("remembered", np.uint8),
        ("matched", np.uint8),
    ]
)
Measure = Callable[[bytes], int | None]


class Climb(Exception):
    """This look-up is one too many; `why` is a Pause.Why."""

    def __init__(self, why: str, lookups: int) -> None:
        super().__init__(why)
        self.why, self.lookups = why, lookups


def follow(families: NDArray[Any], hash_: bytes, *, matched: bool, at: float, measure: Measure) -> None:
    """Take in one look-up. `families`: FAMILY[FAMILIES] of its line of keys, which is changed. Raises Climb."""
    query = np.frombuffer(hash_, np.uint64)
    apart = np.bitwise_count(families["last"] ^ query).sum(axis=2, dtype=np.uint16)
    nearest = int(apart.min())
    if nearest <= ALIKE:
        apart[np.arange(LAST) >= families["remembered"][:, None]] = 256  # places that hold nothing yet
        apart[families["seen"] < at - WITHIN] = 256
        nearest = int(apart.min())
    if nearest == 0:  # the same again
        return
    if nearest > ALIKE:
        _begin(families, query, matched=matched, at=at)
        return
    number = int(apart.min(axis=1).argmin())
    family = families[number]
    family["last"][int(family["lookups"]) % LAST] = query
    family["remembered"] = min(LAST, int(family["remembered"]) + 1)
    family["lookups"] += 1
    family["seen"] = at
    if bool(family["matched"]) != matched:
        family["matched"] = matched
        family["crossings"] += 1
        if family["crossings"] >= CROSSINGS:
            raise _ended(family, Pause.Why.EDGE)
    if not matched and family["lookups"] >= MEASURED_FROM and (distance := measure(hash_)) is not None:
        family["in_sight"] += 1
        if distance < family["nearest"]:
            family["nearest"] = distance
            family["nearer"] += 1
        if family["in_sight"] >= IN_SIGHT and family["nearer"] >= NEARER:
            raise _ended(family, Pause.Why.NEARER)


def _begin(families: NDArray[Any], query: NDArray[np.uint64], *, matched: bool, at: float) -> None:
    family = families[int(families["seen"].argmin())]
    family["last"][0] = query
    family["seen"], family["lookups"], family["remembered"], family["matched"] = at, 1, 1, matched
    family["in_sight"] = family["nearer"] = family["crossings"] = 0
    family["nearest"] = WIDE + 1


def _ended(family: Any, why: str) -> Climb:
    """The family begins anew, so that whoever is let go on is not stopped by the next look-up."""
    lookups = int(family["lookups"])
    family["seen"], family["remembered"] = 0.0, 0
    return Climb(why, lookups)


def worth_following(families: NDArray[Any], hashes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Which of a call's look-ups (uint8[m, 32]) are followed: those like another of the call or like the last before it, and the first
    and last of it. At most OF_A_BATCH, spread evenly.

    Two hashes that differ in few bits have an eighth of their bits alike: only those that share one are compared.
    """
    words = hashes.view(np.uint32)
    alike = np.zeros(len(hashes), bool)
    for column in range(8):
        order = np.argsort(words[:, column], kind="stable")
        same = words[order[1:], column] == words[order[:-1], column]
        one, other = order[1:][same], order[:-1][same]
        apart = np.bitwise_count(hashes[one] ^ hashes[other]).sum(axis=1, dtype=np.uint16)
        near = (apart > 0) & (apart <= ALIKE)
        alike[one[near]] = alike[other[near]] = True
    remembered = families["last"][np.arange(LAST) < families["remembered"][:, None]]
    rows = hashes.view(np.uint64)
    for known in remembered:
        apart = np.bitwise_count(rows ^ known).sum(axis=1, dtype=np.uint16)
        alike |= (apart > 0) & (apart <= ALIKE)
    alike[0] = alike[-1] = True
    chosen = np.flatnonzero(alike)
    if len(chosen) > OF_A_BATCH:
        chosen = chosen[np.linspace(0, len(chosen) - 1, OF_A_BATCH).astype(np.intp)]
    return chosen
