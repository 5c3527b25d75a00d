"""The A4 printer: its port.  `ipp_printer.py` drives real ones, the twin is
`simulated/page_printer.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from daemon.machine.events import PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.health import Emit, Health, HealthKeeper
from drivers.ipp_client import Address

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

    driver: Literal["simulated", "ipp"] = "simulated"
    """`ipp` = a network printer or a CUPS queue at `uri`."""
    uri: str = ""
    """Where: `ipp://HOST/ipp/print`, `ipps://…` (encrypted), `ipp://localhost/printers/NAME` for a
    CUPS queue, `ipp+unix:///run/cups/cups.sock?/printers/NAME` for one on CUPS' own socket."""
    certificate: str = ""
    """PEM file of the printer's certificate for `ipps://`, where no authority signed it."""
    user: str = "kiosk"
    """Name that jobs are sent under; two kiosks at one printer need two names."""
    resume: bool = True
    """Set a CUPS queue going again that an error stopped."""
    timeout: float = 5.0
    """Seconds one answer of the printer may take."""
    look_every: float = 5.0
    """Seconds between two looks at an idle printer."""
    poll_every: float = 0.5
    """Seconds between two looks at a running job."""
    still: float = 8.0
    """Seconds a job stands still before what the printer only warns of counts as the cause: longer
    than a sheet takes, or a printer that feeds from its second tray is called empty."""
    settle: float = 5.0
    """Seconds a document may be under way after its answer was lost."""
    low_below: int = 20
    """Sheets under which paper counts as low."""
    sheet_timeout: float = 60.0
    """Seconds one sheet may take before the printer counts as hung; includes warming up."""
    seconds_a_sheet: float = 1.5
    """Simulated printer: how long one sheet takes."""
    dpi: int = 150
    """Simulated printer: resolution of the pictures of its sheets."""

    def __post_init__(self) -> None:
        if self.driver == "ipp":
            Address.of(self.uri)


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
    """A kiosk whose configuration names no printer: digital copies still go."""

    def __init__(self, emit: Emit) -> None:
        self._keeper = HealthKeeper("page_printer", "page_printer", emit)

    async def start(self) -> None:
        self._keeper.lost("no_driver")

    async def stop(self) -> None:
        return

    async def print(
        self, pdf: bytes, copies: int, progress: Progress, title: str = JOB_TITLE
    ) -> int:
        raise PrintStopped("lost", 0, "page_printer.driver is not set to ipp")

    def health(self) -> Health:
        return self._keeper.health


def lost_reason(trouble: Trouble) -> str:
    """The code that `DeviceLost` and health carry for a trouble."""
    return {"no_paper": "paper_out", "lost": "unplugged"}.get(trouble, trouble)
