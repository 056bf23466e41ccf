"""Pixels -> PDQ: by the compiled kernel, or by NumPy where there is none. Both equal the reference to the bit, hash and quality.

Source: Meta, *PDQ and TMK+PDQF* (2019). Floats do not add up in any order, so NumPy's sums run in the reference's order too: as one running
sum over what a window takes in and what it leaves, one after the other.
"""

import ctypes
import math

import numpy as np
from numpy.typing import NDArray

from havenline.engines.matching import kernel
from havenline.engines.matching.dihedral import WAYS

LEAST = 5  # pixels a side; a smaller picture's hash is all zeros and its quality 0, as the reference has it
SIDE = 64
AT_ONCE = 2_000_000  # pixels that NumPy holds three times over
BYTES = 32
DIHEDRAL = tuple(WAYS.values())

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


def reckon(pixels: Pixels, *, dihedral: bool = False, plain: bool = False) -> tuple[list[bytes], int]:
    """The hash of a picture, uint8[height, width] or uint8[height, width, 3], as 32 bytes, and its quality, 0 to 100.

    `dihedral`: eight hashes, of the picture as it is, turned by 90, 180 and 270 degrees, mirrored at x, y and both diagonals. `plain`
    leaves the processor's newer instructions out. Raises MemoryError.
    """
    if kernel.lib is None:
        return reckon_by_numpy(pixels, dihedral=dihedral)
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels not in (1, 3):
        raise ValueError("pixels are grey, or red, green and blue")
    many = len(DIHEDRAL) if dihedral else 1
    out = ctypes.create_string_buffer(BYTES * many)
    quality = kernel.lib.picture_pdq(pixels.ctypes.data, height, width, pixels.strides[0], channels, dihedral, plain, out)
    if quality < 0:
        raise MemoryError
    return [out.raw[BYTES * one : BYTES * (one + 1)] for one in range(many)], quality


def reckon_by_numpy(pixels: Pixels, *, dihedral: bool = False) -> tuple[list[bytes], int]:
    """The same, without the kernel; some twenty times as slow."""
    height, width = pixels.shape[:2]
    many = DIHEDRAL if dihedral else DIHEDRAL[:1]
    if height < LEAST or width < LEAST:
        return [bytes(BYTES)] * len(many), 0
    small = luma(pixels)
    if (height, width) != (SIDE, SIDE):
        rows, columns = ((2 * np.arange(SIDE) + 1) * height // 128, (2 * np.arange(SIDE) + 1) * width // 128)
        for _twice in range(2):
            small = box(small, math.ceil(width / 128))
            small = np.ascontiguousarray(box(np.ascontiguousarray(small.T), math.ceil(height / 128)).T)
        small = small[np.ix_(rows, columns)]
    dct = transformed(small)
    hashes = []
    for by_row, by_column, turned, negated in many:
        signs = np.ones((16, 16), dtype=np.float32)
        signs[1::2] *= -1 if by_row else 1
        signs[:, 1::2] *= -1 if by_column else 1
        changed = dct * signs * np.float32(-1 if negated else 1)
        flat = (changed.T if turned else changed).reshape(-1)
        hashes.append(np.packbits((flat > np.sort(flat)[127])[::-1]).tobytes())
    return hashes, quality(small)


def luma(pixels: Pixels) -> Floats:
    """(299 r + 587 g + 114 b) / 1000, rounded once: what the reference's sum of doubles always comes to, as a float."""
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    red *= 299
    green *= 587
    blue *= 114
    red += green
    red += blue
    red /= 1000
    return red


def box(rows: Floats, window: int) -> Floats:
    """The mean of each value's window along its row."""
    number, length = rows.shape
    ahead = (window + 2) // 2 - 1
    right = np.arange(ahead, length + ahead)
    counts = (np.minimum(right + 1, length) - np.maximum(0, right - window + 1)).astype(np.float32)
    means = np.empty_like(rows)
    some = max(1, AT_ONCE // length)
    for first in range(0, number, some):
        part = rows[first : first + some]
        steps = np.zeros((len(part), 2 * (length + ahead)), dtype=np.float32)
        steps[:, 0 : 2 * length : 2] = part
        steps[:, 2 * window + 1 :: 2] = -part[:, : length + ahead - window]
        means[first : first + some] = np.cumsum(steps, axis=1, dtype=np.float32)[:, 2 * ahead + 1 :: 2] / counts
    return means


def transformed(small: Floats) -> Floats:
    """The 16 x 16 lowest frequencies, without the constant ones, of float32[64, 64]."""
    number, place = np.arange(1, 17)[:, None], 2 * np.arange(SIDE)[None, :] + 1
    angles = (math.pi / 2.0 / SIDE) * number * place
    cosines = (float(np.float32(math.sqrt(2.0 / SIDE))) * np.vectorize(math.cos)(angles)).astype(np.float32)
    half = np.zeros((16, SIDE), dtype=np.float32)
    dct = np.zeros((16, 16), dtype=np.float32)
    for k in range(SIDE):
        half += cosines[:, k : k + 1] * small[k : k + 1, :]
    for k in range(SIDE):
        dct += half[:, k : k + 1] * cosines[:, k : k + 1].T
    return dct


def quality(small: Floats) -> int:
    """How much there is to tell the picture by, 0 to 100: steep places of float32[64, 64]."""
    steep = [np.abs((np.diff(small, axis=axis) * np.float32(-100) / np.float32(255)).astype(np.int32)).sum() for axis in (0, 1)]
    return min(100, int(sum(steep)) // 90)
