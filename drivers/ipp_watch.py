"""Watches a printer over IPP: its health, its queue, and jobs of ours that nobody waits for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from msgspec.structs import replace

from daemon.machine.events import PaperLow
from drivers.health import Emit, Figure, Health, HealthKeeper
from drivers.ipp_behind import stop_behind
from drivers.ipp_client import IppClient, IppError
from drivers.ipp_message import Attributes, number, text
from drivers.ipp_reasons import Standing, Stop, standing
from drivers.page_printer import PagePrinterConfig

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

RESUME_EVERY = 5.0
"""Seconds between two tries to set a stopped queue going."""

ENDED = 7
"""`job-state` (RFC 8011 §5.3.7): 7 cancelled, 8 aborted, 9 completed; below, it may still print."""

_REASONS = {
    "unknown": "no_queue",
    "refused": "error",
    "impossible": "error",
    "garbled": "hung",
    "busy": "hung",
}
"""Codes of health for answers to a mere question."""


def name_of(user: str, *parts: str) -> str:
    """The name of a job; its beginning tells whose it is."""
    return ":".join((user, *(parts or ("",))))


class Watch:
    """The state of one printer.  Everything but the requests runs in the loop's thread."""

    def __init__(self, config: PagePrinterConfig, client: IppClient, emit: Emit) -> None:
        self._config = config
        self._client = client
        self._emit = emit
        self._keeper = HealthKeeper("page_printer", "page_printer", emit)
        self._sweeping = True
        self._resumed = float("-inf")
        self._refused = ""
        self._low = False
        self._printed = 0
        self._one_look = asyncio.Lock()
        self.mine = ""
        """Name of the job that is wanted: it is never swept."""
        self.attributes: Attributes = {}
        """Of the last answer."""

    def health(self) -> Health:
        return self._keeper.health

    async def call(self, request: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """One request, in a thread.  Raises IppError."""
        return await asyncio.to_thread(request, *args, **kwargs)

    @property
    def counts(self) -> bool:
        """Whether the printer counts sheets that came out.

        CUPS does not: its counts are pages that its filters have read, all of them before the first
        sheet is fed (seen with 2.4.2).
        """
        return "cups-version" not in self.attributes

    def count(self, sheets: int) -> None:
        """So many more sheets lie in the tray."""
        self._printed += sheets

    def sweep(self) -> None:
        """Some job of ours may be left in the printer: it is cancelled at the next look.

        So it is when the daemon starts: what an earlier life of it sent belongs to a visit that is
        over, and its papers must not come out for the next person.
        """
        self._sweeping = True

    async def look(self, *, still: bool = False, hung: bool = False) -> Standing | None:
        """Asks the printer and tells what changed; None while it does not answer.

        `still`: the wanted job has not moved for a while, so what the printer only warns of is the
        cause; `hung`: it stands still for so long that no cause is needed.
        """
        async with self._one_look:
            try:
                if self._sweeping:
                    await self._sweep()
                self.attributes = await self.call(self._client.printer)
            except IppError as error:
                self._keeper.lost(_REASONS.get(error.reason, error.reason))
                self._note(f"{error.reason} {error.detail}")
                return None
            now = standing(self.attributes)
            if now.paused and self._config.resume and "cups-version" in self.attributes:
                await self._resume()
            stop = now.stop or (now.maybe if still else None)
            if still and stop is None and not self.counts:
                stop = await self.call(stop_behind, self._config, self.attributes)
            now = replace(now, stop=stop)
            if hung:
                now = replace(now, stop=now.stop or Stop("lost", "hung"))
            self._tell(now)
            return now

    def _tell(self, now: Standing) -> None:
        figures: dict[str, Figure] = {"sheets_printed": self._printed}
        if now.sheets_left is not None:
            figures["sheets_left"] = now.sheets_left
        if now.toner_pct is not None:
            figures["toner_pct"] = now.toner_pct
        counted = now.sheets_left is not None and now.sheets_left < self._config.low_below
        low = counted or now.warning == "paper_low"
        if now.stop is not None:
            self._keeper.lost(now.stop.reason, **figures)
        elif low or now.warning:
            self._keeper.warn("paper_low" if low else now.warning, **figures)
        else:
            self._keeper.ok(**figures)
        self._note(now.stop.reason if now.stop else "")
        if low and not self._low and now.stop is None:
            left = self._config.low_below if now.sheets_left is None else now.sheets_left
            self._emit(PaperLow("page_printer", left))
        self._low = low

    async def _resume(self) -> None:
        """A queue that an error stopped stays so, whatever was cleared (cups#1005, #278)."""
        if time.monotonic() - self._resumed < RESUME_EVERY:
            return
        self._resumed = time.monotonic()
        try:
            await self.call(self._client.resume)
        except IppError as error:
            log.warning("the stopped queue is not resumed: %s", error.reason)
        else:
            log.info("a stopped queue was resumed")

    async def _sweep(self) -> None:
        prefix = name_of(self._config.user)
        for job in await self.call(self._client.jobs, "not-completed"):
            made = number(job, "job-id")
            name = text(job, "job-name")
            if made is not None and name.startswith(prefix) and name != self.mine:
                log.warning("job %d of an earlier request is cancelled", made)
                await self.call(self._client.cancel, made)
        self._sweeping = False

    def _note(self, reason: str) -> None:
        """Logs a change of the cause once."""
        if reason != self._refused:
            log.log(logging.WARNING if reason else logging.INFO, "printer: %s", reason or "ready")
            self._refused = reason
