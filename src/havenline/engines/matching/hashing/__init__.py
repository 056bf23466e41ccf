"""Picture -> hash, from memory only; nothing of a picture is ever written.

hash_image(data) -> ImageHash(pdq, quality, sha256, md5, width, height)      # in this process
with HashingPool() as pool: pool.hash(data)                                  # in one that can be killed, and can do nothing else
"""

from havenline.engines.matching.hashing.decoding import Limits
from havenline.engines.matching.hashing.errors import (
    CutShort,
    Damaged,
    DecoderDied,
    HashingFailed,
    NotAPicture,
    TookTooLong,
    TooManyBytes,
    TooManyPixels,
    TooMuchMemory,
)
from havenline.engines.matching.hashing.picture import ImageHash, hash_image
from havenline.engines.matching.hashing.pool import Confinement, HashingPool, HashingProcess

__all__ = [
    "Confinement",
    "CutShort",
    "Damaged",
    "DecoderDied",
    "HashingFailed",
    "HashingPool",
    "HashingProcess",
    "ImageHash",
    "Limits",
    "NotAPicture",
    "TooManyBytes",
    "TooManyPixels",
    "TooMuchMemory",
    "TookTooLong",
    "hash_image",
]
