"""The barcode scanner (HID keyboard wedge) through the kernel's event stream.

It is opened by a path that stays the same after a re-plug and *grabbed*, so that no scan can type
anything anywhere.  What it read goes to one callback and nowhere else: it is a citizen's.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
import struct
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec
from evdev import ecodes

from daemon.machine.personal import Personal
from drivers.health import Emit, Health, HealthKeeper
from drivers.key_codes import Typist
from drivers.task_driver import TaskDriver

EVENT = struct.Struct("llHHi")
"""struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value."""

_GRAB = 0x40044590
"""EVIOCGRAB of linux/input.h."""

BACK_OFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to open a lost scanner; the last one repeats."""

GAP = 2.0
"""Seconds after which half a code is dropped: a whole one takes a few tenths, and what is left of
a citizen's must not wait for the next one's."""

_REASONS = {errno.EBUSY: "busy", errno.EACCES: "not_allowed", errno.ENOTTY: "not_a_scanner"}
"""What is wrong where it is not simply gone; EBUSY = another program has grabbed it."""

Scanned = Callable[[Personal[str]], None]


class ScannerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[scanner]."""

    driver: Literal["keyboard", "serial"] = "keyboard"
    """How it is plugged in: it types like a keyboard (HID), or it is a serial port."""
    device: str = "/dev/ward-kiosk/scanner"
    """Link made by udev; stays the same after a re-plug."""
    baud: int = 9600
    """Speed of a serial one; a USB port (CDC ACM) takes any."""


class Scanner(Protocol):
    """What the shell asks of a scanner; codes come through the callback it was made with."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


class EventScanner(TaskDriver):
    """Reads the event device; a stream of the same records (a pipe) is read alike."""

    def __init__(
        self, config: ScannerConfig, emit: Emit, scanned: Scanned, gap: float = GAP
    ) -> None:
        super().__init__(HealthKeeper("scanner", "scanner", emit), "scanner")
        self._config = config
        self._gap = gap
        self._scanned = scanned
        self._typist = Typist()
        self._codes = 0
        self._failures = 0

    async def _run(self) -> None:
        while True:
            try:
                fd = os.open(self._config.device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
                try:
                    _grab(fd)
                    self._keeper.ok(codes=self._codes)
                    self._failures = 0
                    await self._read(fd)
                finally:
                    os.close(fd)
                    self._typist.forget()
            except OSError as error:
                self._keeper.lost(_REASONS.get(error.errno or 0, "unplugged"))
            await asyncio.sleep(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1

    async def _read(self, fd: int) -> None:
        rest = b""
        while True:
            await self._more(fd)
            data = os.read(fd, EVENT.size * 64)
            if not data:
                raise OSError("end of stream")
            rest += data
            whole = len(rest) - len(rest) % EVENT.size
            for _, _, kind, code, value in EVENT.iter_unpack(rest[:whole]):
                if kind == ecodes.EV_KEY:
                    self._key(code, value)
                elif kind == ecodes.EV_SYN and code == ecodes.SYN_DROPPED:
                    # The kernel's buffer ran over (python-evdev#101).
                    self._typist.spoil()
            rest = rest[whole:]

    async def _more(self, fd: int) -> None:
        """Waits for bytes; a code that stops half-way is forgotten meanwhile."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        late = loop.call_later(self._gap, self._typist.forget)
        try:
            loop.add_reader(fd, _once, ready)
            await ready
        finally:
            late.cancel()
            loop.remove_reader(fd)

    def _key(self, code: int, value: int) -> None:
        text = self._typist.key(code, value)
        if text is not None:
            self._codes += 1
            self._keeper.ok(codes=self._codes)
            self._scanned(Personal(text))


def _once(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _grab(fd: int) -> None:
    """Takes the device for this process alone.  Raises OSError where somebody else has it."""
    if stat.S_ISCHR(os.fstat(fd).st_mode):
        fcntl.ioctl(fd, _GRAB, 1)


def records(events: list[tuple[int, int]]) -> bytes:
    """(code, value) pairs as the kernel writes them, each with its EV_SYN."""
    parts = []
    for code, value in events:
        parts.append(EVENT.pack(0, 0, ecodes.EV_KEY, code, value))
        parts.append(EVENT.pack(0, 0, ecodes.EV_SYN, ecodes.SYN_REPORT, 0))
    return b"".join(parts)


__all__ = [
    "BACK_OFF",
    "EVENT",
    "GAP",
    "EventScanner",
    "Scanned",
    "Scanner",
    "ScannerConfig",
    "records",
]
