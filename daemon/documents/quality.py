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

from daemon.documents.decode import Pixels
from daemon.machine.values import Box, Quality

Plane = npt.NDArray[np.uint8]

DARK = 62.0
"""Brightness of the paper's ground (0-255) below which print drowns in noise."""

SMALLEST_DPI = 80.0
"""Resolution on the paper below which print of 12 points cannot be read."""

GLARE_SHARE = 0.0012
"""Share of the page that a reflection has to cover: about 9 × 9 mm of A4."""

SOFT = 3.1
"""Width of the steepest edges, in pixels of the photograph, above which it is blurred ..."""

SOFT_MM = 0.62
"""... provided that it is also that many millimetres on the paper: small print is then lost."""

ONE_WAY = 1.75
"""Edges that many times wider one way than across it come from movement."""


class Verdict(msgspec.Struct, frozen=True):
    """The answer; `where` as fractions of the page."""

    quality: Quality
    where: Box | None = None


class Sharpness(msgspec.Struct, frozen=True):
    """Widths of the steepest edges in pixels of the page."""

    width: float
    one_way: float
    """Widest direction over the narrowest."""


def judge(page: Pixels, dpi: int, source_dpi: float) -> Verdict:
    """The verdict on a rectified page; `source_dpi` = resolution the photograph really had."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    small = _small(grey, 700)
    if float(np.percentile(small, 80)) < DARK:
        return Verdict("dark")
    spot = glare(page)
    if spot is not None:
        return Verdict("glare", spot)
    if source_dpi < SMALLEST_DPI:
        return Verdict("small")
    sharp = sharpness(grey)
    if sharp is not None:
        native = sharp.width * min(1.0, source_dpi / dpi)
        millimetres = sharp.width / dpi * 25.4
        if sharp.one_way > ONE_WAY and millimetres > SOFT_MM * 0.8:
            return Verdict("moved")
        if native > SOFT and millimetres > SOFT_MM:
            return Verdict("blur")
    return Verdict("ok")


def _small(grey: Plane, longest: int) -> Plane:
    scale = longest / max(grey.shape)
    if scale >= 1:
        return grey
    size = round(grey.shape[1] * scale), round(grey.shape[0] * scale)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def glare(page: Pixels) -> Box | None:
    """The largest reflection: a burnt-out spot far brighter than the paper around it."""
    scale = 700 / max(page.shape[:2])
    size = max(8, round(page.shape[1] * scale)), max(8, round(page.shape[0] * scale))
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    darkest = cv2.GaussianBlur(small, (0, 0), 2.0).min(axis=2)
    ground = cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    usual = float(np.median(ground))
    burnt = (ground >= 247).astype(np.uint8)
    # A paper whose ground is burnt out everywhere is overexposed, but nothing is reflected on it.
    if usual > 232 or not burnt.any():
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(burnt, connectivity=8)
    if count < 2:
        return None
    x, y, w, h, pixels = (int(v) for v in stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())])
    if pixels < GLARE_SHARE * burnt.size:
        return None
    return Box(x / size[0], y / size[1], w / size[0], h / size[1])


def sharpness(grey: Plane) -> Sharpness | None:
    """How wide the edges of the print are: contrast over steepness, at the strongest edges.

    None where hardly anything is printed.
    """
    values = grey.astype(np.float32)
    gx = cv2.Sobel(values, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    gy = cv2.Sobel(values, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    steep = cv2.magnitude(gx, gy)
    level = max(3.0, float(np.percentile(steep[::3, ::3], 98.5)))
    strong = steep > level
    if strong.mean() < 0.002:
        return None
    reach = np.ones((15, 15), np.uint8)
    contrast = (cv2.dilate(grey, reach).astype(np.float32) - cv2.erode(grey, reach))[strong]
    width = contrast / steep[strong]
    angle = np.arctan2(gy[strong], gx[strong]) % np.pi
    # Narrowest edges of each direction: wide ones may be soft by design.
    by_way = []
    for k in range(8):
        off = np.abs((angle - k * np.pi / 8 + np.pi / 2) % np.pi - np.pi / 2)
        mine = width[off < np.pi / 16]
        if len(mine) > 200:
            by_way.append(float(np.percentile(mine, 20)))
    if len(by_way) < 4:
        return None
    return Sharpness(float(np.percentile(width, 25)), max(by_way) / max(0.1, min(by_way)))
