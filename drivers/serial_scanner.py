"""The barcode scanner on a serial line (RS-232, or USB as a CDC ACM port) through pyserial.

Against a keyboard wedge it has two merits: nothing can type, and Vietnamese comes as UTF-8 instead
of numbers on a numeric pad.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from typing import Any

from daemon.machine.personal import Personal
from drivers.health import Emit, HealthKeeper
from drivers.scan_lines import LineReader
from drivers.scanner import BACK_OFF, GAP, Scanned, ScannerConfig
from drivers.task_driver import TaskDriver

__all__ = ["SerialScanner"]

_REASONS = {
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EBUSY: "busy",
    errno.EWOULDBLOCK: "busy",
    errno.ENOTTY: "not_a_scanner",
}
"""What is wrong where it is not simply gone."""

GARBLED = 3
"""Codes in a row that are no text, from which on somebody should look at the scanner's speed."""

_PIECE = 4096


class SerialScanner(TaskDriver):
    """The port `drivers.scanner.Scanner`.  It only listens: not a byte is ever sent."""

    def __init__(
        self, config: ScannerConfig, emit: Emit, scanned: Scanned, gap: float = GAP
    ) -> None:
        super().__init__(HealthKeeper("scanner", "scanner", emit), "scanner")
        self._config = config
        self._gap = gap
        self._scanned = scanned
        self._lines = LineReader()
        self._codes = 0
        self._failures = 0

    async def _run(self) -> None:
        while True:
            try:
                port = await self._open()
                try:
                    self._lines.forget()
                    self._keeper.ok(codes=self._codes)
                    self._failures = 0
                    await self._read(port)
                finally:
                    await asyncio.shield(asyncio.to_thread(port.close))
            except OSError as error:
                self._keeper.lost(_reason(error))
            await asyncio.sleep(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1

    async def _open(self) -> Any:
        """In a thread: an adapter that hangs makes open(2) wait for its answers."""
        opening = asyncio.create_task(asyncio.to_thread(_opened, self._config))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            raise

    async def _read(self, port: Any) -> None:
        loop = asyncio.get_running_loop()
        some = asyncio.Event()
        loop.add_reader(port.fileno(), some.set)
        late: asyncio.TimerHandle | None = None
        try:
            while True:
                await some.wait()
                some.clear()
                data = port.read(_PIECE)
                if not data:
                    continue  # it was read already; a line that went raises
                if late is not None:
                    late.cancel()
                self._take(data)
                late = loop.call_later(self._gap, self._lines.forget)
        finally:
            if late is not None:
                late.cancel()
            loop.remove_reader(port.fileno())

    def _take(self, data: bytes) -> None:
        for code in self._lines.feed(data):
            self._codes += 1
            self._keeper.ok(codes=self._codes)
            self._scanned(Personal(code))
        if self._lines.garbled >= GARBLED:
            self._keeper.warn("garbled", garbled=self._lines.garbled)


def _opened(config: ScannerConfig) -> Any:
    """The port, for this process alone.  Raises OSError (pyserial's errors are such)."""
    import serial

    return serial.Serial(config.device, config.baud, timeout=0, exclusive=True)


def _close_late(opening: asyncio.Task[Any]) -> None:
    with contextlib.suppress(OSError, asyncio.CancelledError):
        opening.result().close()


def _reason(error: OSError) -> str:
    """Pyserial hands on the number of the system's error, or leaves it in the error's context."""
    for one in (error, error.__context__):
        number = one.args[0] if one is not None and one.args else None
        if number in _REASONS:
            return _REASONS[number]
    return "unplugged"
