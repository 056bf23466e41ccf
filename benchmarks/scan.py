"""How fast is an archive scanned? On one core and on two, on this machine alone and by Ray's workers; and what is left when it is killed.

Benign pictures of 0.3 Mpixels, drawn here, and an index of random hashes.
"""

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hashing import a_photograph
from benchmarks.tables import Table
from havenline.engines.matching import PdqIndex
from havenline.engines.matching.scanning import Asked, Here, Scan, Work


def measure(*, files: int = 1_500, known: int = 1_000_000, names: int = 200_000) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as folder:
        work = drawn(Path(folder), files, known)
        yield hands(work, Path(folder), files)
        yield listing(Path(folder), names)


def drawn(folder: Path, files: int, known: int) -> Work:
    root = folder / "archive"
    root.mkdir()
    data = a_photograph(640, 480)
    for one in range(files):
        # What follows the end of a JPEG is not decoded: each file has digests of its own, and costs the same.
        (root / f"{one:06}.jpg").write_bytes(data + one.to_bytes(8, "big"))
    chance = np.random.default_rng(3)
    hashes = chance.integers(0, 256, (known, 32), dtype=np.uint8)
    PdqIndex.build(hashes, np.arange(known, dtype=np.uint64)).save(folder / "index")
    return Work(root, folder / "index")


def hands(work: Work, folder: Path, files: int) -> Table:
    table = Table(
        "Files a second",
        ("", "one", "two", "times"),
        note=f"{files:,} JPEGs of 640 x 480; from the first row to the last, processes started before. One, two: processes that decode,"
        " or workers of Ray.",
    )
    print(table.heading(), flush=True)
    ways: list[tuple[str, Callable[[int], AbstractContextManager[Any]]]] = [("here", lambda size: Here(work, processes=size))]
    if importlib.util.find_spec("ray"):
        from havenline.engines.matching.scanning.cluster import Cluster

        ways.append(("Ray, on this machine", lambda size: Cluster(work, address="local", workers=size)))
    for name, way in ways:
        rates = []
        for size in (1, 2):
            to = folder / f"{name}-{size}.csv"
            asked = Asked(str(work.root), str(work.root), str(work.index), work.radius, "csv")
            with way(size) as made:
                warm = sorted(path.name.encode() for path in work.root.iterdir())
                for _turn in range(2 * size):  # until each worker has had some: one starts later than another
                    list(made.rows(warm[:512]))
                began = time.perf_counter()
                with Scan(asked, to) as scan:
                    scan.run(made)
                rates.append(files / (time.perf_counter() - began))
        table.add(name, *(f"{rate:.0f}" for rate in rates), f"{rates[1] / rates[0]:.2f}")
    return table


def listing(folder: Path, names: int) -> Table:
    table = Table(
        "Listing", ("", "names", "s", "names a second"), note="A folder's names, sorted and written down, before the first file is read."
    )
    print(table.heading(), flush=True)
    root = folder / "names"
    for one in range(names):
        if one % 1_000 == 0:
            (root / f"{one // 1_000:05}").mkdir(parents=True)
        (root / f"{one // 1_000:05}" / f"{one:08}.jpg").touch()
    asked = Asked(str(root), str(root), "none", 31, "csv")
    began = time.perf_counter()
    with Scan(asked, folder / "listed.csv") as scan:
        scan.list_paths()
    took = time.perf_counter() - began
    table.add("empty files, a thousand in a folder", f"{names:,}", f"{took:.1f}", f"{names / took:,.0f}")
    return table
