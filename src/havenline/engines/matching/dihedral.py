"""The eight ways to turn and mirror a picture, at look-up: from its hash alone, or exactly from the picture.

A PDQ bit says whether a frequency is above the median of all. Turning and mirroring a picture gives frequencies other signs and other
places (Meta, *PDQ and TMK+PDQF*, 2019), so most bits of the turned picture's hash follow from the bits of the hash: a place changes, or a
bit turns over. The median turns over too, and is not quite 0, so this way is some bits beside the turned picture's own hash: mirrored at
the main diagonal none; otherwise, on the benign set at quality 50 and above, mostly 2 to 12, at most 24. So it takes the same from the 31
bits within which a picture is looked for. Where the picture is at hand, `hash_image(data, dihedral=True)` is exact, and equal to the
reference's own.
"""

import numpy as np

from havenline.engines.matching import pdq
from havenline.engines.matching.errors import NotAHash

# Whether frequencies change their sign by row, by column, are transposed, all change their sign. The reference's order;
# kernel/picture.c has the same.
WAYS = {
    "as it is": (False, False, False, False),
    "turned by 90": (False, True, True, True),
    "turned by 180": (True, True, False, False),
    "turned by 270": (True, False, True, True),
    "mirrored at x": (True, False, False, True),
    "mirrored at y": (False, True, False, True),
    "mirrored at the main diagonal": (False, False, True, False),
    "mirrored at the other diagonal": (True, True, True, False),
}


def dihedral(hash_: bytes) -> list[bytes]:
    """Eight hashes of 32 bytes from one, in the order of WAYS; the first is the one given. Raises NotAHash."""
    if len(hash_) != pdq.BYTES:
        raise NotAHash(f"A PDQ hash is 32 bytes; these are {len(hash_)}.")
    above = np.unpackbits(np.frombuffer(hash_, dtype=np.uint8))[::-1].reshape(16, 16).astype(bool)
    row, column = np.indices((16, 16)) % 2 == 1
    made = []
    for by_row, by_column, transposed, negated in WAYS.values():
        changed = above ^ (row & by_row) ^ (column & by_column) ^ negated
        if transposed:
            changed = changed.T
        made.append(np.packbits(changed.reshape(-1)[::-1]).tobytes())
    return made
