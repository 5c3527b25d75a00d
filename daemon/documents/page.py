"""Finds the paper in a photograph: candidates, a judge, exact corners, the other papers."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import borders
from daemon.documents.bands import joined
from daemon.documents.borders import Borders
from daemon.documents.candidates import propose
from daemon.documents.choosing import chances
from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, area, shared
from daemon.documents.judging import Judge, Judged
from daemon.documents.parts import part_of
from daemon.documents.regions import Regions
from daemon.documents.shrink import shrunk
from daemon.documents.whole import whole

WORK = 560
"""Long side, in pixels, of the picture in which candidates are looked for."""

BEYOND = 0.006
"""Share of the picture's size by which a corner may lie beyond it: what a border is known to."""

ACCEPT = 0.6
"""Least chance of a paper."""

RIM = 0.003
"""Share of the picture's size: less desk than that beyond a side shows no border."""

SECOND = 0.7
"""Least chance of a further paper."""

NEARLY, LARGER = 0.8, 1.2
"""Least chance and least size of a paper on which the likeliest one is a printed part."""

PARTED = 0.65
"""Least chance of a paper whose borders go on beyond the likeliest one."""

ONE = 0.75
"""Least share of its inner border that has one colour on a paper around the likeliest one."""

ALIKE = 0.7
"""Least score of its sides, as a share of that of the likeliest one's."""

CLEARER = 0.02
"""How much the sides count against the chance: they decide between chances near to 1."""

LIKELY, FEW = 24, 12
"""How many of the candidates are looked at again, in a still and in a preview frame."""

WHOLE = 0.7
"""What a picture that is itself the paper is given for a chance."""

LEAST = 0.05
"""Least area of a further paper beside the first: a card has 7 % of A4."""


class Found(msgspec.Struct, frozen=True):
    """What lies in a photograph."""

    corners: Quad | None
    """Of the paper, in pixels of the photograph, clockwise as seen; None = no paper."""
    score: float
    others: tuple[Quad, ...]
    """Corners of further papers."""
    beyond: tuple[int, ...]
    """Sides beyond which the paper goes on outside of the picture; 0 follows the first corner."""
    whole: bool
    """The picture is the paper: a scan or a photo cropped by its owner."""

    @property
    def cut(self) -> bool:
        """Is a part of the paper outside of the picture?"""
        return bool(self.beyond)


def searched(photo: Pixels, work: int = WORK) -> tuple[Pixels, float]:
    """(the picture in which candidates are looked for, its scale)."""
    small = shrunk(photo, work)
    return _lit(small), max(small.shape[:2]) / max(photo.shape[:2])


def find(photo: Pixels, thorough: bool = True, work: int = WORK) -> Found:
    """The largest clear paper and the others.  `thorough` = a still, else a preview frame."""
    small, scale = searched(photo, work)
    judge = Judge(small)
    judged = judge.judge(propose(small, thorough))
    count = LIKELY if thorough else FEW
    likely, regions = judged[:count], Regions(judge.lab)
    sure = chances(judge, regions, likely) if likely else np.zeros(1)
    # Of equally likely ones the one with the clearest sides.
    clear = np.array([1 - CLEARER + CLEARER * one.score for one in likely] or [1.0])
    first = int((sure * clear).argmax())
    # Three sides along the rim: that is a seam of the desk, or a paper of which little is seen.
    found = bool(likely) and sure[first] >= ACCEPT and sum(likely[first].touching) < 3
    if whole(small, judge.lab, likely[first].quad if found else None):
        return Found(_frame(photo), WHOLE, (), (), True)
    if not found:
        return Found(None, min(float(sure[first]), ACCEPT - 0.01), (), (), False)
    first = _outermost(judge, likely, sure, first)
    best = likely[first]
    # Many candidates for the first paper can leave no room for the second.
    rest = [one for one in judged[count:] if _apart(one, best)][:FEW]
    if rest:
        sure = np.concatenate([sure, chances(judge, regions, rest)])
    best, others = joined(best, _others([*likely, *rest], sure, best))
    if thorough:
        exact = borders.exact(photo, best.quad / scale)
    else:
        free = tuple(not touching for touching in best.touching)
        exact = Borders(best.quad / scale, free)  # type: ignore[arg-type]
    further = tuple(
        borders.exact(photo, other.quad / scale).quad if thorough else other.quad / scale
        for other in others
    )
    return Found(exact.quad, float(sure[first]), further, _beyond(photo, exact, best), False)


def _beyond(photo: Pixels, exact: Borders, best: Judged) -> tuple[int, ...]:
    """The sides that are not in the picture."""
    height, width = photo.shape[:2]
    allowed = BEYOND * max(height, width)
    size = np.array([width, height])
    outside = ((exact.quad < -allowed) | (exact.quad > size + allowed)).any(axis=1)
    at_rim = _at_rim(exact.quad, size)
    return tuple(
        k for k in range(4) if outside[k] or (best.touching[k] and (at_rim[k] or not exact.seen[k]))
    )


def _at_rim(quad: Quad, size: npt.NDArray[np.int_]) -> npt.NDArray[np.bool_]:
    """Which sides end so close to the rim that no desk is seen beyond them?"""
    ends = np.stack([quad, np.roll(quad, -1, axis=0)], axis=1)
    middle = np.minimum(ends, size - ends).mean(axis=1).min(axis=1)
    return np.asarray(middle < RIM * float(size.max()), np.bool_)


def _lit(small: Pixels) -> Pixels:
    """A dark picture brightened: steps of colour are judged by their size."""
    brightest = float(np.percentile(small[::4, ::4], 99))
    if not 4 < brightest < 130:
        return small
    return np.asarray(cv2.convertScaleAbs(small, alpha=min(4.0, 200 / brightest)), np.uint8)


def _outermost(
    judge: Judge, likely: list[Judged], sure: npt.NDArray[np.float64], best: int
) -> int:
    """The likeliest one, or one nearly as likely of which it is a part: a portrait, a field."""
    for n in np.argsort(-sure):
        if sure[n] < NEARLY:
            break
        larger = area(likely[n].quad) > LARGER * area(likely[best].quad)
        inside = shared(likely[n].quad, likely[best].quad) > 0.97 * area(likely[best].quad)
        # Two papers, taken together, have desk along their sides.
        one = likely[n].one_ground > ONE and likely[n].score > ALIKE * likely[best].score
        if larger and inside and one and sum(likely[n].touching) <= sum(likely[best].touching):
            best = int(n)
    # A hard shadow or a fold parts a paper: then it is two grounds, but its borders go on.
    for n in np.argsort(-sure):
        if sure[n] < PARTED:
            break
        if sum(likely[n].touching) > sum(likely[best].touching):
            continue
        if part_of(judge, likely[best].quad, likely[n].quad):
            best = int(n)
    return best


def _others(likely: list[Judged], sure: npt.NDArray[np.float64], best: Judged) -> list[Judged]:
    kept: list[Judged] = []
    for n in np.argsort(-sure):
        other = likely[n]
        if sure[n] < SECOND:
            break
        apart = all(_apart(other, known) for known in (best, *kept))
        if apart and area(other.quad) > LEAST * area(best.quad):
            kept.append(other)
    return kept


def _apart(one: Judged, other: Judged) -> bool:
    common = shared(one.quad, other.quad)
    return common < 0.12 * min(area(one.quad), area(other.quad))


def _frame(photo: Pixels) -> Quad:
    height, width = photo.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
