"""Draws what a document camera sees: a dark matt bed, and a paper lying on it at an angle.

A photograph that already shows a desk is fitted to the frame and used as it is.  Everything is
drawn once when the paper is laid; a frame then costs an addition of noise.
"""

from __future__ import annotations

import math
import random

import cv2
import numpy as np

from drivers.camera_backend import Picture
from drivers.camera_messages import Laying

BED_MM = (420.0, 315.0)
"""What the camera sees of the bed: A4 in any position, at 245 dpi of a 4056-pixel sensor."""

_LONG_MM = {math.sqrt(2): 297.0, 85.6 / 54.0: 85.6, 125.0 / 88.0: 125.0}
"""Proportion → long side: A4 (and all of ISO 216, drawn as A4), ID-1 card (ISO/IEC 7810), ID-3."""

_RATIO_SLACK = 0.025
_FILLS = 0.90
"""A paper takes at most this part of the bed's height or width."""


def is_page(picture: Picture) -> bool:
    """Is this a flat page (a paper's own proportions) rather than a photograph (3:2, 4:3, 16:9)?"""
    height, width = picture.shape[:2]
    ratio = max(height, width) / min(height, width)
    return _nearest(ratio) is not None


def bed(width: int, height: int, seed: int = 7) -> Picture:
    """The empty bed: a dark mat with a woven grain, unevenly lit."""
    rng = np.random.default_rng(seed)
    coarse = _grain(rng, 3, height // 40, width // 40)
    fine = _grain(rng, 4, height // 3, width // 3)
    mat = np.empty((height, width, 3), np.uint8)
    lit = _light(width, height)
    # In strips: the whole bed in floating point would hold 400 MB for a moment.
    for top in range(0, height, _STRIP):
        rows = slice(top, min(top + _STRIP, height))
        grain = _stretched(coarse, width, height, rows) + _stretched(fine, width, height, rows)
        for channel, tint in enumerate((52.0, 58.0, 66.0)):
            mat[rows, :, channel] = np.clip((tint + grain) * lit[rows], 0, 255)
    return mat


_STRIP = 128

_Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def _grain(rng: np.random.Generator, spread: float, rows: int, columns: int) -> _Floats:
    return rng.normal(0, spread, (rows, columns)).astype(np.float32)


def _stretched(small: _Floats, width: int, height: int, rows: slice) -> _Floats:
    """Some rows of `small` stretched to width × height."""
    scale = small.shape[0] / height
    first = max(0, int(rows.start * scale) - 1)
    last = min(small.shape[0], int(rows.stop * scale) + 2)
    across = small.shape[1] / width
    turn = np.array([[across, 0, 0], [0, scale, rows.start * scale - first]], np.float32)
    stretched = cv2.warpAffine(
        small[first:last],
        turn,
        (width, rows.stop - rows.start),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(stretched, np.float32)


def laid(
    picture: Picture, width: int, height: int, how: Laying, angle: float | None, seed: int
) -> Picture:
    """The scene of `width` × `height` with `picture` on the bed."""
    if how == "photo" or (how == "auto" and not is_page(picture)):
        return _fitted(picture, width, height)
    chance = random.Random(seed)
    tilt = chance.uniform(-6.0, 6.0) if angle is None else angle
    return _page_on_bed(picture, width, height, tilt, chance)


def _fitted(photo: Picture, width: int, height: int) -> Picture:
    """The photograph in the frame; what it does not cover is its own blurred edge."""
    scale = min(width / photo.shape[1], height / photo.shape[0])
    size = (round(photo.shape[1] * scale), round(photo.shape[0] * scale))
    inner = cv2.resize(photo, size, interpolation=_kernel(scale))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    if size == (width, height):
        return np.asarray(inner, np.uint8)
    frame = cv2.copyMakeBorder(
        inner, top, height - size[1] - top, left, width - size[0] - left, cv2.BORDER_REPLICATE
    )
    soft = cv2.resize(
        cv2.blur(cv2.resize(frame, (width // 16, height // 16)), (9, 9)), (width, height)
    )
    soft[top : top + size[1], left : left + size[0]] = inner
    return np.asarray(soft, np.uint8)


def _page_on_bed(
    page: Picture, width: int, height: int, angle: float, chance: random.Random
) -> Picture:
    corners = _corners(page, width, height, angle, chance)
    h, w = page.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    turn = cv2.getPerspectiveTransform(source, corners)
    shrink = float(np.linalg.norm(corners[1] - corners[0])) / w
    if shrink < 0.5:
        small = cv2.resize(page, None, fx=shrink * 1.4, fy=shrink * 1.4, interpolation=_kernel(0.5))
        page = np.asarray(small, np.uint8)
        fit = np.diag([w / page.shape[1], h / page.shape[0], 1.0])
        turn = turn @ fit
    scene = bed(width, height)
    _shadow(scene, corners)
    lit = np.full(page.shape[:2], 255, np.uint8)
    mask = cv2.warpPerspective(lit, turn, (width, height), flags=cv2.INTER_LINEAR)
    paper = cv2.warpPerspective(page, turn, (width, height), flags=cv2.INTER_LINEAR)
    # Paper reflects about 0.87 of the light and is lit unevenly, like the bed below it.
    white = _light(width, height)
    x, y, box_w, box_h = cv2.boundingRect(corners.astype(np.int32))
    part = np.s_[max(y - 2, 0) : y + box_h + 2, max(x - 2, 0) : x + box_w + 2]
    share = (mask[part].astype(np.float32) / 255)[:, :, None]
    shown = paper[part].astype(np.float32) * (0.87 * white[part])[:, :, None]
    scene[part] = np.clip(shown * share + scene[part] * (1 - share), 0, 255).astype(np.uint8)
    return scene


def _corners(
    page: Picture, width: int, height: int, angle: float, chance: random.Random
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """TL TR BR BL of the page in the frame: its real size where known, turned, a little skewed."""
    h, w = page.shape[:2]
    known = _nearest(max(w, h) / min(w, h))
    long_mm = _LONG_MM[known] if known else 297.0
    per_mm = width / BED_MM[0]
    scale = long_mm * per_mm / max(w, h)
    radians = math.radians(angle)
    cos, sin = math.cos(radians), math.sin(radians)
    reach_x = (abs(w * cos) + abs(h * sin)) * scale
    reach_y = (abs(w * sin) + abs(h * cos)) * scale
    scale *= min(1.0, _FILLS * width / reach_x, _FILLS * height / reach_y)
    centre = np.array([width, height]) * (
        0.5 + chance.uniform(-0.012, 0.012),
        0.5 + chance.uniform(-0.012, 0.012),
    )
    half = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) * scale / 2
    turned = half @ np.array([[cos, sin], [-sin, cos]])
    skew = [[chance.uniform(-1, 1) * 0.006 * width for _ in range(2)] for _ in range(4)]
    return np.asarray(centre + turned + skew, np.float32)


def _nearest(ratio: float) -> float | None:
    """The known proportion next to `ratio`, if it is near enough."""
    best = min(_LONG_MM, key=lambda known: abs(known - ratio))
    return best if abs(best - ratio) < _RATIO_SLACK else None


def _shadow(scene: Picture, corners: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    """A soft shadow to the lower right, as of a lamp on the upper left."""
    height, width = scene.shape[:2]
    small = (width // 8, height // 8)
    dark = np.zeros((small[1], small[0]), np.float32)
    cv2.fillConvexPoly(dark, ((corners + width * 0.004) / 8).astype(np.int32), 0.45)
    dark = cv2.GaussianBlur(dark, (0, 0), small[0] * 0.006)
    factor = 1 - cv2.resize(dark, (width, height))
    scene[:] = (scene * factor[:, :, None]).astype(np.uint8)


def _light(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """1.0 in the middle, falling to about 0.85 at the far corner."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return np.asarray(1.0 - 0.05 * (x * x + y * y) - 0.025 * (x + y), np.float32)


def _kernel(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
