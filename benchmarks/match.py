"""How many look-ups does the match role answer, how soon, and does its memory stay flat?

A home with one list of a million random hashes (the index alone is made, as the follower makes it: a million rows in the database change
nothing of a look-up), served as `havenline serve --role match` serves it, two workers; whoever asks has the same two cores.

The peer is Hasher-Matcher-Actioner. It is in no registry, so what answers here in its place is its own index (`threatexchange`'s PDQ index
over FAISS) behind the smallest Flask application under gunicorn, two workers, OMP_NUM_THREADS=1: HMA without its database, and so faster
than HMA. It runs in the interpreter that $MATCH_PEER names, which has threatexchange, faiss-cpu, flask and gunicorn.

    python -m benchmarks.match [--hashes 1000000] [--seconds 5]
"""

import argparse
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RADIUS_OF_HMA = 31
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
            if not got:
                chosen.unregister(line)
                line.close()
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
        process.wait(timeout=30)


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def random_hash() -> str:
    return random.randbytes(32).hex()


def must_be_answered(load: Load) -> None:
    if load.refused:
        raise RuntimeError(f"{load.refused} of {len(load.taken)} were refused")


def raw_lookups(port: int, key: str, seconds: float) -> list[tuple[str, float, float, float]]:
    """(what, a second, median, 99th percentile)."""
    base = f"/k/{key}" if key else ""
    rows = []

    def one() -> bytes:
        return get(f"{base}/m/raw_lookup?signal={random_hash()}&signal_type=pdq")

    most = 0.0
    for clients in (1, 2, 8, 16):
        load = ask(port, one, clients=clients, seconds=seconds)
        must_be_answered(load)
        most = max(most, load.rate)
        rows.append((f"raw look-ups, {clients} clients", load.rate, load.at(0.5), load.at(0.99)))
    load = ask(port, one, clients=32, seconds=seconds, rate=most / 2)
    rows.append(("raw look-ups at half that load", load.rate, load.at(0.5), load.at(0.99)))
    return rows


def ours(folder: Path, hashes: Path, seconds: float) -> None:
    home, port = folder / "home", free()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HAVENLINE_", "DATABASE_URL"))}
    environment |= {"HAVENLINE_HOME": str(home), "HASHES": str(hashes), "DJANGO_SETTINGS_MODULE": "havenline.site.settings"}
    said = ["--name", "Benchmark", "--base-url", "http://localhost:8000", "--oversight", "Oversight", "--admin-name", "Jo Hale"]
    subprocess.run(
        [sys.executable, "-m", "havenline.cli", "setup", *said, "--admin-email", "jo@havenline.example"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with (home / "havenline.toml").open("a") as file:
        file.write("\n[matching]\nlookups_a_second = 100000000\nmost_at_once = 100000000\n")
    began = time.monotonic()
    key = json.loads(subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(f"index made in {time.monotonic() - began:.1f} s, with a note on each entry")
    serve = [sys.executable, "-m", "havenline.cli", "serve", "--role", "match", "--port", str(port)]
    with started(serve, environment, folder / "log") as process:
        print(f"served {waited(port, '/readyz'):.1f} s after it was started")
        server = next(
            int(one.name)
            for one in Path("/proc").iterdir()
            if one.name.isdigit() and _is_child(one, process.pid) and b"site.match" in (one / "cmdline").read_bytes()
        )
        show(raw_lookups(port, key, seconds))
        batches(port, key, seconds)
        uploads(port, key, seconds)
        before = memory(server)
        asked = 0
        at = [f"{before[0]:.0f}"]
        for _time in range(4):
            load = ask(
                port,
                lambda: post(f"/k/{key}/api/v1/match", random.randbytes(32 * 2000), "application/octet-stream"),
                clients=4,
                seconds=seconds,
            )
            load_of_one = ask(
                port, lambda: get(f"/k/{key}/m/raw_lookup?signal={random_hash()}&signal_type=pdq"), clients=8, seconds=seconds
            )
            asked += len(load.taken) + len(load_of_one.taken)
            at.append(f"{memory(server)[0]:.0f}")
        print(
            f"memory that is server's and workers' alone, over {asked:,} requests: {', '.join(at)} MB; each maps {memory(server)[1]:.0f} MB"
        )


def _is_child(folder: Path, of: int) -> bool:
    try:
        return f"\nPPid:\t{of}\n" in (folder / "status").read_text()
    except OSError:
        return False


def batches(port: int, key: str, seconds: float) -> None:
    path = f"/k/{key}/api/v1/match"
    raw = [post(path, random.randbytes(32 * 10_000), "application/octet-stream") for _one in range(8)]
    texts = [post(path, json.dumps({"pdq": [random_hash() for _hash in range(10_000)]}).encode(), "application/json") for _one in range(8)]
    rows = []
    for what, bodies in (("10,000 hashes a call, 32 bytes each", raw), ("10,000 hashes a call, JSON", texts)):
        load = ask(port, lambda bodies=bodies: random.choice(bodies), clients=2, seconds=seconds)  # type: ignore[misc]
        must_be_answered(load)
        rows.append((f"{what} (hashes a second)", load.rate * 10_000, load.at(0.5), load.at(0.99)))
    show(rows)


def uploads(port: int, key: str, seconds: float) -> None:
    import io

    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), dtype=np.uint8)
    y, x = np.mgrid[0:1200, 0:1600]
    waves = np.stack([np.sin(x / 90) + np.cos(y / 70), np.sin((x + y) / 110), np.cos(x * y / 90000)], axis=2)
    file = io.BytesIO()
    Image.fromarray((((waves + 2) * 55) + noise / 12).astype(np.uint8)).save(file, "JPEG", quality=85)
    head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
    body = head + file.getvalue() + b"\r\n--b--\r\n"
    sent = post(f"/k/{key}/m/lookup", body, "multipart/form-data; boundary=b")
    load = ask(port, lambda: sent, clients=4, seconds=seconds)
    show([(f"upload, hash, match: 2 MP JPEG of {len(body) // 1024} KB ({load.refused} refused)", load.rate, load.at(0.5), load.at(0.99))])


def peer(folder: Path, hashes: Path, seconds: float) -> None:
    python = os.environ.get("MATCH_PEER")
    if not python:
        print("no peer: $MATCH_PEER names no interpreter")
        return
    (folder / "peer.py").write_text(PEER)
    port = free()
    command = [
        python,
        "-m",
        "gunicorn",
        "-w",
        "2",
        "-k",
        "gthread",
        "--threads",
        "4",
        "-t",
        "600",
        "-b",
        f"127.0.0.1:{port}",
        "peer:application",
    ]
    environment = {**os.environ, "HASHES": str(hashes), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with started(command, environment, folder / "peer.log") as process:
        print(f"the peer served {waited(port, '/status'):.0f} s after it was started")
        time.sleep(10)  # its other worker
        show(raw_lookups(port, "", seconds))
        print(f"memory of the peer that is its alone: {memory(process.pid)[0]:.0f} MB")


def show(rows: list[tuple[str, float, float, float]]) -> None:
    for what, rate, median, last in rows:
        print(f"| {what} | {rate:,.0f} | {median:.2f} ms | {last:.2f} ms |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        hashes = Path(name) / "hashes"
        hashes.write_bytes(random.Random(1).randbytes(32 * said.hashes))
        print("Havenline: look-ups a second, median, 99th percentile")
        ours(Path(name), hashes, said.seconds)
        print("The peer")
        peer(Path(name), hashes, said.seconds)


if __name__ == "__main__":
    main()
