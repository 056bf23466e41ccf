"""What is due, when, why, and for whom; the only source of time: `clocks.now()`."""

from havenline.foundation.moment import LONDON, day_of, now, today

__all__ = ["LONDON", "day_of", "now", "today"]
