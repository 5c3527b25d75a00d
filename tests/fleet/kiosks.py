"""Many kiosks in one process: each a real uplink over a real outbox, dialling a real broker.

`python -m tests.fleet.kiosks FOLDER PORT FIRST COUNT [SKEW [PAPERS]]` reads orders from its
standard input, a line each, and answers each with one line of JSON:

    facts N    every kiosk keeps N facts        → {"kept": number}
    status     what the technician would see    → {"up": number, "waiting": number}

It ends with its input, with a goodbye of every kiosk.  SKEW = seconds its wall clock is wrong by;
PAPERS = folder of ca.pem and each kiosk's NAME.pem and NAME.key: with it, the line is TLS.
The waits between dialling are the product's own defaults; what a test shortens is the delay of a
visit's report alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from daemon.store import Store
from daemon.uplink import TicketIssued, Uplink, UplinkConfig

T = TypeVar("T")

IN_WARD = 50
"""Kiosks that share a ward's code here."""


def name(number: int) -> str:
    """Id of the kiosk: 50 of them in a ward."""
    return f"{26700 + number // IN_WARD:05d}-k{number % IN_WARD + 1:02d}"


class TurnStore(Store):
    """One store among many: the models are bound to one at a time, so they take turns."""

    _turn = threading.Lock()

    def _prepare(self) -> None:
        with self._turn:
            super()._prepare()

    def _write(self, work: Callable[[], T]) -> T:
        with self._turn:
            return super()._write(work)

    def _read(self, work: Callable[[], T]) -> T:
        with self._turn:
            return super()._read(work)


class Kiosk:
    """One kiosk as far as the ward can tell."""

    def __init__(self, folder: Path, port: int, number: int, papers: Path | None = None) -> None:
        self.store = TurnStore.open(folder / name(number) / "kiosk.db")
        config = UplinkConfig(
            broker="127.0.0.1",
            port=port,
            tls=papers is not None,
            ca="" if papers is None else str(papers / "ca.pem"),
            certificate="" if papers is None else str(papers / f"{name(number)}.pem"),
            key="" if papers is None else str(papers / f"{name(number)}.key"),
            visit_delay_least=0.0,
            visit_delay_most=0.0,
        )
        self.uplink = Uplink(config, self.store, name(number))

    async def start(self) -> None:
        self.uplink.describe("0.1.0", ("camera", "page_printer"))
        self.uplink.state("in_service", False, {"copy_paper": True})
        await self.uplink.start()

    async def facts(self, count: int) -> None:
        fact = TicketIssued(service="ho_tich", priority=False, hour="2026-11-25T08+07:00")

        def keep() -> None:
            for _ in range(count):
                self.uplink.append(fact)

        await self.store.write(keep)

    async def stop(self) -> None:
        await self.uplink.stop()
        self.store.close_now()


def skew(seconds: float) -> None:
    """The wall clock of this process is wrong from here on."""
    right = time.time
    time.time = lambda: right() + seconds


async def _obey(kiosks: list[Kiosk], order: list[str]) -> dict[str, int]:
    if order[0] == "facts":
        count = int(order[1])
        await asyncio.gather(*(kiosk.facts(count) for kiosk in kiosks))
        return {"kept": count * len(kiosks)}
    told = await asyncio.gather(*(kiosk.uplink.status() for kiosk in kiosks))
    return {
        "up": sum(one.connected for one in told),
        "waiting": sum(one.waiting for one in told),
    }


async def main(folder: Path, port: int, first: int, count: int, papers: Path | None) -> None:
    kiosks = [Kiosk(folder, port, first + number, papers) for number in range(count)]
    for kiosk in kiosks:
        await kiosk.start()
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _obey(kiosks, line.split())), flush=True)
    await asyncio.gather(*(kiosk.stop() for kiosk in kiosks))


if __name__ == "__main__":
    if sys.argv[5:]:
        skew(float(sys.argv[5]))
    port, first, count = (int(word) for word in sys.argv[2:5])
    papers = Path(sys.argv[6]) if sys.argv[6:] else None
    asyncio.run(main(Path(sys.argv[1]), port, first, count, papers))
