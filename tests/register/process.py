"""A process that can be killed: at a write, at an effect, between two sheets.

Everything that lives in it waits at gates that a test opens, so that nothing waits for time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from daemon import kiosk
from daemon.machine.effects import AnyEffect
from daemon.machine.events import AnyEvent
from daemon.store import Store

T = TypeVar("T")


class Killed(BaseException):
    """SIGKILL: nothing catches it, nothing after it is done."""


class Fuse:
    """Kills the process at the n-th point from now; `before` or `after` what happens there."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._when = "before"
        self.dead = False
        """Killed: nothing of this process reaches the disk any more."""
        self.points: Counter[str] = Counter()
        """Where processes were killed, by name of the point."""

    def light(self, points: int, when: str) -> None:
        self._left, self._when = points, when

    def out(self) -> None:
        """Nobody is killed any more, and a new process begins."""
        self._left, self.dead = None, False

    def burns(self, point: str) -> str:
        """Does the process die at this point, and when?"""
        if self.dead:
            raise Killed
        if self._left is None:
            return ""
        if self._left:
            self._left -= 1
            return ""
        self._left = None
        self.points[point] += 1
        return self._when

    def at(self, point: str) -> None:
        """A point with no before and after."""
        if self.burns(point):
            self.dies()

    def dies(self) -> None:
        self.dead = True
        raise Killed

    def guard(self, store: Store) -> None:
        """Every write of this store is a point: before its commit, or after it."""
        write = store.write

        async def deadly(work: Callable[[], T]) -> T:
            die = self.burns("write")

            def inside() -> T:
                result = work()
                if die == "before" or self.dead:
                    self.dies()
                return result

            result = await write(inside)
            if die == "after":
                self.dies()
            return result

        store.write = deadly  # type: ignore[method-assign]


class Gates:
    """Where tasks wait for the world; the shell is quiet when all others have ended."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self._waiting: dict[asyncio.Future[Any], asyncio.Task[Any]] = {}

    @property
    def parked(self) -> set[asyncio.Task[Any]]:
        return set(self._waiting.values())

    async def wait(self, gate: asyncio.Future[T]) -> T:
        """The gate's result, once it is opened."""
        task = asyncio.current_task()
        assert task is not None
        self._waiting[gate] = task
        self.moved.set()
        try:
            return await gate
        finally:
            self._waiting.pop(gate, None)

    def open(self, gate: asyncio.Future[T], result: T) -> None:
        """From here on whoever waits there counts as busy."""
        self._waiting.pop(gate, None)
        if not gate.done():
            gate.set_result(result)


class Shell(kiosk.Kiosk):
    """The real shell, one event at a time; its timers run off when a test says so."""

    fuse: Fuse
    gates: Gates

    def post(self, event: AnyEvent) -> None:
        super().post(event)
        self.gates.moved.set()

    def _do(self, effect: AnyEffect) -> None:
        die = self.fuse.burns(type(effect).__name__)
        if die == "before":
            self.fuse.dies()
        super()._do(effect)
        if die:
            self.fuse.dies()

    async def _await(self, effect: AnyEffect, slot: Any, answer: Awaitable[None]) -> None:
        try:
            await super()._await(effect, slot, answer)
        except Killed:
            return  # `quiet` sees it

    def timers(self) -> list[str]:
        return sorted(self._timers)

    def runs_off(self, token: str) -> None:
        """As if its seconds had passed."""
        self._timers[token].cancel()
        self._elapsed(token)

    async def quiet(self, others: Callable[[], Iterable[asyncio.Task[Any]]]) -> None:
        """Takes events until none comes and every task has ended or waits at a gate.

        Raises `Killed` where the process was.
        """
        while True:
            while not self._events.empty():
                self.turn(self._events.get_nowait())
            self.gates.moved.clear()
            for _ in range(2):  # what was cancelled ends, what was opened begins
                await asyncio.sleep(0)
            if self.fuse.dead:
                raise Killed
            tasks = {task for task in (*self._running, *others()) if not task.done()}
            busy = tasks - self.gates.parked
            if self.gates.parked:
                # A visit is shredded when nobody uses it any more: not while its seal waits for
                # a token that hangs.
                busy = {task for task in busy if task.get_name() != "shred"}
            if not busy and self._events.empty():
                return
            if self._events.empty():
                moved = asyncio.ensure_future(self.gates.moved.wait())
                await asyncio.wait({*busy, moved}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()

    async def kill(self, others: Iterable[asyncio.Task[Any]]) -> None:
        """Nothing of it goes on."""
        self.fuse.dead = True
        for timer in self._timers.values():
            timer.cancel()
        tasks = {task for task in (*self._running, *others) if not task.done()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
