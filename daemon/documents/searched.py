"""The small picture in which papers are looked for."""

from __future__ import annotations

import cv2
import numpy as np

from daemon.documents.decode import Pixels
from daemon.documents.shrink import shrunk

WORK = 560
"""Its long side in pixels."""


def searched(photo: Pixels, work: int = WORK) -> tuple[Pixels, float]:
    """(the picture in which candidates are looked for, its scale)."""
    small = shrunk(photo, work)
    return _lit(small), max(small.shape[:2]) / max(photo.shape[:2])


def _lit(small: Pixels) -> Pixels:
    """A dark picture brightened: steps of colour are judged by their size."""
    brightest = float(np.percentile(small[::4, ::4], 99))
    if not 4 < brightest < 130:
        return small
    return np.asarray(cv2.convertScaleAbs(small, alpha=min(4.0, 200 / brightest)), np.uint8)
