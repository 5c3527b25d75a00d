"""A part of a paper that looks like one: what a hard shadow, a fold or a printed band parts off.

Such a part has the paper's own borders along three of its sides, and beyond the fourth they go on.
A larger thing that is made up of a paper and a piece of the desk has no borders there.
"""

from __future__ import annotations

import numpy as np

from daemon.documents.geometry import Quad, area, shared
from daemon.documents.judging import Judge

LARGER = 1.15
"""Least size of the paper beside that of its part: less is the fringe of a pattern on the desk."""

INSIDE = 0.96
"""Least share of the part that lies in the paper."""

OWN = 2.0
"""Distance from the part's sides, in hundredths of the paper's size, from which a place on the
paper's border is beyond it."""

FEW = 8
"""Places on a border that are too few to tell."""

GOES_ON = 0.75
"""Least clearness of the border beyond the part, of all places together ..."""

EACH = 0.6
"""... and of those of each side."""


def part_of(judge: Judge, part: Quad, paper: Quad) -> bool:
    """Do the borders of `paper` go on beyond `part`, all along?"""
    if area(paper) < LARGER * area(part) or shared(part, paper) < INSIDE * area(part):
        return False
    points, _, strong = judge.steps(paper[None])
    beyond = _away(points[0], part) > OWN / 100 * float(np.sqrt(area(paper)))
    if beyond.sum() < FEW:
        return False
    sides = [strong[0, k][beyond[k]] for k in range(4) if beyond[k].sum() >= FEW // 2]
    worst = min((float(side.mean()) for side in sides), default=0.0)
    return bool(strong[0][beyond].mean() > GOES_ON and worst > EACH)


def _away(points: Quad, quad: Quad) -> Quad:
    """Distance of places from the nearest side of a quadrilateral."""
    start = quad[:, None, None]
    along = np.roll(quad, -1, axis=0)[:, None, None] - start
    t = ((points[None] - start) * along).sum(axis=-1) / (along * along).sum(axis=-1)
    nearest = start + np.clip(t, 0, 1)[..., None] * along
    return np.asarray(np.linalg.norm(points[None] - nearest, axis=-1).min(axis=0), np.float64)
