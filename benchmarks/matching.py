"""How fast is a hash found among those that are known? Beside FAISS and `threatexchange`, one thread each; and the answers are the same.

The peers are installed by `scripts/prepare peers`; without them, ours alone is measured. All of them are asked by turns in one run, with
OMP_NUM_THREADS=1. `make bench-large` asks ours among 100 million.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ["OMP_NUM_THREADS"] = "1"  # before FAISS is imported: the fair peer

import numpy as np
from numpy.typing import NDArray

from benchmarks.tables import Table
from havenline.engines.matching import PdqIndex

try:
    import faiss  # type: ignore[import-not-found, import-untyped, unused-ignore]

    faiss.omp_set_num_threads(1)
except ModuleNotFoundError:
    faiss = None

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
GOALS = {1_000_000: "150", 10_000_000: "600"}  # times as fast as FAISS flat
PEERS_UP_TO = {"multi": 10_000_000, "threatexchange": 100_000}
Hashes = NDArray[np.uint8]
ASK_ALONE = """
import pathlib, sys, threading
import numpy as np
from havenline.engines.matching import PdqIndex
index = PdqIndex.open(pathlib.Path(sys.argv[1]))
index.search(np.fromfile(sys.argv[2], np.uint8).reshape(-1, 32))
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
A_TURN = 1000  # queries of ours in a row


class Took(NamedTuple):
    """Seconds: the median of all, their 99th percentile, and the median of each turn's first, when another has filled the caches."""

    median: float
    p99: float
    first: float


def measure(*, sizes: tuple[int, ...] = SIZES, rounds: int = 15, pairs: float = 2e10, large: bool = False) -> Iterator[Table]:
    yield memory()
    one, rest, same = one_query(), built(), exact()
    for size in sizes:
        among(size, rounds, pairs, one, rest, same, peers=not large)
    yield from (one, rest, same)


def memory(lines: int = 30_000, room: int = 1_400_000_000) -> Table:
    """What this machine's memory gives at best: no index can be faster than the lines that it reads."""
    table = Table(
        "What memory allows",
        ("", "ns a line", "GB/s"),
        note="64 bytes a line, one thread: of 1.4 GB by chance, many asked for at once, and one after the other.",
    )
    print(table.heading(), flush=True)
    held = np.zeros((room // 64, 8), dtype=np.uint64)
    held[:, 0] = 1
    chance = np.random.default_rng(1)
    took = []
    for _time in range(20):
        at = chance.integers(0, len(held), lines)
        began = time.perf_counter()
        held[at, 0].sum()
        took.append((time.perf_counter() - began) / lines)
    table.add("by chance", f"{statistics.median(took) * 1e9:.1f}", f"{64 / statistics.median(took) / 1e9:.1f}")
    began = time.perf_counter()
    held.sum()
    took_one = (time.perf_counter() - began) / len(held)
    table.add("one after the other", f"{took_one * 1e9:.1f}", f"{64 / took_one / 1e9:.1f}")
    return table


def one_query() -> Table:
    return Table(
        "One query, one thread, within 31 bits",
        ("hashes", "flat us", "multi us", "tx us", "ours us", "p99", "first", "times flat", "goal", "batch /s", "bytes"),
        note=f"Medians; each asks in a row ({A_TURN} of ours), then the next; queries at 0 to 40 bits from one that is known. `flat`: FAISS"
        " IndexBinaryFlat. `multi`: FAISS IndexBinaryMultiHash 11 x 23, nflip 2. `tx`: threatexchange's own index. Ours, mapped from its"
        " folder, with 1,000 hashes in its delta and 100 removed; `first`: the first of each turn, when another has filled the caches."
        " `batch`: ours, 20,000 queries on every core. `bytes`: ours, a hash, ids and all.",
    )


def built() -> Table:
    return Table(
        "Built, opened, changed",
        ("hashes", "build us a hash", "save s", "open ms", "GB in a process", "add to visible ms", "add ms", "merge s"),
        note="`GB in a process`: all of one that has it open and was asked 20,000 times, index and Python. `add to visible`: from the call"
        " until another that has the folder open finds it. `add`: until it is on the disk. `merge`: 2,500 become a segment, in the"
        " background.",
    )


def exact() -> Table:
    return Table(
        "The same answers as FAISS flat",
        ("hashes", "queries", "pairs", "hits", "differ"),
        note="A tenth of the hashes share 32 bits, a tenth are one hash a thousand times; queries at 0 to 40 bits.",
    )


def among(size: int, rounds: int, pairs: float, one: Table, rest: Table, same: Table, *, peers: bool) -> None:
    chance = np.random.default_rng(size)
    known = hard(size, chance)
    ids = np.arange(size, dtype=np.uint64)
    with tempfile.TemporaryDirectory(dir=os.environ.get("HAVENLINE_BENCH_ROOM")) as folder:
        path = Path(folder) / "index"
        began = time.perf_counter()
        index = built_in_parts(known, ids) if size > 50_000_000 else PdqIndex.build(known, ids)
        build = time.perf_counter() - began
        began = time.perf_counter()
        index.save(path)
        save = time.perf_counter() - began
        del index
        opened, index = open_time(path)
        index.add(random(1000, chance), np.arange(1000, dtype=np.uint64) + np.uint64(size))
        index.remove(np.arange(100, dtype=np.uint64))
        seen, added = until_seen(path, index, size + 1000, chance)
        asked = near(known, 20_000, chance)
        ways: dict[str, Callable[[int], Any]] = {"ours": lambda number: index.search(asked[number : number + 1], 31)}
        if faiss is not None and peers:
            ways |= peer_ways(known, asked)
        index.search(asked)  # a machine's host, too, has to find its pages once
        began = time.perf_counter()
        index.search(asked)
        batch = len(asked) / (time.perf_counter() - began)
        took = by_turns(ways, rounds, {name: A_TURN if name == "ours" else max(3, min(50, 10_000_000 // size)) for name in ways})
        held = sum(len(segment.memory) for segment in index._snapshot.segments)
        flat, ours = took.get("flat"), took["ours"]
        said = [f"{1e6 * took[name].median:.1f}" if name in took else "-" for name in ("flat", "multi", "tx", "ours")]
        times = f"{flat.median / ours.median:.0f}" if flat else "-"
        slower = (f"{1e6 * ours.p99:.0f}", f"{1e6 * ours.first:.0f}")
        if not one.rows:
            print(one.heading(), flush=True)
        one.add(f"{size:,}", *said, *slower, times, GOALS.get(size, "-"), f"{batch:,.0f}", f"{held / size:.1f}")
        began = time.perf_counter()
        index.add(random(1500, chance), np.arange(1500, dtype=np.uint64) + np.uint64(size + 5000))
        index.settle()
        merge = time.perf_counter() - began
        if not rest.rows:
            print(rest.heading(), flush=True)
        rest.add(
            f"{size:,}",
            f"{1e6 * build / size:.2f}",
            f"{save:.1f}",
            f"{1e3 * opened:.1f}",
            alone_in_a_process(path, asked),
            f"{1e3 * seen:.2f}",
            f"{1e3 * added:.1f}",
            f"{merge:.2f}",
        )
        index.close()
        if faiss is not None and peers:
            differs(known, ids, int(min(20_000, pairs / size)), chance, same)


def open_time(path: Path) -> tuple[float, PdqIndex]:
    """Median seconds to open it, and the last one opened."""
    took = []
    for _time in range(5):
        began = time.perf_counter()
        index = PdqIndex.open(path)
        took.append(time.perf_counter() - began)
        for thread in threading.enumerate():  # it brings in pages: not beside the next
            if thread is not threading.current_thread():
                thread.join()
    return statistics.median(took), index


def alone_in_a_process(path: Path, asked: Hashes) -> str:
    """GB at most of a process that opens it and asks."""
    (path.parent / "asked").write_bytes(asked.tobytes())
    said = subprocess.run(
        [sys.executable, "-c", ASK_ALONE, str(path), str(path.parent / "asked")], check=True, capture_output=True, text=True
    )
    return f"{int(said.stdout) / 1e6:.2f}"


def built_in_parts(known: Hashes, ids: NDArray[np.uint64]) -> PdqIndex:
    part = 16_000_000
    index = PdqIndex.build(known[:part], ids[:part])
    for begin in range(part, len(ids), part):
        index.add(known[begin : begin + part], ids[begin : begin + part])
    return index


def peer_ways(known: Hashes, asked: Hashes) -> dict[str, Callable[[int], Any]]:
    flat = faiss.IndexBinaryFlat(256)
    flat.add(known)
    ways: dict[str, Callable[[int], Any]] = {
        "flat": lambda number: flat.range_search(asked[number : number + 1], 32)
    }  # strict: 32 is up to 31
    if len(known) <= PEERS_UP_TO["multi"]:
        multi = faiss.IndexBinaryMultiHash(256, 11, 23)
        multi.nflip = 2
        multi.add(known)
        ways["multi"] = lambda number: multi.range_search(asked[number : number + 1], 32)
    if len(known) <= PEERS_UP_TO["threatexchange"]:
        from threatexchange.signal_type.pdq.signal import PdqSignal

        index = PdqSignal.get_index_cls().build((hash_.tobytes().hex(), number) for number, hash_ in enumerate(known))
        written = [hash_.tobytes().hex() for hash_ in asked[:1000]]
        ways["tx"] = lambda number: index.query(written[number % 1000])
    return ways


def until_seen(path: Path, writer: PdqIndex, begin: int, chance: np.random.Generator) -> tuple[float, float]:
    """Median seconds until a second reader finds what was added, and until the addition was acknowledged."""
    reader, seen, added = PdqIndex.open(path), [], []
    for number in range(15):
        new, found = random(1, chance), []

        def look(new: Hashes = new, found: list[float] = found) -> None:
            while not len(reader.search(new, 0).id):
                pass
            found.append(time.perf_counter())

        looking = threading.Thread(target=look)
        looking.start()
        began = time.perf_counter()
        writer.add(new, np.array([begin + number], dtype=np.uint64))
        added.append(time.perf_counter() - began)
        looking.join()
        seen.append(found[0] - began)
    return statistics.median(seen), statistics.median(added)


def differs(known: Hashes, ids: NDArray[np.uint64], queries: int, chance: np.random.Generator, table: Table) -> None:
    index, flat = PdqIndex.build(known, ids), faiss.IndexBinaryFlat(256)
    flat.add(known)
    if not table.rows:
        print(table.heading(), flush=True)
    hits = differ = 0
    for begin in range(0, queries, 200):
        asked = near(known, min(200, queries - begin), chance)
        ours = index.search(asked)
        limits, far, found = flat.range_search(asked, 32)
        query = np.repeat(np.arange(len(asked)), np.diff(limits).astype(np.int64))
        order = np.lexsort((found, far, query))
        theirs = np.stack([query[order], found[order], far[order].astype(np.int64)])
        same = np.array_equal(theirs, np.stack([ours.query, ours.id.astype(np.int64), ours.distance]))
        hits, differ = hits + len(ours.id), differ + (not same)
    table.add(f"{len(known):,}", f"{queries:,}", f"{queries * len(known):.1e}", f"{hits:,}", differ)


def by_turns(ways: dict[str, Callable[[int], Any]], rounds: int, turn: dict[str, int]) -> dict[str, Took]:
    """Each asks `turn` times in a row, then the next does, so that a busy moment is shared and nobody is asked in another's cache only."""
    took: dict[str, list[list[float]]] = {name: [] for name in ways}
    number = 0
    for _round in range(rounds):
        for name, way in ways.items():
            times = []
            for _time in range(turn[name]):
                began = time.perf_counter()
                way(number)
                times.append(time.perf_counter() - began)
                number += 1
            took[name].append(times)
    every = {name: [one for times in turns for one in times] for name, turns in took.items()}
    return {
        name: Took(statistics.median(every[name]), float(np.percentile(every[name], 99)), statistics.median(times[0] for times in turns))
        for name, turns in took.items()
    }


def random(count: int, chance: np.random.Generator) -> Hashes:
    return np.frombuffer(chance.bytes(32 * count), dtype=np.uint8).reshape(count, 32).copy()


def hard(count: int, chance: np.random.Generator) -> Hashes:
    """A tenth shares its first 32 bits; a tenth comes a thousand times each."""
    made, tenth = random(count, chance), count // 10
    made[:tenth, :4] = made[0, :4]
    heap = made[tenth : 2 * tenth]
    heap[:] = heap[np.arange(len(heap)) // 1000]
    return made


def near(known: Hashes, count: int, chance: np.random.Generator) -> Hashes:
    """Queries at 0 to 40 bits from one that is known, and comes once."""
    once = known[len(known) // 5 :]
    asked = once[chance.integers(0, len(once), count)].copy()
    for number, query in enumerate(asked):
        bits = chance.choice(256, number % 41, replace=False)
        np.bitwise_xor.at(query, bits // 8, (128 >> bits % 8).astype(np.uint8))
    return asked
