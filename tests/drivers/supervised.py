"""A device's child process under the daemon's own supervisor, for tests without a daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from daemon.children import Child
from drivers.camera import ChildCamera


class Supervised:
    """Runs the process of `camera` from `start` until `stop`."""

    def __init__(self, camera: ChildCamera, arguments: Sequence[str] = ()) -> None:
        self._child = Child("camera", camera, arguments=arguments)
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs now; 0 between two."""
        return self._child.pid

    @property
    def starts(self) -> int:
        return self._child.starts

    async def start(self) -> None:
        self._task = asyncio.create_task(self._child.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
