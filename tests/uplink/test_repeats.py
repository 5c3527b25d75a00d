"""At least once: what is told again carries the same id and the same number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from daemon.store import Store
from daemon.uplink import Uplink
from tests.uplink.conftest import KIOSK, Broker, config, until
from tests.uplink.test_uplink import DOOR, depth, listening, other_kiosk, soon, visit
from tests.uplink.wire import Wire


@pytest.fixture
def wire(broker: Broker) -> Iterator[Wire]:
    wire = Wire(broker.port)
    yield wire
    wire.close()


async def test_a_lost_acknowledgement_makes_a_repeat_with_the_same_id(
    broker: Broker, store: Store, wire: Wire
) -> None:
    ear = listening(broker)
    uplink = Uplink(config(wire.port), store, KIOSK)
    await uplink.start()
    await soon(lambda: ear.on("presence"))
    wire.swallow = True
    for number in range(5):
        await uplink.event(visit(total_s=number))
    await soon(lambda: wire.swallowed >= 5)
    assert await store.read(store.outbox.depth) == 5, "not deleted before the broker's word"
    wire.swallow = False
    wire.cut()
    await depth(store)
    await soon(lambda: len(ear.on("event/session.closed")) == 10)
    heard = [one.json for one in ear.on("event/session.closed")]
    for first, again in zip(heard[:5], heard[5:], strict=True):
        assert first == again, "the same message to the last byte"
    assert [one["data"]["total_s"] for one in heard[:5]] == list(range(5))
    await uplink.stop()


async def test_an_acknowledged_fact_is_deleted_although_the_database_was_locked(
    broker: Broker, store: Store
) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.event(DOOR)
    other = sqlite3.connect(store.path, check_same_thread=False)
    await uplink.start()
    other.execute("BEGIN IMMEDIATE")
    try:
        await soon(lambda: ear.on("event/door.opened"))
    finally:
        other.rollback()
        other.close()
    await depth(store)
    assert len(ear.on("event/door.opened")) == 1, "not told again for want of a deletion"
    await uplink.stop()


def test_a_kiosk_killed_with_facts_under_way_tells_them_after_its_start(
    broker: Broker, store: Store, wire: Wire
) -> None:
    ear = listening(broker)
    path = store.path
    ids = store.write_now(
        lambda: [store.outbox.append("event/session.closed", visit(total_s=n)) for n in range(50)]
    )
    store.close_now()
    wire.swallow = True
    first = other_kiosk(path, wire.port)
    try:
        until(lambda: len(ear.on("event/session.closed")) >= 10)
    finally:
        first.kill()
        first.wait()
    told = len(ear.on("event/session.closed"))
    wire.swallow = False
    second = other_kiosk(path, wire.port)
    try:
        until(lambda: len(ear.on("event/session.closed")) >= told + 50)
        again = Store.open(path)
        until(lambda: again.read_now(again.outbox.depth) == 0)
        again.close_now()
    finally:
        second.kill()
        second.wait()
    heard = [one.json for one in ear.on("event/session.closed")]
    assert {one["id"] for one in heard} == set(ids)
    for one in heard:
        assert one["id"] == ids[one["data"]["total_s"]], "an id belongs to one fact for ever"
    after = [one for one in heard if one["boot"] == 2]
    assert [one["id"] for one in after] == ids, "all again, in order, under a higher boot"
