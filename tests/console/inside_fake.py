"""A daemon for the console's tests: the rooms behind `Inside` are not the subject here."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from daemon.console.inside import Code, ConsoleError, Fault, PartRow, Setting, Status
from daemon.console.roles import Groups
from daemon.console.server import ConsoleServer

AT = 1795569243.0
"""25 November 2026, 08:14:03 in Vietnam."""

CAMERA = PartRow(
    name="camera",
    state="ok",
    driver="simulated",
    port="/dev/video0",
    last_ok=AT - 5,
    figures={"fps": 14.96, "sharp": 0.81},
)
PRINTER = PartRow(
    name="page_printer",
    state="lost",
    reason="paper_out",
    driver="simulated",
    last_ok=AT - 90000,
    faults=3,
    figures={"sheets": 0, "toner": 63, "serial_number_of_the_print_engine": "X" * 60},
    remedy="Put A4 paper into tray 1, then close it until it clicks.",
)
SCREEN = PartRow(name="screen", state="ok", last_ok=AT, figures={"pid": 4711})


class FakeInside:
    """Answers at once, or as a test has it."""

    def __init__(self) -> None:
        self.busy = False
        self.hang = False
        self.broken = False
        self.asked: list[tuple[bool, str, float]] = []

    async def status(self) -> Status:
        if self.hang:
            await asyncio.Event().wait()
        if self.broken:
            raise RuntimeError("Nguyễn Văn A, 079012345678")
        return Status(
            kiosk="26824-k01",
            ward="Phường Thủ Đức",
            version="0.1.0",
            at=AT,
            up=12 * 86400 + 4 * 3600 + 600,
            busy=self.busy,
            doing="copy.certify" if self.busy else "",
            clock="NTP",
            services=(SCREEN,),
            devices=(CAMERA, PRINTER),
            why={"copy_paper": "page_printer.paper_out"},
            uplink="up",
            outbox=2,
            today={"done": 31, "officer": 2},
            host={"disk_pct": 41, "mem_mb": 388},
        )

    async def devices(self) -> tuple[PartRow, ...]:
        return CAMERA, PRINTER

    async def faults(self) -> tuple[Fault, ...]:
        return (Fault(where="Examine", what="DocumentsError", count=2, last=AT - 60),)

    async def settings(self) -> tuple[Setting, ...]:
        return (
            Setting(key="kiosk.id", value='"26824-k01"'),
            Setting(key="visit.max_copies", value="5", default=False),
            *(Setting(key=f"limits.{n}", value=str(n)) for n in range(60)),
        )

    async def acknowledged(self, name: str, reason: str) -> None:
        """No ward listens."""

    async def maintenance(
        self, on: bool, reason: str, seconds: float
    ) -> Literal["now", "when_free"]:
        if reason == "refused":
            raise ConsoleError(Code.BUSY, "a citizen is being served")
        self.asked.append((on, reason, seconds))
        return "when_free" if self.busy else "now"


@contextlib.contextmanager
def serving(
    path: Path, inside: FakeInside, groups: Groups | None = None
) -> Iterator[ConsoleServer]:
    """A server in a loop of its own, as the daemon has one."""
    server = ConsoleServer(path, inside, groups)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
        yield server
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
