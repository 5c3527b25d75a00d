"""Where on a page may a bar code be?  Patches that are dense with edges in any direction.

Lines of text are denser than paper too, but they are thin; a code is solid for millimetres.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

DPI = 110
"""Of the picture that is searched."""

GAP_MM, SOLID_MM = 1.3, 4.2
"""Edges nearer than the one belong together; what is thinner than the other is text."""

LEAST_MM, MOST = 6.0, 5
"""Least side of a code with its blur, and how many patches are looked at."""


class Patch(msgspec.Struct, frozen=True):
    """A part of the page, in its pixels."""

    x: int
    y: int
    w: int
    h: int
    square: bool
    """About as wide as high, whichever way it is turned."""
    side: float
    """Length of the longer side of what is in it."""


def find(grey: Grey, dpi: int) -> list[Patch]:
    """The patches, the densest first, each with a rim of paper around it."""
    scale = min(1.0, DPI / dpi)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    px = dpi * scale / 25.4
    near = np.ones((3, 3), np.uint8)
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, near)
    low, high = np.percentile(small[::2, ::2], [1, 90])
    mask = np.asarray(edges > max(20.0, 0.22 * float(high - low)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _box(GAP_MM * px)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _box(SOLID_MM * px)), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found: list[tuple[float, Patch]] = []
    for label in range(1, len(stats)):
        x, y, w, h, area = (int(n) for n in stats[label])
        if min(w, h) < LEAST_MM * px:
            continue
        inside = np.asarray(labels[y : y + h, x : x + w] == label, np.uint8)
        (_, sides, _) = cv2.minAreaRect(np.argwhere(inside)[:, ::-1].astype(np.float32))
        short, long = sorted(float(side) + 1 for side in sides)
        fill = area / (short * long)
        dense = float(edges[y : y + h, x : x + w][inside > 0].mean()) * fill
        rim = 0.08 * max(w, h) + 2
        box = [x - rim, y - rim, x + w + rim, y + h + rim]
        left, top = max(0, int(box[0] / scale)), max(0, int(box[1] / scale))
        right = min(grey.shape[1], int(box[2] / scale) + 1)
        bottom = min(grey.shape[0], int(box[3] / scale) + 1)
        patch = Patch(left, top, right - left, bottom - top, long < 1.35 * short, long / scale)
        found.append((dense, patch))
    return [patch for _, patch in sorted(found, key=lambda one: -one[0])[:MOST]]


def _box(side: float) -> npt.NDArray[np.uint8]:
    return np.ones((max(1, round(side)) | 1,) * 2, np.uint8)
