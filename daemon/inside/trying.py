"""What a single test of a device has at hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from daemon.console.talk import Talk
from daemon.machine.events import AnyEvent
from daemon.machine.state import State, Step

if TYPE_CHECKING:
    from daemon.wiring import App

LOOK_EVERY = 0.5
"""Seconds between two live lines."""


class Trying:
    """One run of one test."""

    def __init__(self, app: App, talk: Talk, seconds: float, picture: bool) -> None:
        self.app = app
        self.talk = talk
        self.seconds = seconds
        """How long to wait for somebody's hand."""
        self.picture = picture
        self.note = ""
        """A remark that is kept with the verdict: code words and figures."""

    @contextlib.contextmanager
    def events(self) -> Iterator[asyncio.Queue[AnyEvent]]:
        """The kiosk's events as they come."""
        queue: asyncio.Queue[AnyEvent] = asyncio.Queue()

        def watch(event: AnyEvent, before: State, step: Step) -> None:
            queue.put_nowait(event)

        self.app.watchers.append(watch)
        try:
            yield queue
        finally:
            self.app.watchers.remove(watch)

    async def while_waiting(
        self, say: Callable[[float], str], done: Callable[[], bool], seconds: float | None = None
    ) -> bool:
        """Shows a live line until `done`, the time is over, or a key ends it.  True = done."""
        loop = asyncio.get_running_loop()
        self.talk.deaf()
        ends = loop.time() + (self.seconds if seconds is None else seconds)
        while not done():
            left = ends - loop.time()
            await self.talk.live(say(max(0.0, left)))
            if left <= 0 or await self.talk.enough(min(LOOK_EVERY, left)):
                return done()
        return True
