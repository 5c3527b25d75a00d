"""The picture of a page as it will stand in the PDF: the best JPEG that fits.

It is made once, from the rectified page and nothing else: no segmentation, no clean-up, so an
erasure stays visible.  The PDF embeds it byte for byte.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from daemon.documents.decode import Pixels
from daemon.documents.rectify import with_density

MOST = 850_000
"""Bytes for A4: with its text layer, font and colour profile the PDF stays below 900 kB."""

A4_PIXELS = 2480 * 3508

BEST, WORST = 88, 30
"""JPEG qualities (libjpeg's scale): above the first nothing is gained, below the second print
suffers; a page that does not fit then is as large as it is."""

_STRIPS, _ROWS = 12, 48
"""The quality is looked for on strips across the page, together a sixth of an A4 page."""

_FALL = 0.75
"""Size of a JPEG by the coarseness of its steps (200 - 2 × quality): the power it falls with.  A
first guess; what is measured corrects it."""

_PROBES = 4
"""How often the strips are tried below `BEST`; two are usual."""

_NEAR = 0.04
"""Share of the bytes allowed that may be left unused."""


def encoded(pixels: Pixels, dpi: int) -> bytes:
    """The page with its resolution told; at most `MOST` bytes for each area of A4 at 300 dpi."""
    most = MOST * max(1.0, pixels.shape[0] * pixels.shape[1] / A4_PIXELS)
    quality = _quality(pixels, most)
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    data = _jpeg(np.asarray(bgr, np.uint8), quality)
    while len(data) > most and quality > WORST:
        # The strips were plainer than the page.
        quality = max(WORST, quality - max(2, round(40 * math.log(len(data) / most))))
        data = _jpeg(np.asarray(bgr, np.uint8), quality)
    return with_density(data, dpi)


def _quality(pixels: Pixels, most: float) -> int:
    """The highest quality at which the page should fit, or one a little lower."""
    height = pixels.shape[0]
    if height <= _STRIPS * _ROWS:
        strips, share = pixels, 1.0
    else:
        tops = np.linspace(0, height - _ROWS, _STRIPS).astype(int) // 16 * 16
        strips = np.concatenate([pixels[top : top + _ROWS] for top in tops])
        share = len(strips) / height
    strips = np.asarray(cv2.cvtColor(strips, cv2.COLOR_RGB2BGR), np.uint8)
    # Logarithm of how much too large the strips are at a quality.
    quality, over = BEST, math.log(len(_jpeg(strips, BEST)) / (most * share))
    low, high, fall = WORST, BEST, _FALL
    for _ in range(_PROBES):
        if -_NEAR <= over <= 0 or high - low <= 1 or (quality == BEST and over <= 0):
            break
        steps = (200 - 2 * quality) * math.exp(over / fall)
        tried = min(high - 1, max(low + 1, math.floor(100 - steps / 2)))
        found = math.log(len(_jpeg(strips, tried)) / (most * share))
        coarser = math.log((100 - tried) / (100 - quality)) if tried != quality else 1.0
        fall = min(1.2, max(0.4, (over - found) / coarser))
        quality, over = tried, found
        low, high = (low, tried) if over > 0 else (tried, high)
    return quality if over <= 0 else low


def _jpeg(bgr: Pixels, quality: int) -> bytes:
    how = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 0]
    done, data = cv2.imencode(".jpg", bgr, how)
    if not done:
        raise ValueError("the JPEG encoder refused the page")
    return data.tobytes()
