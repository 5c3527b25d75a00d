"""A hand, or anything else, that lies over a border of the paper.

Along a border the colour changes from the paper's to the desk's.  Where something lies over it,
the same colour is on both sides, and it is neither the paper's nor the desk's.  A shadow, too, lies
on both, but it only darkens.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.geometry import Quad, sides
from daemon.documents.shrink import halved
from daemon.machine.values import Box

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

LONGEST = 300
"""Samples along the paper's longer side."""

BESIDE = (4, 11)
"""Samples from the border in which its two sides are compared."""

MARGIN = 24
"""Samples around the paper that are looked at."""

ALIKE, UNLIKE_PAPER, UNLIKE_DESK = 13.0, 17.0, 13.0
"""Distances in CIELAB of one side from the other, and of it from paper and desk."""

TINTED = 8.0
"""Distance of the colour alone from that of the paper ..."""

DEEP = 0.42
"""... or else its share of the paper's lightness: no shadow is so deep."""

WIDTH = 0.028
"""Share of the paper's longer side: a finger on A4 has 4 %."""

SPREAD = 17.0
"""Distance in CIELAB from its colour within which a place belongs to the same thing."""


def find(photo: Pixels, corners: Quad) -> Box | None:
    """The largest one's place, as fractions of the paper with these corners (TL TR BR BL)."""
    lengths = sides(corners)
    wide, high = lengths[0] + lengths[2], lengths[1] + lengths[3]
    scale = LONGEST / float(max(wide, high))
    width, height = max(20, round(float(wide * scale))), max(20, round(float(high * scale)))
    lab = _flat(photo, corners, width, height)
    paper = lab[MARGIN:-MARGIN, MARGIN:-MARGIN]
    ground = np.median(paper[::2, ::2].reshape(-1, 3), axis=0)
    found: list[tuple[int, Box]] = []
    turned = lab
    for k in range(4):
        for start, end in _runs(turned, ground):
            mask = _thing(turned, start, end)
            back = np.rot90(mask, -k)[MARGIN:-MARGIN, MARGIN:-MARGIN]
            x, y, w, h = cv2.boundingRect(np.ascontiguousarray(back))
            if w and h:
                box = Box(x / width, y / height, w / width, h / height)
                found.append((int(back.sum()), box))
        turned = np.rot90(turned)
    return max(found, key=lambda one: one[0])[1] if found else None


def _flat(photo: Pixels, corners: Quad, width: int, height: int) -> Floats:
    """The paper with its surroundings, CIELAB."""
    least = round(2 * LONGEST / float(sides(corners).max()) * max(photo.shape[:2]))
    small = halved(photo, max(64, least))
    scale = small.shape[1] / photo.shape[1]
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + MARGIN
    matrix = cv2.getPerspectiveTransform((corners * scale).astype(np.float32), target)
    size = (width + 2 * MARGIN, height + 2 * MARGIN)
    flat = cv2.warpPerspective(small, matrix, size, borderMode=cv2.BORDER_CONSTANT)
    lab = cv2.cvtColor(cv2.medianBlur(flat, 5), cv2.COLOR_RGB2LAB).astype(np.float32)
    return np.asarray(lab * np.array([100 / 255, 1, 1], np.float32))


def _runs(lab: Floats, ground: Floats) -> list[tuple[int, int]]:
    """Where something lies over the upper border: (first, last) column."""
    near, far = BESIDE
    columns = lab[:, MARGIN + 3 : -MARGIN - 3]
    inside = np.median(columns[MARGIN + near : MARGIN + far], axis=0)
    outside = np.median(columns[MARGIN - far : MARGIN - near], axis=0)
    desk = np.median(outside, axis=0)
    away = inside - ground
    tinted = np.linalg.norm(away[:, 1:], axis=1) > TINTED
    deep = inside[:, 0] < DEEP * ground[0]
    over = (
        (np.linalg.norm(inside - outside, axis=1) < ALIKE)
        & (np.linalg.norm(away, axis=1) > UNLIKE_PAPER)
        & (np.linalg.norm(outside - desk, axis=1) > UNLIKE_DESK)
        & (tinted | deep)
    )
    line = over.astype(np.uint8)[None]
    line = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))[0]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], line, [0]])))
    least = WIDTH * LONGEST
    offset = MARGIN + 3
    return [
        (int(a) + offset, int(b) + offset)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if b - a >= least
    ]


def _thing(lab: Floats, start: int, end: int) -> npt.NDArray[np.uint8]:
    """What lies over the upper border there, as far as it hangs together and has one colour."""
    near, far = BESIDE
    middle = (start + end) // 2
    patch = lab[MARGIN + near : MARGIN + far, max(start, middle - 6) : middle + 6]
    colour = np.median(patch.reshape(-1, 3), axis=0)
    alike = (np.linalg.norm(lab - colour, axis=2) < SPREAD).astype(np.uint8)
    alike = cv2.morphologyEx(alike, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(np.asarray(alike, np.uint8))
    seed = labels[MARGIN + near : MARGIN + far, start:end]
    names = np.unique(seed[seed > 0])
    mask = np.isin(labels, names).astype(np.uint8)
    mask[MARGIN : MARGIN + far, start:end] = 1
    return mask
