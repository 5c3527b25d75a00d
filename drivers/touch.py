"""The touch panel's health.  SDL in the screen process reads the panel; here it is looked at."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Protocol

import msgspec

from drivers.health import Emit, Health, HealthKeeper


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

    def health(self) -> Health: ...


class PanelWatch:
    """Is the panel there and readable?"""

    def __init__(self, config: TouchConfig, emit: Emit) -> None:
        self._config = config
        self._keeper = HealthKeeper("touch", "touch", emit)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.look()
        self._task = asyncio.create_task(self._watch(), name="touch")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def health(self) -> Health:
        return self._keeper.health

    def look(self) -> None:
        """Looks once."""
        path = Path(self._config.device)
        if not path.exists():
            self._keeper.lost("unplugged")
        elif not os.access(path, os.R_OK):
            self._keeper.lost("not_allowed")
        else:
            self._keeper.ok()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._config.look_every)
            self.look()
