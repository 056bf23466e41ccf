"""What do others wait while a crowd leans on the door? Visitors from another network, alone and then beside each kind of crowd.

Every crowd comes from one network, as behind a proxy that says so (`behind_proxy = true`); the visitors come from another. Alone and
beside it are measured in turns, in the same minutes; the goal is that the 95th percentile stays within three times.
"""

import contextlib
import json
import os
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Browser, Run, together
from benchmarks.places import CROWD, SOMEBODY, Installation, databases, installation
from benchmarks.tables import Table

SECONDS = 6.0
ROUNDS = 3
FORM = "/report/"


def measure(*, seconds: float = SECONDS, rounds: int = ROUNDS, number: int = 200) -> Iterator[Table]:
    for name in list(databases())[-1:]:
        with installation(name) as one:
            one.believe_a_proxy()
            with one.served():
                yield of(one, seconds=seconds, rounds=rounds, number=number)


def of(one: Installation, *, seconds: float, rounds: int, number: int) -> Table:
    table = Table(
        f"Others’ wait beside a crowd, on {one.name}",
        ("", "page median ms", "page 95th ms", "times", "API 95th ms", "times", "front MB"),
        note="A visitor opens the form’s first page, a platform sends reports, one after another. “times”: beside the crowd / alone.",
    )
    ask(one, seconds)  # once before: pools and caches fill
    for what, crowd in crowds(one, number).items():
        alone, beside, most = list[tuple[Run, Run]](), list[tuple[Run, Run]](), 0
        for _round in range(rounds):
            alone.append(ask(one, seconds))
            with crowd():
                time.sleep(1)
                beside.append(ask(one, seconds))
                most = max(most, memory_of_the_front(one))
        p95 = [statistics.median(run[which].late for run in runs) * 1000 for runs in (alone, beside) for which in (0, 1)]
        median = statistics.median(run[0].median for run in beside) * 1000
        table.add(what, f"{median:.0f}", f"{p95[2]:.0f}", f"{p95[2] / p95[0]:.1f}", f"{p95[3]:.0f}", f"{p95[3] / p95[1]:.1f}", most)
    return table


def ask(one: Installation, seconds: float) -> tuple[Run, Run]:
    """What one visitor and one platform wait, one after the other."""

    def page(_number: int) -> Callable[[], None]:
        browser = Browser(one.place.port, SOMEBODY)

        def act() -> None:
            status, _page = browser.request("GET", FORM)
            if status != 200:
                raise AssertionError(status)
            time.sleep(0.02)

        return act

    def report(_number: int) -> Callable[[], None]:
        browser, keys = Browser(one.place.port, SOMEBODY), iter(one.keys * 1000)
        said = json.dumps({"kind": "contact", "narrative": "Our trust team saw an adult stranger ask a child to meet."})

        def act() -> None:
            headers = {"Authorization": f"Bearer {next(keys)}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex}
            status, _page = browser.request("POST", "/api/v1/reports", said, **headers)
            if status != 201:
                raise AssertionError(status)
            time.sleep(0.02)

        return act

    return together(1, seconds / 2, page), together(1, seconds / 2, report)


def crowds(one: Installation, number: int) -> dict[str, Callable[[], contextlib.AbstractContextManager[None]]]:
    head = f"Host: localhost:{one.place.port}\r\nX-Forwarded-For: {CROWD}\r\n"
    get = f"GET {FORM} HTTP/1.1\r\n{head}\r\n".encode()
    large = f"GET /static/tokens.css HTTP/1.1\r\n{head}\r\n".encode() * 8
    post = f"POST {FORM} HTTP/1.1\r\n{head}Content-Type: application/x-www-form-urlencoded\r\n"
    slow = f"{post}Content-Length: 2000000\r\n\r\n".encode()
    huge = f"{post}Transfer-Encoding: chunked\r\n\r\n".encode()
    port = one.place.port
    return {
        "nobody: twice alone": lambda: crowd(0, port, _idle),
        f"{number} slow readers": lambda: crowd(number, port, lambda line: _trickle_in(line, large)),
        f"{number} slow bodies, a byte a second": lambda: crowd(number, port, lambda line: _trickle_out(line, slow)),
        f"{number} headers without an end": lambda: crowd(number, port, lambda line: _trickle_out(line, b"GET / HTTP/1.1\r\n")),
        "8 bodies of 100 MB, again and again": lambda: crowd(8, port, lambda line: _pour(line, huge)),
        f"{number} connections that ask without a pause": lambda: crowd(number, port, lambda line: _flood(line, get)),
    }


@contextmanager
def crowd(number: int, port: int, act: Callable[[socket.socket], None]) -> Iterator[None]:
    """So many lines, each acted on over and over in a thread of its own, in a process of their own, until this ends."""
    child = os.fork() if number else 0
    if number and not child:
        try:
            threads = [threading.Thread(target=_live, args=(port, act), daemon=True) for _one in range(number)]
            for thread in threads:
                thread.start()
            time.sleep(120)
        finally:
            os._exit(0)
    try:
        yield
    finally:
        if number:
            os.kill(child, 9)
            os.waitpid(child, 0)


def _live(port: int, act: Callable[[socket.socket], None]) -> None:
    while True:
        try:
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", port))
            with line:
                act(line)
        except OSError:
            time.sleep(0.05)


def _idle(line: socket.socket) -> None:
    time.sleep(1)


def _trickle_in(line: socket.socket, said: bytes) -> None:
    line.sendall(said)
    while line.recv(16):
        time.sleep(1)


def _trickle_out(line: socket.socket, said: bytes) -> None:
    line.sendall(said)
    while True:
        line.sendall(b"x")
        time.sleep(1)


def _pour(line: socket.socket, said: bytes) -> None:
    line.sendall(said)
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _number in range(1600):
        line.sendall(chunk)


def _flood(line: socket.socket, said: bytes) -> None:
    while True:
        line.sendall(said)
        if not line.recv(65536):
            return
        line.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while line.recv(65536):
                pass
        line.setblocking(True)


def memory_of_the_front(one: Installation) -> int:
    """Megabytes that the front holds."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes()
            if b"havenline.site.front" in said and str(one.place.port).encode() in said:
                return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
        except OSError:
            continue
    return 0
