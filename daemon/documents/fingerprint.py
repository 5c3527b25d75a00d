"""Has the same side been photographed before in this visit?

A fingerprint holds the page's proportions and a coarse picture of it, freed of the light; two
photographs of one side are far more alike than two pages of the same form.  It lives in memory
for the visit and never leaves the kiosk.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.shrink import halved

SIDE = 48
ALIKE = 0.86
"""Least correlation of two photographs of the same side."""


def fingerprint(page: Pixels) -> bytes:
    """SIDE × SIDE bytes of an upright page, and one for its proportions."""
    grey = cv2.cvtColor(halved(page, SIDE * 12), cv2.COLOR_RGB2GRAY)
    work = cv2.resize(grey, (SIDE * 8, SIDE * 8), interpolation=cv2.INTER_LINEAR)
    # A blur so wide needs no fine picture.
    coarse = cv2.resize(work, (SIDE * 2, SIDE * 2), interpolation=cv2.INTER_AREA)
    wide = cv2.GaussianBlur(coarse.astype(np.float32), (0, 0), 6)
    ground = cv2.resize(wide, work.shape, interpolation=cv2.INTER_LINEAR)
    print_ = np.clip(1 - work / np.maximum(ground, 1), -0.5, 1)
    small = cv2.resize(print_.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 0.7)
    peak = float(np.percentile(np.abs(small), 99)) or 1.0
    body: bytes = np.clip(small / peak * 96 + 128, 0, 255).astype(np.uint8).tobytes()
    shape = int(np.clip(round(64 * np.log2(page.shape[1] / page.shape[0]) + 128), 0, 255))
    return bytes([shape]) + body


def alike(one: bytes, other: bytes) -> float:
    """-1 to 1; of fingerprints of different make or proportions -1."""
    if len(one) != len(other) or len(one) != SIDE * SIDE + 1 or abs(one[0] - other[0]) > 12:
        return -1.0
    a, b = _plane(one), _plane(other)
    best = -1.0
    # Corners are never found twice at the very same place.
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            moved = np.roll(b, (dy, dx), axis=(0, 1))
            best = max(
                best, float(np.corrcoef(a[2:-2, 2:-2].ravel(), moved[2:-2, 2:-2].ravel())[0, 1])
            )
    return best


def _plane(data: bytes) -> npt.NDArray[np.float64]:
    return np.frombuffer(data, np.uint8, offset=1).reshape(SIDE, SIDE).astype(np.float64)


def same(one: bytes, other: bytes) -> bool:
    """Are these two photographs of the same side?"""
    return alike(one, other) >= ALIKE
