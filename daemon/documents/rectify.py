"""From the paper in the photograph to an upright-sided page of 300 dots an inch, true to size."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, proportion, sides

DPI = 300

FORMATS: dict[str, tuple[float, float]] = {
    "A4": (210.0, 297.0),
    "ID-1": (53.98, 85.6),
    "ID-3": (88.0, 125.0),
    "A5": (148.0, 210.0),
}
"""Name → short and long side in mm (ISO 216; ISO/IEC 7810)."""

SLACK = 0.07
"""How far a measured proportion may lie from a format's."""


class Page(msgspec.Struct, frozen=True):
    """A rectified page."""

    pixels: Pixels
    format: str
    """Key of FORMATS, or empty where the proportions fit none."""
    dpi: float
    """Dots an inch that the photograph really has there; the page itself is drawn at DPI."""


def rectify(photo: Pixels, quad: Quad, px_per_mm: float | None = None) -> Page:
    """The page inside `quad`.  `px_per_mm` of the photograph, where the camera's height is known,
    tells A4 from A5.
    """
    height, width = photo.shape[:2]
    ratio = proportion(quad, (width, height))
    long_px = float(max(sides(quad)))
    name = _format(max(ratio, 1 / ratio), long_px / px_per_mm if px_per_mm else None)
    if name:
        short, long = FORMATS[name]
        size_mm = (short, long) if ratio < 1 else (long, short)
    else:
        long = 297.0 if not px_per_mm else long_px / px_per_mm
        size_mm = (long * ratio, long) if ratio < 1 else (long, long / ratio)
    size = (round(size_mm[0] / 25.4 * DPI), round(size_mm[1] / 25.4 * DPI))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    dpi = long_px / (max(size_mm) / 25.4)
    # Shrinking by more than half would alias: the photograph is halved first.
    while dpi > 2 * DPI:
        photo = np.asarray(cv2.pyrDown(photo), np.uint8)
        turn = turn @ np.diag([2.0, 2.0, 1.0])
        dpi /= 2
    pixels = cv2.warpPerspective(
        photo, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return Page(np.asarray(pixels, np.uint8), name, dpi)


def _format(ratio: float, long_mm: float | None) -> str:
    near = [
        name
        for name, (short, long) in FORMATS.items()
        if abs(ratio / (long / short) - 1) < SLACK
        and (long_mm is None or abs(long_mm / long - 1) < 0.15)
    ]
    if long_mm is None and near:
        # Without a scale the commonest paper of that shape.
        return near[0] if abs(ratio - 1.586) > 0.08 else "ID-1"
    return min(
        near, key=lambda one: abs(ratio / (FORMATS[one][1] / FORMATS[one][0]) - 1), default=""
    )
