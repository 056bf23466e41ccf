"""Who is let through next: so many at once, no network more than its share, and those who wait take turns by network. No Django here.

A network that sends a thousand requests waits behind itself; whoever comes from another has the next turn.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST_WAITING = 64  # of one network
UNKNOWN = ""  # this machine, or whoever stands behind a proxy that is not believed: all of them together, so no share
MOST_UNKNOWN = 512
WITHIN = 20.0  # seconds to wait for a turn
SENT_AWAY_AFTER = 2.0  # seconds: whoever is sent away asks again, and at once if it is a flood


class TooMany(Exception):
    """No turn came in time, or so many of this network wait already that one more would only wait longer."""


class Turns:
    """`at_once`: as many as a role has threads. `share`: how many of them one network may hold."""

    def __init__(self, at_once: int, share: int) -> None:
        self.free, self.share = at_once, share
        self.held: Counter[str] = Counter()
        self.waiting: dict[str, deque[asyncio.Future[None]]] = {}  # who had a turn stands last

    @asynccontextmanager
    async def turn_of(self, network: str) -> AsyncIterator[None]:
        """Hold a turn. Raises TooMany."""
        if self._may(network) and network not in self.waiting:
            self._take(network)
        else:
            await self._wait(network)
        try:
            yield
        finally:
            self.free += 1
            self.held[network] -= 1
            if not self.held[network]:
                del self.held[network]
            self._let_through()

    def _may(self, network: str) -> bool:
        return self.free > 0 and (network == UNKNOWN or self.held[network] < self.share)

    def _take(self, network: str) -> None:
        self.free -= 1
        self.held[network] += 1

    async def _wait(self, network: str) -> None:
        line = self.waiting.setdefault(network, deque())
        if len(line) >= (MOST_UNKNOWN if network == UNKNOWN else MOST_WAITING):
            await asyncio.sleep(SENT_AWAY_AFTER)
            raise TooMany
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), WITHIN)
        except BaseException as error:
            if turn.done():  # it came as nobody waited for it any more: the next may have it
                self.free += 1
                self.held[network] -= 1
                self._let_through()
            else:
                self._leave(network, turn)
            if isinstance(error, TimeoutError):
                raise TooMany from error
            raise

    def _leave(self, network: str, turn: "asyncio.Future[None]") -> None:
        line = self.waiting[network]
        line.remove(turn)
        if not line:
            del self.waiting[network]

    def _let_through(self) -> None:
        for network in list(self.waiting):
            if self._may(network):
                turn = self.waiting[network][0]
                self._leave(network, turn)
                if network in self.waiting:
                    self.waiting[network] = self.waiting.pop(network)
                self._take(network)
                turn.set_result(None)
