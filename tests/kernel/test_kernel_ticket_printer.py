"""The ticket printer on a real USB line: usblp of the kernel, a printer gadget at its other end."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.errors import TicketError
from drivers.simulated.ticket_paper import TicketPaper
from drivers.ticket_printer import EscposTicketPrinter, TicketPrinterConfig
from tests.drivers.eveprinter import wait_for
from tests.drivers.recorder import Recorder, turned
from tests.drivers.tickets import same, ticket
from tests.kernel.gadget import PrinterGadget

HOST = Path("/dev/usb/lp0")
DEVICE = Path("/dev/g_printer0")


class UsbPrinter:
    """The twin's paper behind the gadget: what arrives is printed, what it answers goes back."""

    def __init__(self, folder: Path) -> None:
        self.paper = TicketPaper(folder)
        self._folder = folder
        self.printed = 0
        """Tickets that were cut off, each whole on the disk."""
        self._gadget = PrinterGadget()
        self._end = -1
        self.plug()

    def plug(self) -> None:
        self._gadget.plug()
        wait_for(HOST.exists, "the host's printer")
        self._end = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK)
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        self._pulled.set()
        self._thread.join()
        os.close(self._end)
        self._gadget.unplug()

    def deaf(self) -> None:
        """Takes no more bytes, as a printer that is being refilled."""
        self._pulled.set()
        self._thread.join()

    def close(self) -> None:
        self.unplug()
        self._gadget.close()

    def _serve(self) -> None:
        while not self._pulled.is_set():
            if not select.select([self._end], [], [], 0.05)[0]:
                continue
            answer = self.paper.feed(os.read(self._end, 8192))
            self.printed = len(list(self._folder.glob("*.png")))
            if answer:
                os.write(self._end, answer)


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[UsbPrinter]:
    made = UsbPrinter(tmp_path / "tickets")
    yield made
    made.close()


async def test_a_printer_that_takes_nothing_is_hung_and_the_daemon_can_still_end(
    usb: UsbPrinter, told: Recorder
) -> None:
    config = TicketPrinterConfig(transport="file", device=str(HOST), write_timeout=0.3)
    printer = EscposTicketPrinter(config, told.emit)
    usb.deaf()
    with pytest.raises(TicketError) as failed:
        for _ in range(8):
            await printer.print(ticket(2000))
    assert failed.value.reason == "hung"
    await printer.stop()


async def test_a_ticket_over_usb_and_after_a_replug(
    usb: UsbPrinter, tmp_path: Path, told: Recorder
) -> None:
    config = TicketPrinterConfig(transport="file", device=str(HOST), poll_every=0.1)
    printer = EscposTicketPrinter(config, told.emit)
    await printer.start()
    await turned(lambda: printer.health().state == "ok")
    await printer.print(ticket())
    await turned(lambda: usb.printed == 1)
    assert same(next((tmp_path / "tickets").glob("*.png")), ticket())
    usb.unplug()
    await told.event(DeviceLost("ticket_printer", "unplugged"))
    usb.plug()
    await told.event(DeviceBack("ticket_printer"))
    await printer.stop()
