"""Benign pictures, drawn here from whole numbers alone, so that each machine draws the same pixels: six kinds in five sizes.

`python -m tests.engines.matching.hashing.pictures` computes `known_answers.json` anew by Pillow and pdqhash (`scripts/prepare peers`).
"""

import hashlib
import io
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pixels = NDArray[np.uint8]
SIZES = ((64, 64), (160, 120), (333, 500), (640, 480), (1920, 1080))  # width, height
KNOWN_ANSWERS = Path(__file__).parent / "known_answers.json"


def gradient(width: int, height: int) -> Pixels:
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    return np.dstack([(x * 255 // width + 0 * y), (y * 255 // height + 0 * x), (x * y * 255 // (width * height))]).astype(np.uint8)


def noise(width: int, height: int) -> Pixels:
    return np.frombuffer(random.Random(width).randbytes(width * height * 3), dtype=np.uint8).reshape(height, width, 3)


def shapes(width: int, height: int) -> Pixels:
    """Boxes and discs of one colour each, painted over each other."""
    chance = random.Random(height)
    pixels = np.full((height, width, 3), 230, dtype=np.uint8)
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    for number in range(24):
        colour = [chance.randrange(256) for _channel in range(3)]
        at, size = (chance.randrange(width), chance.randrange(height)), chance.randrange(4, max(8, height // 3))
        if number % 2:
            inside = (x - at[0]) ** 2 + (y - at[1]) ** 2 < size * size
        else:
            inside = (abs(x - at[0]) < size) & (abs(y - at[1]) < size // 2 + 1)
        pixels[inside] = colour
    return pixels


def chart(width: int, height: int) -> Pixels:
    """Bars on a grid."""
    chance = random.Random(width + height)
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    pixels[:: max(2, height // 8)] = 200
    step = max(3, width // 12)
    for left in range(step // 2, width - step, step):
        pixels[chance.randrange(height // 4, height) :, left : left + step * 2 // 3] = [40, 90 + chance.randrange(100), 160]
    return pixels


def landscape(width: int, height: int) -> Pixels:
    """A fractal: noise of every scale, each half as strong as the one before, under a sky."""
    chance = np.random.Generator(np.random.PCG64(width * 7 + height))
    heights = np.zeros((height, width), dtype=np.int64)
    scale = 64
    for octave in range(6):
        coarse = chance.integers(0, 256 >> octave, (height // scale + 3, width // scale + 3))
        y, x = np.divmod(np.arange(height), scale), np.divmod(np.arange(width), scale)
        top = coarse[y[0]][:, x[0]] * (scale - x[1]) + coarse[y[0]][:, x[0] + 1] * x[1]
        bottom = coarse[y[0] + 1][:, x[0]] * (scale - x[1]) + coarse[y[0] + 1][:, x[0] + 1] * x[1]
        heights += (top * (scale - y[1])[:, None] + bottom * y[1][:, None]) // (scale * scale)
        scale //= 2
    sky = np.arange(height)[:, None] * 128 // height
    return np.dstack([heights // 3 + 30, heights // 2, np.maximum(heights // 4, 200 - sky)]).clip(0, 255).astype(np.uint8)


def text(width: int, height: int) -> Pixels:
    """Lines of marks in words, as a page of print looks from afar."""
    chance = random.Random(3)
    page = Image.new("L", (width, height), 250)
    pen = ImageDraw.Draw(page)
    line = max(4, height // 30)
    for top in range(line, height - line, line * 2):
        left = line
        while left < width - line * 3:
            word = chance.randrange(1, 8) * line // 2
            for stroke in range(left, min(left + word, width - line), max(2, line // 3)):
                pen.rectangle((stroke, top + chance.randrange(line // 2), stroke + line // 6, top + line), fill=chance.randrange(90))
            left += word + line
    return np.asarray(page.convert("RGB"))


KINDS: dict[str, Callable[[int, int], Pixels]] = {
    "gradient": gradient, "noise": noise, "shapes": shapes, "chart": chart, "landscape": landscape, "text": text,
}  # fmt: skip


@cache
def drawn(kind: str, width: int, height: int) -> Pixels:
    pixels = KINDS[kind](width, height)
    assert pixels.shape == (height, width, 3)
    return pixels


def every_picture() -> Iterator[tuple[str, Pixels]]:
    for kind in KINDS:
        for width, height in SIZES:
            yield f"{kind} {width}x{height}", drawn(kind, width, height)


def coded(pixels: Pixels, kind: str, **options: Any) -> bytes:
    """As a file of this format, in memory."""
    made = io.BytesIO()
    mode = options.pop("mode", None)
    picture = Image.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(made, kind, **options)
    return made.getvalue()


# How a picture may come; each by a name for the test's line.
FILES: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG 35 4:2:0": ("JPEG", {"quality": 35, "subsampling": 2}),
    "JPEG 75 4:2:0": ("JPEG", {"quality": 75, "subsampling": 2}),
    "JPEG 90 4:2:2": ("JPEG", {"quality": 90, "subsampling": 1}),
    "JPEG 95 4:4:4": ("JPEG", {"quality": 95, "subsampling": 0}),
    "JPEG progressive": ("JPEG", {"quality": 80, "progressive": True}),
    "JPEG grey": ("JPEG", {"quality": 80, "mode": "L"}),
    "JPEG CMYK": ("JPEG", {"quality": 80, "mode": "CMYK"}),
    "JPEG with restarts": ("JPEG", {"quality": 80, "restart_marker_rows": 1}),
    "JPEG of RGB": ("JPEG", {"quality": 80, "keep_rgb": True}),
    "PNG": ("PNG", {}),
    "PNG palette": ("PNG", {"mode": "P"}),
    "PNG grey": ("PNG", {"mode": "L"}),
    "PNG black and white": ("PNG", {"mode": "1"}),
    "PNG alpha": ("PNG", {"mode": "RGBA"}),
    "PNG grey and alpha": ("PNG", {"mode": "LA"}),
    "WebP": ("WEBP", {"quality": 80, "method": 0}),
    "WebP lossless": ("WEBP", {"lossless": True, "method": 0}),
    "GIF": ("GIF", {}),
    "BMP": ("BMP", {}),
}


def digest(pixels: Pixels) -> str:
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def make_known_answers() -> dict[str, Any]:
    """What the reference says: of each picture its pixels' digest, the eight hashes, the quality."""
    import pdqhash  # type: ignore[import-not-found, import-untyped, unused-ignore]

    answers = {}
    for name, pixels in every_picture():
        vector, quality = pdqhash.compute(pixels)
        eight, _quality = pdqhash.compute_dihedral(pixels)
        answers[name] = {
            "pixels": digest(pixels),
            "pdq": np.packbits(vector.astype(np.uint8)).tobytes().hex(),
            "quality": quality,
            "dihedral": [np.packbits(one.astype(np.uint8)).tobytes().hex() for one in eight],
        }
    return answers


if __name__ == "__main__":
    KNOWN_ANSWERS.write_text(json.dumps(make_known_answers(), indent=1) + "\n")
