"""A driver that is one task: it starts, stops and has a health."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from drivers.health import Health, HealthKeeper


class TaskDriver(ABC):
    """`_run` looks after the device, and never ends by itself."""

    def __init__(self, keeper: HealthKeeper, name: str) -> None:
        """`name`: of the task."""
        self._keeper = keeper
        self._name = name
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def health(self) -> Health:
        return self._keeper.health

    @abstractmethod
    async def _run(self) -> None: ...
