"""How fast does a picture become its hash? Beside Pillow and pdqhash, whose answers must be equal; in a child; on two cores.

The peer needs g++: `scripts/prepare peers` builds it; without it, ours alone is measured.
"""

import io
import itertools
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import simplejpeg
from PIL import Image
from tests.engines.matching.hashing import pictures

from benchmarks.tables import Table
from havenline.engines.matching import kernel
from havenline.engines.matching.hashing import HashingPool, hash_image, reckoning
from havenline.engines.matching.hashing.decoding import pixels_of
from havenline.engines.matching.hashing.picture import digests

try:
    import pdqhash  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ModuleNotFoundError:
    pdqhash = None

SIZES = ((640, 480), (1920, 1080), (4000, 3000))
GOALS = {"0.3": 2.5, "2.1": 5.0, "12.0": 7.0}  # times as fast as the peer, by megapixels


def measure(*, sizes: tuple[tuple[int, int], ...] = SIZES, rounds: int = 15, seconds: float = 3.0) -> Iterator[Table]:
    yield alone(sizes, rounds)
    yield parts(sizes, rounds)
    yield together(sizes, seconds)
    yield equal()


def a_photograph(width: int, height: int, quality: int = 85) -> bytes:
    """A JPEG, 4:2:0, of a landscape under grain. Quality 85 makes one bit a pixel, as what is sent about; 95 makes a camera's 2.7."""
    grain = np.frombuffer(np.random.default_rng(5).bytes(width * height), dtype=np.uint8).reshape(height, width, 1) // 24
    pixels = np.clip(pictures.landscape(width, height).astype(np.int16) + grain - 5, 0, 255).astype(np.uint8)
    return pictures.coded(pixels, "JPEG", quality=quality)


def reference(data: bytes) -> tuple[str, int]:
    vector, quality = pdqhash.compute(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
    return np.packbits(vector.astype(np.uint8)).tobytes().hex(), quality


def by_turns(ways: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.process_time) -> dict[str, float]:
    """Median milliseconds of each, of a processor; each round asks every one of them once, so that a busy moment is shared."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for one in range(rounds + 1):
        for name, way in ways.items():
            began = clock()
            way()
            if one:  # the first warms up
                took[name].append(1000 * (clock() - began))
    return {name: statistics.median(times) for name, times in took.items()}


def alone(sizes: tuple[tuple[int, int], ...], rounds: int) -> Table:
    table = Table(
        "One picture after the other",
        ("", "Mpixels", "bytes", "peer ms", "ours ms", "times", "goal", "digests too", "child ms", "fast ms", "numpy ms"),
        note="JPEG -> hash and quality, as the peer (Pillow + pdqhash) does. Median milliseconds of a processor, by turns, so that other"
        " work on the machine counts little; all is done on one. `digests too`: `hash_image`, with SHA-256 and MD5 of the file. `child`:"
        " that, in a process that can be killed, by the clock. `fast`: luma only, not equal. `numpy`: the hash alone, without the"
        " compiled kernel.",
    )
    print(table.heading(), flush=True)
    with HashingPool(1) as pool:
        for (width, height), quality in itertools.product(sizes, (85, 95)):
            data = a_photograph(width, height, quality)
            pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
            ways: dict[str, Callable[[], object]] = {
                "ours": lambda data=data: reckoning.reckon(pixels_of(data)[0]),
                "digests too": lambda data=data: hash_image(data),
                "fast": lambda data=data: hash_image(data, fast=True),
            }
            if pdqhash:
                ways["peer"] = lambda data=data: reference(data)
            took = by_turns(ways, rounds)
            took |= by_turns({"child": lambda data=data: pool.hash(data)}, rounds, time.perf_counter)
            numpy = by_turns({"numpy": lambda pixels=pixels: reckoning.reckon_by_numpy(pixels)}, 1)["numpy"]
            megapixels = f"{width * height / 1e6:.1f}"
            peer = took.get("peer")
            table.add(
                f"{width} x {height}, quality {quality}",
                megapixels,
                f"{len(data):,}",
                f"{peer:.1f}" if peer else "-",
                f"{took['ours']:.2f}",
                f"{peer / took['ours']:.1f}" if peer else "-",
                GOALS.get(megapixels, "-"),
                *(f"{took[way]:.2f}" for way in ("digests too", "child", "fast")),
                f"{numpy:.0f}",
            )
    return table


def parts(sizes: tuple[tuple[int, int], ...], rounds: int) -> Table:
    table = Table(
        "Where the time goes",
        ("", "decoded ms", "hash ms", "digests ms", "peer decoded ms", "peer hash ms"),
        note=f"The kernel: {'compiled' if kernel.lib is not None else kernel.why_not}. Decoding is libjpeg-turbo's in both.",
    )
    print(table.heading(), flush=True)
    for width, height in sizes:
        data = a_photograph(width, height)
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        ways: dict[str, Callable[[], object]] = {
            "decoded": lambda data=data: simplejpeg.decode_jpeg(data, "RGB", fastdct=False, fastupsample=False),
            "hash": lambda pixels=pixels: reckoning.reckon(pixels),
            "digests": lambda data=data: digests(data),
            "peer decoded": lambda data=data: np.asarray(Image.open(io.BytesIO(data)).convert("RGB")),
        }
        if pdqhash:
            ways["peer hash"] = lambda pixels=pixels: pdqhash.compute(pixels)
        took = by_turns(ways, rounds)
        table.add(f"{width} x {height}", *(f"{took[name]:.2f}" if name in took else "-" for name in (*ways, "peer hash")[:5]))
    return table


def together(sizes: tuple[tuple[int, int], ...], seconds: float) -> Table:
    table = Table(
        "Pictures a second", ("", "one child", "two children"), note="Bytes in, hash and digests out, by `HashingPool.hash_each`."
    )
    print(table.heading(), flush=True)
    for width, height in sizes:
        data = a_photograph(width, height)
        rates = []
        for children in (1, 2):
            with HashingPool(children) as pool:
                list(pool.hash_each(enumerate(itertools.repeat(data, 2 * children))))
                began, done = time.perf_counter(), 0
                for _number, _found in pool.hash_each(enumerate(itertools.repeat(data))):
                    done += 1
                    if time.perf_counter() - began > seconds:
                        break
                rates.append(f"{done / (time.perf_counter() - began):.0f}")
        table.add(f"{width} x {height}", *rates)
    return table


def equal() -> Table:
    table = Table(
        "Equal to the bit, hash and quality", ("", "files", "equal"), note="Six kinds of picture in five sizes, in each kind of file."
    )
    print(table.heading(), flush=True)
    for name, (kind, options) in pictures.FILES.items():
        files = [pictures.coded(pixels, kind, **options) for _name, pixels in pictures.every_picture()]
        same = sum(reference(data) == (hash_image(data).pdq, hash_image(data).quality) for data in files) if pdqhash else "-"
        table.add(name, len(files), same)
    return table
