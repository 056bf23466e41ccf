"""Why a picture has no hash. Each says which picture it fails for and why, in words, and never with a byte of it."""

from typing import ClassVar


class HashingFailed(Exception):
    """A picture that could not be hashed. `name` is short and stays the same: for counts, for an API's answer, for a scan's result."""

    name: ClassVar[str] = "failed"


class NotAPicture(HashingFailed):
    """The bytes are none of the formats that are read."""

    name = "not-a-picture"


class CutShort(HashingFailed):
    """A picture that ends before it should."""

    name = "cut-short"


class Damaged(HashingFailed):
    """The head is that of a picture, and the rest cannot be read."""

    name = "damaged"


class TooManyBytes(HashingFailed):
    """More bytes than the limit."""

    name = "too-many-bytes"


class TooManyPixels(HashingFailed):
    """More pixels than the limit: very large, or a decompression bomb."""

    name = "too-many-pixels"


class TooMuchMemory(HashingFailed):
    """Reading it asked for more memory than the limit."""

    name = "too-much-memory"


class TookTooLong(HashingFailed):
    """Reading it was not done in the time that it has, and was ended."""

    name = "took-too-long"


class DecoderDied(HashingFailed):
    """The process that read it ended: a fault of a decoder, met by this picture alone."""

    name = "decoder-died"


BY_NAME: dict[str, type[HashingFailed]] = {
    kind.name: kind for kind in (NotAPicture, CutShort, Damaged, TooManyBytes, TooManyPixels, TooMuchMemory, TookTooLong, DecoderDied)
}
