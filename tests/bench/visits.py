"""A paced visit: each human step takes its budget, the certifier 20 s."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path

from daemon.demo.visitor import Visitor
from tests.bench.figures import Figure, figure, resident
from tests.bench.kiosk import running

BUDGET = {
    "identify": 25.0,
    "consent": 15.0,
    "place": 30.0,
    "kind": 5.0,
    "pages": 20.0,
    "copies": 10.0,
    "pay": 60.0,
    "take_back": 15.0,
}
"""Seconds a person takes; sealing and printing are the kiosk's own."""

CERTIFIER = 20.0


async def measure(photos: list[Path], paced: bool) -> list[Figure]:
    """The visit's seconds, memory at its peak, and what the two signatures took."""
    peak: dict[str, float] = {}
    totals = [0.0]
    async with running(certifier={"after": CERTIFIER if paced else 0.5}) as app:
        pids = {child.name: lambda child=child: child.pid for child in app.children}

        async def watch() -> None:
            while True:
                sizes = {}
                for name, pid in pids.items():
                    with contextlib.suppress(OSError):
                        sizes[name] = resident(pid())
                sizes["daemon"] = resident(os.getpid())
                for name, size in sizes.items():
                    peak[name] = max(peak.get(name, 0.0), size)
                totals[0] = max(totals[0], sum(sizes.values()))
                await asyncio.sleep(1.0)

        watching = asyncio.create_task(watch())
        budget = BUDGET if paced else {}
        visitor = Visitor(app, photos, None, lambda step: budget.get(step, 0.0))
        began = time.perf_counter()
        await visitor.play()
        took = time.perf_counter() - began
        watching.cancel()
    name, aim = ("paced visit", "< 300") if paced else ("visit without pauses", "")
    rows = [figure(name, [took], "s", aim, "two pages, two copies")]
    rows += [figure(f"memory at peak: {who}", [size], "MiB") for who, size in peak.items()]
    rows.append(figure("memory at peak: all at one time", totals, "MiB", "≤ 700"))
    return rows
