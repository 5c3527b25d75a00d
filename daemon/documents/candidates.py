"""Where a paper might lie: quadrilaterals from several classic detectors, good and bad ones.

Each detector fails on some desks: thresholds on stripes, edges on white cloth, the colour of the
border on a paper that reaches it.  Together they nearly always contain the right answer; telling
it from the others is the work of `judging.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.geometry import Quad, convex, crossing, ordered

Mask = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.uint8]

SMALLEST = 0.012
"""Share of the picture below which nothing is taken for a paper."""

_CLOSE = cv2.getStructuringElement(cv2.MORPH_RECT, (7, 7))
_OPEN = cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5))
_THREE = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))


def propose(rgb: npt.NDArray[np.uint8], thorough: bool = True) -> list[Quad]:
    """Candidates in a picture of about 500 pixels, best detectors first."""
    smooth = np.asarray(cv2.medianBlur(rgb, 5), np.uint8)
    lab = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.uint8)
    light = np.ascontiguousarray(lab[:, :, 0])
    found: list[Quad] = []
    with ThreadPoolExecutor(1) as beside:  # looking for lines takes as long as all masks
        lines = beside.submit(_from_lines, light)
        for mask in _masks(smooth, lab, light, thorough):
            found += _quads(mask)
        found += lines.result()
    return _distinct(found)


def _masks(
    smooth: npt.NDArray[np.uint8], lab: npt.NDArray[np.uint8], light: Plane, thorough: bool
) -> Iterator[Mask]:
    yield _filled(_otsu(_unlike_border(lab)))
    level, _ = cv2.threshold(light, 0, 255, cv2.THRESH_OTSU)
    bright = light[light > level]
    second = float(np.median(bright)) if bright.size else level
    for threshold in (level, (level + second) / 2, level * 0.8):
        yield _filled(_above(light, threshold))
    saturation = cv2.cvtColor(smooth, cv2.COLOR_RGB2HSV)[:, :, 1]
    yield _filled(255 - _otsu(np.ascontiguousarray(saturation)))
    for low, high in ((30, 90), (12, 40)):
        edges = np.asarray(cv2.Canny(light, low, high), np.uint8)
        yield _filled_edges(edges)
    if thorough:
        for channel in (1, 2):
            plane = _otsu(np.ascontiguousarray(lab[:, :, channel]))
            yield _filled(plane)
            yield _filled(255 - plane)
        yield _filled(255 - _above(light, level))
        colour = np.maximum(
            cv2.Canny(np.ascontiguousarray(lab[:, :, 1]), 8, 24),
            cv2.Canny(np.ascontiguousarray(lab[:, :, 2]), 8, 24),
        )
        yield _filled_edges(colour)


def _otsu(plane: Plane) -> Mask:
    return np.asarray(cv2.threshold(plane, 0, 255, cv2.THRESH_OTSU)[1], np.uint8)


def _above(plane: Plane, level: float) -> Mask:
    return np.asarray(cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _unlike_border(lab: npt.NDArray[np.uint8]) -> Plane:
    """How unlike the picture's rim each pixel is; the rim is described by four colours."""
    small = lab[::4, ::4].astype(np.float32)
    ring = max(2, min(small.shape[:2]) // 24)
    rim = np.concatenate(
        [
            small[:ring].reshape(-1, 3),
            small[-ring:].reshape(-1, 3),
            small[:, :ring].reshape(-1, 3),
            small[:, -ring:].reshape(-1, 3),
        ]
    )
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 8, 1.0)
    cv2.setRNGSeed(1)
    _, label, centres = cv2.kmeans(rim, 4, np.empty(0), stop, 1, cv2.KMEANS_PP_CENTERS)
    # A colour that only a few rim pixels have is the paper reaching the rim, not the desk.
    common = np.bincount(label.ravel(), minlength=4) > len(rim) * 0.08
    # Light falls off over a desk more than its colour changes.
    weights = np.array([0.7, 1.3, 1.3], np.float32)
    values = (lab.reshape(-1, 3) - np.float32(128)) * weights
    desk = (centres[common] - np.float32(128)) * weights
    squares = (values * values).sum(axis=1)
    distance = (desk * desk).sum(axis=1)[:, None] - 2 * (desk @ values.T)
    nearest = np.sqrt(np.maximum(distance.min(axis=0, initial=np.inf) + squares, 0))
    return np.asarray(np.clip(nearest * 1.5, 0, 255), np.uint8).reshape(lab.shape[:2])


def _filled(mask: Mask) -> Mask:
    """Print swallowed, crumbs removed."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _CLOSE)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, _OPEN), np.uint8)


def _filled_edges(edges: Mask) -> Mask:
    return np.asarray(cv2.morphologyEx(edges, cv2.MORPH_DILATE, _THREE, iterations=1), np.uint8)


def _quads(mask: Mask) -> Iterator[Quad]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    smallest = mask.size * SMALLEST
    large = [o for o in outlines if _boxed(o) > smallest]
    large = [o for o in large if cv2.contourArea(cv2.convexHull(o)) > smallest]
    for outline in sorted(large, key=cv2.contourArea, reverse=True)[:6]:
        hull = cv2.convexHull(outline)[:, 0, :].astype(np.float64)
        fitted = _polygon(hull)
        if fitted is not None:
            yield fitted
        straight = _longest_sides(hull)
        if straight is not None:
            yield straight


def _boxed(outline: cv2.typing.MatLike) -> int:
    """Area of the upright box around it: never less than that of its hull."""
    _, _, width, height = cv2.boundingRect(outline)
    return width * height


def _polygon(hull: npt.NDArray[np.float64]) -> Quad | None:
    """The hull with fewer and fewer corners until four are left."""
    points = hull.astype(np.float32)[:, None, :]
    length = cv2.arcLength(points, True)
    for share in (0.01, 0.02, 0.03, 0.045, 0.065, 0.09):
        rough = cv2.approxPolyDP(points, share * length, True)
        if len(rough) == 4:
            quad = ordered(rough)
            return quad if convex(quad) else None
        if len(rough) < 4:
            break
    quad = ordered(cv2.boxPoints(cv2.minAreaRect(points)))
    return quad if convex(quad) else None


def _longest_sides(hull: npt.NDArray[np.float64]) -> Quad | None:
    """The four longest straight runs of the hull, extended until they meet.

    Right where a corner is folded, rounded (a card) or covered.
    """
    length = cv2.arcLength(hull.astype(np.float32)[:, None, :], True)
    rough = cv2.approxPolyDP(hull.astype(np.float32)[:, None, :], 0.006 * length, True)[:, 0, :]
    if len(rough) < 5:
        return None
    runs = np.stack([rough, np.roll(rough, -1, axis=0)], axis=1).astype(np.float64)
    sizes = np.linalg.norm(runs[:, 1] - runs[:, 0], axis=1)
    chosen = runs[np.sort(np.argsort(sizes)[-4:])]
    corners = [crossing(chosen[i], chosen[(i + 1) % 4]) for i in range(4)]
    if any(corner is None for corner in corners):
        return None
    quad = ordered(np.array(corners))
    return quad if convex(quad) else None


def _from_lines(light: Plane) -> list[Quad]:
    """Quadrilaterals of two pairs of long, nearly parallel lines (a pale paper on a pale desk)."""
    height, width = light.shape
    segments = cv2.HoughLinesP(
        cv2.Canny(cv2.GaussianBlur(light, (0, 0), 1.2), 10, 30),
        1,
        np.pi / 180,
        60,
        minLineLength=min(height, width) // 5,
        maxLineGap=8,
    )
    if segments is None:
        return []
    lines = segments.reshape(-1, 2, 2).astype(np.float64)
    lengths = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
    lines = lines[np.argsort(lengths)[::-1][:60]]
    step = lines[:, 1] - lines[:, 0]
    angle = np.arctan2(step[:, 1], step[:, 0]) % np.pi
    middle = lines.mean(axis=1)
    normal = np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    kept: list[int] = []
    for i in range(len(lines)):
        twin = any(
            _between(angle[i], angle[k]) < 0.06
            and abs(np.dot(middle[i] - middle[k], normal[k])) < 7
            for k in kept
        )
        if not twin:
            kept.append(i)
        if len(kept) == 14:
            break
    pairs = [
        (i, k)
        for n, i in enumerate(kept)
        for k in kept[n + 1 :]
        if _between(angle[i], angle[k]) < 0.3
        and abs(np.dot(middle[i] - middle[k], normal[i])) > min(height, width) * 0.12
    ]
    found: list[Quad] = []
    for n, (i, k) in enumerate(pairs):
        for p, q in pairs[n + 1 :]:
            if abs(_between(angle[i], angle[p]) - np.pi / 2) > 0.4:
                continue
            corners = [crossing(lines[a], lines[b]) for a, b in ((i, p), (p, k), (k, q), (q, i))]
            if any(corner is None for corner in corners):
                continue
            quad = ordered(np.array(corners))
            inside = (quad > -4).all() and (quad < np.array([width + 4, height + 4])).all()
            if inside and convex(quad):
                found.append(quad)
    return found[:80]


def _between(one: float, other: float) -> float:
    away = abs(one - other) % np.pi
    return float(min(away, np.pi - away))


def _distinct(quads: list[Quad]) -> list[Quad]:
    """Without near repeats (every corner within 3 pixels of an earlier one's)."""
    if not quads:
        return []
    corners = np.stack(quads)
    close = np.abs(corners[:, None] - corners[None]).max(axis=(2, 3)) <= 3
    kept: list[int] = []
    for n in range(len(quads)):
        if not close[n, kept].any():
            kept.append(n)
    return [quads[n] for n in kept]
