"""Finds the paper in a photograph: candidates, a judge, exact corners, the other papers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from daemon.documents import borders, further
from daemon.documents.bands import joined
from daemon.documents.borders import Borders
from daemon.documents.candidates import propose
from daemon.documents.choosing import chances
from daemon.documents.decode import Pixels
from daemon.documents.further import LEAST
from daemon.documents.geometry import Quad, apart, area, shared
from daemon.documents.judging import Judge, Judged
from daemon.documents.parts import part_of
from daemon.documents.regions import Regions
from daemon.documents.searched import WORK, searched
from daemon.documents.whole import whole

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

PARTED, ENCLOSING = 0.65, 0.3
"""Least chance of a paper whose borders go on beyond the likeliest one, and that of one which has
the same ground inside all of its sides."""

PAIR = 4.0
"""Most that two papers, which are taken for one, may differ in size."""

ONE = 0.75
"""Least share of its inner border that has one colour on a paper around the likeliest one."""

ALIKE = 0.7
"""Least score of its sides, as a share of that of the likeliest one's."""

CLEARER = 0.02
"""How much the sides count against the chance: they decide between chances near to 1."""

LIKELY, FEW = 24, 12
"""How many of the candidates are looked at again, in a still and in a preview frame."""

MANY = 84
"""How many are where none of the likely ones is a paper."""

WHOLE = 0.7
"""What a picture that is itself the paper is given for a chance."""


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


def find(photo: Pixels, thorough: bool = True, work: int = WORK) -> Found:
    """The largest clear paper and the others.  `thorough` = a still, else a preview frame."""
    found = first(photo, thorough, work)
    if not thorough or found.corners is None or found.whole or found.others:
        return found
    return replace(found, others=further.search(photo, found.corners, work))


def first(photo: Pixels, thorough: bool = True, work: int = WORK) -> Found:
    """The same, but for papers that are seen only where the first one is covered up."""
    small, scale = searched(photo, work)
    judge = Judge(small)
    with ThreadPoolExecutor(1, "beside") as beside:  # a visitor waits, and has two cores
        learnt = beside.submit(Regions, judge.lab)
        judged = judge.judge(propose(small, thorough))
        count = LIKELY if thorough else FEW
        likely, regions = judged[:count], learnt.result()
        half = len(likely) // 2
        rest_of = beside.submit(chances, judge, regions, likely[half:]) if half else None
        sure = chances(judge, regions, likely[:half] if half else likely) if likely else np.zeros(1)
        if rest_of is not None:
            sure = np.concatenate([sure, rest_of.result()])
    if thorough and sure.max() < ACCEPT and len(judged) > count:
        # A patterned desk is full of clear sides: the paper may come late among the candidates.
        late = judged[count:MANY]
        likely, sure = [*likely, *late], np.concatenate([sure, chances(judge, regions, late)])
    # Of equally likely ones the one with the clearest sides.
    clear = np.array([1 - CLEARER + CLEARER * one.score for one in likely] or [1.0])
    best = int((sure * clear).argmax())
    # Three sides along the rim: that is a seam of the desk, or a paper of which little is seen.
    found = bool(likely) and sure[best] >= ACCEPT and sum(likely[best].touching) < 3
    if whole(small, judge.lab, likely[best].quad if found else None):
        return Found(_frame(photo), WHOLE, (), (), True)
    if not found:
        return Found(None, min(float(sure[best]), ACCEPT - 0.01), (), (), False)
    best = _outermost(judge, likely, sure, best)
    # Many candidates for the first paper can leave no room for the second.
    rest = [one for one in judged[len(likely) :] if apart(one.quad, likely[best].quad)][:FEW]
    chance = float(sure[best])
    if rest:
        sure = np.concatenate([sure, chances(judge, regions, rest)])
    paper, others = joined(likely[best], _others([*likely, *rest], sure, likely[best]))
    if thorough:
        exact = borders.exact(photo, paper.quad / scale)
    else:
        free = tuple(not touching for touching in paper.touching)
        exact = Borders(paper.quad / scale, free)  # type: ignore[arg-type]
    more = tuple(
        borders.exact(photo, other.quad / scale).quad if thorough else other.quad / scale
        for other in others
    )
    return Found(exact.quad, chance, more, _beyond(photo, exact, paper), False)


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


def _outermost(judge: Judge, likely: list[Judged], sure: npt.NDArray[np.float64], best: int) -> int:
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
    # Borders that go on beyond it: a hard shadow or a fold parts a paper into two grounds, which
    # lowers its chance; of one ground all around, the likeliest one is a portrait on it.
    for n in np.argsort(-sure):
        one = likely[n].one_ground > ONE
        if sure[n] < (ENCLOSING if one else PARTED):
            continue
        inside_picture = sum(likely[n].touching) <= sum(likely[best].touching)
        if not (one or inside_picture) or _two(likely, sure, best, n):
            continue
        if part_of(judge, likely[best].quad, likely[n].quad):
            best = int(n)
    return best


def _two(likely: list[Judged], sure: npt.NDArray[np.float64], one: int, both: np.intp) -> bool:
    """Does the larger one hold another paper, which does not meet the first in a side?"""
    for n in np.flatnonzero(sure >= SECOND):
        other = likely[n]
        inside = shared(other.quad, likely[both].quad) > 0.9 * area(other.quad)
        beside = apart(other.quad, likely[one].quad)
        if inside and beside and joined(likely[one], [other])[1]:
            # A portrait and the rest of its card are not: they differ too much in size.
            return 1 / PAIR < area(other.quad) / area(likely[one].quad) < PAIR
    return False


def _others(likely: list[Judged], sure: npt.NDArray[np.float64], best: Judged) -> list[Judged]:
    kept: list[Judged] = []
    for n in np.argsort(-sure):
        other = likely[n]
        if sure[n] < SECOND:
            break
        alone = all(apart(other.quad, known.quad) for known in (best, *kept))
        if alone and area(other.quad) > LEAST * area(best.quad):
            kept.append(other)
    return kept


def _frame(photo: Pixels) -> Quad:
    height, width = photo.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
