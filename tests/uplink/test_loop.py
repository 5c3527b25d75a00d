"""The loop never waits for the network."""

from __future__ import annotations

import asyncio
import socket
import time

from daemon.store import Store
from daemon.uplink import Uplink
from tests.uplink.conftest import KIOSK, config
from tests.uplink.test_uplink import DOOR


async def longest_turn(stop: asyncio.Event) -> float:
    longest = 0.0
    while not stop.is_set():
        began = time.monotonic()
        await asyncio.sleep(0.001)
        longest = max(longest, time.monotonic() - began)
    return longest


async def test_a_broker_that_takes_the_call_and_says_nothing(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = int(silent.getsockname()[1])
        lines: list[bool] = []
        told = asyncio.Event()

        def changed(up: bool) -> None:
            lines.append(up)
            told.set()

        uplink = Uplink(config(port, connect=0.5), store, KIOSK, changed=changed)
        stop = asyncio.Event()
        watch = asyncio.create_task(longest_turn(stop))
        await uplink.start()
        for busy in (True, False) * 10:
            uplink.state("in_service", busy)
            await uplink.event(DOOR)
        await asyncio.wait_for(told.wait(), 10)
        assert "no answer" in (await uplink.status()).error
        began = time.monotonic()
        await uplink.stop()
        assert time.monotonic() - began < 5
        stop.set()
        assert await watch < 0.25, "a turn of the loop; the machine may be busy, not blocked 0.5 s"
        assert lines == [False]


async def test_stopping_twice_and_starting_again(store: Store) -> None:
    uplink = Uplink(config(1), store, KIOSK)
    for _ in range(2):
        await uplink.start()
        await uplink.stop()
        await uplink.stop()
    assert (await store.read(store.outbox.counters))["boot"] == 2
