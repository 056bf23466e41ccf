"""Who asks? Clients that each send one request after another over a connection of their own, as long as they are told to."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


class Browser:
    """One kept-alive connection, from this address where a proxy is believed. `ask` as tests.faults.place.Place has it."""

    def __init__(self, port: int, address: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.always = {"Host": f"localhost:{port}"} | ({"X-Forwarded-For": address} if address else {})

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, bytes]:
        self.connection.request(method, path, body=body, headers=self.always | headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, page = self.request(method, path, urlencode(fields) if fields else None, **headers)
        return status, page.decode()


@dataclass(frozen=True)
class Run:
    """What clients did: how often a second all together, and how long each time took, in seconds."""

    rate: float
    took: list[float]
    each: int = 1  # what one time counts for

    def of(self, each: int) -> "Run":
        """The same, where each time did so many at once."""
        return Run(self.rate * each, self.took, each)

    @property
    def done(self) -> int:
        return len(self.took) * self.each

    @property
    def median(self) -> float:
        return statistics.median(self.took)

    @property
    def late(self) -> float:
        """The 95th percentile."""
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * 0.95))]


def together(clients: int, seconds: float, act_of: Callable[[int], Callable[[], Any]], *, most: int = 10**9, pause: float = 0) -> Run:
    """Let so many clients act at once, each `act_of(number)()` over and over, until the time is over or each has acted `most` times.

    `pause`: seconds between two acts, which are not counted. An act raises where it did not do what it is counted for; so does this.
    """
    took: list[list[float]] = [[] for _client in range(clients)]
    errors: list[BaseException] = []
    acts = [act_of(number) for number in range(clients)]
    start = threading.Barrier(clients + 1)

    def live(number: int) -> None:
        act, mine = acts[number], took[number]
        start.wait()
        end = time.perf_counter() + seconds
        try:
            while len(mine) < most and (began := time.perf_counter()) < end:
                act()
                mine.append(time.perf_counter() - began)
                time.sleep(pause)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=live, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if errors:
        raise errors[0]
    whole = [one for mine in took for one in mine]
    return Run(len(whole) / elapsed, whole)


def middle(runs: list[Run]) -> Run:
    """The run with the median rate, with every time of all runs."""
    return Run(statistics.median(run.rate for run in runs), [one for run in runs for one in run.took], runs[0].each)
