"""Lines a slow terminal can take: one a second on a serial line, and the rest counted."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Lets a line through, or counts it as skipped."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds` between two lines; 0 = every line."""
        self._seconds = seconds
        self._clock = clock
        self._next = float("-inf")
        self.skipped = 0

    def may(self) -> bool:
        """Is it time for another line?"""
        now = self._clock()
        if self._seconds and now < self._next:
            self.skipped += 1
            return False
        self._next = now + self._seconds
        return True

    def taken(self) -> str:
        """A note about what was skipped since the last one; empty where nothing was."""
        count, self.skipped = self.skipped, 0
        return f"... {count} lines skipped" if count else ""
