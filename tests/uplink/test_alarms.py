"""Alarms at a real broker: kept with the fact, retained, told again after a start."""

from __future__ import annotations

import time

from daemon.store import Store
from daemon.store.models.uplink import AlarmRow
from daemon.uplink import Uplink, UplinkConfig
from daemon.uplink.alarms.keeper import Alarms
from tests.uplink.conftest import KIOSK, Broker, config
from tests.uplink.test_uplink import depth, listening, soon

TOPIC = "alarm/paper_out/page_printer"


async def test_a_late_subscriber_sees_what_stands(broker: Broker, store: Store) -> None:
    broker.start()
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    book = uplink.alarms.book
    book.set("paper_out", "page_printer", True, "no_paper")
    book.set("jam", "page_printer", True, "jam")
    book.set("jam", "page_printer", False)
    await uplink.alarms.keep()
    await depth(store)
    late = broker.listen()
    await soon(lambda: len(late.on("alarm/")) == 2)
    states = {one.topic.split("/")[-2]: one.json["data"]["state"] for one in late.on("alarm/")}
    assert states == {"paper_out": "raised", "jam": "cleared"}
    assert all(one.retained for one in late.on("alarm/"))
    await uplink.stop()


async def test_a_start_tells_them_again_and_clears_what_is_over(
    broker: Broker, store: Store
) -> None:
    alarms = Alarms(store)
    for code in ("paper_out", "jam"):
        alarms.book.set(code, "page_printer", True)
    await alarms.keep()
    await store.write(lambda: store.outbox.recall_all(TOPIC))
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    await soon(lambda: ear.on(TOPIC))
    assert ear.on(TOPIC)[0].json["data"]["state"] == "raised"
    uplink.alarms.book.set("paper_out", "page_printer", True)
    uplink.alarms.book.settled()
    await soon(lambda: ear.on("alarm/jam/page_printer")[-1:][0].json["data"]["state"] == "cleared")
    assert ear.on(TOPIC)[-1].json["data"]["state"] == "raised"
    await uplink.stop()


async def test_a_day_later_the_topic_is_empty(broker: Broker, store: Store) -> None:
    broker.start()
    wall = [time.time()]
    uplink = Uplink(config(broker.port), store, KIOSK)
    uplink.alarms = Alarms(store, wall=lambda: wall[0])
    await uplink.start()
    book = uplink.alarms.book
    book.set("jam", "page_printer", True)
    book.set("jam", "page_printer", False)
    await uplink.alarms.keep()
    wall[0] += 86_400
    await soon(lambda: store.read_now(lambda: AlarmRow.select().count()) == 0)
    await depth(store)
    late = broker.listen()
    await soon(lambda: late.on("presence"))
    assert late.on("alarm/") == []
    await uplink.stop()


async def test_a_broker_that_forgot_hears_them_again(broker: Broker, store: Store) -> None:
    broker.start()
    lines: list[bool] = []
    uplink = Uplink(config(broker.port), store, KIOSK, changed=lines.append)
    await uplink.start()
    uplink.alarms.book.set("paper_out", "page_printer", True)
    await uplink.alarms.keep()
    await depth(store)
    broker.kill()
    await soon(lambda: lines[-1:] == [False])
    broker.start()
    ear = broker.listen()
    await soon(lambda: ear.on(TOPIC))
    await uplink.stop()


async def test_offline_only_updates_coalesce(store: Store) -> None:
    alarms = Alarms(store)
    now = [0.0]
    alarms.book._mono = lambda: now[0]
    for turn in range(3):
        alarms.book.level("paper_low", "page_printer", 14 - turn)
        for level in range(8):
            now[0] += 400
            alarms.book.level("paper_low", "page_printer", 3 + level)
            await alarms.keep()
        now[0] += 400
        alarms.book.level("paper_low", "page_printer", 80)
        await alarms.keep()
    kept = await store.read(lambda: store.outbox.waiting(9e9, 100))
    bodies = [bytes(one.payload) for one in kept]
    assert sum(b'"raised"' in one for one in bodies) == 3
    assert sum(b'"cleared"' in one for one in bodies) == 3
    assert sum(b'"updated"' in one for one in bodies) <= 3, "each takes the place of the last"


async def test_an_acknowledgement_is_apart_from_clearing(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    alarms = uplink.alarms
    assert not await store.write(lambda: alarms.acknowledge("jam", "page_printer", "ward-ops"))
    alarms.book.set("jam", "page_printer", True)
    await alarms.keep()
    assert await store.write(lambda: alarms.acknowledge("jam", "page_printer", "ward-ops"))
    await soon(lambda: len(ear.on("alarm/jam/")) == 2)
    alarms.book.set("jam", "page_printer", False)
    await alarms.keep()
    assert not await store.write(lambda: alarms.acknowledge("jam", "page_printer", "ward-ops"))
    await soon(lambda: len(ear.on("alarm/jam/")) == 3)
    told = [one.json["data"] for one in ear.on("alarm/jam/")]
    assert [one["state"] for one in told] == ["raised", "raised", "cleared"]
    assert [(one["ack"] or {}).get("by") for one in told] == [None, "ward-ops", "ward-ops"]
    await uplink.stop()


async def test_without_a_broker_alarms_stand_here_only(store: Store) -> None:
    uplink = Uplink(UplinkConfig(), store, KIOSK)
    await uplink.start()
    uplink.alarms.book.set("jam", "page_printer", True)
    await uplink.stop()
    assert await store.read(store.outbox.depth) == 0
    again = Uplink(config(1), store, KIOSK)
    await again.start()
    await again.stop()
    kept = await store.read(lambda: store.outbox.waiting(9e9))
    assert [one.kind for one in kept] == ["alarm/jam/page_printer"]
