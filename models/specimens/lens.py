"""The lens: where a point of the bed is seen, and how sharp.

Levels as in `camera`: blur in pixels at 300 dpi, tilt in degrees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

BLUR = (0.35, 1.0, 1.7, 2.6)
TILT = (0.0, 2.5, 6.0, 11.0)
LENS = (0.0, 0.004, 0.012, 0.03)

Size = tuple[int, int]
"""Width and height of a picture in pixels."""


def homography(
    size: Size, view: tuple[float, float], tilt: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Bed mm → pixels of an ideal pinhole picture of this size.

    `view`: millimetres of bed that it shows; `tilt`: degrees around both axes.
    """
    w, h = size
    scale = w / view[0]
    focal = 1.4 * w
    rx, ry = (math.radians(t) for t in tilt)
    cx, sx, cy, sy = math.cos(rx), math.sin(rx), math.cos(ry), math.sin(ry)
    turn_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    turn_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rotation = turn_y @ turn_x
    plane = np.column_stack([rotation[:, 0] * scale, rotation[:, 1] * scale, [0, 0, focal]])
    inner = np.array([[focal, 0, w / 2], [0, focal, h / 2], [0, 0, 1]])
    centre = np.array([[1, 0, -view[0] / 2], [0, 1, -view[1] / 2], [0, 0, 1]])
    found: npt.NDArray[np.float64] = inner @ plane @ centre
    return np.asarray(found / found[2, 2], np.float64)


def bend(points: npt.NDArray[np.float64], size: Size, lens: float) -> npt.NDArray[np.float64]:
    """Where a lens of this distortion puts the points of the ideal picture."""
    centre = np.array(size) / 2
    unit = max(size) / 2
    ideal = (points - centre) / unit
    real = ideal.copy()
    for _ in range(12):  # the map is given the other way round: a fixed point
        real = ideal / (1 + lens * (real**2).sum(1, keepdims=True))
    return real * unit + centre


def through(picture: npt.NDArray[np.float32], size: Size, lens: float) -> npt.NDArray[np.float32]:
    """The ideal picture as the lens bends it."""
    w, h = size
    unit = max(size) / 2
    x = (np.arange(w, dtype=np.float32) + 0.5 - w / 2) / unit
    y = (np.arange(h, dtype=np.float32) + 0.5 - h / 2) / unit
    bend = 1 + np.float32(lens) * (x[None, :] ** 2 + y[:, None] ** 2)
    map_x = x[None, :] * bend * unit + np.float32(w / 2 - 0.5)
    map_y = y[:, None] * bend * unit + np.float32(h / 2 - 0.5)
    bent = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)


def blur(
    picture: npt.NDArray[np.float32], pixels_mm: float, level: int, faults: frozenset[str],
    light: np.random.Generator,
) -> npt.NDArray[np.float32]:  # fmt: skip
    """Out of focus, and moved where that is a fault."""
    per_300dpi = pixels_mm / 11.81
    sigma = BLUR[level] * per_300dpi * light.uniform(0.7, 1.1)
    if "blur" in faults:
        sigma = 6 * per_300dpi + 1
    if "moved" in faults:
        length = max(5, round(22 * per_300dpi))
        kernel = np.zeros((length, length), np.float32)
        angle = light.uniform(0, math.pi)
        mid = length / 2
        reach = (mid * math.cos(angle), mid * math.sin(angle))
        start = (round(mid - reach[0]), round(mid - reach[1]))
        end = (round(mid + reach[0]), round(mid + reach[1]))
        cv2.line(kernel, start, end, 1.0)
        picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    if sigma < 0.3:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
