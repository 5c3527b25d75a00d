"""How fast the outbox empties into a real broker, and in what memory, with a million waiting.

`python -m tests.bench.outbox [WAITING [SENT]]` measures it alone; all that waits is sent where
SENT is 0.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from daemon.store import Store
from daemon.uplink import DoorOpened, SessionClosed, Uplink, UplinkConfig
from daemon.uplink.envelope import checked
from tests.bench.figures import Figure, figure
from tests.uplink.conftest import MOSQUITTO, Broker

WAITING, SENT = 1_000_000, 60_000
KIOSK = "26824-k01"
CHUNK = 50_000


def fill(store: Store, count: int) -> float:
    """Puts so many facts in, ids rising as in life; returns the facts a second of one insert."""
    visit = SessionClosed(
        flow="copy",
        outcome="done",
        last_step="Collect",
        total_s=201,
        steps_s={"identify": 22, "place": 31, "pay": 58},
        hour="2026-11-25T08+07:00",
    )
    bodies = [
        ("event/session.closed", checked(visit)),
        ("event/door.opened", checked(DoorOpened(open=True, when="2026-11-25T08:14:03+07:00"))),
    ]
    began = time.monotonic()
    for first in range(0, count, CHUNK):

        def some(first: int = first) -> None:
            for number in range(first, min(first + CHUNK, count)):
                store.outbox.append_raw(*bodies[number % 2])

        store.write_now(some)
    return count / (time.monotonic() - began)


def resident() -> float:
    """MiB of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS")


def reached(uplink: Uplink, count: int) -> int:
    """Waits until so many facts were taken by the broker; returns how many."""
    facts = uplink._facts
    assert facts is not None
    while facts.sent < count:
        time.sleep(0.02)
    return facts.sent


async def drained(store: Store, port: int, count: int) -> tuple[list[float], list[float]]:
    """Facts a second, and MiB, over ten parts of the way."""
    config = UplinkConfig(broker="127.0.0.1", port=port, tls=False, keep_reports=10_000_000)
    uplink = Uplink(config, store, KIOSK)
    await uplink.start()
    rates: list[float] = []
    memory: list[float] = []
    sent, at = 0, time.monotonic()
    for part in range(1, 11):
        now = await asyncio.to_thread(reached, uplink, count * part // 10)
        rates.append((now - sent) / (time.monotonic() - at))
        memory.append(resident())
        sent, at = now, time.monotonic()
    await uplink.stop()
    return rates, memory


def measure(waiting: int = WAITING, sent: int = SENT) -> Iterator[Figure]:
    """The figures; none where there is no broker."""
    if MOSQUITTO is None:
        return
    with tempfile.TemporaryDirectory(prefix="outbox") as name:
        folder = Path(name)
        broker = Broker(folder)
        broker.start()
        store = Store.open(folder / "kiosk.db")
        try:
            fill(store, waiting)
            before = resident()
            rates, memory = asyncio.run(drained(store, broker.port, sent or waiting))
            yield figure("outbox: drained", rates, "facts/s", "≥ 2000", f"{waiting} waiting")
            grown = memory[-1] - memory[0]
            yield figure("outbox: memory above that at rest", [memory[-1] - before], "MiB")
            yield figure("outbox: memory, first to last tenth", [grown], "MiB", "≤ 5")
        finally:
            store.close_now()
            broker.stop()


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    for one in measure(*numbers):
        print(one, flush=True)
