"""The ticket printer: the real driver and python-escpos, over a pty and over TCP."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Literal

from PIL import Image

from drivers.errors import TicketError
from drivers.simulated.ticket_paper import TicketPaper
from drivers.simulated.ticket_port import TicketPort
from drivers.ticket_printer import EscposTicketPrinter, TicketPrinterConfig
from tests.drivers.faults.cells import Cells, Fault, lost, works
from tests.drivers.recorder import Recorder, turned
from tests.drivers.tickets import same_end, ticket

GONE = lost("unplugged")


TICKETS: Cells = {
    "plug": GONE,
    "unplug": lost("unplugged", note="a ticket is refused at once"),
    "replug": GONE,
    "hang": lost("hung", note="the ticket counts as not printed"),
    "slow": works("the ticket comes whole"),
    "garbage": works("state is advice: the ticket comes whole"),
    "half": works("some questions are answered and some not: the ticket comes whole"),
    "dip": lost("unplugged", "hung", note="the rest of a ticket is not printed as text"),
}


class TicketRig:
    def __init__(
        self, told: Recorder, folder: Path, transport: Literal["serial", "network"]
    ) -> None:
        self.told = told
        self.cells = TICKETS
        self._network = transport == "network"
        self._port = TicketPort(TicketPaper(folder / "tickets"), folder)
        host, number = "", 1
        if self._network:
            host, number = self._port.plug_network()
            self._port.unplug()
        config = TicketPrinterConfig(
            transport=transport,
            device=str(self._port.device),
            host=host,
            port=number,
            poll_every=0.05,
            status_timeout=0.6,
            write_timeout=2.0,
            confirm_timeout=2.0,
            job_timeout=6.0,
        )
        self._printer = EscposTicketPrinter(config, told.emit)
        self.health = self._printer.health
        self._plugged = False
        self._short, self._long = ticket(60), ticket(900, seed=2)

    async def begin(self) -> None:
        await self._printer.start()

    async def end(self) -> None:
        await self._printer.stop()
        await asyncio.to_thread(self._port.unplug)

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "hang":
                self._port.fault = "hang"
                with contextlib.suppress(TicketError):
                    await self._printer.print(self._long)
                    raise AssertionError("a ticket that nobody printed counts as printed")
            case "slow" | "garbage" | "half":
                self._port.fault = fault
                await self._print(self._long)
            case "dip":
                self._port.unplug_at = self._port.received + 9_000
                self._plugged = False
                with contextlib.suppress(TicketError):
                    await self._printer.print(self._long)
                    raise AssertionError("a ticket that broke off counts as printed")
            case _:
                await self._pull()
                with contextlib.suppress(TicketError):
                    await self._printer.print(self._short)
                    raise AssertionError("a ticket for nobody counts as printed")

    async def mend(self) -> None:
        if self._port.fault == "hang":
            await self._pull()
        self._port.fault = ""
        if not self._plugged:
            await asyncio.to_thread(self._port.plug_network if self._network else self._port.plug)
            self._plugged = True

    async def works(self) -> None:
        await self._print(self._short)

    async def _pull(self) -> None:
        self._plugged = False
        await asyncio.to_thread(self._port.unplug)

    async def _print(self, image: Image.Image) -> None:
        before = len(self._port.paper.tickets)
        await self._printer.print(image)
        # One that does not say that it is done may take its time.
        await turned(lambda: len(self._port.paper.tickets) > before)
        assert await asyncio.to_thread(same_end, self._port.paper.tickets[-1], image)
        assert self._port.paper.rubbish == [], "a picture's rest was taken for text"
