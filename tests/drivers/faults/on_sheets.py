"""The page printer: its twin, and a real IPP printer behind a cable that fails."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from daemon.machine.events import PrintFailed, PrintProgress
from drivers.errors import PrintStopped
from drivers.ipp_printer import IppPagePrinter
from drivers.page_printer import PagePrinter, PagePrinterConfig
from drivers.simulated.page_printer import PaperPath, SimulatedPagePrinter
from tests.drivers.eveprinter import EvePrinter, Line, free_port
from tests.drivers.faults.cells import Cells, Fault, lost, never, works
from tests.drivers.recorder import Recorder
from tests.drivers.sheets import pdf

WAITS = lost("unplugged", note="the job waits and goes on with the sheet that is missing")

TWIN: Cells = {
    "plug": lost("unplugged"),
    "unplug": WAITS,
    "replug": WAITS,
    "hang": lost("hung", note="the job waits"),
    "slow": works("a slow sheet is waited for"),
    "garbage": never("the twin speaks no protocol"),
    "half": lost("unplugged", note="the sheet came, its answer did not: not printed twice"),
    "dip": WAITS,
}
IPP: Cells = {
    "plug": lost("unplugged"),
    "unplug": WAITS,
    "replug": WAITS,
    "hang": lost("hung", note="the job waits"),
    "slow": works("every sheet comes"),
    "garbage": lost("hung", note="the job waits"),
    "half": lost("hung", "unplugged", note="an answer that is cut off: the job waits"),
    "dip": lost("unplugged", note="the printer forgot the job: a person decides, not the driver"),
}


class SheetsRig:
    """What both have in common: a job is under way while the fault strikes."""

    def __init__(self, told: Recorder, cells: Cells, printer: PagePrinter) -> None:
        self.told = told
        self.cells = cells
        self._printer = printer
        self.health = printer.health
        self._job: asyncio.Task[int] | None = None
        self._pages = {n: pdf(n) for n in (1, 2)}

    async def begin(self) -> None:
        await self._printer.start()

    async def end(self) -> None:
        if self._job is not None:
            self._job.cancel()
            await asyncio.wait((self._job,))
        await self._printer.stop()

    def sheets(self) -> int:
        """How many came out, ever."""
        raise NotImplementedError

    async def works(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            with contextlib.suppress(PrintStopped):
                assert await job == 2
                assert self.sheets() == self._before + 2, "no sheet twice, none missing"
        before = self.sheets()
        assert await self._printer.print(self._pages[1], 1, self._progress) == 1
        assert self.sheets() == before + 1

    def _start_job(self) -> None:
        self._before = self.sheets()
        self._job = asyncio.create_task(self._printer.print(self._pages[2], 1, self._progress))

    def _progress(self, event: PrintProgress | PrintFailed) -> None:
        self.told.emit(event)


class TwinRig(SheetsRig):
    def __init__(self, told: Recorder, folder: Path) -> None:
        self._path = PaperPath(folder / "sheets")
        self._path.connect(False)
        config = PagePrinterConfig(seconds_a_sheet=0.02, dpi=20, sheet_timeout=0.3, low_below=0)
        super().__init__(told, TWIN, SimulatedPagePrinter(config, self._path, told.emit))

    def sheets(self) -> int:
        return len(self._path.output)

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "hang":
                self._path.hang(True)
                self._start_job()
            case "slow":
                self._path.hang(True)
                self._start_job()
                await asyncio.sleep(0.1)  # a third of what is patience
                self._path.hang(False)
            case "half":
                self._path.lose_reply()
                self._start_job()
            case "dip":
                self._start_job()
                await self.told.event(PrintProgress(1, 2))
                self._path.connect(False)
            case _:
                self._path.connect(False)
                self._start_job()

    async def mend(self) -> None:
        self._path.hang(False)
        self._path.connect(True)


class IppRig(SheetsRig):
    """ippeveprinter, whose port answers only through the cable."""

    def __init__(self, told: Recorder, folder: Path, bus: str) -> None:
        self._eve = EvePrinter(folder / "eve", bus)
        self._line = Line(self._eve.port)
        self._line.port = free_port()
        self._in = False
        config = PagePrinterConfig(
            driver="ipp",
            uri=self._line.uri,
            poll_every=0.05,
            look_every=0.1,
            still=0.3,
            settle=0.3,
            timeout=0.5,
        )
        super().__init__(told, IPP, IppPagePrinter(config, told.emit))

    async def end(self) -> None:
        await super().end()
        await self._pull()
        await asyncio.to_thread(self._eve.switch_off)

    def sheets(self) -> int:
        return len(self._eve.sheets())

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "hang":
                self._line.hung = True
                self._start_job()
            case "slow":
                self._line.slow = 0.15
                self._start_job()
                await self.told.event(PrintProgress(1, 2))
            case "garbage":
                self._line.garbage = b"\xff" * 500
                self._start_job()
            case "half":
                self._line.garbage = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n\x02\0\0\0\0\0"
                self._start_job()
            case "dip":
                self._eve.load(1)  # so that the job is there still when the power fails
                self._start_job()
                await self.told.event(PrintFailed("no_paper"))
                await asyncio.to_thread(self._eve.switch_off)
                await self._pull()
            case _:
                await self._pull()
                self._start_job()

    async def mend(self) -> None:
        self._line.hung, self._line.garbage, self._line.slow = False, b"", 0.0
        if not self._in:
            self._eve.load(100)
            await asyncio.to_thread(self._eve.switch_on_again)
            await self._line.plug()
            self._in = True

    async def _pull(self) -> None:
        if self._in:
            self._in = False
            await self._line.pull()
