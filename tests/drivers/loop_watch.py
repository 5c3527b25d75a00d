"""Finds whoever holds the event loop: a driver that blocks it blocks the citizen's screen."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from functools import cache
from pathlib import Path
from types import TracebackType

LIMIT = 0.05
"""Seconds that one turn of a callback may take."""


class LoopWatch:
    """Within its `with`, every callback of every loop is timed; `blocked` says which held it.

    What the machine's other programs took away (the time that the thread was ready to run and did
    not) does not count: it is no driver's fault, and would fail tests on a busy machine.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self.blocked: list[str] = []
        self.longest = 0.0
        self.turns = 0

    def __enter__(self) -> LoopWatch:
        gc.collect()
        gc.freeze()  # a collection walks the test run's own objects too
        self._original = asyncio.Handle._run
        self._fd = _schedstat()
        watch = self

        def timed(handle: asyncio.Handle) -> None:
            waited, begun = watch._waited(), time.perf_counter()
            watch._original(handle)
            held = time.perf_counter() - begun - (watch._waited() - waited)
            watch.turns += 1
            watch.longest = max(watch.longest, held)
            if held > watch._limit:
                watch.blocked.append(f"{held * 1000:.0f} ms in {handle!r}")

        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.Handle._run = self._original  # type: ignore[method-assign]
        gc.unfreeze()

    def _waited(self) -> float:
        """Seconds that this thread ever waited for a processor (sched-stats.rst of the kernel)."""
        return int(os.pread(self._fd, 100, 0).split()[1]) / 1e9 if self._fd >= 0 else 0.0


@cache
def _schedstat() -> int:
    """A descriptor for good: the callback that leaves the `with` still asks it."""
    try:
        return os.open(Path("/proc/thread-self/schedstat"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # a kernel without the figures: wall time then
        return -1
