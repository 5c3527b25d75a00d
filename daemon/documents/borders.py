"""The exact borders of a paper that was found: each side where the colour changes most.

A frame printed near the border can have clearer lines than the border itself.  Therefore each side
also looks outward: as long as more paper of the same ground lies there, it moves on.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, convex, crossing, ordered, sides
from daemon.documents.shrink import shrunk

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

LONGEST = 1000
"""Pixels of the paper's longer side in the picture that is measured."""

AROUND = 0.12
"""Share of the paper's size around it that is looked at too."""

OUTWARD = 0.09
"""How far outward, as a share of the paper's size, the border may lie beyond a printed frame."""

DEEP = (0.16, 0.36)
"""Depth, as a share of the size, of the strip whose colour is the paper's ground on a side."""

NEAR = 6.0
"""Distance in CIELAB within which a strip has the colour of the ground."""

OTHER = 2.5
"""Distance in CIELAB from which what lies beyond a side is not the paper."""

ALONG = 0.6
"""Share of a side along which its border has to lie on the line."""

CLEAR = 3.0
"""Least step of colour that is a border."""


class Borders(msgspec.Struct, frozen=True):
    """Corners in pixels of the photograph and which sides have a border in the picture."""

    quad: Quad
    seen: tuple[bool, bool, bool, bool]


def exact(photo: Pixels, quad: Quad) -> Borders:
    """The corners to a fraction of a pixel."""
    height, width = photo.shape[:2]
    margin = AROUND * float(sides(quad).max()) + 8
    low = np.maximum(np.floor(quad.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(quad.max(axis=0) + margin), [width, height]).astype(int)
    part = photo[low[1] : high[1], low[0] : high[0]]
    want = LONGEST / float(sides(quad).max()) * max(part.shape[:2])
    small = shrunk(part, max(1, round(want)))
    scale = max(small.shape[:2]) / max(part.shape[:2])
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 0.8), cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[:, :, 0] *= 100 / 255
    found = (quad - low) * scale
    seen = np.zeros(4, bool)
    for reach in (0.012, 0.006):
        found, seen = _measured(lab, found, max(4.0, reach * LONGEST))
        if reach > 0.01:
            found = _outward(lab, found)
    seen &= _ends(lab, found)
    return Borders(
        found / scale + low, (bool(seen[0]), bool(seen[1]), bool(seen[2]), bool(seen[3]))
    )


def _profile(
    lab: Floats, start: Points, end: Points, t: Points, offsets: Points
) -> tuple[Floats, Points]:
    """(colours, places) beside a side, along it × across it; outward is positive."""
    along = end - start
    outward = np.array([along[1], -along[0]]) / float(np.linalg.norm(along))
    grid = (start + along * t[:, None])[:, None, :] + outward * offsets[None, :, None]
    colours = cv2.remap(
        lab, (grid[..., 0] - 0.5).astype(np.float32), (grid[..., 1] - 0.5).astype(np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(colours, np.float32), grid


def _measured(lab: Floats, quad: Quad, reach: float) -> tuple[Quad, npt.NDArray[np.bool_]]:
    """The quadrilateral of the steepest lines within `reach`, and which sides have one."""
    lines: list[Points] = []
    seen = np.zeros(4, bool)
    size = np.array([lab.shape[1], lab.shape[0]])
    for k in range(4):
        start, end = quad[k], quad[(k + 1) % 4]
        t = np.linspace(0.04, 0.96, int(np.clip(np.linalg.norm(end - start) / 6, 30, 160)))
        offsets = np.arange(-reach, reach + 0.5, 0.5)
        colours, grid = _profile(lab, start, end, t, offsets)
        # Steps over ±1.5 px of the same direction in colour as the side as a whole.
        step = colours[:, 6:] - colours[:, :-6]
        way = np.median(colours[:, -4:].mean(axis=1) - colours[:, :4].mean(axis=1), axis=0)
        strength = float(np.linalg.norm(way))
        if strength > 4:
            value = (step * (way / strength)).sum(axis=2)
        else:
            value = np.linalg.norm(step, axis=2)
        place = value.argmax(axis=1)
        rows = np.arange(len(value))
        most = value[rows, place]
        points = grid[rows, place + 3]
        clear = most > max(CLEAR, 0.4 * float(np.median(most)))
        clear &= ((points > 1.5) & (points < size - 1.5)).all(axis=1)
        if clear.sum() < max(12, 0.3 * len(t)):
            lines.append(np.stack([start, end]))
            continue
        line = _line(points[clear].astype(np.float32))
        # A border is one line along most of the side; print near the rim is not.
        seen[k] = _near(points, line).mean() > ALONG
        lines.append(line)
    corners = [crossing(lines[k - 1], lines[k]) for k in range(4)]
    if any(corner is None for corner in corners):
        return quad, seen
    moved = np.array(corners)
    if not convex(ordered(moved)) or np.abs(moved - quad).max() > 4 * reach:
        return quad, seen
    return moved, seen


def _line(points: npt.NDArray[np.float32]) -> Points:
    """Two points of the line through most of these."""
    for _ in range(3):
        vx, vy, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        off = np.abs((points[:, 0] - x) * vy - (points[:, 1] - y) * vx)
        near = off <= max(1.0, 2.5 * float(np.median(off)))
        if near.all() or near.sum() < 10:
            break
        points = points[near]
    return np.array([[x, y], [x + vx * 100, y + vy * 100]], np.float64)


def _near(points: Points, line: Points) -> npt.NDArray[np.bool_]:
    way = line[1] - line[0]
    off = (points - line[0]) @ np.array([way[1], -way[0]]) / float(np.linalg.norm(way))
    return np.asarray(np.abs(off) < 1.5)


def _outward(lab: Floats, quad: Quad) -> Quad:
    """Sides moved to the outermost border behind which the paper's ground ends."""
    lengths = sides(quad)
    lines: list[Points] = []
    for k in range(4):
        start, end = quad[k], quad[(k + 1) % 4]
        deep = float(lengths[(k + 1) % 4] + lengths[k - 1]) / 2
        along = end - start
        outward = np.array([along[1], -along[0]]) / float(np.linalg.norm(along))
        away = _border(lab, start, end, deep)
        lines.append(np.stack([start, end]) + outward * away)
    corners = [crossing(lines[k - 1], lines[k]) for k in range(4)]
    if any(corner is None for corner in corners):
        return quad
    moved = np.array(corners)
    return moved if convex(ordered(moved)) else quad


def _ends(lab: Floats, quad: Quad) -> npt.NDArray[np.bool_]:
    """Beyond which sides is there something else than the paper's ground?"""
    lengths = sides(quad)
    ends = np.zeros(4, bool)
    for k in range(4):
        deep = float(lengths[(k + 1) % 4] + lengths[k - 1]) / 2
        t = np.linspace(0.06, 0.94, 60)
        ground = _ground(lab, quad[k], quad[(k + 1) % 4], t, deep)
        behind, _ = _profile(lab, quad[k], quad[(k + 1) % 4], t, np.arange(3.0, 8.0))
        off = np.median((behind - ground[:, None]).reshape(-1, 3), axis=0)
        ends[k] = float(np.linalg.norm(off)) > OTHER
    return ends


def _ground(lab: Floats, start: Points, end: Points, t: Points, deep: float) -> Floats:
    """The paper's own colour along a side: that of a strip some way in."""
    inner, _ = _profile(lab, start, end, t, -deep * np.linspace(*DEEP, 16))
    return np.asarray(np.median(inner, axis=1), np.float32)


def _border(lab: Floats, start: Points, end: Points, deep: float) -> float:
    """Pixels outward from a side to the outermost border of the same paper; mostly 0."""
    t = np.linspace(0.06, 0.94, 60)
    ground = _ground(lab, start, end, t, deep)
    offsets = np.arange(-6.0, OUTWARD * deep + 7.0)
    colours, grid = _profile(lab, start, end, t, offsets)
    size = np.array([lab.shape[1], lab.shape[0]])
    inside = ((grid > 1) & (grid < size - 1)).all(axis=2).mean(axis=0) > 0.9
    # Along the side the light may change; the paper changes with it.
    off = np.median(colours - ground[:, None], axis=0)
    step = np.linalg.norm(off[3:] - off[:-3], axis=1)
    best = 0.0
    for n in range(8, len(step) - 3):
        if step[n] < CLEAR or step[n] < step[max(0, n - 2) : n + 3].max() or not inside[n + 3]:
            continue
        before, behind = off[max(0, n - 5) : n], off[n + 3 : n + 7]
        here = float(np.linalg.norm(np.median(before, axis=0)))
        there = float(np.linalg.norm(np.median(behind, axis=0)))
        if here < NEAR and here < 0.45 * there:
            best = float(offsets[n] + 1.5)
    return best
