"""The ticket printer on the kernel's USB printer device, through the fault matrix."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import escpos.printer  # noqa: F401 (seconds on an emulated processor: not within a time limit)

from drivers.errors import TicketError
from drivers.ticket_printer import EscposTicketPrinter, TicketPrinterConfig
from tests.drivers.faults.cells import Cells, Fault, lost, never, works
from tests.drivers.recorder import Recorder, turned
from tests.drivers.tickets import same_end, ticket
from tests.kernel.usb_printer import HOST, UsbPrinter

GONE = lost("unplugged")
USB: Cells = {
    "plug": GONE,
    "unplug": GONE,
    "replug": GONE,
    "hang": lost("hung", note="it takes no bytes: the ticket counts as not printed"),
    "slow": works("the ticket comes whole"),
    "garbage": never("the kernel's printer device is not read"),
    "half": never("the kernel's printer device is not read"),
    "dip": lost("hung", "unplugged", note="the rest of a ticket is not printed as text"),
}


class UsbRig:
    def __init__(self, folder: Path, told: Recorder) -> None:
        self.told = told
        self.cells = USB
        self._folder = folder / "tickets"
        self._usb = UsbPrinter(self._folder)
        self._usb.unplug()
        self._in = False
        config = TicketPrinterConfig(
            transport="file", device=str(HOST), poll_every=0.1, write_timeout=1.5, job_timeout=20
        )
        self._printer = EscposTicketPrinter(config, told.emit)
        self.health = self._printer.health
        self._short, self._long = ticket(60), ticket(2000, seed=2)

    async def begin(self) -> None:
        await self._printer.start()

    async def end(self) -> None:
        await self._printer.stop()
        await self._pull()
        self._usb.discard()

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "slow":
                self._usb.slow = True
                await self.works()
                self._usb.slow = False
            case "hang" | "dip":
                self._usb.unplug_at = 0 if fault == "hang" else 5_000
                with contextlib.suppress(TicketError):
                    for _ in range(8):  # the line itself holds some tickets
                        await self._printer.print(self._long)
                    raise AssertionError("a ticket that nobody printed counts as printed")
            case _:
                await self._pull()

    async def mend(self) -> None:
        if self._usb.unplug_at is not None:
            self._usb.unplug_at = None
            await self._pull()
        if not self._in:
            await asyncio.to_thread(self._usb.plug)
            self._in = True

    async def works(self) -> None:
        before = self._usb.printed
        await self._printer.print(self._short)
        await turned(lambda: self._usb.printed > before)
        newest = self._usb.paper.tickets[-1]
        assert await asyncio.to_thread(same_end, newest, self._short)
        assert self._usb.paper.rubbish == [], "a picture's rest was taken for text"

    async def _pull(self) -> None:
        if self._in:
            self._in = False
            await asyncio.to_thread(self._usb.unplug)
