"""Is the picture itself the paper: a scan, or a photograph cropped by its owner?"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, area

BRIGHT = 165.0
"""Least brightness of a paper's rim (0-255)."""

EVEN = 24.0
"""Most difference of brightness between the four rims, and the most spread along each."""

SAME = 5.0
"""Distance in CIELAB between the rim and the ground inside a frame printed on the same paper."""

LARGE = 0.5
"""Share of the picture from which a frame may be one printed along the border of a scan."""

PARALLEL = 0.03
"""How far its corners may be from an upright rectangle, as a share of the picture."""

SPAN = 0.55
"""Least width, as a share of the picture's, over which a page has print; half of it in height."""

PRINT = (0.004, 0.45)
"""Share of the picture that is print."""


def whole(small: Pixels, lab: npt.NDArray[np.float32], quad: Quad | None) -> bool:
    """A bright even rim all around and print inside; `quad` is the best paper found, if any.

    A certificate has a frame that looks like the border of a paper: then the paper must go on
    outside of it in the same colour, to the rim.
    """
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    ring = max(2, min(height, width) // 150)
    strips = (grey[:ring], grey[-ring:], grey[:, :ring], grey[:, -ring:])
    levels = [float(np.median(strip)) for strip in strips]
    spread = max(float(np.percentile(s, 80) - np.percentile(s, 20)) for s in strips)
    if min(levels) < BRIGHT or max(levels) - min(levels) > EVEN or spread > EVEN:
        return False
    if quad is not None and not _printed_frame(lab, quad, ring):
        return False
    ground = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    print_ = (ground.astype(np.int16) - grey) > 40
    printed = float(print_.mean())
    even = float(np.percentile(ground, 10)) > 120 or quad is not None
    return bool(PRINT[0] < printed < PRINT[1] and even and _everywhere(print_))


def _everywhere(print_: npt.NDArray[np.bool_]) -> bool:
    """Does print span the picture?  On a paper that lies on a white desk it does not."""
    rows, columns = np.nonzero(print_)
    wide = float(np.ptp(np.percentile(columns, (5, 95)))) / print_.shape[1]
    high = float(np.ptp(np.percentile(rows, (5, 95)))) / print_.shape[0]
    return bool(wide > SPAN and high > SPAN / 2)


def _printed_frame(lab: npt.NDArray[np.float32], quad: Quad, ring: int) -> bool:
    height, width = lab.shape[:2]
    if area(quad) < LARGE * height * width:
        return False
    low, high = quad.min(axis=0), quad.max(axis=0)
    upright = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    if np.abs(quad - upright).max() > PARALLEL * max(height, width):
        return False
    rim = np.concatenate([
        lab[:ring].reshape(-1, 3), lab[-ring:].reshape(-1, 3),
        lab[:, :ring].reshape(-1, 3), lab[:, -ring:].reshape(-1, 3),
    ])  # fmt: skip
    x0, y0 = (low + 0.1 * (high - low)).astype(int)
    x1, y1 = (high - 0.1 * (high - low)).astype(int)
    inside = lab[y0:y1:3, x0:x1:3].reshape(-1, 3)
    away = np.linalg.norm(np.median(rim, axis=0) - np.median(inside, axis=0))
    return float(away) < SAME
