"""The barcode scanner (HID keyboard wedge) through the kernel's event stream.

It is opened by a path that stays the same after a re-plug and *grabbed*, so that no scan can type
anything anywhere.  What it read goes to one callback and nowhere else: it is a citizen's.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
import struct
from collections.abc import Callable
from typing import Protocol

import msgspec
from evdev import ecodes

from daemon.machine.personal import Personal
from drivers.health import Emit, Health, HealthKeeper
from drivers.key_codes import Typist

EVENT = struct.Struct("llHHi")
"""struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value."""

_GRAB = 0x40044590
"""EVIOCGRAB of linux/input.h."""

_BACK_OFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to open a lost scanner; the last one repeats."""

Scanned = Callable[[Personal[str]], None]


class ScannerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[scanner]."""

    device: str = "/dev/input/by-id/ward-kiosk-scanner"
    """Link made by udev; stays the same after a re-plug."""


class Scanner(Protocol):
    """What the shell asks of a scanner; codes come through the callback it was made with."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


class EventScanner:
    """Reads the event device; a stream of the same records (a pipe) is read alike."""

    def __init__(self, config: ScannerConfig, emit: Emit, scanned: Scanned) -> None:
        self._config = config
        self._scanned = scanned
        self._keeper = HealthKeeper("scanner", "scanner", emit)
        self._typist = Typist()
        self._task: asyncio.Task[None] | None = None
        self._codes = 0

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="scanner")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def health(self) -> Health:
        return self._keeper.health

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                fd = os.open(self._config.device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                self._keeper.lost("unplugged")
                await asyncio.sleep(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])
                failures += 1
                continue
            failures = 0
            try:
                _grab(fd)
                self._keeper.ok(codes=self._codes)
                await self._read(fd)
            except OSError:
                self._keeper.lost("unplugged")
            finally:
                os.close(fd)
                self._typist.forget()

    async def _read(self, fd: int) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        while True:
            ready: asyncio.Future[None] = loop.create_future()
            loop.add_reader(fd, _once, ready)
            try:
                await ready
            finally:
                loop.remove_reader(fd)
            data = os.read(fd, EVENT.size * 64)
            if not data:
                raise OSError("end of stream")
            rest += data
            whole = len(rest) - len(rest) % EVENT.size
            for _, _, kind, code, value in EVENT.iter_unpack(rest[:whole]):
                if kind == ecodes.EV_KEY:
                    self._key(code, value)
            rest = rest[whole:]

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


__all__ = ["EVENT", "EventScanner", "Scanned", "Scanner", "ScannerConfig", "records"]
