"""A PDQ hash: 256 bits, kept in one canonical order, most significant bit first, as its 64 hexadecimal digits are read.

Source of the hash: Meta, *PDQ and TMK+PDQF* (2019). Two hashes are alike where at most 31 of their 256 bits differ.
"""

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching.errors import BadShape, NotAHash

BITS = 256
BYTES = BITS // 8
RADIUS = 31  # bits that may differ in pictures that are alike, by the hash's authors
LEAST_QUALITY = 50  # below it a picture has too little in it to be told from others: never matched automatically
LEAST_BITS_SET = 16  # a flat picture's hash; half of a real one's bits are set, by its median


def parse(text: str) -> bytes:
    """The 32 bytes of 64 hexadecimal digits. Raises NotAHash."""
    text = text.strip()
    try:
        hash_ = bytes.fromhex(text) if len(text) == 2 * BYTES else b""
    except ValueError:
        hash_ = b""
    if len(hash_) != BYTES:
        raise NotAHash(f"A PDQ hash is 64 hexadecimal digits; this has {len(text)} signs.")
    return hash_


def written(hash_: bytes) -> str:
    """64 lower-case hexadecimal digits. Raises NotAHash."""
    if len(hash_) != BYTES:
        raise NotAHash(f"A PDQ hash is 32 bytes; these are {len(hash_)}.")
    return bytes(hash_).hex()


def array(hashes: list[bytes]) -> NDArray[np.uint8]:
    """uint8[n, 32] of n hashes, as an index takes them. Raises BadShape."""
    if any(len(hash_) != BYTES for hash_ in hashes):
        raise BadShape("A PDQ hash is 32 bytes.")
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, BYTES)


def distance(one: bytes, other: bytes) -> int:
    """In how many of 256 bits they differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def is_flat(hash_: bytes) -> bool:
    """Whether hardly any bit, or nearly every one, is set: the hash of a picture with nothing in it, which matches what it must not."""
    bits = int.from_bytes(hash_, "big").bit_count()
    return not LEAST_BITS_SET <= bits <= BITS - LEAST_BITS_SET


def may_match_by_itself(hash_: bytes, quality: int | None) -> bool:
    """Whether a machine may match it automatically: not flat, and not of a quality that is known to be low (0 to 100)."""
    return not is_flat(hash_) and (quality is None or quality >= LEAST_QUALITY)
