"""What parent and child say to each other: fixed shapes, so that a child which has gone over to a picture cannot say much.

A question is its length, its options and the picture. An answer is of one size: what it came to, quality, width, height, eight hashes of
which one or all count. The child's words are numbers only; digests are the parent's own.
"""

import struct

from havenline.engines.matching.hashing import errors

QUESTION = struct.Struct(">QB")  # bytes of the picture, options
ANSWER = struct.Struct(">BBII256s")  # outcome, quality, width, height, hashes
READY = struct.Struct(">B")  # what of its confinement holds
FAST, DIHEDRAL = 1, 2
HASHED = 0
# By number: an outcome above 0 is the error at that place.
FAILURES: tuple[type[errors.HashingFailed], ...] = (
    errors.NotAPicture,
    errors.CutShort,
    errors.Damaged,
    errors.TooManyBytes,
    errors.TooManyPixels,
    errors.TooMuchMemory,
)
