"""What the live preview shows: is there a paper, where, and does it lie still?"""

from __future__ import annotations

import time

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents import page
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, area
from daemon.documents.messages import Outlined, Verdict

Grey = npt.NDArray[np.float32]

WORK = 360
"""Long side of the picture searched: an outline on a screen, not a measurement."""

STILL_AFTER = 0.45
"""Seconds without movement until a paper counts as lying still."""

CHANGE = 7.0
"""Change of brightness (0-255) of the most changed parts of the picture that counts as movement.

The picture decides, not the corners: those of a paper that lies still jump from frame to frame by
the sensor's noise, more the weaker its edge on the desk is.
"""

MISSES = 4
"""Frames in a row on which an unmoved paper may be overlooked."""

DARK = 16.0
"""Brightness of the brightest parts below which there is no light (a lit black mat has 35)."""


class Watcher:
    """Looks at frame after frame.  What it remembers is a cache: losing it costs half a second."""

    def __init__(self) -> None:
        self._corners: Quad | None = None
        self._before: Grey | None = None
        self._still: Grey | None = None
        """The picture since which nothing has moved: a slow movement adds up against it."""
        self._since = 0.0
        self._missed = 0

    def look(self, frame: Pixels, now: float | None = None) -> Outlined:
        """The verdict on one frame; `now` in seconds of a steady clock."""
        now = time.monotonic() if now is None else now
        grey = _coarse(frame)
        changed = _differs(self._before, grey) or _differs(self._still, grey)
        self._before = grey
        if changed:
            self._still, self._since = grey, now
        found = page.find(frame, thorough=False, work=WORK)
        if found.corners is None:
            self._missed += 1
            if changed or self._corners is None or self._missed > MISSES:
                self._corners = None
                dark = float(np.percentile(grey, 95)) < DARK
                return Outlined("dark" if dark else "empty")
        else:
            self._missed = 0
        height, width = frame.shape[:2]
        first = self._corners is None
        if found.corners is not None:
            corners = found.corners / np.array([width, height])
            # Of an unmoved paper the larger outline stays: a frame printed on it is found at times.
            if changed or self._corners is None or area(corners) > area(self._corners):
                self._corners = corners
        assert self._corners is not None
        corners = self._corners
        verdict: Verdict
        if found.others:
            verdict = "two"
        elif found.cut:
            verdict = "cut"
        elif first:
            verdict = "found"
        elif now - self._since >= STILL_AFTER:
            verdict = "still"
        elif changed:
            verdict = "moving"
        else:
            verdict = "found"
        return Outlined(verdict, tuple((float(x), float(y)) for x, y in np.clip(corners, 0, 1)))


def _differs(before: Grey | None, now: Grey) -> bool:
    return before is None or float(np.percentile(np.abs(now - before), 98)) > CHANGE


def _coarse(frame: Pixels) -> Grey:
    grey = cv2.cvtColor(np.ascontiguousarray(frame[::4, ::4]), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (64, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
