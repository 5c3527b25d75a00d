"""The ticket printer: the real driver and the real python-escpos over a pty and over TCP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PIL import Image

from daemon.machine.events import DeviceBack, DeviceLost, PaperLow
from drivers.errors import TicketError
from drivers.escpos_line import BAND, encode
from drivers.simulated.ticket_paper import NEAR_END, TicketPaper
from drivers.simulated.ticket_port import LineFault, TicketPort
from drivers.ticket_printer import WIDTH, EscposTicketPrinter, TicketPrinterConfig
from tests.drivers.recorder import Recorder, turned
from tests.drivers.tickets import same, same_end, ticket


@pytest.fixture
def port(tmp_path: Path) -> Iterator[TicketPort]:
    port = TicketPort(TicketPaper(tmp_path / "tickets"), tmp_path)
    yield port
    port.unplug()


@pytest.fixture(params=["serial", "network"])
async def printer(
    request: pytest.FixtureRequest, port: TicketPort, told: Recorder
) -> AsyncIterator[EscposTicketPrinter]:
    """Plugged in and known to be there."""
    if request.param == "serial":
        port.plug()
        config = TicketPrinterConfig(device=str(port.device))
    else:
        host, number = port.plug_network()
        config = TicketPrinterConfig(transport="network", host=host, port=number)
    from msgspec.structs import replace

    config = replace(
        config,
        poll_every=0.05,
        status_timeout=0.15,
        write_timeout=0.5,
        confirm_timeout=1.0,
        job_timeout=4.0,
    )
    printer = EscposTicketPrinter(config, told.emit)
    await printer.start()
    await turned(lambda: printer.health().state == "ok")
    yield printer
    await printer.stop()


def plug(port: TicketPort) -> None:
    """In again, where it was."""
    if port.network is None:
        port.plug()
    else:
        port.plug_network()


async def test_dot_for_dot(port: TicketPort, printer: EscposTicketPrinter) -> None:
    image = ticket()
    await printer.print(image)
    assert len(port.paper.tickets) == 1, "it is out when the call returns"
    assert same(port.paper.tickets[0], image)
    assert port.paper.rubbish == []
    assert port.paper.unfinished == 0


async def test_the_longest_ticket(port: TicketPort, printer: EscposTicketPrinter) -> None:
    image = ticket(WIDTH * 8)
    await printer.print(image)
    assert same(port.paper.tickets[0], image)


async def test_a_slow_printer_gets_all_of_it(
    port: TicketPort, printer: EscposTicketPrinter
) -> None:
    port.fault = "slow"
    image = ticket(800)
    await printer.print(image)
    assert same(port.paper.tickets[0], image)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (WIDTH, 10)),
        Image.new("1", (WIDTH - 1, 10)),
        Image.new("1", (WIDTH, 0)),
        Image.new("1", (WIDTH, WIDTH * 8 + 1)),
    ],
    ids=["grey", "narrow", "empty", "endless"],
)
async def test_pictures_that_are_no_ticket(
    port: TicketPort, printer: EscposTicketPrinter, image: Image.Image
) -> None:
    with pytest.raises(TicketError, match="picture"):
        await printer.print(image)
    assert port.paper.tickets == []
    assert printer.health().state == "ok"


async def test_unplugged_in_the_middle_of_a_ticket(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    port.unplug_at = port.received + 9_000
    with pytest.raises(TicketError) as lost:
        await printer.print(ticket(600))
    assert lost.value.reason in ("unplugged", "hung")
    await told.event(DeviceLost("ticket_printer", lost.value.reason))
    told.clear()
    plug(port)
    await told.event(DeviceBack("ticket_printer"))
    image = ticket(seed=2)
    await printer.print(image)
    assert port.paper.rubbish == [], "the rest of a picture is never taken for text"
    assert same_end(port.paper.tickets[-1], image), "the next ticket is whole"


async def test_pulled_and_plugged_many_times(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    for n in range(5):
        told.clear()
        port.unplug()
        await told.event(DeviceLost("ticket_printer", "unplugged"))
        plug(port)
        await told.event(DeviceBack("ticket_printer"))
        await printer.print(ticket(50, seed=n))
    assert len(port.paper.tickets) == 5
    assert printer.health().faults == 5


async def test_no_paper_is_known_before_a_ticket_begins(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    port.paper.left = 0
    with pytest.raises(TicketError) as lost:
        await printer.print(ticket())
    assert lost.value.reason == "paper_out"
    assert told.events == [DeviceLost("ticket_printer", "paper_out")]
    port.refill(100_000)
    await told.event(DeviceBack("ticket_printer"))
    await printer.print(ticket())
    assert len(port.paper.tickets) == 1


async def test_paper_runs_out_in_the_middle(port: TicketPort, printer: EscposTicketPrinter) -> None:
    port.paper.left = 200
    with pytest.raises(TicketError) as lost:
        await printer.print(ticket(400))
    assert lost.value.reason == "paper_out"


async def test_an_open_cover(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    port.paper.cover_open = True
    await told.event(DeviceLost("ticket_printer", "cover_open"))
    with pytest.raises(TicketError, match="cover_open"):
        await printer.print(ticket())
    port.refill(100_000)
    await told.event(DeviceBack("ticket_printer"))


async def test_near_the_end_of_the_roll_is_told_once(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    port.paper.left = NEAR_END - 1
    await told.event(PaperLow("ticket_printer", 10))
    await printer.print(ticket(50))
    await printer.print(ticket(50))
    assert told.events == [PaperLow("ticket_printer", 10)]
    assert printer.health().state == "warn"


@pytest.mark.parametrize("fault", ["mute", "garbage"])
async def test_a_printer_that_answers_nothing_or_nonsense_still_prints(
    port: TicketPort, told: Recorder, fault: LineFault
) -> None:
    """Status is advice: a failed query must not stop a ticket (odoo PR#223525)."""
    port.fault = fault
    port.plug()
    printer = EscposTicketPrinter(
        TicketPrinterConfig(device=str(port.device), status_timeout=0.1, confirm_timeout=0.3),
        told.emit,
    )
    await printer.start()
    image = ticket()
    await printer.print(image)
    await turned(lambda: bool(port.paper.tickets))
    assert same(port.paper.tickets[0], image)
    assert printer.health().figures["paper"] == "unknown"
    assert told.events == []
    await printer.stop()


async def test_a_printer_that_falls_silent_is_lost_until_it_answers(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    port.fault = "mute"
    await told.event(DeviceLost("ticket_printer", "hung"))
    port.fault = ""
    await told.event(DeviceBack("ticket_printer"))


async def test_a_hung_printer_does_not_hold_the_kiosk(
    port: TicketPort, printer: EscposTicketPrinter, told: Recorder
) -> None:
    """A network takes a whole ticket for it (into buffers): that is no ticket."""
    port.fault = "hang"
    with pytest.raises(TicketError) as lost:
        await printer.print(ticket(WIDTH * 8))
    assert lost.value.reason == "hung"
    assert printer.health().state == "lost"
    port.unplug()
    port.fault = ""
    plug(port)
    await told.event(DeviceBack("ticket_printer"))
    await printer.print(ticket(seed=3))


async def test_a_printer_that_is_not_there_at_the_start(port: TicketPort, told: Recorder) -> None:
    config = TicketPrinterConfig(device=str(port.device), poll_every=0.05)
    printer = EscposTicketPrinter(config, told.emit)
    await printer.start()
    await told.event(DeviceLost("ticket_printer", "unplugged"))
    port.plug()
    await told.event(DeviceBack("ticket_printer"))
    await printer.stop()


async def test_the_usb_printer_device_of_the_kernel(tmp_path: Path, told: Recorder) -> None:
    """It takes bytes and answers nothing."""
    device = tmp_path / "lp0"
    device.touch()
    config = TicketPrinterConfig(transport="file", device=str(device))
    printer = EscposTicketPrinter(config, told.emit)
    image = ticket(100)
    await printer.print(image)
    await printer.stop()
    paper = TicketPaper(tmp_path / "paper")
    paper.feed(device.read_bytes())
    assert same(paper.tickets[0], image)


async def test_the_kernels_usb_printer_is_pulled_out_and_put_back(
    tmp_path: Path, told: Recorder
) -> None:
    """Its device file goes, another comes: nothing is written into the void."""
    device = tmp_path / "lp0"
    device.touch()
    config = TicketPrinterConfig(transport="file", device=str(device), poll_every=0.02)
    printer = EscposTicketPrinter(config, told.emit)
    await printer.start()
    await turned(lambda: printer.health().state == "ok")
    device.unlink()
    await told.event(DeviceLost("ticket_printer", "unplugged"))
    with pytest.raises(TicketError):
        await printer.print(ticket(100))
    (tmp_path / "new").touch()
    (tmp_path / "new").rename(device)
    await told.event(DeviceBack("ticket_printer"))
    image = ticket(100)
    await printer.print(image)
    await printer.stop()
    paper = TicketPaper(tmp_path / "paper")
    paper.feed(device.read_bytes())
    assert same(paper.tickets[-1], image)


async def test_a_usb_printer_swapped_between_two_looks(tmp_path: Path, told: Recorder) -> None:
    """What is open is not what bears the name: the ticket goes to the new one or fails."""
    device = tmp_path / "lp0"
    device.touch()
    config = TicketPrinterConfig(transport="file", device=str(device))
    printer = EscposTicketPrinter(config, told.emit)
    await printer.print(ticket(100))
    (tmp_path / "new").touch()
    (tmp_path / "new").rename(device)
    with pytest.raises(TicketError):
        await printer.print(ticket(100))
    await printer.print(ticket(100))
    await printer.stop()
    assert device.stat().st_size > 100 * WIDTH // 8


def test_only_our_own_commands_are_sent() -> None:
    """Every byte is a reset, a picture band, a line feed or a cut: the strict parser says so."""
    data = encode(ticket(500))
    assert data.startswith(b"\x1b@")
    assert data.count(b"\x1dV") >= 1


async def test_what_a_usb_printer_may_still_wait_for_is_filled_up(
    tmp_path: Path, told: Recorder
) -> None:
    """The kernel takes bytes for a printer that never gets them: after a re-plug nobody knows
    whether it stands in the middle of a picture, and a mere look settles nothing.
    """
    device = tmp_path / "lp0"
    device.touch()
    config = TicketPrinterConfig(transport="file", device=str(device), poll_every=0.02)
    printer = EscposTicketPrinter(config, told.emit)
    await printer.start()
    await printer.print(ticket(100))
    for _ in range(2):
        told.clear()
        device.unlink()
        await told.event(DeviceLost("ticket_printer", "unplugged"))
        (tmp_path / "new").touch()
        (tmp_path / "new").rename(device)
        await told.event(DeviceBack("ticket_printer"))
    await printer.print(ticket(100))
    await printer.stop()
    assert device.read_bytes().startswith(bytes(BAND * WIDTH // 8) + b"\x1b@")
