"""From a touch to the changed screen: finger down on a drawn target → the new View is flipped."""

from __future__ import annotations

import asyncio
import math
import time

from daemon.machine.events import Elapsed, Pressed
from daemon.wiring import App
from tests.bench.figures import Figure, figure
from tests.bench.kiosk import running

TOUCHES = (("touch", "language"), ("touch", "language"), ("begin", "copy"), ("home", "home")) * 10


async def measure() -> list[Figure]:
    """Through screen process, link, machine, View and drawing."""
    taken: list[float] = []
    async with running() as app:
        app.kiosk.post(Pressed("touch"))
        await app.kiosk.until(lambda it: it.shown.name == "home")
        for _, action in TOUCHES:
            taken.append(await _touch(app, action))
            await asyncio.sleep(0.5)
        app.kiosk.post(Elapsed("idle"))
    note = "finger's own 60 ms included"
    slow = sorted(taken)[math.ceil(len(taken) * 0.95) - 1]
    return [
        figure("touch to changed screen", taken, "s", "≤ 0.1", note),
        figure("touch to changed screen: p95", [slow], "s", "", f"{len(taken)} touches, {note}"),
    ]


async def _touch(app: App, action: str) -> float:
    changed = asyncio.Event()
    before = app.kiosk.seq

    def drawn(seq: int) -> None:
        if seq > before:
            changed.set()

    app.when_drawn = drawn
    began = time.perf_counter()
    app.screen.tap(action)
    async with asyncio.timeout(10):
        await changed.wait()
    app.when_drawn = None
    return time.perf_counter() - began
