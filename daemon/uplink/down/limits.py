"""How often: a bucket that fills with time, and refusals counted so that a flood stays small."""

from __future__ import annotations

import time
from collections.abc import Callable

from daemon.uplink import clock
from daemon.uplink.payloads import CommandRefused


class Bucket:
    """At most `burst` at once, and `rate` a second in the long run."""

    def __init__(
        self, rate: float, burst: float, mono: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._mono = rate, burst, mono
        self._left, self._at = burst, mono()

    def take(self) -> bool:
        """Is there room for one more?"""
        now = self._mono()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Refusals:
    """Counts by reason."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, str]] = {}

    def count(self, code: str) -> None:
        before = self._counts.get(code)
        self._counts[code] = (1, clock.stamp()) if before is None else (before[0] + 1, before[1])

    def take(self) -> list[CommandRefused]:
        """What was counted since the last call."""
        counts, self._counts = self._counts, {}
        return [
            CommandRefused(code=code, count=count, since=since)
            for code, (count, since) in counts.items()
        ]

    def back(self, told: list[CommandRefused]) -> None:
        """They could not be kept."""
        for one in told:
            now = self._counts.get(one.code, (0, ""))[0]
            self._counts[one.code] = (now + one.count, one.since)
