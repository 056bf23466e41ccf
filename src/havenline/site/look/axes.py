"""Axes in round numbers, for charts of pages and of the command line alike: no Django here."""

from math import ceil, floor, log10


def nice(tallest: float) -> tuple[int, int]:
    """An axis' end and its step, in round numbers: at most five steps, at least 5 high."""
    wanted = max(5.0, float(tallest)) / 5
    power = 10 ** floor(log10(wanted))
    step = max(1, int(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)))
    return step * max(1, ceil(max(5.0, float(tallest)) / step)), step
