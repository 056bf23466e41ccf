"""Matching: a picture becomes a hash; a hash finds everything known within a distance. Exact, and no picture is ever kept.

    index = PdqIndex.build(hashes, ids)          # uint8[n, 32], uint64[n]
    hits = index.search(queries, radius=31)      # hits.query, hits.id, hits.distance, sorted
    index.add(hashes, ids); index.remove(ids)    # seen by the next search
    index.save(folder); index = PdqIndex.open(folder)

Usable alone: it asks for NumPy, and for nothing of Havenline.
"""

from havenline.engines.matching import pdq
from havenline.engines.matching.errors import BadShape, DamagedIndex, DuplicateId, IndexInUse, MatchingError, NotAHash, OtherVersion
from havenline.engines.matching.hits import Hits
from havenline.engines.matching.index import PdqIndex

__all__ = [
    "BadShape",
    "DamagedIndex",
    "DuplicateId",
    "Hits",
    "IndexInUse",
    "MatchingError",
    "NotAHash",
    "OtherVersion",
    "PdqIndex",
    "pdq",
]
