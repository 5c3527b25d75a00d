"""A real IPP printer at the end of a line that fails: no sheet twice, none for the wrong person."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.machine.events import DeviceBack, DeviceLost, Event, PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.ipp_client import IppClient
from drivers.ipp_message import Operation, number, text
from drivers.ipp_printer import IppPagePrinter
from drivers.page_printer import PagePrinterConfig
from tests.drivers.eveprinter import DnsSd, EvePrinter, Line
from tests.drivers.recorder import Recorder, turned
from tests.drivers.sheets import pdf

LONG = 30.0


class Desk:
    """The printer, its cable, its driver."""

    def __init__(self, eve: EvePrinter, line: Line, told: Recorder) -> None:
        self.eve = eve
        self.line = line
        self.told = told
        self.printer = self.driver()
        self.direct = IppClient(eve.uri, "kiosk", 5)

    def driver(self, user: str = "kiosk") -> IppPagePrinter:
        config = PagePrinterConfig(
            driver="ipp",
            uri=self.line.uri,
            user=user,
            poll_every=0.05,
            look_every=0.1,
            still=0.3,
            settle=0.3,
            timeout=0.5,
        )
        return IppPagePrinter(config, self.told.emit)

    def print(self, pages: int = 3) -> asyncio.Task[int]:
        return asyncio.create_task(self.printer.print(pdf(pages), 1, self.told.emit))

    async def failed(self, trouble: Trouble) -> None:
        await self.told.event(PrintFailed(trouble), LONG)

    async def came(self, sheets: int) -> None:
        """Until so many sheets came out, by the driver's word."""
        await self.told.until(
            lambda: any(
                isinstance(event, PrintProgress) and event.sheet > sheets
                for event in self.told.events
            ),
            LONG,
        )


@pytest.fixture
async def desk(dns_sd: DnsSd, tmp_path: Path, told: Recorder) -> AsyncIterator[Desk]:
    eve = await asyncio.to_thread(EvePrinter, tmp_path / "eve", dns_sd.address)
    line = Line(eve.port)
    await line.plug()
    desk = Desk(eve, line, told)
    await desk.printer.start()
    try:
        yield desk
    finally:
        await desk.printer.stop()
        await line.pull()
        await asyncio.to_thread(eve.switch_off)


async def ended(task: asyncio.Task[int]) -> int:
    async with asyncio.timeout(LONG):
        return await task


@pytest.mark.parametrize("operation", [Operation.CREATE_JOB, Operation.SEND_DOCUMENT])
async def test_a_lost_answer_prints_nothing_twice(desk: Desk, operation: Operation) -> None:
    """odoo#59059: the reply was lost, the job was not."""
    desk.line.lose_reply.add(operation)
    assert await ended(desk.print()) == 3
    assert desk.eve.sheets() == [1, 2, 3]
    assert desk.line.seen.count(operation) == 1
    assert PrintFailed("lost") in desk.told.events


@pytest.mark.parametrize("operation", [Operation.CREATE_JOB, Operation.SEND_DOCUMENT])
async def test_a_request_lost_in_its_middle_comes_again(desk: Desk, operation: Operation) -> None:
    desk.line.lose_request.add(operation)
    assert await ended(desk.print()) == 3
    assert desk.eve.sheets() == [1, 2, 3]


@pytest.mark.parametrize(
    "operation", [Operation.GET_JOB_ATTRIBUTES, Operation.GET_PRINTER_ATTRIBUTES]
)
async def test_a_lost_answer_about_state_disturbs_nothing(desk: Desk, operation: Operation) -> None:
    desk.line.lose_reply.add(operation)
    assert await ended(desk.print()) == 3
    assert desk.eve.sheets() == [1, 2, 3]


async def test_the_cable_is_pulled_while_printing(desk: Desk) -> None:
    job = desk.print(6)
    await desk.came(1)
    await desk.line.pull()
    await desk.failed("lost")
    await desk.told.event(DeviceLost("page_printer", "unplugged"))
    await desk.line.plug()
    assert await ended(job) == 6
    assert desk.eve.sheets() == [1, 2, 3, 4, 5, 6]
    await desk.told.event(DeviceBack("page_printer"))


async def test_a_printer_without_an_answer_is_hung_and_blocks_nobody(desk: Desk) -> None:
    desk.line.hung = True
    job = desk.print()
    await desk.failed("lost")
    assert desk.printer.health().reason == "hung"
    longest = 0.0
    until = time.monotonic() + 1.0
    while (began := time.monotonic()) < until:
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - began)
    assert longest < 0.1, "the loop of the daemon stood still"
    desk.line.hung = False
    assert await ended(job) == 3
    assert desk.eve.sheets() == [1, 2, 3]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\xff" * 500,
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["noise", "short", "cut", "error"],
)
async def test_garbage_is_a_printer_that_does_not_work(desk: Desk, garbage: bytes) -> None:
    desk.line.garbage = garbage
    job = desk.print()
    await desk.failed("lost")
    assert desk.printer.health().state == "lost"
    desk.line.garbage = b""
    assert await ended(job) == 3
    assert desk.eve.sheets() == [1, 2, 3]


async def test_what_an_earlier_life_of_the_daemon_sent_does_not_come_out(desk: Desk) -> None:
    """A crash in the middle of a job: its visit is over, its papers are for nobody."""
    await desk.printer.stop()
    desk.eve.load(0)
    left = await asyncio.to_thread(desk.direct.create, "kiosk:kiosk:0123456789ab", ())
    await asyncio.to_thread(desk.direct.send, left, pdf(2))
    desk.printer = desk.driver()
    await desk.printer.start()
    await turned(lambda: desk.printer.health().state not in ("unknown", "lost"), LONG)
    desk.eve.load(100)
    assert await ended(desk.print(3)) == 3
    assert desk.eve.sheets() == [1, 2, 3]


async def test_jobs_of_others_are_left_alone(desk: Desk) -> None:
    await desk.printer.stop()
    desk.eve.load(0)
    office = IppClient(desk.eve.uri, "office", 5)
    theirs = await asyncio.to_thread(office.create, "kiosk-2:letter", ())
    await asyncio.to_thread(office.send, theirs, pdf(2))
    desk.printer = desk.driver()
    await desk.printer.start()
    await turned(lambda: desk.printer.health().state != "unknown", LONG)
    desk.eve.load(100)
    assert await ended(desk.print(1)) == 1, "a busy printer is waited for"
    assert desk.eve.sheets() == [1, 2, 1]


async def test_giving_up_while_the_cable_is_out(desk: Desk) -> None:
    desk.eve.load(1)
    job = desk.print()
    await desk.failed("no_paper")
    await desk.line.pull()
    await desk.failed("lost")
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ended(job)
    await desk.line.plug()
    await turned(lambda: desk.printer.health().state != "lost", LONG)
    desk.eve.load(100)
    assert await ended(desk.print(2)) == 2
    assert desk.eve.sheets() == [1, 1, 2]


async def test_a_job_that_the_printer_drops_goes_on_with_the_sheet_that_is_missing(
    desk: Desk,
) -> None:
    desk.eve.drop_after(2, 0, 1)
    assert await ended(desk.print(5)) == 5
    assert desk.eve.sheets() == [1, 2, 3, 4, 5]


async def test_a_printer_that_drops_every_job_is_not_asked_for_ever(desk: Desk) -> None:
    desk.eve.drop_after(1, 0, 0, 0)
    with pytest.raises(PrintStopped, match="3 jobs in a row") as stopped:
        await ended(desk.print())
    assert stopped.value.sheets == 1
    assert desk.eve.sheets() == [1]


async def test_a_power_dip_makes_the_printer_forget_its_job(desk: Desk) -> None:
    """Nobody can know whether the sheet under way came out: a person decides, not the driver."""
    desk.eve.load(1)
    job = desk.print()
    await desk.failed("no_paper")
    await asyncio.to_thread(desk.eve.switch_off)
    await desk.failed("lost")
    await asyncio.to_thread(desk.eve.switch_on)
    with pytest.raises(PrintStopped, match="forgot") as stopped:
        await ended(job)
    assert stopped.value.sheets == 1
    desk.eve.load(100)
    assert await ended(desk.print(1)) == 1
    assert desk.eve.sheets() == [1, 1]


async def test_somebody_cancels_at_the_printer(desk: Desk) -> None:
    desk.eve.load(1)
    job = desk.print()
    await desk.failed("no_paper")
    (ours,) = await asyncio.to_thread(desk.direct.jobs, "not-completed")
    assert text(ours, "job-name").startswith("kiosk:kiosk:"), "no name of a person or a paper"
    await asyncio.to_thread(desk.direct.cancel, number(ours, "job-id") or 0)
    with pytest.raises(PrintStopped, match="cancelled at the printer") as stopped:
        await ended(job)
    assert stopped.value.sheets == 1


async def test_an_encrypted_line_needs_a_certificate_that_is_known(
    desk: Desk, told: Recorder
) -> None:
    await desk.printer.stop()
    unknown = PagePrinterConfig(
        driver="ipp", uri=f"ipps://localhost:{desk.eve.port}/ipp/print", poll_every=0.05
    )
    desk.printer = IppPagePrinter(unknown, told.emit)
    await desk.printer.start()
    await told.event(DeviceLost("page_printer", "not_allowed"), LONG)
    await desk.printer.stop()
    # ippeveprinter makes its certificate when the first client asks for TLS.
    known = replace(unknown, certificate=str(desk.eve.folder / "keys" / "localhost.crt"))
    desk.printer = IppPagePrinter(known, told.emit)
    await desk.printer.start()
    assert await ended(desk.print()) == 3
    assert desk.eve.sheets() == [1, 2, 3]


async def test_a_printer_that_is_off_when_the_kiosk_starts(desk: Desk) -> None:
    await desk.printer.stop()
    await desk.line.pull()
    desk.printer = desk.driver()
    await desk.printer.start()
    lost: Event = DeviceLost("page_printer", "unplugged")
    await desk.told.event(lost)
    await desk.line.plug()
    await desk.told.event(DeviceBack("page_printer"))
    assert desk.told.events.count(lost) == 1
