"""Finds papers in a photograph: any flat paper, at any angle, on any desk.

Several simple detectors propose outlines on a small copy (edges and brightness of four channels);
each outline is fitted by a quadrilateral and scored by what a paper's border must show: it fits, it
lies on an edge all around, and the colour differs across it.  Corners are then refined on the full
picture (`refine.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, area, is_sound, ordered, overlap, sides
from daemon.documents.refine import refine

WORK = 512
"""Longest side, in pixels, of the copy that outlines are looked for on."""

SURE = 0.30
"""Score from which an outline counts as a paper."""

ANOTHER = 0.55
"""Score from which a further outline counts as a second paper: a patterned desk is full of shapes."""

SMALLEST = 0.012
"""Least part of the picture that a paper covers: half a card on an A3 bed."""

EDGE = 0.006
"""Nearer to the picture's edge than this part of its diagonal, a side counts as cut off."""

Grey = npt.NDArray[np.uint8]


class Found(msgspec.Struct, frozen=True):
    """What was found in a photograph."""

    page: Quad | None = None
    """The largest sure paper; pixels of the photograph."""
    others: tuple[Quad, ...] = ()
    score: float = 0.0
    cut: bool = False
    """Part of the page lies outside the picture."""


class Candidate(msgspec.Struct, frozen=True):
    """An outline with its score, in pixels of the small copy."""

    quad: Quad
    score: float


def find(photo: Pixels, *, fine: bool = True) -> Found:
    """The papers of a photograph; `fine` = corners to a fraction of a pixel."""
    scale = WORK / max(photo.shape[:2])
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    small = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    sure = papers(small)
    if not sure:
        return Found()
    first = sure[0]
    rest = [one for one in sure[1:] if _another(one, size)]
    quads = [one.quad / scale for one in (first, *rest)]
    cut = bool(_at_edge(first.quad, size))
    if fine:
        quads = [refine(photo, quad) for quad in quads]
    return Found(quads[0], tuple(quads[1:]), first.score, cut)


def papers(small: Pixels) -> list[Candidate]:
    """The sure outlines, largest first, none inside another."""
    gradient = _gradient(small)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32)
    floor = SMALLEST * small.shape[0] * small.shape[1]
    proposed: list[Candidate] = []
    # What counts as an edge: a quarter of the picture's strong ones.
    level = max(4.0, 0.25 * float(np.percentile(gradient, 97)))
    tried: set[bytes] = set()
    size = (small.shape[1], small.shape[0])
    for outline in _outlines(small):
        quad = _quad(outline)
        if quad is None or area(quad) < floor or not is_sound(quad):
            continue
        same = (quad / 3).astype(np.int16).tobytes()
        if same in tried or len(_at_edge(quad, size)) > 2:
            continue  # what fills the picture on three sides is the desk
        tried.add(same)
        score = _score(quad, outline, gradient, lab, level)
        if score >= SURE:
            proposed.append(Candidate(quad, score))
    # A paper's own frames and photographs lie inside it: the outline around them wins unless it
    # is much less sure.
    proposed.sort(key=lambda one: one.score * area(one.quad) ** 0.6, reverse=True)
    kept: list[Candidate] = []
    for one in proposed:
        if all(overlap(one.quad, other.quad) < 0.2 for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: area(one.quad), reverse=True)


# -- proposals ----------------------------------------------------------------------------


def _outlines(small: Pixels) -> Iterator[npt.NDArray[np.int32]]:
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    saturation = cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[:, :, 1]
    channels = (lab[:, :, 0], lab[:, :, 1], lab[:, :, 2], saturation)
    floor = SMALLEST * small.shape[0] * small.shape[1]
    for number, channel in enumerate(channels):
        if number and float(channel.std()) < 2.0:
            continue
        # Closing removes print from paper, so that only large shapes remain.
        smooth = cv2.medianBlur(cv2.morphologyEx(channel, cv2.MORPH_CLOSE, _disc(5)), 5)
        for low, high in ((20, 60), (40, 120), (10, 30)):
            edges = np.asarray(cv2.dilate(cv2.Canny(smooth, low, high), _disc(3)), np.uint8)
            yield from _contours(edges, floor)
        _, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for mask in (bright, cv2.bitwise_not(bright)):
            opened = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(7)), np.uint8)
            yield from _contours(opened, floor)


def _contours(mask: Grey, floor: float) -> Iterator[npt.NDArray[np.int32]]:
    # A frame of background lets shapes that touch the picture's edge close there.
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    found, _ = cv2.findContours(framed, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE, offset=(-1, -1))
    for contour in found:
        hull = cv2.convexHull(contour)
        if cv2.contourArea(hull) >= floor:
            yield np.asarray(hull, np.int32)


def _quad(hull: npt.NDArray[np.int32]) -> Quad | None:
    """The four-sided outline of a hull: the simplification that keeps its area best."""
    length = cv2.arcLength(hull, True)
    for part in (0.01, 0.015, 0.02, 0.03, 0.045, 0.065, 0.09):
        simple = cv2.approxPolyDP(hull, part * length, True)
        if len(simple) == 4:
            return ordered(np.asarray(simple, np.float32))
        if len(simple) < 4:
            return None
    return None


# -- scores -------------------------------------------------------------------------------


def _gradient(small: Pixels) -> npt.NDArray[np.float32]:
    """Strength of the strongest edge of any colour, 0…255."""
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0) / 16
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1) / 16
    return np.asarray(np.hypot(across, down).max(axis=2), np.float32)


def _score(
    quad: Quad,
    hull: npt.NDArray[np.int32],
    gradient: npt.NDArray[np.float32],
    lab: npt.NDArray[np.float32],
    level: float,
) -> float:
    fit = min(area(quad), cv2.contourArea(hull)) / max(area(quad), cv2.contourArea(hull), 1.0)
    supports, steps = [], []
    hidden = _at_edge(quad, (gradient.shape[1], gradient.shape[0]))
    for i in range(4):
        if i in hidden:
            continue
        support, step = _side(quad[i], quad[(i + 1) % 4], gradient, lab, level)
        supports.append(support)
        steps.append(step)
    # The weakest side counts half: three good sides and one through nothing is no paper.
    edge = 0.5 * float(np.mean(supports)) + 0.5 * min(supports)
    contrast = min(1.0, float(np.mean(steps)) / 18)
    # A side outside the picture proves nothing.
    return float(fit**2 * edge * (0.35 + 0.65 * contrast) * 0.75 ** len(hidden))


def _side(
    a: npt.NDArray[np.float32],
    b: npt.NDArray[np.float32],
    gradient: npt.NDArray[np.float32],
    lab: npt.NDArray[np.float32],
    level: float,
) -> tuple[float, float]:
    """(part of the side that lies on an edge, colour step across it in L*a*b* units)."""
    height, width = gradient.shape
    length = float(np.linalg.norm(b - a))
    count = max(8, int(length / 3))
    along = np.linspace(0.04, 0.96, count)[:, None]
    points = a + (b - a) * along
    normal = np.array([(b - a)[1], -(b - a)[0]]) / max(length, 1e-6)

    def sample(offset: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        at = np.rint(points + normal * offset).astype(np.intp)
        return at[:, 1].clip(0, height - 1), at[:, 0].clip(0, width - 1)

    strongest = np.max([gradient[sample(offset)] for offset in (-2, -1, 0, 1, 2)], axis=0)
    inside, outside = lab[sample(-5)], lab[sample(5)]
    step = np.abs(inside.mean(axis=0) - outside.mean(axis=0))
    return float((strongest > level).mean()), float(step @ np.array([100 / 255, 1.0, 1.0]))


def _at_edge(quad: Quad, size: tuple[int, int]) -> list[int]:
    """The sides that run along the picture's edge or beyond: there the paper is cut off."""
    near = EDGE * float(np.hypot(*size)) + 1
    found = []
    for i in range(4):
        a, b = quad[i], quad[(i + 1) % 4]
        for axis in (0, 1):
            far = size[axis] - 1 - near
            if max(a[axis], b[axis]) < near or min(a[axis], b[axis]) > far:
                found.append(i)
    return found


def _another(one: Candidate, size: tuple[int, int]) -> bool:
    """Is this surely a second paper?  It lies wholly in the picture and has a paper's shape."""
    lengths = sides(one.quad)
    ratio = max(lengths[0] + lengths[2], lengths[1] + lengths[3]) / max(
        1e-6, float(min(lengths[0] + lengths[2], lengths[1] + lengths[3]))
    )
    return (
        one.score >= ANOTHER
        and not _at_edge(one.quad, size)
        and (abs(ratio - 1.414) < 0.2 or abs(ratio - 1.586) < 0.2)
    )


def _disc(size: int) -> Grey:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
