"""The simulated paper path in its world; what holds for every printer is in the contract."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from daemon.machine.events import (
    DeviceBack,
    DeviceLost,
    Event,
    PaperLow,
    PrintFailed,
    PrintProgress,
    TrayChanged,
)
from drivers.errors import PrintStopped
from drivers.page_printer import NoPagePrinter
from drivers.simulated.world import World
from tests.drivers.recorder import Recorder
from tests.drivers.sheets import pdf


def pages_of(sheets: list[Path]) -> list[int]:
    return [round(Image.open(path).convert("L").tobytes()[0] / 25.5) for path in sheets]


class Job:
    """A running job and what it told."""

    def __init__(self, world: World, told: Recorder, pages: int = 3, copies: int = 1) -> None:
        self.told: list[Event] = []
        self._recorder = told
        printer = world.devices.page_printer
        self.task = asyncio.create_task(printer.print(pdf(pages), copies, self._progress))

    def _progress(self, event: Event) -> None:
        self.told.append(event)
        self._recorder.emit(event)

    async def failed(self, reason: str) -> None:
        await self._recorder.until(
            lambda: any(isinstance(e, PrintFailed) and e.reason == reason for e in self.told)
        )


async def test_every_page_of_every_copy_comes_in_order(world: World, told: Recorder) -> None:
    job = Job(world, told, pages=2, copies=2)
    assert await job.task == 4
    assert pages_of(world.tray) == [1, 2, 1, 2]
    assert job.told == [PrintProgress(n, 4) for n in (1, 2, 3, 4)]
    await told.event(TrayChanged(True))
    told.clear()
    assert len(world.take_sheets()) == 4
    await told.event(TrayChanged(False))
    assert world.tray == []
    assert len(world.sheets) == 4


async def test_paper_out_in_the_middle_of_a_job(world: World, told: Recorder) -> None:
    world.load_paper(1)
    job = Job(world, told)
    await job.failed("no_paper")
    await told.event(DeviceLost("page_printer", "paper_out"))
    assert not job.task.done()
    assert pages_of(world.tray) == [1]
    told.clear()
    world.load_paper(100)
    assert await job.task == 3
    assert pages_of(world.tray) == [1, 2, 3], "no sheet twice, none missing"
    await told.event(DeviceBack("page_printer"))
    assert [e for e in job.told if isinstance(e, PrintFailed)] == [PrintFailed("no_paper")]


async def test_a_jam_spoils_one_sheet_and_its_page_comes_again(
    world: World, told: Recorder
) -> None:
    world.jam(now=False)
    before = world.paper.sheets
    job = Job(world, told)
    await job.failed("jam")
    world.clear()
    assert await job.task == 3
    assert pages_of(world.tray) == [1, 2, 3]
    assert before - world.paper.sheets == 4


async def test_a_lost_answer_prints_nothing_twice(world: World, told: Recorder) -> None:
    """The sheet came out, the line broke before the printer said so (odoo#59059)."""
    world.paper.lose_reply()
    job = Job(world, told)
    await job.failed("lost")
    world.plug("page_printer")
    assert await job.task == 3
    assert pages_of(world.tray) == [1, 2, 3]


async def test_unplugged_between_sheets(world: World, told: Recorder) -> None:
    world.pull("page_printer")
    await told.event(DeviceLost("page_printer", "unplugged"))
    job = Job(world, told)
    await job.failed("lost")
    world.plug("page_printer")
    assert await job.task == 3


async def test_a_hung_printer_is_told_and_may_come_back(world: World, told: Recorder) -> None:
    world.hang("page_printer")
    job = Job(world, told)
    await job.failed("lost")
    assert world.devices.page_printer.health().reason == "hung"
    world.plug("page_printer")
    assert await job.task == 3
    assert world.devices.page_printer.health().state == "ok"


async def test_cancelling_lets_the_sheet_under_way_come_out_whole(
    world: World, told: Recorder
) -> None:
    job = Job(world, told, pages=5)
    await told.event(PrintProgress(2, 5))
    job.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job.task
    assert pages_of(world.tray) == [1, 2]
    again = Job(world, told, pages=1)
    assert await again.task == 1, "the printer is free for the next job"


async def test_low_paper_is_told_once(world: World, told: Recorder) -> None:
    world.load_paper(21)
    await Job(world, told, pages=3).task
    assert [e for e in told.events if isinstance(e, PaperLow)] == [PaperLow("page_printer", 19)]
    assert world.devices.page_printer.health().state == "warn"
    world.load_paper(500)
    assert world.devices.page_printer.health().state == "ok"


async def test_a_kiosk_without_a_printer_says_so(told: Recorder) -> None:
    printer = NoPagePrinter(told.emit)
    await printer.start()
    assert told.events == [DeviceLost("page_printer", "no_driver")]
    with pytest.raises(PrintStopped, match="lost"):
        await printer.print(pdf(1), 1, told.emit)
    await printer.stop()
