"""A page made ready for reading: light evened out, tinted grounds and red stamps removed.

Only the reader sees this picture.  A certified page keeps every shadow, stamp and erasure.
"""

from __future__ import annotations

import cv2
import numpy as np

from daemon.documents.decode import Pixels
from daemon.documents.text_engine import Plane

STAMP_MM = 11.0
"""A red thing at least so high and so wide is a stamp.  Red print (titles, numbers) is lower, and
has to be read: a seal has 36 mm (Circular 07/2010/TT-BCA), a framed stamp 12 mm and more."""

_LONGEST, _LARGEST_MM = 3.2, 80.0
"""A stamp is not longer than so many times its height, and not longer than this."""

_REACH_MM = 1.6
"""Red that is not farther apart belongs together: less than the gap between two lines of print."""

_RED = 24
"""How much red stands above green and blue (of 255) in stamp ink, even pale and out of focus."""

_INK, _PRINT = 0.62, 0.3
"""Red light left, of the ground's: above the first only stamp ink, below the second print."""


_DARK, _CONTRAST = 130, 30
"""Of 255: the ground of a dark cover is darker, and its print lighter by so much."""


def dark_print(page: Pixels) -> Pixels:
    """The page, or its negative where light letters stand on a dark cover (books, folders)."""
    small = cv2.cvtColor(np.ascontiguousarray(page[::8, ::8]), cv2.COLOR_RGB2GRAY)
    low, middle, high = np.percentile(cv2.GaussianBlur(small, (0, 0), 1.0), (2, 50, 98))
    if middle > _DARK or high - middle < max(_CONTRAST, middle - low):
        return page
    return np.asarray(255 - page, np.uint8)


def lit(page: Pixels, dpi: int) -> Plane:
    """Grey with shadows and tinted grounds removed: dark print and stamps on white."""
    grey = np.asarray(cv2.cvtColor(dark_print(page), cv2.COLOR_RGB2GRAY), np.uint8)
    return _divided(grey, _ground(grey, dpi))


def even(page: Pixels, dpi: int) -> Plane:
    """Grey with shadows, tinted grounds and stamps removed: dark print on white."""
    if dark_print(page) is not page:
        return lit(page, dpi)
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)
    plain = _divided(grey, _ground(grey, dpi))
    stamps = _stamps(page, dpi)
    for x, y, w, h in stamps:
        part = slice(y, y + h), slice(x, x + w)
        plain[part] = _without_red(page[part], plain[part], dpi)
    return plain


def _ground(plane: Plane, dpi: int) -> Plane:
    """What the paper would look like without print: the brightest nearby, smoothed."""
    # At an eighth of the size: light changes slowly.
    small = cv2.resize(plane, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    reach = max(3, round(dpi / 300 * 9)) | 1
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), reach / 2)
    size = plane.shape[1], plane.shape[0]
    return np.asarray(cv2.resize(ground, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _divided(plane: Plane, ground: Plane) -> Plane:
    return np.asarray(cv2.divide(plane, ground, scale=245), np.uint8)


def _redness(part: Pixels) -> Plane:
    red, green, blue = cv2.split(part)
    return np.asarray(cv2.subtract(red, cv2.max(green, blue)), np.uint8)


def _stamps(page: Pixels, dpi: int) -> list[tuple[int, int, int, int]]:
    """Boxes x, y, w, h around red stamps."""
    # A quarter of the size averages the colour noise of a camera away.
    small = cv2.resize(page, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    red = _redness(np.asarray(small, np.uint8))
    mask = np.asarray(cv2.threshold(red, _RED, 255, cv2.THRESH_BINARY)[1], np.uint8)
    if not cv2.countNonZero(mask):
        return []
    mm = dpi / 25.4 / 4
    reach = max(3, round(_REACH_MM * mm)) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least = STAMP_MM * mm
    height, width = page.shape[:2]
    boxes = []
    for x, y, w, h, area in stats[1:]:
        # A red or pink paper is a ground, not a stamp: it is full of its colour.  A red title is
        # long, and a red frame goes round the whole page.
        if min(w, h) < least or area > 0.9 * w * h:
            continue
        if max(w, h) > min(_LONGEST * min(w, h), _LARGEST_MM * mm):
            continue
        left, top = max(0, 4 * x - 4), max(0, 4 * y - 4)
        right, low = min(width, 4 * (x + w) + 4), min(height, 4 * (y + h) + 4)
        boxes.append((int(left), int(top), int(right - left), int(low - top)))
    return boxes


def _without_red(part: Pixels, lit: Plane, dpi: int) -> Plane:
    """`lit` with stamp ink as white and print below it as dark as it is.

    In red light stamp ink is nearly as bright as paper, and print as dark as ever.
    """
    red = np.ascontiguousarray(part[:, :, 0])
    bare = _divided(red, _ground(red, dpi)).astype(np.float32) / 245
    bare = np.clip((bare - _PRINT) / (_INK - _PRINT), 0, 1) * 245
    inked = cv2.GaussianBlur(_redness(part), (0, 0), 2.0)
    spread = cv2.dilate(inked, np.ones((5, 5), np.uint8))
    where = spread > _RED // 2
    return np.where(where, np.maximum(lit, bare.astype(np.uint8)), lit)
