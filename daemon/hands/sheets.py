"""Pages of A4 for visitors to take away."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from daemon.catalogue.calendar import VIETNAM
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import PrintFailed, PrintProgress, SheetFailed, SheetPrinted
from daemon.machine.values import Written
from daemon.services import sheets, tickets
from drivers.page_printer import PagePrinter, PrintStopped

log = logging.getLogger(__name__)


class Sheets:
    """Hands for the page printer as far as it is not for copies."""

    def __init__(
        self,
        printer: PagePrinter,
        ward: str,
        language: Callable[[], Written],
        facts: Callable[[], tickets.Facts],
    ) -> None:
        self._printer = printer
        self._ward = ward
        self._language = language
        self._facts = facts

    def register(self, hands: Hands) -> None:
        hands.on(fx.PrintSheet, self.print)

    async def print(self, effect: fx.PrintSheet, reply: Reply) -> None:
        try:
            pdf = await asyncio.to_thread(
                sheets.procedure,
                effect.args["code"],
                self._language(),
                self._ward,
                dt.datetime.now(VIETNAM),
                self._facts(),
            )
        except sheets.SheetError as error:
            log.error("sheet: %s", error)
            reply(SheetFailed("error"))
            return
        reason = await self._printed(pdf)
        reply(SheetFailed(reason) if reason else SheetPrinted())

    async def _printed(self, pdf: bytes) -> str:
        """Prints it; returns why not.  Nobody waits for paper to be brought for a leaflet."""
        trouble: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def progress(event: PrintProgress | PrintFailed) -> None:
            if isinstance(event, PrintFailed) and not trouble.done():
                trouble.set_result(event.reason)

        job = asyncio.ensure_future(self._printer.print(pdf, 1, progress))
        try:
            both: set[asyncio.Future[Any]] = {job, trouble}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if trouble.done():
                return trouble.result()
            await job
        except PrintStopped as error:
            return error.trouble
        finally:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
            trouble.cancel()
        return ""
