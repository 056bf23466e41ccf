"""One picture -> its hashes."""

import hashlib
from dataclasses import dataclass

from havenline.engines.matching.hashing.decoding import USUAL, Limits, must_fit, pixels_of
from havenline.engines.matching.hashing.errors import TooMuchMemory
from havenline.engines.matching.hashing.reckoning import reckon


@dataclass(frozen=True)
class ImageHash:
    """What is kept of a picture: never a pixel of it."""

    pdq: str  # 64 hexadecimal digits, the most significant first, as the reference prints it
    quality: int  # 0 to 100; below 50 it is not matched automatically
    sha256: str
    md5: str
    width: int
    height: int
    # Where they were asked for: as it is, turned by 90, 180 and 270 degrees, mirrored at x, at y, and at both diagonals.
    dihedral: tuple[str, ...] = ()


def digests(data: bytes | bytearray) -> tuple[str, str]:
    """SHA-256 and MD5 of the file: what lists tell it by."""
    return hashlib.sha256(data).hexdigest(), hashlib.md5(data, usedforsecurity=False).hexdigest()


def hash_image(data: bytes | bytearray, *, fast: bool = False, dihedral: bool = False, limits: Limits = USUAL) -> ImageHash:
    """The PDQ hash of a picture, its quality, its size and the digests of its bytes; from memory, in this process.

    Equal to Pillow + pdqhash to the bit. `fast` reads only the luma of a JPEG: a fifth quicker, and mostly 0 to 4 bits away, in small or
    flat pictures more. What strangers send is better hashed by a HashingPool, whose decoder can be killed. Raises NotAPicture, CutShort,
    Damaged, TooManyBytes, TooManyPixels, TooMuchMemory.
    """
    must_fit(len(data), limits)
    pixels, width, height = pixels_of(data, limits=limits, fast=fast)
    try:
        hashes, quality = reckon(pixels, dihedral=dihedral)
    except MemoryError:
        raise TooMuchMemory("Hashing this picture asks for more memory than there is.") from None
    sha256, md5 = digests(data)
    turned = tuple(one.hex() for one in hashes) if dihedral else ()
    return ImageHash(hashes[0].hex(), quality, sha256, md5, width, height, turned)
