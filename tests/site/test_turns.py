"""Who is let through: so many at once, a share for each network, and turns among those who wait."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havenline.site import turns
from havenline.site.turns import TooMany, Turns


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=40), st.integers(1, 4), st.integers(1, 3), st.sets(st.integers(0, 39)))
def test_never_more_than_may_be_at_once_never_more_than_a_share_and_everybody_has_a_turn(
    networks: list[str], at_once: int, share: int, given_up: set[int]
) -> None:
    async def run() -> None:
        door, inside = Turns(at_once, share), list[str]()

        async def come(network: str) -> None:
            async with door.turn_of(network):
                inside.append(network)
                try:
                    assert len(inside) <= at_once
                    assert not network or inside.count(network) <= share
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
                finally:
                    inside.remove(network)

        coming = [asyncio.create_task(come(network)) for network in networks]
        await asyncio.sleep(0)
        for number in given_up & set(range(len(coming))):  # whoever goes away leaves no turn taken
            coming[number].cancel()
        done = await asyncio.wait_for(asyncio.gather(*coming, return_exceptions=True), 10)
        assert [one for one in done if one is not None and not isinstance(one, asyncio.CancelledError)] == []
        assert (door.free, door.waiting, +door.held) == (at_once, {}, {})

    asyncio.run(run())


def test_so_many_of_one_network_wait_that_one_more_is_sent_away_but_not_before_it_waited_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 2)
    monkeypatch.setattr(turns, "SENT_AWAY_AFTER", 0.2)

    async def run() -> None:
        door = Turns(1, share=1)
        async with door.turn_of("a"):
            waiting = [asyncio.create_task(door.turn_of("a").__aenter__()) for _number in range(2)]
            await asyncio.sleep(0)
            began = time.monotonic()
            with pytest.raises(TooMany):
                await asyncio.wait_for(door.turn_of("a").__aenter__(), turns.WITHIN / 4)
            assert time.monotonic() - began >= 0.2
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        assert door.free == 1

    asyncio.run(run())


def test_a_turn_that_does_not_come_in_time_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WITHIN", 0.05)

    async def run() -> None:
        door = Turns(1, share=1)
        async with door.turn_of("a"):
            with pytest.raises(TooMany):
                await door.turn_of("b").__aenter__()
        assert (door.free, door.waiting) == (1, {})

    asyncio.run(run())


def test_a_turn_that_comes_as_nobody_waits_for_it_any_more_goes_to_the_next() -> None:
    async def come(door: Turns, network: str) -> str:
        async with door.turn_of(network):
            return network

    async def run() -> None:
        door = Turns(1, share=1)
        async with door.turn_of("a"):
            gone = asyncio.create_task(come(door, "b"))
            next_one = asyncio.create_task(come(door, "c"))
            await asyncio.sleep(0)
            gone.cancel()  # in the same moment in which the turn comes
        assert await asyncio.wait_for(next_one, turns.WITHIN / 4) == "c"
        await asyncio.gather(gone, return_exceptions=True)
        assert (door.free, door.waiting, +door.held) == (1, {}, {})

    asyncio.run(run())
