"""What a search found."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Hits(NamedTuple):
    """Three arrays of the same length, sorted by (query, distance, id)."""

    query: NDArray[np.int64]  # number of the query, from 0
    id: NDArray[np.uint64]
    distance: NDArray[np.int64]  # bits that differ
