"""What the drivers told, and waiting for it without sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from daemon.machine.events import Event
from daemon.machine.personal import Personal

WITHIN = 30.0


class Recorder:
    """Give `emit` and `scanned` to drivers; `until` waits for a condition that they bring about."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.codes: list[str] = []
        self._changed = asyncio.Event()

    def emit(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()

    def scanned(self, code: Personal[str]) -> None:
        self.codes.append(code.reveal())
        self._changed.set()

    def ended(self, task: asyncio.Task[int]) -> None:
        """Give it to `add_done_callback`: a task that ends may be what `until` waits for."""
        self._changed.set()

    async def until(self, condition: Callable[[], bool], within: float = WITHIN) -> None:
        """Raises TimeoutError with what was told instead."""
        try:
            async with asyncio.timeout(within):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise TimeoutError(f"told within {within} s: {self.events}") from None

    async def event(self, event: Event, within: float = WITHIN) -> None:
        """Until `event` was told at least once since the last `clear`."""
        await self.until(lambda: event in self.events, within)

    def clear(self) -> None:
        self.events.clear()


async def turned(condition: Callable[[], bool], within: float = WITHIN) -> None:
    """Until `condition` holds, looking at each turn of the loop: for what tells nobody."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (nothing could set an event)
            await asyncio.sleep(0.005)
