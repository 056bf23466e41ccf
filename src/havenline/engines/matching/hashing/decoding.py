"""Bytes -> pixels, from memory only, as the reference reads them: `PIL.Image.open(...).convert("RGB")`.

JPEG goes through simplejpeg with the slow, exact transform and smooth upsampling, which gives the pixels that Pillow gives; whatever it
will not read, Pillow is asked. No rotation by EXIF, no colour profile, the first frame, alpha dropped and not blended: the reference does
none of these either.
"""

import contextlib
import io
import logging
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from havenline.engines.matching.hashing.errors import CutShort, Damaged, NotAPicture, TooManyBytes, TooManyPixels, TooMuchMemory

with contextlib.suppress(ImportError):  # the extra `heif`
    import pillow_heif

    pillow_heif.register_heif_opener()

# At its level of debugging Pillow logs what stands in a picture's head, EXIF and comments included: never, whatever others set.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", *(("AVIF",) if features.check("avif") else ()))
JPEG = b"\xff\xd8\xff"
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Limits:
    """What one picture may ask for."""

    bytes: int = 64 * 1024 * 1024
    pixels: int = 120_000_000
    memory: int = 2 * 1024 * 1024 * 1024  # bytes; where it is read in a process of its own
    seconds: float = 10.0  # where it is read in a process of its own


USUAL = Limits()


def formats() -> tuple[str, ...]:
    """What is read. HEIF is one of them where the package `pillow-heif` is installed."""
    return (*FORMATS, "HEIF") if "HEIF" in Image.OPEN else FORMATS


def must_fit(size: int, limits: Limits) -> None:
    """Raises TooManyBytes."""
    if size > limits.bytes:
        raise TooManyBytes(f"{size} bytes are more than the {limits.bytes} that a picture may have.")


def pixels_of(data: bytes | bytearray, *, limits: Limits = USUAL, fast: bool = False) -> tuple[Pixels, int, int]:
    """The picture as uint8[height, width] (grey) or uint8[height, width, 3], its width and its height.

    `fast`: of a JPEG only its luma; the hash may move by some bits. Raises NotAPicture, CutShort, Damaged, TooManyBytes, TooManyPixels,
    TooMuchMemory; none holds a byte of the picture.
    """
    must_fit(len(data), limits)
    try:
        pixels = _jpeg(data, limits, fast) if data[:3] == JPEG else None
        if pixels is None:
            pixels = _by_pillow(data, limits)
    except MemoryError:
        raise TooMuchMemory("Reading this picture asks for more memory than there is.") from None
    return pixels, pixels.shape[1], pixels.shape[0]


def _jpeg(data: bytes | bytearray, limits: Limits, fast: bool) -> Pixels | None:
    """None: let Pillow read it, or say what is wrong with it."""
    try:
        height, width, colours, _sampling = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    _must_not_be_larger(width, height, limits)
    if colours not in ("Gray", "YCbCr", "RGB"):
        return None
    grey = colours == "Gray" or (fast and colours == "YCbCr")
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(data, "GRAY" if grey else "RGB", fastdct=False, fastupsample=False)
    except ValueError:
        return None
    return pixels[..., 0] if grey else pixels


def _by_pillow(data: bytes | bytearray, limits: Limits) -> Pixels:
    try:
        with Image.open(io.BytesIO(data), formats=formats()) as picture:
            _must_not_be_larger(picture.width, picture.height, limits)
            return np.asarray(picture if picture.mode in ("L", "RGB") else picture.convert("RGB"))
    except (TooManyPixels, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels(f"It has more pixels than the {limits.pixels} that a picture may have.") from None
    except UnidentifiedImageError:
        raise NotAPicture(f"These bytes are no picture that is read here. Read are: {', '.join(formats())}.") from None
    except Exception as error:  # decoders raise whatever they like: OSError, SyntaxError, ValueError, struct.error, ...
        if "truncated" in str(error) or isinstance(error, EOFError):
            raise CutShort("The picture ends before it should.") from None
        raise Damaged(f"The picture cannot be read: its decoder ended with {type(error).__name__}.") from None


def _must_not_be_larger(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise TooManyPixels(f"{width} x {height} pixels are more than the {limits.pixels} that a picture may have.")
