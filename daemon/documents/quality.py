"""Is the photograph good enough for a certified copy?  One verdict and the worst place.

The order of the questions is the order in which a visitor can act: is there one paper, wholly in
the picture; is there light; is something reflected; was it held still; is it sharp; is it large
enough.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import glare
from daemon.documents.decode import Pixels
from daemon.documents.shrink import shrunk
from daemon.machine.values import Box, Quality

Floats = npt.NDArray[np.float32]
Gradient = tuple[Floats, Floats]

LONGEST = 700
"""Long side, in pixels, of the picture in which all but the sharpness is judged."""

DARK = 62.0
"""Brightness of the paper's ground (0-255) below which print drowns in noise."""

SMALLEST_DPI = 80.0
"""Resolution on the paper below which print of 12 points cannot be read."""

FINE, COARSE = 0.9, 2.4
"""The two blurs, in pixels, between which the steepness of edges is compared."""

BLURRED = 2.45
"""Ratio of the squared steepness at FINE to that at COARSE, in the sharpest direction, below which
a picture is blurred.  Sharp print has 4 to 8, a blur as wide as a letter's strokes 1.2 to 1.8."""

MUCH_BLURRED = 1.85
"""Below this it is blurred whatever the directions say."""

SOFT, LEGIBLE = 3.4, 2.0
"""Not sharp enough, too, is a picture whose least sharp direction is below the first, and its
square over the sharpest one below the second: from there on more than 5 % of the characters are
misread."""

ONE_WAY = 1.55
"""Then it has moved if the sharpest direction is so many times sharper than the least sharp one;
print that lies still has up to 1.5."""

COVERED = 0.012
"""Share of the page that a hand has to cover."""

BAND, REACH = 128, 16
"""Rows looked at together, and those beyond them that a blur of COARSE takes in."""

_SLOPE, _ONE = np.array([-0.5, 0, 0.5], np.float32), np.array([1], np.float32)


class Verdict(msgspec.Struct, frozen=True):
    """The answer; `where` as fractions of the page."""

    quality: Quality
    where: Box | None = None


class Sharpness(msgspec.Struct, frozen=True):
    """How much steeper edges are when looked at finely: high = sharp, 1 = nothing but blur."""

    best: float
    """In the sharpest direction."""
    worst: float
    """In the least sharp one."""


def judge(page: Pixels, dpi: int, source_dpi: float) -> Verdict:
    """The verdict on a rectified page; `source_dpi` = resolution the photograph really had.

    150 dpi are enough for a page, 300 for a card: `page` may have been shrunk to that.
    """
    small = shrunk(page, LONGEST)
    if float(np.percentile(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 80)) < DARK:
        return Verdict("dark")
    hand = covered(small)
    if hand is not None:
        # No verdict of its own: like a cut-off page, part of it is not in the picture.
        return Verdict("cut", hand)
    spot = glare.find(small)
    if spot is not None:
        return Verdict("glare", spot)
    if source_dpi < SMALLEST_DPI:
        return Verdict("small")
    sharp = sharpness(page, dpi)
    if sharp is not None:
        soft = sharp.worst < SOFT and sharp.worst**2 < LEGIBLE * sharp.best
        if soft and sharp.best > ONE_WAY * sharp.worst and sharp.best >= MUCH_BLURRED:
            return Verdict("moved")
        if soft or sharp.best < BLURRED:
            return Verdict("blur")
    return Verdict("ok")


def covered(small: Pixels) -> Box | None:
    """A hand or fingers on the page: a plain patch of skin that comes in over its border."""
    height, width = small.shape[:2]
    planes = cv2.split(cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_RGB2LAB))
    light, a, b = planes[0], planes[1].astype(np.int16) - 128, planes[2].astype(np.int16) - 128
    away = np.zeros(light.shape, np.int16)
    for plane in planes:
        # Twice the distance: the middle of an even number of places may be a half.
        ground = np.int16(2 * np.median(plane[::4, ::4]))
        away += np.abs(2 * plane.astype(np.int16) - ground)
    unlike = away > 2 * 34
    skin = (a > 5) & (b > 5) & (b < 3.2 * a) & (a < 1.6 * b) & (light > 40) & (light < 225) & unlike
    reach = max(7, round(0.028 * max(height, width))) | 1
    solid = cv2.morphologyEx(
        skin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8)
    )
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    rim = max(3, round(0.02 * max(height, width)))
    for label in range(1, count):
        x, y, w, h, pixels = (int(v) for v in stats[label])
        reaches = x <= rim or y <= rim or x + w >= width - rim or y + h >= height - rim
        # A strip along the whole border is the desk, seen past a paper that is not quite flat.
        strip = min(w, h) < 0.05 * max(height, width)
        if reaches and not strip and pixels > COVERED * solid.size:
            return Box(x / width, y / height, w / width, h / height)
    return None


def sharpness(page: Pixels, dpi: int) -> Sharpness | None:
    """Compares the edges of the print at two scales; None where hardly anything is printed.

    With S the sum of g·gᵀ over the edges, g the gradient after a small and after a larger blur,
    the ratio of the two quadratic forms is bounded by their generalised eigenvalues: the sharpest
    and the least sharp direction.  Noise, measured beside the edges, is taken off first.
    """
    height, width = page.shape[:2]
    # Judged at the size of the print: 150 dpi, twice that on cards.
    scale = min(1.0, (300 if max(height, width) / dpi < 5.2 else 150) / dpi)
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        size = round(width * scale), round(height * scale)
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    edge = max(4, round(0.02 * max(grey.shape)))
    fine, coarse = _gradients(np.asarray(grey[edge:-edge, edge:-edge], np.uint8))
    strength = coarse[0] ** 2 + coarse[1] ** 2
    level = max(4.0, float(np.percentile(strength[::3, ::3], 94)))
    edges = strength > level
    # On paper without any noise half of everything is exactly nothing.
    flat = strength <= float(np.percentile(strength[::3, ::3], 50))
    if edges.mean() < 0.004:
        return None
    forms = [_form(g, edges) - _form(g, flat) for g in (fine, coarse)]
    if np.linalg.eigvalsh(forms[1])[0] <= 0:
        return None
    ratios = np.sort(np.linalg.eigvals(np.linalg.solve(forms[1], forms[0])).real)
    return Sharpness(float(ratios[-1]), max(0.01, float(ratios[0])))


def _gradients(grey: npt.NDArray[np.uint8]) -> tuple[Gradient, Gradient]:
    """Steepness to the right and down at every other line, blurred by FINE and by COARSE.

    Every other line is enough: there are some hundred thousand edges on a page.  Band by band, so
    that what is made on the way stays in the processor's cache.
    """
    height, width = grey.shape
    found = np.empty((2, 2, -(-height // 2), width), np.float32)
    for top in range(0, height, BAND):
        low = min(height, top + BAND)
        start = max(0, top - REACH)
        values = grey[start : low + REACH].astype(np.float32)
        rows = slice(top - start, low - start, 2)
        for n, blur in enumerate((FINE, COARSE)):
            soft = cv2.GaussianBlur(values, (0, 0), blur)
            for k, (x, y) in enumerate(((_SLOPE, _ONE), (_ONE, _SLOPE))):
                steep = cv2.sepFilter2D(soft, cv2.CV_32F, x, y)
                found[n, k, top // 2 : -(-low // 2)] = steep[rows]
    return (found[0, 0], found[0, 1]), (found[1, 0], found[1, 1])


def _form(gradient: Gradient, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    g = np.stack([gradient[0][where], gradient[1][where]])
    return np.asarray(g @ g.T / g.shape[1], np.float64)
