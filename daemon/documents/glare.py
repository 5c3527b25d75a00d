"""Reflections of a lamp on the paper: where one is, the print is gone.

Paper that is merely bright still shows its print, and the colour of its ground; in a reflection
all three colours are at their limit, nothing printed is left, and from there the light fades into
the surroundings.  White fields with a border (a bar code, a portrait) do not fade.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.machine.values import Box

Plane = npt.NDArray[np.uint8]

BURNT = 254
"""Least brightness of the darkest colour (0-255): bright white paper has up to 252."""

LEAST = 0.002
"""Share of the page that a reflection has to cover: about 11 x 11 mm of A4."""

MOST = 0.6
"""More than that is light, not a reflection."""

LARGE = 0.05
"""Share from which a spot is a reflection even where the paper around it is nearly as bright ..."""

RING = (246.0, 251.5)
"""... which may have this brightness around a small and around a large spot."""

ROUND = 0.68
"""Least share of its convex hull that a spot fills."""

HALO = (205.0, 234.0)
"""Brightness just outside the spot that it has to fade through: 15 % and half of the places."""

PAPER = 10
"""Pixels from print to the nearest bare paper: half the distance of lines and more."""

PRINT = 25
"""How much darker than the ground (0-255) print is."""

CORE = 0.4
"""Depth from which the inside of a spot is its middle, as a share of the greatest depth."""

LOST = 0.1
"""Most print in the middle of the spot, compared with that around it."""

PRINTED = 0.02
"""Least share of print around a spot: on blank paper nothing is lost."""


class Spot(msgspec.Struct, frozen=True):
    """The largest burnt-out spot of a page."""

    box: Box
    share: float
    """Of the page."""
    roundness: float
    """Share of its convex hull that it fills."""
    borders: int
    """How many borders of the page it reaches."""
    halo: tuple[float, float]
    """Brightness just outside: 15 % and half of the places are darker."""
    ring: float
    """Brightness further out, the middle of all places."""
    inside: float
    """Share of the middle of the spot that is print."""
    around: float
    """Share of its surroundings that is print."""


def find(small: Pixels) -> Box | None:
    """The largest reflection on a page of about 700 pixels, as fractions of the page."""
    spot = largest(small)
    return spot.box if spot is not None and reflection(spot) else None


def reflection(spot: Spot) -> bool:
    """Is it one?"""
    large = spot.share >= LARGE
    fades = spot.halo[0] >= HALO[0] and spot.halo[1] >= HALO[1] and spot.ring <= RING[large]
    lost = spot.around >= PRINTED and spot.inside <= LOST * spot.around
    return (
        LEAST <= spot.share <= MOST
        and spot.roundness >= ROUND
        and spot.borders <= (2 if large else 1)
        and fades
        and lost
    )


def largest(small: Pixels) -> Spot | None:
    """What is measured of the largest burnt-out spot, if there is one."""
    height, width = small.shape[:2]
    darkest = _darkest(cv2.GaussianBlur(small, (0, 0), 2.0))
    ground = np.asarray(cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, _square(4)), np.uint8)
    burnt = cv2.morphologyEx((ground >= BURNT).astype(np.uint8), cv2.MORPH_OPEN, _square(3))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt, connectivity=8)
    if count < 2:
        return None
    label = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    x, y, w, h, pixels = (int(v) for v in stats[label])
    spot = (np.asarray(labels) == label).astype(np.uint8)
    reach = max(9, round(0.06 * max(height, width)))
    outside = _grown(spot, reach // 2)
    ring = _grown(spot, reach) > outside
    around = _grown(spot, 2 * reach) > outside
    halo = _grown(spot, 6) > _grown(spot, 2)
    if not ring.any():
        return None
    sharp = _darkest(cv2.GaussianBlur(small, (0, 0), 0.8))
    printed = cv2.subtract(ground, sharp) > PRINT
    # At its rim print still shows, palely.
    depth = cv2.distanceTransform(spot, cv2.DIST_L2, 3)
    core = depth >= CORE * float(depth.max())
    # The paper itself, without the greyness of dense print: burnt out it is no way to fade.
    paper = np.asarray(cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, _square(PAPER)), np.uint8)
    dim, middle = np.percentile(ground[halo], (15, 50))
    return Spot(
        box=Box(x / width, y / height, w / width, h / height),
        share=pixels / spot.size,
        roundness=pixels / _hull(spot),
        borders=sum((x <= 3, y <= 3, x + w >= width - 3, y + h >= height - 3)),
        halo=(float(dim), float(middle)),
        ring=float(np.median(paper[ring])),
        inside=float(printed[core].mean()),
        around=float(printed[around].mean()),
    )


def _darkest(pixels: npt.NDArray[np.uint8] | cv2.typing.MatLike) -> Plane:
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.min(cv2.min(red, green), blue), np.uint8)


def _square(reach: int) -> Plane:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def _grown(mask: Plane, reach: int) -> Plane:
    return np.asarray(cv2.dilate(mask, _square(reach)), np.uint8)


def _hull(mask: Plane) -> float:
    """Pixels of the convex hull of all that is set."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return max(1.0, float(cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))))
