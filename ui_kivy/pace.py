"""How long frames take: noted by the screen as it draws, told to whoever measures."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

KEPT = 2000
"""Frames; older ones are forgotten."""


class Pace:
    """The newest frames: from the first change that one shows until it was flipped."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._since: float | None = None
        self._last: float | None = None
        self._took: deque[float] = deque(maxlen=KEPT)
        self._apart: deque[float] = deque(maxlen=KEPT)

    def changed(self) -> None:
        """Something will look different in the next frame."""
        if self._since is None:
            self._since = self._clock()

    def flipped(self) -> None:
        """The frame is on the glass."""
        now = self._clock()
        if self._since is None:
            return  # drawn anew without a change, as a window system asks for it
        self._took.append(now - self._since)
        if self._last is not None:
            self._apart.append(now - self._last)
        self._since, self._last = None, now

    def take(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Both lists, in seconds; they begin anew."""
        answer = tuple(self._took), tuple(self._apart)
        self._took.clear()
        self._apart.clear()
        self._last = None
        return answer
