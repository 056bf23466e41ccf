"""Counts below 5 are not told, and nothing from which one could be worked out.

What may be shown is decided in three ways, all in this file, so that a page and its download can't differ:

- `Told`: the same cases are counted under several filters, and whoever subtracts one figure from another has a third. A figure is
  told only if it, and every figure that can be worked out from it and those told before it, counts at least 5 on both sides (found,
  and not found), or counts a set in which there is no case at all.
- `hide_sources`: of one set of cases, the figures by source are bounded by the figure for any source.
- `merge_small`: a row of stages that sum up to a total.

Periods are whole quarters that have ended, so that looking again tomorrow tells nothing new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

LEAST = 5
Vector = tuple[int, ...]


@dataclass(frozen=True)
class Tally:
    """How many, and of how many, in each cell. A cell is the smallest set that the filters can tell apart."""

    found: Vector
    of: Vector

    def within(self, view: Vector) -> tuple[int, int]:
        """(found, of) in the cells that `view` marks with 1."""
        found = sum(count for count, mark in zip(self.found, view, strict=True) if mark)
        return found, sum(count for count, mark in zip(self.of, view, strict=True) if mark)


class Told:
    """What was told of one tally so far, and so what can be worked out from it.

    `both_sides`: what is left over is protected too. So it is for cases; of work (a notice that was not removed in time) it is not.
    A set of cases can be worked out exactly if it is a sum of multiples of the figures told: linear algebra on eight cells says so, and
    nothing is left to a choice of sums. Cells without a case take no part: figures that differ by them alone are the same.
    Cost: at most 255 sets a figure, and the page tells 8 figures of a tally.
    """

    def __init__(self, tally: Tally, *, both_sides: bool = True) -> None:
        self._tally, self._both_sides = tally, both_sides
        self._filled = [at for at, of in enumerate(tally.of) if of]
        self._told: list[Vector] = []
        self._small = [marks for marks in product((0, 1), repeat=len(self._filled)) if any(marks) and not self._is_enough(marks)]

    def may_tell(self, view: Vector) -> bool:
        """Whether this figure is no small one, and gives none away, now that the others were told."""
        marks = self._seen(view)
        if not any(marks) or not self._is_enough(marks):
            return False
        unseen = _orthogonal([*self._told, marks], len(self._filled))
        return not any(all(_dot(small, direction) == 0 for direction in unseen) for small in self._small)

    def tell(self, view: Vector) -> None:
        self._told.append(self._seen(view))

    def _seen(self, view: Vector) -> Vector:
        return tuple(view[at] for at in self._filled)

    def _is_enough(self, marks: Vector) -> bool:
        found = sum(self._tally.found[at] for at, mark in zip(self._filled, marks, strict=True) if mark)
        of = sum(self._tally.of[at] for at, mark in zip(self._filled, marks, strict=True) if mark)
        return of >= LEAST and found >= LEAST and (not self._both_sides or of - found >= LEAST)


def _orthogonal(vectors: Sequence[Vector], width: int) -> list[list[Fraction]]:
    """A basis of all that stands at right angles to `vectors` (Gauss and Jordan): what does so too is a sum of their multiples."""
    rows = [[Fraction(number) for number in vector] for vector in vectors]
    pivots: dict[int, list[Fraction]] = {}
    for column in range(width):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot[:] = [number / pivot[column] for number in pivot]
        for row in (*rows, *pivots.values()):
            factor = row[column]
            row[:] = [number - factor * other for number, other in zip(row, pivot, strict=True)]
        pivots[column] = pivot
    free = [column for column in range(width) if column not in pivots]
    return [[-pivots[at][column] if at in pivots else Fraction(int(at == column)) for at in range(width)] for column in free]


def hide_sources(any_source: int, by_source: Mapping[str, int], shown: set[str]) -> set[str]:
    """The sources that may be shown beside the figure for any source.

    Each case found has one source at least, so the hidden sources together have at least any - sum(shown). Where that would say
    more of one of them than "fewer than 5", the smallest that is shown is hidden too.
    """
    left = set(shown)
    while left and len(left) < len(by_source):
        beyond = any_source - sum(by_source[source] for source in left)
        if beyond <= (LEAST - 1) * (len(by_source) - len(left) - 1):
            break
        left.remove(min(left, key=lambda source: (by_source[source], source)))
    return left


@dataclass(frozen=True)
class Row:
    """A row of stages: each count, or None where it is hidden; `rest` is what the hidden ones have together."""

    total: int | None
    counts: tuple[int | None, ...]
    rest: int


def merge_small(counts: Sequence[int]) -> Row:
    """Hide each count below 5 (a nought is nobody, and stays), and as many more as it takes that none can be worked out."""
    total = sum(counts)
    if total < LEAST:
        return Row(None, (None,) * len(counts), 0)
    hidden = {at for at, count in enumerate(counts) if 0 < count < LEAST}
    while hidden:
        rest = sum(counts[at] for at in hidden)
        if max(LEAST, len(hidden) + 1) <= rest < (LEAST - 1) * len(hidden):
            break
        more = [at for at, count in enumerate(counts) if at not in hidden and count]
        if not more:
            if rest == len(hidden):  # each could only be 1
                return Row(None, (None,) * len(counts), 0)
            break
        hidden.add(min(more, key=lambda at: (counts[at], at)))
    return Row(total, tuple(None if at in hidden else count for at, count in enumerate(counts)), sum(counts[at] for at in hidden))


def may_stand_beside(own: Sequence[int], everybody: Sequence[int]) -> bool:
    """Whether an agency's own counts may be shown where everybody's are: what is left for the others is nothing, or enough."""
    others = [all_of - mine for all_of, mine in zip(everybody, own, strict=True)]
    return not any(others) or all(count >= LEAST for count in others)


def _dot(marks: Vector, direction: Sequence[Fraction]) -> Fraction:
    return sum((number for mark, number in zip(marks, direction, strict=True) if mark), Fraction(0))
