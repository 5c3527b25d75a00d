"""The touch panel's health.  SDL in the screen process reads the panel; here it is looked at."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec
from evdev import ecodes as e

from drivers.health import Emit, Health, HealthKeeper
from drivers.scanner import EVENT
from drivers.task_driver import TaskDriver


class TouchConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[touch]."""

    device: str = "/dev/ward-kiosk/touch"
    """Link made by udev."""
    look_every: float = 5.0
    """Seconds between two looks."""


class Touch(Protocol):
    """What the shell asks of the panel."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def touched(self) -> bool:
        """Waits for a finger on the glass, for a technician's test; False where it is lost."""
        ...

    def health(self) -> Health: ...


class PanelWatch(TaskDriver):
    """Is the panel there and readable?"""

    def __init__(self, config: TouchConfig, emit: Emit) -> None:
        super().__init__(HealthKeeper("touch", "touch", emit), "touch")
        self._config = config

    async def start(self) -> None:
        self.look()
        await super().start()

    async def touched(self) -> bool:
        try:
            return await _finger(self._config.device)
        except OSError:
            self.look()
            return False

    def look(self) -> None:
        """Looks once."""
        path = Path(self._config.device)
        if not path.exists():
            self._keeper.lost("unplugged")
        elif not os.access(path, os.R_OK):
            self._keeper.lost("not_allowed")
        else:
            self._keeper.ok()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._config.look_every)
            self.look()


async def _finger(path: str) -> bool:
    """Waits for a finger in the panel's stream of events.

    SDL reads the same panel: the kernel gives every reader a stream of its own.
    """
    loop = asyncio.get_running_loop()
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    seen: asyncio.Future[bool] = loop.create_future()

    def more() -> None:
        try:
            data = os.read(fd, 64 * EVENT.size)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if seen.done():
            return
        if not data:
            seen.set_result(False)  # pulled out
        elif any(_is_finger(*record[2:]) for record in _whole(data)):
            seen.set_result(True)

    loop.add_reader(fd, more)
    try:
        return await seen
    finally:
        loop.remove_reader(fd)
        os.close(fd)


def _whole(data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    return EVENT.iter_unpack(data[: len(data) - len(data) % EVENT.size])


def _is_finger(kind: int, code: int, value: int) -> bool:
    if kind == e.EV_KEY:
        return code == e.BTN_TOUCH and value == 1
    return kind == e.EV_ABS and code == e.ABS_MT_TRACKING_ID and value >= 0
