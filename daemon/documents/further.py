"""Another paper beside the first one, looked for in the picture without the first.

A large paper draws all thresholds to itself, and its print and borders fill the list of likely
candidates: a card beside it comes last.  So the first is covered with what lies around it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents import borders
from daemon.documents.candidates import propose
from daemon.documents.choosing import chances
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, apart, area
from daemon.documents.judging import Judge
from daemon.documents.regions import Regions
from daemon.documents.searched import WORK, searched

Plane = npt.NDArray[np.uint8]

SURE = 0.55
"""Least chance of a paper: what is no paper was given up to 0.47."""

LEAST = 0.05
"""Least area of a further paper beside the first: a card has 7 % of A4."""

SLENDER = 1.6
"""Long side over short side of a paper that may be so small: a card."""

GROWN = 1.06
"""The first paper with its shadow, beside its own size."""

COARSE = 4
"""The desk is drawn over the paper at this fraction of the size."""

FEW = 12
"""How many candidates are looked at."""


def search(photo: Pixels, first: Quad, work: int = WORK) -> tuple[Quad, ...]:
    """Its corners in pixels of the photograph, or nothing."""
    small, scale = searched(photo, work)
    paper = first * scale
    covered = _covered(small, paper)
    if not _room(covered, paper):
        return ()
    bare = _without(small, covered)
    judge = Judge(bare)
    likely = [
        one for one in judge.judge(propose(bare))
        if not any(one.touching)
        and apart(one.quad, paper)
        and area(one.quad) > LEAST * area(paper)
    ][:FEW]  # fmt: skip
    if not likely:
        return ()
    sure = chances(judge, Regions(judge.lab), likely)
    best = int(sure.argmax())
    if sure[best] < SURE:
        return ()
    return (borders.exact(photo, likely[best].quad / scale).quad,)


def _covered(small: Pixels, paper: Quad) -> Plane:
    """255 where the paper and its shadow are."""
    middle = paper.mean(axis=0)
    outline = np.rint(middle + (paper - middle) * GROWN).astype(np.int32)
    mask = np.zeros(small.shape[:2], np.uint8)
    return np.asarray(cv2.fillConvexPoly(mask, outline, 255), np.uint8)


def _room(covered: Plane, paper: Quad) -> bool:
    """Is there room for another paper beside it, wholly in the picture?"""
    free = cv2.copyMakeBorder(255 - covered, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    widest = 2 * float(cv2.distanceTransform(free, cv2.DIST_L2, 3).max())
    return bool(widest > 0.9 * np.sqrt(LEAST * area(paper) / SLENDER))


def _without(small: Pixels, covered: Plane) -> Pixels:
    """The picture with desk where the paper lies."""
    size = max(1, small.shape[1] // COARSE), max(1, small.shape[0] // COARSE)
    tiny = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    hole = cv2.dilate(
        cv2.resize(covered, size, interpolation=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8)
    )
    desk = cv2.inpaint(tiny, hole, 3, cv2.INPAINT_TELEA)
    wide = cv2.resize(desk, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(covered[..., None] > 0, wide, small), np.uint8)
