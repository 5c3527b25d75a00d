"""The ticket printer (80 mm roll): its port, and the driver through python-escpos.

Tickets are pictures: what code page byte 30 means depends on the printer, and a text that never
leaves as text cannot smuggle a command.  Every byte sent comes from `encode` or is a status query.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol, TypeVar

import msgspec
from PIL import Image

from daemon.machine.events import PaperLow
from drivers import escpos_line as line
from drivers.errors import TicketError
from drivers.health import Emit, Health, HealthKeeper

T = TypeVar("T")

WIDTH = 576
"""Dots across the 72 mm that an 80 mm printer prints, at 8 dots a millimetre."""

_LONGEST = WIDTH * 8
"""Rows of the longest ticket: 576 mm."""

_BACK_OFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to reach a lost printer; the last one repeats."""


class TicketPrinterConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the ticket printer."""

    transport: Literal["serial", "network", "file"] = "serial"
    """`file` = the kernel's USB printer device; it cannot be asked for its state."""
    device: str = "/dev/ward-kiosk/ticket-printer"
    """Path of the serial port or USB printer; a udev link that stays the same after a re-plug."""
    baud: int = 115200
    host: str = "127.0.0.1"
    port: int = 9100
    write_timeout: float = 5.0
    """Seconds the printer may refuse to take more bytes."""
    status_timeout: float = 0.3
    confirm_timeout: float = 4.0
    """Seconds to wait for the answer that follows the last row; printers without it are
    remembered and not waited for again."""
    job_timeout: float = 20.0
    """After this a call counts as hung and its line is dropped."""
    poll_every: float = 5.0
    """Seconds between looks at the paper while nothing prints."""


class TicketPrinter(Protocol):
    """What the shell asks of a ticket printer."""

    async def start(self) -> None:
        """Begins to watch the printer; returns at once, also without one."""
        ...

    async def stop(self) -> None: ...

    async def print(self, image: Image.Image) -> None:
        """Prints a 1-bit picture of 576 dots width and cuts.  Raises TicketError."""
        ...

    def health(self) -> Health: ...


class EscposTicketPrinter:
    """Prints over a serial line, TCP or the kernel's USB printer device.

    Blocking calls run in one thread of their own.  A call that takes too long is abandoned with
    its thread and its line, and the next one opens a new line.  Status is advisory: only a clear
    answer keeps a ticket from being tried, silence and nonsense do not (odoo PR#223525).
    """

    def __init__(self, config: TicketPrinterConfig, emit: Emit) -> None:
        self._config = config
        self._emit = emit
        self._keeper = HealthKeeper("ticket_printer", "ticket_printer", emit)
        self._line = line.EscposLine(config)
        self._thread = _worker()
        self._turn = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._low = False
        self._printed = 0

    async def start(self) -> None:
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        # In the line's own thread: a look that is under way would open it again behind us.
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._config.write_timeout):
                await loop.run_in_executor(self._thread, self._line.close)
        except TimeoutError:
            self._line.abandon()
        self._thread.shutdown(wait=False)

    async def print(self, image: Image.Image) -> None:
        if image.mode != "1" or image.width != WIDTH or not 0 < image.height <= _LONGEST:
            raise TicketError("error", f"picture {image.mode} {image.size}; {WIDTH} wide, 1 bit")
        async with self._turn:
            await self._tried(lambda: self._line.print(image), self._config.job_timeout)
            self._printed += 1
            self._note(self._line.last)

    def health(self) -> Health:
        return self._keeper.health

    # -- inside ----------------------------------------------------------------------------

    async def _watch(self) -> None:
        failures = 0
        while True:
            async with self._turn:
                try:
                    await self._tried(self._line.look, self._config.write_timeout + 2)
                    self._note(self._line.last)
                    failures = 0
                except TicketError:
                    failures += 1
            pause = self._config.poll_every
            if failures:
                pause = min(pause, _BACK_OFF[min(failures, len(_BACK_OFF)) - 1])
            await asyncio.sleep(pause)

    async def _tried(self, call: Callable[[], T], deadline: float) -> T:
        """Runs a blocking call; every failure becomes health and a TicketError."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(deadline):
                return await loop.run_in_executor(self._thread, call)
        except TimeoutError:
            self._abandon()
            self._keeper.lost("hung")
            raise TicketError("hung", f"no end after {deadline} s") from None
        except TicketError as error:
            self._keeper.lost(error.reason)
            raise

    def _abandon(self) -> None:
        """Leaves the stuck thread to itself; it ends when its line does."""
        self._line.abandon()
        self._thread.shutdown(wait=False)
        self._line = line.EscposLine(self._config, dirty=True, spoke=self._line.spoke)
        self._thread = _worker()

    def _note(self, status: line.Status) -> None:
        figures: dict[str, Any] = {"tickets": self._printed, "paper": status.paper}
        if status.paper == "out":
            self._keeper.lost("paper_out", **figures)
        elif status.cover_open:
            self._keeper.lost("cover_open", **figures)
        elif status.paper == "low":
            self._keeper.warn("paper_low", **figures)
        else:
            self._keeper.ok(**figures)
        low = status.paper == "low"
        if low and not self._low:
            self._emit(PaperLow("ticket_printer", line.NEAR_END_PERCENT))
        self._low = low if status.paper != "unknown" else self._low


def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="ticket")
