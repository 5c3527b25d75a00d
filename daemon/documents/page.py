"""Finds the paper in a photograph: candidates, a judge, exact corners, the other papers."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.candidates import propose
from daemon.documents.choosing import chances
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, area, convex, crossing, ordered, shared
from daemon.documents.judging import Judge, Judged
from daemon.documents.regions import Regions
from daemon.documents.shrink import shrunk

WORK = 560
"""Long side, in pixels, of the picture in which candidates are looked for."""

FINE = 1200
"""Long side of the picture in which the sides are measured."""

ACCEPT = 0.6
"""Least chance of a paper."""

SECOND = 0.9
"""Least chance of a further paper: a wrong "two papers" stops an honest visitor."""

LIKELY, FEW = 24, 12
"""How many of the candidates are looked at again, in a still and in a preview frame."""

LEAST = 0.05
"""Least area of a further paper beside the first: a card has 7 % of A4."""


class Found(msgspec.Struct, frozen=True):
    """What lies in a photograph."""

    corners: Quad | None
    """Of the paper, in pixels of the photograph, clockwise as seen; None = no paper."""
    score: float
    others: tuple[Quad, ...]
    """Corners of further papers."""
    cut: bool
    """The paper goes on beyond the picture."""
    whole: bool
    """The picture is the paper: a scan or a photo cropped by its owner."""


def searched(photo: Pixels, work: int = WORK) -> tuple[Pixels, float]:
    """(the picture in which candidates are looked for, its scale)."""
    small = shrunk(photo, work)
    return _lit(small), max(small.shape[:2]) / max(photo.shape[:2])


def find(photo: Pixels, thorough: bool = True, work: int = WORK) -> Found:
    """The largest clear paper and the others.  `thorough` = a still, else a preview frame."""
    small, scale = searched(photo, work)
    judge = Judge(small)
    likely = judge.judge(propose(small, thorough))[: LIKELY if thorough else FEW]
    sure = chances(judge, Regions(judge.lab), likely) if likely else np.zeros(1)
    first = int(sure.argmax())
    if not likely or sure[first] < ACCEPT:
        if _is_paper(small):
            return Found(_frame(photo), 0.5, (), False, True)
        return Found(None, float(sure[first]), (), False, False)
    best = likely[first]
    others = _others(likely, sure, best)
    if thorough:
        fine = shrunk(photo, FINE)
        fine_scale = max(fine.shape[:2]) / max(photo.shape[:2])
        exact = refine(fine, best.quad * (fine_scale / scale)) / fine_scale
    else:
        exact = best.quad / scale
    cut = any(best.touching)
    return Found(exact, float(sure[first]), tuple(o.quad / scale for o in others), cut, False)


def _lit(small: Pixels) -> Pixels:
    """A dark picture brightened: steps of colour are judged by their size."""
    brightest = float(np.percentile(small[::4, ::4], 99))
    if not 4 < brightest < 130:
        return small
    return np.asarray(cv2.convertScaleAbs(small, alpha=min(4.0, 200 / brightest)), np.uint8)


def _others(
    likely: list[Judged], sure: npt.NDArray[np.float64], best: Judged
) -> list[Judged]:
    kept: list[Judged] = []
    for n in np.argsort(-sure):
        other = likely[n]
        if sure[n] < SECOND:
            break
        apart = all(
            shared(other.quad, known.quad) < 0.12 * min(area(other.quad), area(known.quad))
            for known in (best, *kept)
        )
        if apart and area(other.quad) > LEAST * area(best.quad):
            kept.append(other)
    return kept


def _frame(photo: Pixels) -> Quad:
    height, width = photo.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _is_paper(small: Pixels) -> bool:
    """Is the whole picture one paper: a bright even rim on all sides, print inside?"""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    ring = max(3, min(height, width) // 40)
    strips = (grey[:ring], grey[-ring:], grey[:, :ring], grey[:, -ring:])
    levels = [float(np.median(strip)) for strip in strips]
    rough = [float(np.percentile(s, 75) - np.percentile(s, 25)) for s in strips]
    if min(levels) < 150 or max(levels) - min(levels) > 50 or max(rough) > 30:
        return False
    ground = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    printed = (ground.astype(np.int16) - grey) > 40
    return bool(0.004 < printed.mean() < 0.4 and float(np.percentile(ground, 10)) > 120)


def refine(rgb: npt.NDArray[np.uint8], quad: Quad) -> Quad:
    """The corners to a fraction of a pixel: the steepest place across each side, a line each."""
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 0.8), cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[:, :, 0] *= 100 / 255
    for reach in (0.011, 0.005):
        moved = _measured(lab, quad, max(4.0, reach * max(rgb.shape[:2])))
        if moved is None:
            return quad
        quad = moved
    return quad


def _measured(lab: npt.NDArray[np.float32], quad: Quad, reach: float) -> Quad | None:
    height, width = lab.shape[:2]
    lines: list[npt.NDArray[np.float64]] = []
    for k in range(4):
        start, end = quad[k], quad[(k + 1) % 4]
        along = end - start
        length = float(np.linalg.norm(along))
        outward = np.array([along[1], -along[0]]) / length
        t = np.linspace(0.04, 0.96, int(np.clip(length / 6, 30, 160)))
        offsets = np.arange(-reach, reach + 0.5, 0.5)
        grid = (start + along * t[:, None])[:, None, :] + outward * offsets[None, :, None]
        inside = ((grid >= 1) & (grid <= np.array([width - 2, height - 2]))).all(axis=2).all(axis=1)
        if inside.mean() < 0.4:
            lines.append(np.stack([start, end]))
            continue
        profile = cv2.remap(
            lab,
            grid[inside, :, 0].astype(np.float32),
            grid[inside, :, 1].astype(np.float32),
            cv2.INTER_LINEAR,
        )
        # Steps over ±1.5 px of the same direction in colour as the side as a whole.
        step = profile[:, 6:] - profile[:, :-6]
        common = step[:, :, :].reshape(-1, 3)
        far = profile[:, -4:].mean(axis=1) - profile[:, :4].mean(axis=1)
        way = np.median(far, axis=0)
        size = float(np.linalg.norm(way))
        if size > 4 and len(common):
            value = (step * (way / size)).sum(axis=2)
        else:
            value = np.linalg.norm(step, axis=2)
        # Outer steps win over inner ones of the same height: print lies inside.
        place = value.argmax(axis=1)
        height_there = value[np.arange(len(value)), place]
        clear = height_there > max(3.0, 0.4 * float(np.median(height_there)))
        if clear.sum() < 12:
            lines.append(np.stack([start, end]))
            continue
        points = grid[inside][np.arange(len(place)), place + 3][clear].astype(np.float32)
        lines.append(_line(points))
    corners = [crossing(lines[k - 1], lines[k]) for k in range(4)]
    if any(corner is None for corner in corners):
        return None
    moved = np.array(corners)
    if not convex(ordered(moved)) or np.abs(moved - quad).max() > 4 * reach:
        return None
    return moved


def _line(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Two points of the line through most of these."""
    for _ in range(3):
        vx, vy, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        off = np.abs((points[:, 0] - x) * vy - (points[:, 1] - y) * vx)
        near = off <= max(1.0, 2.5 * float(np.median(off)))
        if near.all() or near.sum() < 10:
            break
        points = points[near]
    return np.array([[x, y], [x + vx * 100, y + vy * 100]], np.float64)
