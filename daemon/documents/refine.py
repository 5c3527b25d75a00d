"""Corners to a fraction of a pixel: each side is measured where it crosses many short lines."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, is_sound, ordered

PROBES = 48
"""Places on each side where the border is measured."""

REACH = 0.012
"""How far from the rough side it is looked for, as a part of the picture's longest side."""


def refine(photo: Pixels, quad: Quad) -> Quad:
    """The same quadrilateral, its sides laid through the strongest edge nearby."""
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    reach = max(4.0, REACH * max(grey.shape))
    middle = quad.mean(axis=0)
    lines = []
    for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        line = _line(grey, a, b, middle, reach)
        if line is None:
            line = (a, b - a)
        lines.append(line)
    corners = [_meet(lines[i - 1], lines[i]) for i in range(4)]
    if any(corner is None for corner in corners):
        return quad
    better = ordered(np.array(corners, np.float32))
    moved = np.linalg.norm(better - ordered(quad), axis=1).max()
    return better if is_sound(better) and moved < 3 * reach else quad


Line = tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]
"""A point and a direction."""


def _line(
    grey: npt.NDArray[np.uint8],
    a: npt.NDArray[np.floating],
    b: npt.NDArray[np.floating],
    middle: npt.NDArray[np.floating],
    reach: float,
) -> Line | None:
    along = b - a
    length = float(np.linalg.norm(along))
    if length < 8:
        return None
    normal = np.array([-along[1], along[0]]) / length
    if (middle - a) @ normal > 0:
        normal = -normal  # outward
    at = np.linspace(0.06, 0.94, PROBES)
    steps = np.arange(-reach, reach + 1e-3, 1.0)
    starts = a + along * at[:, None]
    grid = starts[:, None, :] + normal[None, None, :] * steps[None, :, None]
    profile = cv2.remap(
        grey,
        grid[:, :, 0].astype(np.float32),
        grid[:, :, 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    width = max(1.0, reach / 10)
    smooth = cv2.GaussianBlur(profile, (0, 0), sigmaX=width, sigmaY=0.01)
    slope = np.abs(np.gradient(smooth, axis=1))
    # Nearer edges win a little: print and the desk's own lines lie farther off.
    weight = np.exp(-0.5 * (steps / (0.6 * reach)) ** 2)
    best = (slope * weight).argmax(axis=1)
    strong = slope[np.arange(PROBES), best] > 1.0
    offsets = steps[best]
    if strong.sum() < PROBES // 3:
        return None
    return _fitted(starts[strong] + normal * offsets[strong, None])


def _fitted(points: npt.NDArray[np.floating]) -> Line | None:
    """The line most points agree on: fitted again without those that are far off."""
    kept = np.asarray(points, np.float32)
    for _ in range(4):
        vx, vy, x, y = (
            float(one) for one in cv2.fitLine(kept, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        )
        far = np.abs((kept[:, 0] - x) * vy - (kept[:, 1] - y) * vx)
        limit = max(1.0, 2.0 * float(np.median(far)))
        good = far <= limit
        if good.all():
            break
        if good.sum() < 6:
            return None
        kept = kept[good]
    return np.array([x, y]), np.array([vx, vy])


def _meet(one: Line, two: Line) -> npt.NDArray[np.floating] | None:
    (p, d), (q, e) = one, two
    across = d[0] * e[1] - d[1] * e[0]
    if abs(across) < 1e-6 * float(np.linalg.norm(d) * np.linalg.norm(e)):
        return None
    t = ((q - p)[0] * e[1] - (q - p)[1] * e[0]) / across
    return np.asarray(p + d * t)
