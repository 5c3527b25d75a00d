"""Quadrilaterals: order, area, overlap, and the true proportions behind a perspective."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Quad = npt.NDArray[np.float32]
"""4 × 2, pixels: top left, top right, bottom right, bottom left."""


def ordered(points: npt.NDArray[np.floating]) -> Quad:
    """Any four corners, clockwise from the one nearest to the top left."""
    points = np.asarray(points, np.float32).reshape(4, 2)
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    around = points[np.argsort(angles)]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)


def area(quad: Quad) -> float:
    """Square pixels."""
    return float(abs(cv2.contourArea(quad)))


def overlap(one: Quad, two: Quad) -> float:
    """Part of the smaller that lies inside the other, 0…1 (both convex)."""
    common, _ = cv2.intersectConvexConvex(one, two)
    return float(common) / max(1.0, min(area(one), area(two)))


def sides(quad: Quad) -> npt.NDArray[np.float32]:
    """Lengths: top, right, bottom, left."""
    return np.asarray(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1), np.float32)


def is_sound(quad: Quad) -> bool:
    """Convex, angles of 62° to 118°, at most 2.6 times as long as wide: a flat paper from above."""
    if not cv2.isContourConvex(quad.reshape(4, 1, 2)):
        return False
    lengths = sides(quad)
    if max(lengths) > 2.6 * min(lengths):
        return False
    for i in range(4):
        a, b = quad[i - 1] - quad[i], quad[(i + 1) % 4] - quad[i]
        cosine = float(a @ b) / (float(np.linalg.norm(a) * np.linalg.norm(b)) + 1e-6)
        if abs(cosine) > 0.47:
            return False
    return True


def proportion(quad: Quad, size: tuple[int, int]) -> float:
    """True width / height of the paper, seen by a camera whose axis meets the picture's middle.

    Zhang & He, Whiteboard scanning and image enhancement (2003), eq. 20; where the perspective is
    too weak to tell the focal length, the mean lengths of the sides.
    """
    lengths = sides(quad)
    plain = float((lengths[0] + lengths[2]) / max(1e-6, float(lengths[1] + lengths[3])))
    centre = np.array([size[0] / 2, size[1] / 2])
    m = [np.append(corner - centre, 1.0) for corner in (quad[0], quad[1], quad[3], quad[2])]
    k2 = float(np.cross(m[0], m[3]) @ m[2]) / float(np.cross(m[1], m[3]) @ m[2] or 1e-9)
    k3 = float(np.cross(m[0], m[3]) @ m[1]) / float(np.cross(m[2], m[3]) @ m[1] or 1e-9)
    n2, n3 = k2 * m[1] - m[0], k3 * m[2] - m[0]
    if abs(n2[2]) < 0.02 or abs(n3[2]) < 0.02:
        return plain
    f2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not 0.3 * size[0] ** 2 < f2 < 9 * size[0] ** 2:
        return plain
    scale = np.array([1 / f2, 1 / f2, 1.0])
    true = float(np.sqrt((n2 * n2 * scale).sum() / (n3 * n3 * scale).sum()))
    return true if 0.8 < true / plain < 1.25 else plain
