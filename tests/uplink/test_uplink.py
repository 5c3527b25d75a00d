"""The uplink at a real broker: birth, state, facts, goodbye."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from daemon.store import Store
from daemon.uplink import (
    DeviceHealth,
    DoorOpened,
    OfficerCalled,
    PayloadError,
    SessionClosed,
    Uplink,
    UplinkConfig,
)
from tests.uplink.conftest import KIOSK, Broker, Ear, config, until

STAMP = "2026-11-25T08:14:03+07:00"
DOOR = DoorOpened(open=True, when=STAMP)


def visit(**more: Any) -> SessionClosed:
    fields: dict[str, Any] = {
        "flow": "copy",
        "outcome": "done",
        "last_step": "C16",
        "total_s": 201,
        "hour": "2026-11-25T08+07:00",
    }
    return SessionClosed(**(fields | more))


async def soon(what: Any) -> Any:
    """Waits for a condition while the loop goes on."""
    return await asyncio.to_thread(until, what)


async def depth(store: Store, number: int = 0) -> None:
    """Waits until so many facts are left."""
    await soon(lambda: store.read_now(store.outbox.depth) == number)


OTHER = """
import asyncio, sys
from pathlib import Path
from daemon.store import Store
from daemon.uplink import Uplink, UplinkConfig

async def main():
    store = Store.open(Path(sys.argv[1]))
    config = UplinkConfig(broker="127.0.0.1", port=int(sys.argv[2]), tls=False, will_delay=0)
    await Uplink(config, store, "26824-k01").start()
    await asyncio.sleep(60)

asyncio.run(main())
"""


def other_kiosk(path: Path, port: int) -> subprocess.Popen[bytes]:
    """A kiosk in a process that can be killed."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-c", OTHER, str(path), str(port)], stdin=quiet, stdout=quiet, stderr=quiet
    )


def listening(broker: Broker) -> Ear:
    broker.start()
    return broker.listen()


async def test_a_birth_then_the_state_last(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    uplink.describe("0.1.0", ("camera",))
    uplink.state("in_service", False, {"copy_paper": False}, {"copy_paper": "page_printer"})
    await uplink.start()
    await soon(lambda: ear.on("state"))
    topics = [one.topic.rpartition("/")[2] for one in ear.on("")]
    assert topics[0] == "presence" and topics[-1] == "state"
    assert set(topics) == {"presence", "descriptor", "health", "state"}
    birth = ear.on("presence")[0].json
    assert birth["data"] == {"online": True, "conn": 1, "reason": "boot"}
    assert (birth["v"], birth["boot"], birth["seq"]) == (1, 1, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+07:00", birth["at"])
    state = ear.on("state")[0].json["data"]
    assert state["why"] == {"copy_paper": "page_printer"}
    await uplink.stop()
    late = broker.listen()
    gone = (await soon(lambda: late.on("presence")))[0]
    assert gone.retained and gone.json["data"]["reason"] == "shutdown"
    assert late.on("state")[0].retained


async def test_facts_leave_in_order_and_only_after_the_brokers_word(
    broker: Broker, store: Store
) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    await soon(lambda: ear.on("presence"))
    for number in range(100):
        await uplink.event(visit(total_s=number))
    await depth(store)
    await soon(lambda: len(ear.on("event/session.closed")) == 100)
    heard = [one.json for one in ear.on("event/session.closed")]
    assert [one["data"]["total_s"] for one in heard] == list(range(100))
    assert [one["seq"] for one in heard] == list(range(1, 101))
    assert len({one["id"] for one in heard}) == 100
    status = await uplink.status()
    assert (status.connected, status.waiting, status.sent) == (True, 0, 100)
    await uplink.stop()


async def test_without_a_broker_facts_are_kept_quietly(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    uplink = Uplink(UplinkConfig(), store, KIOSK)
    await uplink.start()
    uplink.state("in_service", False)
    uplink.device(DeviceHealth(id="camera", state="ok"))
    await uplink.event(DOOR)
    status = await uplink.status()
    await uplink.stop()
    assert (status.broker, status.connected, status.waiting) == ("", False, 1)
    assert caplog.records == []


async def test_a_broker_that_is_never_there_holds_nobody_up(
    broker: Broker, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    uplink = Uplink(config(broker.port), store, KIOSK)
    began = time.monotonic()
    await uplink.start()
    for _ in range(20):
        await uplink.event(DOOR)
    assert time.monotonic() - began < 1.0
    await soon(lambda: "no line" in caplog.text)
    await asyncio.sleep(0.6)  # several attempts
    status = await uplink.status()
    assert status.error.startswith("unreachable") and status.waiting == 20
    await uplink.stop()
    told = [one for one in caplog.records if "no line" in one.message]
    assert len(told) == 1, "said once, not at each attempt"


async def test_a_broker_killed_and_started_again_gets_all(broker: Broker, store: Store) -> None:
    broker.start()
    lines: list[bool] = []
    uplink = Uplink(config(broker.port), store, KIOSK, changed=lines.append)
    await uplink.start()
    await uplink.event(visit(total_s=0))
    await depth(store)
    broker.kill()
    await soon(lambda: lines[-1:] == [False])
    for number in range(1, 50):
        await uplink.event(visit(total_s=number))
    assert await store.read(store.outbox.depth) == 49
    broker.start()
    again = broker.listen()
    await depth(store)
    await soon(lambda: again.on("presence"))
    assert again.on("presence")[-1].json["data"]["reason"] == "reconnect"
    assert again.on("presence")[-1].json["data"]["conn"] > 1
    assert (await uplink.status()).sent == 50
    assert lines == [True, False, True]
    await uplink.stop()


async def test_a_will_speaks_for_a_killed_kiosk(broker: Broker, tmp_path: Path) -> None:
    ear = listening(broker)
    kiosk = other_kiosk(tmp_path / "other.db", broker.port)
    try:
        await soon(lambda: ear.on("presence"))
    finally:
        kiosk.kill()
        kiosk.wait()
    await soon(lambda: len(ear.on("presence")) == 2)
    birth, death = (one.json for one in ear.on("presence"))
    assert death["data"] == {"online": False, "conn": 1, "reason": "lost"}
    assert death["boot"] == birth["boot"] and death["seq"] > birth["seq"]


async def test_a_state_is_told_on_change_only_and_not_too_often(
    broker: Broker, store: Store
) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    uplink.state("in_service", False)
    await uplink.start()
    await soon(lambda: ear.on("state"))
    for busy in (True, False, True, False, True):
        uplink.state("in_service", busy)
    uplink.state("in_service", True)
    await soon(lambda: len(ear.on("state")) == 2)
    await uplink.event(DOOR)
    await soon(lambda: ear.on("event/door.opened"))
    states = [one.json["data"] for one in ear.on("state")]
    assert [one["busy"] for one in states] == [False, True]
    assert states[0]["since"] == states[1]["since"]
    await uplink.stop()


async def test_a_lost_device_is_told_at_once(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    uplink.device(DeviceHealth(id="camera", state="ok"))
    await uplink.start()
    await soon(lambda: ear.on("health"))
    uplink.device(DeviceHealth(id="camera", state="lost", reason="unplugged", faults=1))
    last = (await soon(lambda: ear.on("health")[1:]))[-1].json["data"]
    assert last["devices"][0]["reason"] == "unplugged"
    assert last["host"]["disk_pct"] is not None
    await uplink.stop()


async def test_a_second_start_counts_on(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    for _ in range(2):
        uplink = Uplink(config(broker.port), store, KIOSK)
        await uplink.start()
        await uplink.event(DOOR)
        await depth(store)
        await uplink.stop()
    await soon(lambda: len(ear.on("event/door.opened")) == 2)
    assert [one.json["boot"] for one in ear.on("event/door.opened")] == [1, 2]


async def test_a_visits_report_waits_a_random_while(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    slow = config(broker.port, visit_delay_least=0.7, visit_delay_most=0.9)
    uplink = Uplink(slow, store, KIOSK)
    await uplink.start()
    began = time.monotonic()
    await uplink.event(visit())
    await uplink.event(DOOR)
    await soon(lambda: ear.on("event/door.opened"))
    await soon(lambda: ear.on("event/session.closed"))
    assert time.monotonic() - began >= 0.7
    first, second = (ear.on(name)[0].json for name in ("event/door.opened", "event/session.closed"))
    assert (first["seq"], second["seq"]) == (1, 2), "numbered when it is released"
    await uplink.stop()


async def test_a_report_from_before_a_clock_was_set_back_goes(broker: Broker, store: Store) -> None:
    ear = listening(broker)
    await store.write(
        lambda: store.outbox.append(
            "event/session.closed", visit(), not_before=time.time() + 9 * 365 * 86400
        )
    )
    held = await store.write(lambda: store.outbox.append_sealed("sealed/request", b"held"))
    await store.write(
        lambda: store._database.execute_sql(
            "UPDATE outbox SET not_before = ? WHERE id = ?", (time.time() + 9e8, held)
        )
    )
    uplink = Uplink(config(broker.port), store, KIOSK)
    await uplink.start()
    await soon(lambda: ear.on("event/session.closed"))
    await depth(store, 1)
    assert ear.on("sealed/") == []
    await uplink.stop()


async def test_when_too_many_wait_reports_are_counted_only(store: Store) -> None:
    uplink = Uplink(UplinkConfig(keep_reports=100), store, KIOSK)
    await uplink.start()
    for _ in range(103):
        await uplink.event(visit())
    await uplink.event(OfficerCalled(reason="help", active=True, when=STAMP))
    assert await store.read(store.outbox.depth) == 101
    assert (await store.read(store.outbox.counters))["reports_counted_only"] == 3


async def test_what_is_no_fact_is_refused(store: Store) -> None:
    uplink = Uplink(UplinkConfig(), store, KIOSK)
    with pytest.raises(PayloadError, match="no fact"):
        await uplink.event(DeviceHealth(id="camera", state="ok"))
    assert await store.read(store.outbox.depth) == 0
