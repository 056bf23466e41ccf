"""How many look-ups does the match role answer, how soon, and does its memory stay flat?

A home with one list of a million random hashes (the index alone is made, as the follower makes it: a million rows in the database change
nothing of a look-up), served as `havenline serve --role match` serves it, two workers; whoever asks has the same two cores.

The peer is Hasher-Matcher-Actioner. It is in no registry, so what answers here in its place is its own index (`threatexchange`'s PDQ index
over FAISS) behind the smallest Flask application under gunicorn, two workers, OMP_NUM_THREADS=1: HMA without its database, and so faster
than HMA. `scripts/prepare peers` installs it; without it ours alone is asked. Both are up, and asked by turns.
"""

import importlib.util
import json
import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.tables import Table

PEER = """
import os, numpy as np
from flask import Flask, request
from threatexchange.signal_type.pdq.signal import PdqSignal
hashes = np.fromfile(os.environ["HASHES"], np.uint8).reshape(-1, 32)
index = PdqSignal.get_index_cls().build((row.tobytes().hex(), number) for number, row in enumerate(hashes))
application = Flask(__name__)
@application.get("/m/raw_lookup")
def raw_lookup():
    signal = PdqSignal.validate_signal_str(request.args["signal"])
    return {"matches": [match.metadata for match in index.query(signal)]}
@application.get("/status")
def status():
    return "I-AM-ALIVE"
"""
PREPARE = """
import json, os, sys
import numpy as np
import django
django.setup()
from django.conf import settings
from havenline.engines.matching import PdqIndex
from havenline.engines.matching.exact import ExactIndex, Known
from havenline.foundation.ledger.actors import INSTALLATION
from havenline.foundation.lists import actions as lists
from havenline.foundation.people import actions as people
from havenline.foundation.people.models import Agency
from havenline.foundation.recognition.kept import Generation, Home, Note
hotline = people.add_agency(name='Benchmark Hotline', kind='hotline', by=INSTALLATION)
platform = people.add_agency(name='chat.example', kind='platform', by=INSTALLATION)
made = lists.make_list(name='Known', kind='hash', origin='own', agency=hotline, by=INSTALLATION)
lists.let_read(known_list=made, agency=platform, may_match=True, by=INSTALLATION)
key = people.make_api_key(agency=platform, by=INSTALLATION)[1]
hashes = np.fromfile(os.environ['HASHES'], np.uint8).reshape(-1, 32)
first = (1 << 40) + (made.pk << 48)
home = Home(settings.HOME / 'recognition')
folder = home.fresh()
Generation.begin(folder)
note = Note(free_from=0.0).written()
with ExactIndex.open(folder / 'known.sqlite3', writes=True) as exact:
    for at in range(0, len(hashes), 100000):
        exact.change(put=[Known(first + number, 0, b'', note) for number in range(at, min(at + 100000, len(hashes)))])
    exact.change(places={made.pk: 0})
PdqIndex.build(hashes, np.arange(len(hashes), dtype=np.uint64) + np.uint64(first)).save(folder / 'pdq')
home.serve(folder)
print(json.dumps(key))
"""


@dataclass
class Load:
    """What came of asking: how many a second, and how long each took, in milliseconds."""

    seconds: float
    taken: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return len(self.taken) / self.seconds

    def at(self, share: float) -> float:
        return sorted(self.taken)[min(len(self.taken) - 1, int(len(self.taken) * share))] if self.taken else float("nan")


def ask(port: int, request: Callable[[], bytes], *, clients: int, seconds: float, rate: float = 0.0) -> Load:
    """Ask over so many connections that stay open, each as soon as it is answered; or so many a second in all, spread evenly."""
    chosen = selectors.DefaultSelector()
    began: dict[int, float] = {}
    idle: list[socket.socket] = []
    buffers: dict[int, bytes] = {}
    load = Load(seconds)

    def connected() -> socket.socket:
        made = socket.create_connection(("127.0.0.1", port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chosen.register(made, selectors.EVENT_READ)
        return made

    def send(line: socket.socket, at: float) -> None:
        began[line.fileno()], buffers[line.fileno()] = at, b""
        line.sendall(request())

    idle = [connected() for _client in range(clients)]
    start = time.perf_counter()
    due = 0
    while (now := time.perf_counter()) < start + seconds:
        while idle and (not rate or start + due / rate <= now):
            send(idle.pop(), start + due / rate if rate else now)  # from when it was due: who waits for a free line waits
            due += 1
        for key, _events in chosen.select(0.001 if rate else None):
            line: Any = key.fileobj
            got = line.recv(1 << 20)
            if not got:  # ended by the server, as it ends a connection that was idle for too long
                chosen.unregister(line)
                line.close()
                if line in idle:
                    idle.remove(line)
                idle.append(connected())
                continue
            buffers[line.fileno()] += got
            head, _space, body = buffers[line.fileno()].partition(b"\r\n\r\n")
            length = next((int(one.split(b":")[1]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length")), None)
            if length is None or len(body) < length:
                continue
            load.taken.append((time.perf_counter() - began[line.fileno()]) * 1000)
            load.refused += not head.startswith(b"HTTP/1.1 200")
            idle.append(line)
    for key in list(chosen.get_map().values()):
        closing: Any = key.fileobj
        closing.close()
    return load


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: bytes, kind: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def waited(port: int, path: str, within: float = 600.0) -> float:
    """Seconds until it answers 200."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(get(path).replace(b"Host", b"Connection: close\r\nHost"))
                if line.recv(100).startswith(b"HTTP/1.1 200"):
                    return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError(path)


def memory(process: int) -> tuple[float, float]:
    """MB of a process and those that it started: what is theirs alone, and the largest one's share of what is mapped."""
    own = shared = 0.0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and (int(folder.name) == process or f"\nPPid:\t{process}\n" in (folder / "status").read_text()):
                said = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
                own += sum(int(said[name].split()[0]) for name in ("Private_Dirty", "Private_Clean")) / 1024
                shared = max(shared, int(said["Rss"].split()[0]) / 1024)
        except OSError:
            continue
    return own, shared


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # gunicorn's threads wait for connections that nobody closes
            process.kill()


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def random_hash() -> str:
    return random.randbytes(32).hex()


def must_be_answered(load: Load) -> None:
    if load.refused:
        raise RuntimeError(f"{load.refused} of {len(load.taken)} were refused")


@dataclass(frozen=True)
class Served:
    """Something that answers look-ups: where, under what path, and by which process."""

    port: int
    base: str
    process: int

    def lookup(self) -> bytes:
        return get(f"{self.base}/m/raw_lookup?signal={random_hash()}&signal_type=pdq")


def measure(*, hashes: int = 1_000_000, seconds: float = 5.0, requests: int = 1_000_000) -> Iterator[Table]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hashes").write_bytes(random.Random(1).randbytes(32 * hashes))
        there = all(importlib.util.find_spec(one) for one in ("threatexchange", "faiss", "flask", "gunicorn"))
        with ours(folder) as served, peer(folder) if there else nullcontext() as its:
            yield one_by_one(served, its, seconds)
            yield many_at_once(served, seconds)
            yield memory_over(served, its, requests)


def one_by_one(served: Served, its: Served | None, seconds: float) -> Table:
    table = Table(
        "One look-up a request",
        ("", "a second", "median ms", "p99 ms", "peer's", "median ms", "p99 ms", "times", "goal"),
        note="`/m/raw_lookup` of random hashes; each answer was waited for and is a 200. The goals are 3,500 a second and 4 times the peer;"
        " at half load a p99 under 20 ms.",
    )
    print(table.heading(), flush=True)
    most = {one.port: 0.0 for one in (served, its) if one}
    for clients in (1, 2, 8, 16):
        loads = [asked_thrice(one, clients, seconds) for one in (served, its) if one]
        for one, load in zip(most, loads, strict=True):
            must_be_answered(load)
            most[one] = max(most[one], load.rate)
        table.add(f"{clients} clients", *compared(loads), "4")
    loads = [ask(one.port, one.lookup, clients=32, seconds=seconds, rate=most[one.port] / 2) for one in (served, its) if one]
    table.add("each at half of its most", *compared(loads)[:-1], "-", "20 ms")
    return table


def asked_thrice(one: Served, clients: int, seconds: float) -> Load:
    """The middle one of three, each over connections of its own: which worker takes one is chance, and two may share a worker."""
    return sorted((ask(one.port, one.lookup, clients=clients, seconds=seconds) for _time in range(3)), key=lambda load: load.rate)[1]


def compared(loads: list[Load]) -> list[str]:
    said = [one for load in loads for one in (f"{load.rate:,.0f}", f"{load.at(0.5):.2f}", f"{load.at(0.99):.2f}")]
    return [*said, f"{loads[0].rate / loads[1].rate:.1f}"] if len(loads) > 1 else [*said, "-", "-", "-", "-"]


def many_at_once(served: Served, seconds: float) -> Table:
    table = Table(
        "Many hashes a request, and pictures",
        ("", "a second", "median ms", "p99 ms", "goal"),
        note="`/api/v1/match` with 10,000 hashes a call, two clients: hashes a second. `/m/lookup` with a picture of 2 megapixels,"
        " four clients: hashed and matched.",
    )
    print(table.heading(), flush=True)
    path = f"{served.base}/api/v1/match"
    raw = [post(path, random.randbytes(32 * 10_000), "application/octet-stream") for _one in range(8)]
    texts = [post(path, json.dumps({"pdq": [random_hash() for _hash in range(10_000)]}).encode(), "application/json") for _one in range(8)]
    picture = [post(f"{served.base}/m/lookup", upload(), "multipart/form-data; boundary=b")]
    for what, bodies, clients, each, goal in (
        ("hashes, 32 bytes each", raw, 2, 10_000, "30,000"),
        ("hashes, JSON", texts, 2, 10_000, "30,000"),
        (f"JPEGs of {len(picture[0]) // 1024} KB", picture, 4, 1, "60"),
    ):
        load = ask(served.port, lambda bodies=bodies: random.choice(bodies), clients=clients, seconds=seconds)  # type: ignore[misc]
        must_be_answered(load)
        table.add(what, f"{load.rate * each:,.0f}", f"{load.at(0.5):.1f}", f"{load.at(0.99):.1f}", goal)
    return table


def upload() -> bytes:
    import io

    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), dtype=np.uint8)
    y, x = np.mgrid[0:1200, 0:1600]
    waves = np.stack([np.sin(x / 90) + np.cos(y / 70), np.sin((x + y) / 110), np.cos(x * y / 90000)], axis=2)
    file = io.BytesIO()
    Image.fromarray((((waves + 2) * 55) + noise / 12).astype(np.uint8)).save(file, "JPEG", quality=85)
    return b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n' + file.getvalue() + b"\r\n--b--\r\n"


def memory_over(served: Served, its: Served | None, requests: int, parts: int = 5) -> Table:
    table = Table(
        "Memory",
        ("after so many requests", "MB its own", "MB mapped"),
        note="`its own`: of the server and its workers together, shared with nobody. `mapped`: the largest one's, with the index that all"
        " of them share.",
    )
    print(table.heading(), flush=True)
    for part in range(parts + 1):
        asked = 0
        while part and asked < requests // parts:
            load = ask(served.port, served.lookup, clients=8, seconds=5.0)
            must_be_answered(load)
            asked += len(load.taken)
        own, mapped = memory(served.process)
        table.add(f"{requests // parts * part:,}", f"{own:.0f}", f"{mapped:.0f}")
    if its:
        own, mapped = memory(its.process)
        table.add("the peer", f"{own:.0f}", f"{mapped:.0f}")
    return table


@contextmanager
def ours(folder: Path) -> Iterator[Served]:
    home, port = folder / "home", free()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HAVENLINE_", "DATABASE_URL"))}
    environment |= {"HAVENLINE_HOME": str(home), "HASHES": str(folder / "hashes"), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}
    said = ["--name", "Benchmark", "--base-url", "http://localhost:8000", "--oversight", "Oversight", "--admin-name", "Jo Hale"]
    subprocess.run(
        [sys.executable, "-m", "havenline.cli", "setup", *said, "--admin-email", "jo@havenline.example"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with (home / "havenline.toml").open("a") as file:
        file.write("\n[matching]\nlookups_a_second = 100000000\nmost_at_once = 100000000\n")
    key = json.loads(subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)
    serve = [sys.executable, "-m", "havenline.cli", "serve", "--role", "match", "--port", str(port)]
    with started(serve, environment, folder / "log") as process:
        waited(port, "/readyz")
        server = next(
            int(one.name)
            for one in Path("/proc").iterdir()
            if one.name.isdigit() and _is_child(one, process.pid) and b"site.match" in (one / "cmdline").read_bytes()
        )
        yield Served(port, f"/k/{key}", server)


def _is_child(folder: Path, of: int) -> bool:
    try:
        return f"\nPPid:\t{of}\n" in (folder / "status").read_text()
    except OSError:
        return False


@contextmanager
def peer(folder: Path) -> Iterator[Served]:
    (folder / "peer.py").write_text(PEER)
    port = free()
    workers = ["-w", "2", "-k", "gthread", "--threads", "4", "-t", "600"]
    environment = {**os.environ, "HASHES": str(folder / "hashes"), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "gunicorn", *workers, "-b", f"127.0.0.1:{port}", "peer:application"]
    with started(command, environment, folder / "peer.log") as process:
        waited(port, "/status")
        time.sleep(10)  # its other worker
        yield Served(port, "", process.pid)
