"""How sure a share is: Wilson's score interval (E. B. Wilson, 1927, Journal of the American Statistical Association 22, 209-212)."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # the normal quantile of 0.975: 95% lie between -Z and Z


@dataclass(frozen=True)
class Interval:
    """A share and where the true one is likely to lie, each from 0 to 1."""

    share: float
    low: float
    high: float


def wilson(found: int, of: int) -> Interval:
    """The share of `found` in `of`, with its 95% interval. Raises ValueError unless 0 <= found <= of and of > 0."""
    if not 0 <= found <= of or of == 0:
        raise ValueError(f"{found} of {of} is no share.")
    share = found / of
    spread = Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    # At 0 and at 1 the interval begins there exactly; floating point would miss it by a hair.
    return Interval(share, 0.0 if found == 0 else middle - half, 1.0 if found == of else middle + half)
