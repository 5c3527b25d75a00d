"""The A4 printer: its port.  The twin is `simulated/page_printer.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from daemon.machine.events import PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.health import Emit, Health, HealthKeeper

__all__ = [
    "NoPagePrinter",
    "PagePrinter",
    "PagePrinterConfig",
    "PrintStopped",
    "Progress",
    "lost_reason",
]

Progress = Callable[[PrintProgress | PrintFailed], None]
"""Takes what happens while a job runs, in the loop's thread.  After a `PrintFailed` the job waits
for somebody to clear the trouble; the next `PrintProgress` says that it goes on."""

JOB_TITLE = "kiosk"
"""Titles of jobs stand in spool files and on displays: never the name of a person or a paper."""


class PagePrinterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the page printer."""

    driver: Literal["simulated"] = "simulated"
    low_below: int = 20
    """Sheets under which paper counts as low."""
    sheet_timeout: float = 60.0
    """Seconds one sheet may take before the printer counts as hung; includes warming up."""
    seconds_a_sheet: float = 1.5
    """Simulated printer: how long one sheet takes."""
    dpi: int = 150
    """Simulated printer: resolution of the pictures of its sheets."""


class PagePrinter(Protocol):
    """What the shell asks of a page printer."""

    async def start(self) -> None:
        """Begins to watch the printer."""
        ...

    async def stop(self) -> None: ...

    async def print(
        self, pdf: bytes, copies: int, progress: Progress, title: str = JOB_TITLE
    ) -> int:
        """Prints every page of `pdf` `copies` times on A4, one-sided; returns the sheets.

        Follows the job to its end, however long a trouble lasts; cancelling the task cancels the
        job after the sheet under way.  No sheet is printed twice: what lies in the tray is known
        by the printer's own count, not by its answer (odoo#59059, odoo PR#244076).
        Raises PrintStopped where the job cannot go on at all.
        """
        ...

    def health(self) -> Health: ...


class NoPagePrinter:
    """A kiosk without a printer that can be driven: digital copies still go."""

    def __init__(self, emit: Emit) -> None:
        self._keeper = HealthKeeper("page_printer", "page_printer", emit)

    async def start(self) -> None:
        self._keeper.lost("no_driver")

    async def stop(self) -> None:
        return

    async def print(
        self, pdf: bytes, copies: int, progress: Progress, title: str = JOB_TITLE
    ) -> int:
        raise PrintStopped("lost", 0, "no driver for a real page printer")

    def health(self) -> Health:
        return self._keeper.health


def lost_reason(trouble: Trouble) -> str:
    """The code that `DeviceLost` and health carry for a trouble."""
    return {"no_paper": "paper_out", "lost": "unplugged"}.get(trouble, trouble)
