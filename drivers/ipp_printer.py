"""The A4 printer over IPP: straight to a printer, or to a CUPS queue."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from drivers.errors import PrintStopped
from drivers.health import Emit, Health
from drivers.ipp_client import IppClient
from drivers.ipp_job import Job, Teller
from drivers.ipp_sheets import document, sheets_of
from drivers.ipp_watch import Watch, name_of
from drivers.page_printer import JOB_TITLE, PagePrinterConfig, Progress

__all__ = ["IppPagePrinter"]

BARREN = 3
"""So many jobs in a row that the printer gives up without a sheet end the request."""


class IppPagePrinter:
    """The port of `drivers.page_printer` for real printers."""

    def __init__(self, config: PagePrinterConfig, emit: Emit) -> None:
        self._config = config
        self._client = IppClient(config.uri, config.user, config.timeout, config.certificate)
        self._watch = Watch(config, self._client, emit)
        self._one_job = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._watching = asyncio.create_task(self._look_after())

    async def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait((self._watching,))
            self._watching = None

    def health(self) -> Health:
        return self._watch.health()

    async def print(
        self, pdf: bytes, copies: int, progress: Progress, title: str = JOB_TITLE
    ) -> int:
        sheets = await asyncio.to_thread(sheets_of, pdf, copies)
        async with self._one_job:
            return await self._print(pdf, copies, sheets, Teller(progress, sheets), title)

    async def _print(self, pdf: bytes, copies: int, sheets: int, teller: Teller, title: str) -> int:
        done, barren = 0, 0
        while done < sheets:
            rest = await asyncio.to_thread(document, pdf, copies, done)
            name = name_of(self._config.user, title, uuid4().hex[:12])
            job = Job(self._config, self._client, self._watch, teller, name, sheets - done, done)
            end = await job.run(rest)
            done += end.sheets
            if end.state == "cancelled":
                raise PrintStopped("error", done, "cancelled at the printer")
            barren = 0 if end.sheets else barren + 1
            if barren == BARREN:
                raise PrintStopped("error", done, f"the printer gave up {BARREN} jobs in a row")
            if barren:
                await asyncio.sleep(self._config.settle)
        return sheets

    async def _look_after(self) -> None:
        """While no job looks at the printer itself."""
        while True:
            if not self._one_job.locked():
                await self._watch.look()
            await asyncio.sleep(self._config.look_every)
