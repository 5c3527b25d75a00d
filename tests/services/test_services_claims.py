"""Kiosks of a ward claim blocks at a broker: whatever is cut, killed or slow, no number twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from daemon.services.queue.claims import Claims
from daemon.services.queue.leases import LeaseError

DAY, LETTER = "2026-11-25", "A"
KIOSKS = ("k1", "k2", "k3")


class Lost(Exception):
    """The line."""


class Disk:
    """What a kill leaves."""

    def __init__(self) -> None:
        self.body: bytes | None = None

    async def load(self) -> bytes | None:
        return self.body

    async def save(self, body: bytes) -> None:
        self.body = body


class Step:
    """One thing under way at the broker, which happens when the test says so."""

    def __init__(self, kiosk: str, what: str) -> None:
        self.kiosk = kiosk
        self.what = what
        self.future: asyncio.Future[str] = asyncio.get_running_loop().create_future()


class Broker:
    """Registers of all kiosks; may forget them all."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.steps: list[Step] = []

    async def happens(self, kiosk: str, what: str) -> str:
        step = Step(kiosk, what)
        self.steps.append(step)
        return await step.future


class Line:
    """One kiosk's way to the broker."""

    connection = 1

    def __init__(self, broker: Broker, kiosk: str) -> None:
        self.broker, self.kiosk = broker, kiosk

    async def put(self, body: bytes, connection: int) -> None:
        how = await self.broker.happens(self.kiosk, "put")
        if how == "cut":
            raise Lost
        self.broker.bodies[self.kiosk] = body
        if how == "unheard":
            raise Lost

    async def read(self, connection: int) -> Mapping[str, bytes]:
        if await self.broker.happens(self.kiosk, "read") != "done":
            raise Lost
        others = {name: body for name, body in self.broker.bodies.items() if name != self.kiosk}
        if len(others) < len(KIOSKS) - 1:
            raise Lost
        return others


class Ward(RuleBasedStateMachine):
    """Three kiosks, each with at most one claim under way."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.broker = Broker()
        self.disks = {name: Disk() for name in KIOSKS}
        self.tasks: dict[str, asyncio.Task[tuple[int, int]]] = {}
        self.leased: list[tuple[int, int]] = []
        self.refused = 0
        for name in KIOSKS:
            self.publish(name)

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            for name in list(self.tasks):
                self.kill(name)
            self.loop.close()

    def claims(self, name: str) -> Claims:
        async def at_once(seconds: float) -> None:
            await self.broker.happens(name, "pause")

        return Claims(self.disks[name], Line(self.broker, name), Lost, at_once)

    def turn(self) -> None:
        """Everything runs until it waits for the broker."""
        for _ in range(12):
            self.loop.run_until_complete(asyncio.sleep(0))
        for name, task in list(self.tasks.items()):
            if task.done():
                del self.tasks[name]
                try:
                    self.leased.append(task.result())
                except LeaseError:
                    self.refused += 1

    def publish(self, name: str) -> None:
        async def all_of_it() -> None:
            task = asyncio.create_task(self.claims(name).publish())
            while not task.done():
                await asyncio.sleep(0)
                for step in [one for one in self.broker.steps if one.kiosk == name]:
                    self.broker.steps.remove(step)
                    step.future.set_result("done")

        self.loop.run_until_complete(all_of_it())

    @rule(name=st.sampled_from(KIOSKS), count=st.integers(1, 4))
    def want(self, name: str, count: int) -> None:
        if name not in self.tasks:
            self.tasks[name] = self.loop.create_task(
                self.claims(name).take("key", DAY, LETTER, count)
            )
            self.turn()

    @precondition(lambda self: self.broker.steps)
    @rule(data=st.data(), how=st.sampled_from(("done", "done", "done", "done", "cut", "unheard")))
    def happen(self, data: st.DataObject, how: str) -> None:
        step = data.draw(st.sampled_from(self.broker.steps))
        self.broker.steps.remove(step)
        step.future.set_result(how)
        self.turn()

    @rule(name=st.sampled_from(KIOSKS))
    def kill(self, name: str) -> None:
        task = self.tasks.pop(name, None)
        if task is not None:
            task.cancel()
            self.broker.steps = [one for one in self.broker.steps if one.kiosk != name]
            self.loop.run_until_complete(asyncio.gather(task, return_exceptions=True))

    @rule(back=st.sets(st.sampled_from(KIOSKS)))
    def broker_restarts(self, back: set[str]) -> None:
        """All lines are cut, all registers forgotten; some kiosks find it again."""
        for name in KIOSKS:
            self.kill(name)
        self.broker.bodies.clear()
        for name in back:
            self.publish(name)

    @rule(name=st.sampled_from(KIOSKS))
    def come_back(self, name: str) -> None:
        if name not in self.tasks:
            self.publish(name)

    @invariant()
    def no_number_twice(self) -> None:
        numbers = [
            number
            for first, count in getattr(self, "leased", ())
            for number in range(first, first + count)
        ]
        assert len(numbers) == len(set(numbers)), sorted(numbers)


Ward.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestWard = Ward.TestCase


class Prompt(Broker):
    """Everything happens at once."""

    async def happens(self, kiosk: str, what: str) -> str:
        return "done"


async def test_alone_at_the_broker_blocks_follow_each_other() -> None:
    broker = Prompt()
    lines = {name: Claims(Disk(), Line(broker, name), Lost) for name in KIOSKS}
    for claims in lines.values():
        await claims.publish()
    given = [await lines[name].take("key", DAY, LETTER, 10) for name in ("k1", "k2", "k1", "k3")]
    assert given == [(1, 10), (11, 10), (21, 10), (31, 10)], "no number is lost without need"
    assert await lines["k1"].take("key", DAY, "B", 5) == (1, 5)
    assert await lines["k1"].take("key", "2026-11-26", "A", 5) == (1, 5)


async def test_who_claims_at_the_same_time_gets_a_block_in_the_end() -> None:
    class Slow(Broker):
        async def happens(self, kiosk: str, what: str) -> str:
            await asyncio.sleep(0)
            return "done"

    broker = Slow()
    lines = {name: Claims(Disk(), Line(broker, name), Lost) for name in KIOSKS}
    for claims in lines.values():
        await claims.publish()
    given = await asyncio.gather(*(one.take("key", DAY, LETTER, 10) for one in lines.values()))
    firsts = sorted(first for first, _ in given)
    assert all(after - before >= 10 for before, after in itertools.pairwise(firsts))


async def test_a_missing_register_is_not_zero() -> None:
    broker = Prompt()
    first = Claims(Disk(), Line(broker, "k1"), Lost)
    await first.publish()
    try:
        await first.take("key", DAY, LETTER, 10)
    except LeaseError:
        return
    raise AssertionError("a block without knowing what k2 and k3 have claimed")
