"""The watch that the fault matrix relies on finds a loop that stands still."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from tests.drivers.loop_watch import LoopWatch


@pytest.mark.parametrize("how", ["sleeps", "computes", "waits"])
async def test_whoever_holds_the_loop_is_named(how: str) -> None:
    def hold() -> None:
        end = time.thread_time() + 0.12
        if how == "sleeps":
            time.sleep(0.12)
        elif how == "computes":
            while time.thread_time() < end:
                pass
        else:
            threading.Event().wait(0.12)

    with LoopWatch() as watch:
        asyncio.get_running_loop().call_soon(hold)
        await asyncio.sleep(0.01)
    assert len(watch.blocked) == 1
    assert "hold" in watch.blocked[0]


async def test_waiting_as_one_should_is_no_block() -> None:
    with LoopWatch() as watch:
        await asyncio.gather(asyncio.sleep(0.2), asyncio.to_thread(time.sleep, 0.2))
    assert watch.blocked == []
    assert watch.turns > 1


async def test_it_leaves_the_loop_as_it_was() -> None:
    before = asyncio.Handle._run
    with LoopWatch():
        assert asyncio.Handle._run is not before
    assert asyncio.Handle._run is before
