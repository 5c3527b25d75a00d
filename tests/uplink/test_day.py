"""A day of a kiosk in some seconds, on a bad line: all arrives, unaltered, in order."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import msgspec
import pytest

from daemon.store import Store
from daemon.uplink import DeviceHealth, OfficerCalled, TicketIssued, Uplink
from daemon.uplink.alarms.keeper import Alarms
from daemon.uplink.envelope import checked
from daemon.uplink.measures import Consumable, Consumables
from daemon.uplink.payloads import FACTS, AuditHead, Payload
from tests.uplink.conftest import KIOSK, Broker, Ear, config
from tests.uplink.seen import Seen
from tests.uplink.test_uplink import DOOR, STAMP, depth, soon, visit
from tests.uplink.wire import Wire

STEP = 300.0
"""Simulated seconds of one step."""
STEPS = 24 * 3600 // 300
HOUR = "2026-11-25T08+07:00"


class Day:
    """The truth, and the kiosk that tells it."""

    def __init__(self, store: Store, wire: Wire, seed: int) -> None:
        self.store = store
        self.wire = wire
        self.chance = random.Random(seed)
        self.now = 0.0
        self.facts: dict[str, bytes] = {}
        self.starts = 0
        self.real = dict.fromkeys(("jam", "link_lost", "paper_out"), False)
        self.paper = 500.0
        self.uplink = self.made()

    def made(self) -> Uplink:
        uplink = Uplink(config(self.wire.port), self.store, KIOSK)
        uplink.alarms = Alarms(self.store, lambda: self.now, lambda: 1_795_000_000 + self.now)
        uplink.describe("0.1.0", ("camera", "page_printer"))
        return uplink

    async def start(self) -> None:
        self.starts += 1
        await self.uplink.start()
        self.tell()

    async def step(self) -> None:
        self.now += STEP
        roll = self.chance.random
        for _ in range(self.chance.randrange(3)):
            await self.fact(self.chance.choice([self.visit, self.ticket, self.call, self.door])())
        for code in self.real:
            if roll() < 0.05:
                self.real[code] = not self.real[code]
        self.paper = 500.0 if roll() < 0.02 else max(0.0, self.paper - self.chance.randrange(12))
        self.tell()
        self.uplink.alarms.book.tick()
        await self.uplink.alarms.keep()
        if roll() < 0.08:
            self.wire.cut()
        if roll() < 0.1:
            self.wire.swallow = not self.wire.swallow
        if roll() < 0.015:
            await self.restart()

    async def restart(self) -> None:
        """Without a goodbye: the line is cut first."""
        self.wire.cut()
        await self.uplink.stop()
        self.uplink = self.made()
        await self.start()

    def tell(self) -> None:
        book = self.uplink.alarms.book
        for code, on in self.real.items():
            book.set(code, "page_printer", on, code)
        percent = round(self.paper / 5)
        book.level("paper_low", "page_printer", percent)
        item = Consumable(id="paper", unit="sheet", left=round(self.paper), cap=500, pct=percent)
        self.uplink.consumables(Consumables(items=(item,)))
        lost = self.real["link_lost"]
        self.uplink.device(DeviceHealth(id="page_printer", state="lost" if lost else "ok"))
        self.uplink.state("in_service", False, {"copy_paper": not lost}, {})
        n = len(self.facts) + 1
        self.uplink.head(AuditHead(chain="register", n=n, hash="sha256:" + f"{n:064x}"))

    async def fact(self, fact: Payload) -> None:
        def write() -> str:
            before = {one.id for one in self.store.outbox.waiting(9e15, 100_000)}
            self.uplink.append(fact)
            (new,) = {one.id for one in self.store.outbox.waiting(9e15, 100_000)} - before
            return new

        self.facts[await self.store.write(write)] = checked(fact)

    def visit(self) -> Payload:
        return visit(total_s=self.chance.randrange(1000))

    def ticket(self) -> Payload:
        return TicketIssued(service="ho_tich", priority=self.chance.random() < 0.2, hour=HOUR)

    def call(self) -> Payload:
        return OfficerCalled(reason="help", active=self.chance.random() < 0.5, when=STAMP)

    def door(self) -> Payload:
        return DOOR


@pytest.fixture
def wire(broker: Broker) -> Iterator[Wire]:
    wire = Wire(broker.port)
    yield wire
    wire.close()


def stands(ear: Ear) -> Seen:
    return Seen().fold(list(ear.heard))


def same(seen: Seen, day: Day) -> bool:
    """Is what the subscriber knows what is so?"""
    active = {alarm.topic: alarm.state for alarm in day.uplink.alarms.book.active()}
    known = {topic: one["state"] for topic, one in seen.alarms.items() if one["state"] != "cleared"}
    item = seen.stands.get("consumables", {}).get("items", [{}])[0]
    return (
        seen.online is True
        and known == active
        and item.get("left") == round(day.paper)
        and seen.stands["audit/register"]["n"] == len(day.facts) + 1
        and seen.stands["state"]["can"] == {"copy_paper": not day.real["link_lost"]}
        and seen.stands["descriptor"]["software"] == "0.1.0"
        and seen.stands["health"]["devices"][0]["state"]
        == ("lost" if day.real["link_lost"] else "ok")
    )


@pytest.mark.parametrize("seed", [7, pytest.param(11, marks=pytest.mark.long)])
async def test_a_day_with_a_bad_line(broker: Broker, store: Store, wire: Wire, seed: int) -> None:
    broker.start()
    ear = broker.listen()
    day = Day(store, wire, seed)
    await day.start()
    for _ in range(STEPS):
        await day.step()
    wire.swallow = False
    wire.cut()
    await depth(store)
    await soon(lambda: len(stands(ear).facts) >= len(day.facts))
    await soon(lambda: same(stands(ear), day))
    seen = stands(ear)
    told = {one: checked_data(message) for one, message in seen.facts.items()}
    assert told == day.facts, "each at least once, none altered, none that was not"
    assert seen.disorder == [] and seen.repeats > 0 and day.starts > 1
    for topic, states in seen.told.items():
        once = [one for one, before in zip(states, ["", *states], strict=False) if one != before]
        for one, after in itertools.pairwise(once):
            assert (one, after) not in (("cleared", "updated"), ("", "cleared")), topic
    late = broker.listen()
    await soon(lambda: same(Seen().fold([*late.heard]), day))
    for code in day.real:
        day.real[code] = False
    day.paper = 500.0
    day.tell()
    for _ in range(4):
        day.now += 700
        day.uplink.alarms.book.tick()
    await day.uplink.alarms.keep()
    await depth(store)
    await soon(lambda: all(one["state"] == "cleared" for one in stands(ear).alarms.values()))
    day.now += 86_400
    day.uplink.alarms.book.tick()
    await day.uplink.alarms.keep()
    await soon(lambda: stands(ear).alarms == {})
    await day.uplink.stop()
    await soon(lambda: stands(ear).online is False)


def checked_data(message: dict[str, object]) -> bytes:
    """What stood in `data`, as it was kept."""
    kind = FACTS[str(message["topic"]).removeprefix("event/")]
    return checked(msgspec.convert(message["data"], kind))
