"""The ticket printer on a real USB line: usblp of the kernel, a printer gadget at its other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.errors import TicketError
from drivers.ticket_printer import EscposTicketPrinter, TicketPrinterConfig
from tests.drivers.recorder import Recorder, turned
from tests.drivers.tickets import same, ticket
from tests.kernel.usb_printer import HOST, UsbPrinter


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
