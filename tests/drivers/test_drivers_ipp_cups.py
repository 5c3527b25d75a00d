"""A real CUPS queue before a real IPP printer: what CUPS adds to the troubles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.machine.events import DeviceLost, PrintFailed
from drivers.ipp_behind import job_behind
from drivers.ipp_client import IppClient
from drivers.ipp_message import Attributes, number
from drivers.ipp_printer import IppPagePrinter
from drivers.page_printer import PagePrinterConfig
from tests.drivers.eveprinter import DAEMONS, Cups, DnsSd, EvePrinter, missing
from tests.drivers.recorder import Recorder
from tests.drivers.sheets import pdf

LONG = 60.0

pytestmark = pytest.mark.skipif(
    bool(missing(*DAEMONS, "cupsd", "lpadmin")), reason=missing(*DAEMONS, "cupsd", "lpadmin")
)


class Office:
    def __init__(self, eve: EvePrinter, cups: Cups, told: Recorder) -> None:
        self.eve = eve
        self.cups = cups
        self.told = told
        self.printer = self.driver()
        self.queue = IppClient(cups.uri, "kiosk", 5)

    def config(self, resume: bool = True) -> PagePrinterConfig:
        return PagePrinterConfig(
            driver="ipp",
            uri=self.cups.uri,
            resume=resume,
            poll_every=0.05,
            look_every=0.1,
            still=0.3,
            settle=0.5,
        )

    def driver(self, resume: bool = True) -> IppPagePrinter:
        return IppPagePrinter(self.config(resume), self.told.emit)

    def print(self, pages: int = 2) -> asyncio.Task[int]:
        return asyncio.create_task(self.printer.print(pdf(pages), 1, self.told.emit))

    async def admin(self, *command: str) -> None:
        await asyncio.to_thread(self.cups.admin, *command)


@pytest.fixture
async def office(dns_sd: DnsSd, tmp_path: Path, told: Recorder) -> AsyncIterator[Office]:
    eve = await asyncio.to_thread(EvePrinter, tmp_path / "eve", dns_sd.address)
    cups = await asyncio.to_thread(Cups, eve.uri)
    office = Office(eve, cups, told)
    await office.printer.start()
    try:
        yield office
    finally:
        await office.printer.stop()
        await asyncio.to_thread(cups.close)
        await asyncio.to_thread(eve.switch_off)


async def ended(task: asyncio.Task[int]) -> int:
    async with asyncio.timeout(LONG):
        return await task


async def test_a_queue_that_has_no_driver_yet(
    dns_sd: DnsSd, tmp_path: Path, told: Recorder
) -> None:
    """For a moment CUPS aborts what comes without a word to the printer: it is sent again."""
    eve = await asyncio.to_thread(EvePrinter, tmp_path / "eve", dns_sd.address)
    cups = await asyncio.to_thread(Cups, eve.uri, ready=False)
    try:
        assert await ended(Office(eve, cups, told).print()) == 2
        assert eve.sheets() == [1, 2]
    finally:
        await asyncio.to_thread(cups.close)
        await asyncio.to_thread(eve.switch_off)


async def test_a_job_that_never_reached_the_printer_is_known_to_be_blank(office: Office) -> None:
    job = await asyncio.to_thread(office.queue.create, "kiosk:other", ())
    config, queue = office.config(), await asyncio.to_thread(office.queue.printer)
    on_for = (await asyncio.to_thread(IppClient(office.eve.uri, "kiosk", 5).printer))[
        "printer-up-time"
    ][0]
    assert isinstance(on_for, int)
    name = "kiosk:other"
    assert job_behind(config, queue, name, on_for + 60) is None, "before the printer was on"
    assert await ended(office.print()) == 2
    assert job_behind(config, queue, name, age=-2) == {}
    await asyncio.to_thread(office.queue.cancel, job)


async def test_a_stopped_queue_is_set_going_again(office: Office) -> None:
    """cups#1005, cups#278: after the trouble is cleared the queue stays stopped."""
    await office.admin("cupsdisable", "Twin")
    assert await ended(office.print()) == 2
    assert office.eve.sheets() == [1, 2]


async def test_a_queue_that_may_not_be_resumed_says_so(office: Office) -> None:
    await office.printer.stop()
    await office.admin("cupsdisable", "Twin")
    office.printer = office.driver(resume=False)
    await office.printer.start()
    job = office.print()
    await office.told.event(DeviceLost("page_printer", "paused"), LONG)
    await office.told.event(PrintFailed("error"), LONG)
    await office.admin("cupsenable", "Twin")
    assert await ended(job) == 2
    assert office.eve.sheets() == [1, 2]


async def test_the_printer_behind_the_queue_is_off(office: Office) -> None:
    await asyncio.to_thread(office.eve.switch_off)
    job = office.print()
    await office.told.event(PrintFailed("lost"), LONG)
    assert office.eve.sheets() == []
    await asyncio.to_thread(office.eve.switch_on)
    assert await ended(job) == 2
    assert office.eve.sheets() == [1, 2]


async def test_a_job_that_the_printer_drops_goes_on_where_it_stopped(office: Office) -> None:
    """CUPS has counted all its pages long before, and may even call the job completed."""
    office.eve.drop_after(1)
    assert await ended(office.print(3)) == 3
    assert office.eve.sheets() == [1, 2, 3]


async def test_nothing_of_a_person_stays_in_the_spool(office: Office) -> None:
    assert await ended(office.print()) == 2
    spool = office.cups.folder / "spool"
    assert [path.name for path in spool.iterdir() if path.name.startswith("d")] == []
    jobs: tuple[Attributes, ...] = await asyncio.to_thread(office.queue.jobs, "completed")
    assert [number(job, "job-state") for job in jobs] == [9]
