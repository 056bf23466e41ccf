"""Counts below 5 are not told, and nothing from which one could be worked out.

What may be shown is decided in three ways, all in this file, so that a page and its download can't differ:

- `Ledger of what was told` (`Told`): the same cases are counted under several filters, and whoever subtracts one figure from
  another has a third. A figure is told only if it, and every figure that adding and subtracting gives together with those told
  before it, counts at least 5 on both sides (found, and not found), or counts a set in which there is no case at all.
- `hide_sources`: of one set of cases, the figures by source are bounded by the figure for any source.
- `merge_small`: a row of stages that sum up to a total.

Periods are whole quarters that have ended, so that looking again tomorrow tells nothing new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
Vector = tuple[int, ...]


@dataclass(frozen=True)
class Tally:
    """How many, and of how many, in each cell. A cell is the smallest set that the filters can tell apart."""

    found: Vector
    of: Vector

    def within(self, view: Vector) -> tuple[int, int]:
        """(found, of) in the cells that `view` marks with 1."""
        return _dot(self.found, view), _dot(self.of, view)


class Told:
    """What was told of one tally so far, and all that can be worked out from it.

    `both_sides`: what is left over is protected too. So it is for cases; of work (a notice that was not removed in time) it is not.
    Cost: at most 3^n for n figures told; the page tells 8 at most, and figures of the same cases count once.
    """

    def __init__(self, tally: Tally, *, both_sides: bool = True) -> None:
        self._tally, self._both_sides = tally, both_sides
        self._known: set[Vector] = {(0,) * len(tally.of)}

    def may_tell(self, view: Vector) -> bool:
        """Whether telling this figure tells nothing small, now that the others were told."""
        found, of = self._tally.within(view)
        if not self._is_enough(found, of):
            return False
        return all(self._is_safe(vector) for vector in self._with(view))

    def tell(self, view: Vector) -> None:
        self._known |= self._with(view)

    def _with(self, view: Vector) -> set[Vector]:
        # Cells without a case take no part: two figures that differ by them alone are the same figure.
        seen = tuple(mark if of else 0 for mark, of in zip(view, self._tally.of, strict=True))
        plus = {tuple(a + b for a, b in zip(known, seen, strict=True)) for known in self._known}
        minus = {tuple(a - b for a, b in zip(known, seen, strict=True)) for known in self._known}
        return (plus | minus) - self._known

    def _is_safe(self, vector: Vector) -> bool:
        """A sum of figures is a set of cases where each of its cells is in it once; any other tells of no set."""
        if not any(vector) or min(vector) < 0 or max(vector) > 1:
            return True
        return self._is_enough(*self._tally.within(vector))

    def _is_enough(self, found: int, of: int) -> bool:
        return of >= LEAST and found >= LEAST and (not self._both_sides or of - found >= LEAST)


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
        if len(hidden) > 1 and max(LEAST, len(hidden) + 1) <= rest < (LEAST - 1) * len(hidden):
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


def _dot(counts: Vector, view: Vector) -> int:
    return sum(count * mark for count, mark in zip(counts, view, strict=True))
