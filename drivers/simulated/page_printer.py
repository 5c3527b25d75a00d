"""The simulated A4 printer: a paper path that can run out, jam and open, and a driver on it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pypdfium2

from daemon.machine.events import PaperLow, PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.health import Emit, Health, HealthKeeper
from drivers.page_printer import JOB_TITLE, PagePrinterConfig, Progress, lost_reason

_MOST_PAGES = 500


class PaperStoppedError(Exception):
    """A sheet did not come through."""


class PaperPath:
    """What happens to paper: cassette, feed, tray.  Everything in the loop's thread.

    `folder` receives each sheet that comes out as `sheet-0001.png`, ….
    """

    def __init__(self, folder: Path, sheets: int = 500) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sheets = sheets
        self.jammed = False
        self.door_open = False
        self.connected = True
        self.hung = False
        self.impressions = 0
        """Sheets that ever came out: the printer's own counter."""
        self.tray: list[Path] = []
        self.output: list[Path] = []
        """Every sheet ever printed, taken or not."""
        self._fault: Literal["", "jam", "lose_reply"] = ""
        self._followers: list[Callable[[], None]] = []
        self._turn = asyncio.Event()

    # -- what people do --------------------------------------------------------------------

    def load(self, sheets: int) -> None:
        """The cassette holds `sheets` from now on."""
        self.sheets = sheets
        self.changed()

    def jam(self, now: bool = True) -> None:
        """The paper is stuck now, or will be with the next sheet."""
        if now:
            self.jammed = True
        else:
            self._fault = "jam"
        self.changed()

    def lose_reply(self) -> None:
        """The next sheet comes out, yet the line breaks before the printer says so."""
        self._fault = "lose_reply"

    def clear(self) -> None:
        """Somebody took the stuck paper out and closed the door."""
        self.jammed = self.door_open = False
        self.changed()

    def set_door(self, is_open: bool) -> None:
        self.door_open = is_open
        self.changed()

    def connect(self, connected: bool) -> None:
        self.connected = connected
        self.changed()

    def hang(self, hung: bool) -> None:
        self.hung = hung
        self.changed()

    def take(self) -> list[Path]:
        """Somebody takes all sheets out of the tray."""
        taken, self.tray = self.tray, []
        self.changed()
        return taken

    # -- what a driver can find out --------------------------------------------------------

    def trouble(self) -> Trouble | None:
        """Why the printer cannot print now."""
        if not self.connected:
            return "lost"
        if self.door_open:
            return "door_open"
        if self.jammed:
            return "jam"
        return "no_paper" if self.sheets == 0 else None

    def follow(self, follower: Callable[[], None]) -> None:
        """Calls `follower` after each change."""
        self._followers.append(follower)

    def changed(self) -> None:
        self._turn.set()
        self._turn = asyncio.Event()
        for follower in self._followers:
            follower()

    async def change(self) -> None:
        """Waits for the next change."""
        await self._turn.wait()

    async def feed(self, picture: bytes, seconds: float) -> None:
        """One sheet goes through.  Raises PaperStoppedError; the counter tells if it came out."""
        await asyncio.sleep(seconds)
        while self.hung:
            await self.change()
        if self._fault == "jam":
            self._fault, self.jammed = "", True
        if self.trouble() is not None:
            if self.jammed and self.sheets:
                self.sheets -= 1  # the sheet in the feed is spoiled
            self.changed()
            raise PaperStoppedError
        self.sheets -= 1
        self.impressions += 1
        path = self._folder / f"sheet-{self.impressions:04d}.png"
        await asyncio.to_thread(path.write_bytes, picture)
        self.tray.append(path)
        self.output.append(path)
        if self._fault == "lose_reply":
            self._fault, self.connected = "", False
            self.changed()
            raise PaperStoppedError
        self.changed()


class SimulatedPagePrinter:
    """The port of `drivers.page_printer` on a paper path."""

    def __init__(self, config: PagePrinterConfig, path: PaperPath, emit: Emit) -> None:
        self._config = config
        self._path = path
        self._emit = emit
        self._keeper = HealthKeeper("page_printer", "page_printer", emit)
        self._one_job = asyncio.Lock()
        self._hung = False
        self._low = False
        self._started = False
        path.follow(self._look)

    async def start(self) -> None:
        self._started = True
        self._look()

    async def stop(self) -> None:
        self._started = False

    def health(self) -> Health:
        return self._keeper.health

    async def print(
        self, pdf: bytes, copies: int, progress: Progress, title: str = JOB_TITLE
    ) -> int:
        pages = await asyncio.to_thread(_rasterised, pdf, self._config.dpi)
        async with self._one_job:
            return await self._run([page for _ in range(copies) for page in pages], progress)

    async def _run(self, sheets: list[bytes], progress: Progress) -> int:
        begun = self._path.impressions
        told: Trouble | None = None
        while (done := self._path.impressions - begun) < len(sheets):
            trouble = self._path.trouble()
            if trouble is not None:
                if trouble != told:
                    progress(PrintFailed(trouble))
                    told = trouble
                await self._path.change()
                continue
            progress(PrintProgress(done + 1, len(sheets)))
            told = None
            try:
                await self._feed(sheets[done], progress)
            except PaperStoppedError:
                continue
        return len(sheets)

    async def _feed(self, sheet: bytes, progress: Progress) -> None:
        feeding = asyncio.ensure_future(self._path.feed(sheet, self._config.seconds_a_sheet))
        try:
            done, _ = await asyncio.wait((feeding,), timeout=self._config.sheet_timeout)
            if not done:
                self._set_hung(True)
                progress(PrintFailed("lost"))
            await asyncio.shield(feeding)
        except asyncio.CancelledError:
            await asyncio.wait((feeding,))  # a sheet under way comes out whole
            raise
        finally:
            self._set_hung(False)

    def _set_hung(self, hung: bool) -> None:
        if hung != self._hung:
            self._hung = hung
            self._look()

    def _look(self) -> None:
        """Tells what changed about the printer."""
        if not self._started:
            return
        left = self._path.sheets
        trouble = self._path.trouble()
        low = left < self._config.low_below
        figures = {"sheets_left": left, "sheets_printed": self._path.impressions}
        if self._hung:
            self._keeper.lost("hung", **figures)
        elif trouble is not None:
            self._keeper.lost(lost_reason(trouble), **figures)
        elif low:
            self._keeper.warn("paper_low", **figures)
        else:
            self._keeper.ok(**figures)
        if low and not self._low and left:
            self._emit(PaperLow("page_printer", left))
        self._low = low


def _rasterised(pdf: bytes, dpi: int) -> list[bytes]:
    """Each page as PNG.  Raises PrintStopped for what is not a PDF."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise PrintStopped("error", 0, f"not a PDF: {error}") from None
    with document:
        if not 0 < len(document) <= _MOST_PAGES:
            raise PrintStopped("error", 0, f"{len(document)} pages")
        return [_png(page, dpi) for page in document]


def _png(page: pypdfium2.PdfPage, dpi: int) -> bytes:
    data = io.BytesIO()
    page.render(scale=dpi / 72).to_pil().save(data, "PNG", compress_level=1)
    return data.getvalue()
