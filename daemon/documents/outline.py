"""What the live preview shows: is there a paper, where, and does it lie still?"""

from __future__ import annotations

import time

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents import page
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad
from daemon.documents.messages import Outlined, Verdict

WORK = 360
"""Long side of the picture searched: an outline on a screen, not a measurement."""

STILL_AFTER = 0.45
"""Seconds without movement until a paper counts as lying still."""

CORNER = 0.008
"""Shift of a corner, as a share of the picture's diagonal, that counts as movement."""

CHANGE = 5.0
"""Mean change of brightness (0-255) inside the picture that counts as movement: a hand."""

DARK = 16.0
"""Brightness of the brightest parts below which there is no light (a lit black mat has 35)."""


class Watcher:
    """Looks at frame after frame.  What it remembers is a cache: losing it costs half a second."""

    def __init__(self) -> None:
        self._corners: Quad | None = None
        self._grey: npt.NDArray[np.float32] | None = None
        self._since = 0.0

    def look(self, frame: Pixels, now: float | None = None) -> Outlined:
        """The verdict on one frame; `now` in seconds of a steady clock."""
        now = time.monotonic() if now is None else now
        grey = _coarse(frame)
        changed = self._grey is None or float(np.abs(grey - self._grey).mean()) > CHANGE
        self._grey = grey
        found = page.find(frame, thorough=False, work=WORK)
        if found.corners is None:
            self._corners = None
            dark = float(np.percentile(grey, 95)) < DARK
            return Outlined("dark" if dark else "empty")
        height, width = frame.shape[:2]
        corners = found.corners / np.array([width, height])
        moved = self._corners is None or np.abs(corners - self._corners).max() > CORNER
        if moved or changed:
            self._since = now
        first = self._corners is None
        # Small shifts are the sensor's noise; a slow one must not be followed for ever.
        if moved or self._corners is None:
            self._corners = corners
        verdict: Verdict
        if found.others:
            verdict = "two"
        elif found.cut:
            verdict = "cut"
        elif first:
            verdict = "found"
        elif now - self._since >= STILL_AFTER:
            verdict = "still"
        elif moved or changed:
            verdict = "moving"
        else:
            verdict = "found"
        return Outlined(verdict, tuple((float(x), float(y)) for x, y in np.clip(corners, 0, 1)))


def _coarse(frame: Pixels) -> npt.NDArray[np.float32]:
    grey = cv2.cvtColor(np.ascontiguousarray(frame[::4, ::4]), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (64, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
