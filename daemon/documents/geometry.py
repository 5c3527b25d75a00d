"""Quadrilaterals: order, area, overlap, the shape of the paper behind the perspective."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Quad = npt.NDArray[np.float64]
"""4 × 2, (x, y) in pixels, clockwise as seen; which corner comes first depends on the place."""


def ordered(points: npt.ArrayLike) -> Quad:
    """The corners clockwise as seen, the one nearest to the picture's top left first."""
    quad = np.asarray(points, np.float64).reshape(4, 2)
    centre = quad.mean(axis=0)
    around = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    quad = quad[np.argsort(around)]
    return np.roll(quad, -int(np.argmin(quad.sum(axis=1))), axis=0)


def turned(quad: Quad, quarters: int) -> Quad:
    """The same corners, named as on a page that has to be turned clockwise to be read."""
    return np.roll(quad, quarters % 4, axis=0)


def area(quad: Quad) -> float:
    """Square pixels."""
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def convex(quad: Quad) -> bool:
    """Is it convex, with no corner sharper than 35° or blunter than 145°?"""
    ahead = np.roll(quad, -1, axis=0) - quad
    behind = np.roll(quad, 1, axis=0) - quad
    lengths = np.linalg.norm(ahead, axis=1) * np.linalg.norm(behind, axis=1)
    if not (lengths > 1).all():
        return False
    cross = ahead[:, 0] * behind[:, 1] - ahead[:, 1] * behind[:, 0]
    cosine = (ahead * behind).sum(axis=1) / lengths
    return bool((cross > 0).all() and (np.abs(cosine) < np.cos(np.radians(35))).all())


def sides(quad: Quad) -> npt.NDArray[np.float64]:
    """Lengths of the four sides, from the first corner on."""
    return np.asarray(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1), np.float64)


def shared(one: Quad, other: Quad) -> float:
    """Square pixels that both cover."""
    common, _ = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    return float(common)


def apart(one: Quad, other: Quad) -> bool:
    """Do they lie beside each other, but for a fringe?"""
    return shared(one, other) < 0.12 * min(area(one), area(other))


def overlap(one: Quad, other: Quad) -> float:
    """Intersection over union, 0 to 1."""
    common = shared(one, other)
    union = area(one) + area(other) - common
    return common / union if union > 0 else 0.0


def crossing(a: Quad, b: Quad) -> npt.NDArray[np.float64] | None:
    """Where two lines, each given by two points, cross; None where they are nearly parallel."""
    d, e = a[1] - a[0], b[1] - b[0]
    turn = d[0] * e[1] - d[1] * e[0]
    if abs(turn) < 1e-3 * float(np.linalg.norm(d) * np.linalg.norm(e)):
        return None
    step = b[0] - a[0]
    return np.asarray(a[0] + d * ((step[0] * e[1] - step[1] * e[0]) / turn), np.float64)


def proportion(quad: Quad, size: tuple[int, int]) -> float:
    """Width over height of the flat paper seen as `quad` in a picture of this size.

    The closed form of Zhang and He, "Whiteboard scanning and image enhancement" (2007), §3, with
    the optical axis through the middle of the picture.  Where the view is too straight to tell
    the focal length, the mean lengths of the sides are taken.
    """
    lengths = sides(quad)
    plain = float((lengths[0] + lengths[2]) / max(1e-6, lengths[1] + lengths[3]))
    middle = np.array([size[0] / 2, size[1] / 2])
    m1, m2, m4, m3 = (np.append(p - middle, 1.0) for p in quad)
    k2 = np.dot(np.cross(m1, m4), m3) / (np.dot(np.cross(m2, m4), m3) or 1e-9)
    k3 = np.dot(np.cross(m1, m4), m2) / (np.dot(np.cross(m3, m4), m2) or 1e-9)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if min(abs(n2[2]), abs(n3[2])) < 0.02:
        return plain
    focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    span = float(max(size))
    if not (0.6 * span) ** 2 < focal2 < (6 * span) ** 2:
        return plain
    weights = np.array([1 / focal2, 1 / focal2, 1.0])
    true = float(np.sqrt((n2 * n2 * weights).sum() / (n3 * n3 * weights).sum()))
    # Noise in the corners can send the closed form astray; it corrects, it does not rule.
    return true if 0.8 < true / plain < 1.25 else plain
