"""A whole kiosk with simulated devices in a thread of its own, as the console meets it."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from daemon.config import parse
from daemon.machine.events import Elapsed, Pressed
from daemon.wiring import App
from drivers.simulated.world import World

T = TypeVar("T")
WITHIN = 60.0


class Running:
    """The kiosk, and hands that act on it from the test's thread."""

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self._loop = loop

    @property
    def socket(self) -> Path:
        return self.folder / "run" / "control.sock"

    def do(self, work: Callable[[], T]) -> T:
        """Runs it in the kiosk's loop."""

        async def now() -> T:
            return work()

        return self.wait(now())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WITHIN)

    @property
    def world(self) -> World:
        assert self.app.world is not None
        return self.app.world

    def serve(self) -> None:
        """A citizen begins a visit."""
        self.do(lambda: self.app.kiosk.post(Pressed("touch")))
        self.wait(self.app.kiosk.until(lambda kiosk: kiosk.state.visit))

    def leave(self) -> None:
        """And goes."""
        for event in (Elapsed("idle"), Elapsed("idle.end"), Pressed("ok")):
            self.do(partial(self.app.kiosk.post, event))
        self.wait(self.app.kiosk.until(lambda kiosk: not kiosk.state.visit))


@contextlib.contextmanager
def kiosk_running(**sections: Any) -> Iterator[Running]:
    """Starts it, in a folder whose name is short enough for sockets; ends it in order."""
    # A thread that makes the demo's token may still write when the kiosk was stopped at once.
    with tempfile.TemporaryDirectory(prefix="wk", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        config = parse(
            {
                "paths": {"state": str(folder / "state"), "runtime": str(folder / "run")},
                "screen": {"width": 540, "height": 960, "px_per_mm": 2.015},
                "queue": {"always_open": True},
                "page_printer": {"seconds_a_sheet": 0.05},
                "camera": {"still_width": 2028, "still_height": 1520},
                **sections,
            }
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="kiosk")
        thread.start()

        def wait(work: Coroutine[Any, Any, T]) -> T:
            return asyncio.run_coroutine_threadsafe(work, loop).result(WITHIN)

        async def begin() -> App:
            app = App(config)
            await app.start()
            return app

        try:
            app = wait(begin())
            try:
                yield Running(app, loop, folder)
            finally:
                wait(app.stop())
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()
