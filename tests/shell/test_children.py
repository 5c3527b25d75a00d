"""Supervision: whatever happens to a child, another one is there within 3 s and knows all."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from daemon.children import Child
from daemon.link import Link, LinkError
from tests.patience import LOADED
from tests.shell.obedient_child import Do, Said, Told, Up

BACK_WITHIN = 3.0


class Client:
    """Remembers what a child said."""

    COMMAND = ("-m", "tests.shell.obedient_child")
    INCOMING = Up

    def __init__(self) -> None:
        self.link: Link[Any] | None = None
        self.said: list[str] = []
        self.downs: list[str] = []
        self.changed = asyncio.Event()

    def up(self, link: Link[Any]) -> None:
        self.link = link
        link.send(Told("everything"))

    def down(self, reason: str) -> None:
        self.link = None
        self.downs.append(reason)
        self.changed.set()

    def message(self, message: Any, fds: list[int]) -> None:
        for fd in fds:
            os.close(fd)
        if isinstance(message, Said):
            self.said.append(message.what)
            self.changed.set()

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> float:
        """Waits for it; returns how long it took."""
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while not true():
                self.changed.clear()
                await self.changed.wait()
        return time.monotonic() - began


@asynccontextmanager
async def supervised() -> AsyncIterator[tuple[Child, Client]]:
    client = Client()
    child = Child("test", client)
    task = asyncio.create_task(child.run())
    try:
        await client.until(lambda: len(client.said) == 1)
        await child.ready.wait()
        yield child, client
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert child.pid == 0, "no child outlives its supervisor"


async def test_a_killed_child_is_back() -> None:
    async with supervised() as (child, client):
        first = child.pid
        os.kill(first, signal.SIGKILL)
        took = await client.until(lambda: len(client.said) == 2)
        assert took < BACK_WITHIN * LOADED
        assert child.pid != first
        assert client.downs == ["lost"]
        assert client.said[1] == f"told everything {child.pid}"


async def test_a_stopped_child_is_replaced() -> None:
    async with supervised() as (child, client):
        os.kill(child.pid, signal.SIGSTOP)
        took = await client.until(lambda: len(client.said) == 2)
        assert took < BACK_WITHIN * LOADED
        assert client.downs == ["hung"]


async def test_a_hanging_child_is_replaced() -> None:
    async with supervised() as (_, client):
        assert client.link is not None
        client.link.send(Do("hang"))
        took = await client.until(lambda: len(client.said) == 2)
        assert took < BACK_WITHIN * LOADED


async def test_a_child_that_sends_nonsense_is_replaced() -> None:
    async with supervised() as (_, client):
        assert client.link is not None
        client.link.send(Do("babble"))
        await client.until(lambda: len(client.said) == 2)
        assert client.downs == ["lost"]


async def test_a_stopped_child_does_not_block_the_daemon() -> None:
    async with supervised() as (child, client):
        os.kill(child.pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(LinkError, match="does not read"):
            for _ in range(100_000):
                assert client.link is not None
                client.link.send(Told("x" * 1000))
        assert time.monotonic() - began < 1.0
