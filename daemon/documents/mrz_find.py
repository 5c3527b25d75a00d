"""Where on a page is the machine-readable zone?  Two or three long even rows of letters.

Works on dark print of any size: nothing is assumed of the page's resolution or margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.shrink import shrunk

Plane = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

LONGEST = 1500
"""Long side, in pixels, of the picture that is searched: a letter is 24 px high on a card."""

SHARE = 0.5
"""Least share of the page's width that a zone has."""


class Row(msgspec.Struct, frozen=True):
    """The letters of one line, from left to right."""

    boxes: Floats
    """n × 4: x, y, width, height in pixels; letters that touch share one."""
    height: float
    """Usual height of a letter."""

    @property
    def left(self) -> float:
        return float(self.boxes[0, 0])

    @property
    def right(self) -> float:
        return float((self.boxes[:, 0] + self.boxes[:, 2]).max())

    @property
    def middle(self) -> float:
        """Height on the page at the row's middle."""
        return float(np.median(self.boxes[:, 1] + self.boxes[:, 3] / 2))

    def centres(self, columns: int) -> Floats:
        """Middles (n × 2) of the letters of a row of so many; shared boxes are parted evenly."""
        # A letter leaves about a third of its cell free.
        pitch = (self.right - self.left) / (columns - 0.35)
        many = np.maximum(1, np.rint((self.boxes[:, 2] + 0.35 * pitch) / pitch)).astype(int)
        out = []
        for (x, y, w, h), count in zip(self.boxes, many, strict=True):
            part = w / count
            out += [(x + part * (n + 0.5) - 0.5, y + h / 2 - 0.5) for n in range(count)]
        return np.array(out)

    def scaled(self, scale: float) -> Row:
        """The same on a page so many times as large."""
        return Row(self.boxes * scale, self.height * scale)


def darkness(page: Pixels, letter: float) -> Plane:
    """How dark each place is against the paper around it, 0 to 255: light and tints removed.

    Black is dark in every colour; coloured patterns, stamps and holograms are bright in one.
    `letter`: height of a letter in pixels, whose strokes are a sixth of it.
    """
    red, green, blue = cv2.split(page)
    bright = np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)
    reach = max(3, round(letter * 0.4)) | 1
    small = cv2.resize(bright, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    ground = cv2.blur(ground, (reach, reach))
    ground = cv2.resize(ground, (bright.shape[1], bright.shape[0]))
    ground = np.maximum(ground, 24)
    share = cv2.divide(bright, ground, scale=255)
    return np.asarray(255 - share, np.uint8)


def find(page: Pixels) -> tuple[tuple[Row, ...], ...]:
    """Groups of rows that may be a zone, the likeliest first; in pixels of the page."""
    small = shrunk(page, LONGEST)
    scale = page.shape[1] / small.shape[1]
    # A sensor's noise would make letters ragged and high.
    soft = cv2.GaussianBlur(small, (0, 0), small.shape[1] / 1000)
    dark = darkness(np.asarray(soft, np.uint8), small.shape[1] / 45)
    rows = _rows(dark)
    groups = sorted(_groups(rows), key=_unlikely)
    return tuple(tuple(row.scaled(scale) for row in group) for group in groups[:3])


def _rows(dark: Plane) -> list[Row]:
    width = dark.shape[1]
    level = max(40.0, 0.45 * float(np.percentile(dark[::2, ::2], 99)))
    mask = np.asarray(dark > level, np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    good = (h > 0.008 * width) & (h < 0.055 * width) & (w < 0.3 * width)
    good[0] = False
    letters = good[np.asarray(labels, np.int32)].astype(np.uint8)
    # Neighbours in a row are at most two pitches apart, a letter in between lost or not.
    reach = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, width // 15) | 1, 1))
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, reach)
    _, lines, long, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    wanted = np.flatnonzero(good)
    home = _line_of(labels, lines, stats, wanted)
    rows = []
    for line in range(1, len(long)):
        if long[line][2] < SHARE * width or long[line][3] > 0.25 * width:
            continue
        boxes = stats[wanted[home == line], :4].astype(np.float64)
        rows += [row for row in map(_row, _parted(boxes)) if row is not None]
    return rows


def _parted(boxes: Floats) -> list[Floats]:
    """The rows among boxes that something across the lines holds together."""
    boxes = boxes[np.argsort(boxes[:, 0])]
    height = float(np.percentile(boxes[:, 3], 85))
    x, y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
    ahead = (x[None, :] - x[:, None] > 0) & (x[None, :] - x[:, None] < 3 * height)
    ahead &= np.abs(y[None, :] - y[:, None]) < 0.5 * height
    one, other = np.nonzero(ahead)
    slope = float(np.median((y[other] - y[one]) / (x[other] - x[one]))) if len(one) else 0.0
    level = y - slope * x
    order = np.argsort(level)
    ends = np.flatnonzero(np.diff(level[order]) > 0.5 * height) + 1
    return [boxes[np.sort(part)] for part in np.split(order, ends)]


def _line_of(
    labels: npt.NDArray[Any],
    lines: npt.NDArray[Any],
    stats: npt.NDArray[Any],
    wanted: npt.NDArray[np.intp],
) -> npt.NDArray[np.int32]:
    """The line that each letter belongs to: the one at a pixel of it."""
    out = np.zeros(len(wanted), np.int32)
    for n, component in enumerate(wanted):
        x, y, w, _ = stats[component][:4]
        at = x + int(np.argmax(labels[y, x : x + w] == component))
        out[n] = lines[y, at]
    return out


def _row(boxes: Floats) -> Row | None:
    if len(boxes) < 12:
        return None
    # Fillers are lower than letters in some faces, and most of some rows.
    height = float(np.percentile(boxes[:, 3], 85))
    boxes = boxes[(boxes[:, 3] > 0.4 * height) & (boxes[:, 3] < 1.5 * height)]
    if len(boxes) < 12:
        return None
    return Row(boxes[np.argsort(boxes[:, 0])], height)


def _groups(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Three or two rows under each other, as long as each other and evenly apart."""
    rows = sorted(rows, key=lambda row: row.middle)
    found: list[tuple[Row, ...]] = []
    for n, first in enumerate(rows):
        for second in rows[n + 1 :]:
            if not _under(first, second):
                continue
            found.append((first, second))
            step = second.middle - first.middle
            found += [
                (first, second, third)
                for third in rows[n + 2 :]
                if _under(second, third) and abs(third.middle - second.middle - step) < 0.25 * step
            ]
    return found


def _under(upper: Row, lower: Row) -> bool:
    length = upper.right - upper.left
    step = lower.middle - upper.middle
    return (
        1.1 < step / max(upper.height, lower.height) < 4.5
        and abs(lower.left - upper.left) < 0.06 * length
        and abs(lower.right - upper.right) < 0.06 * length
        and abs(np.log(lower.height / upper.height)) < 0.7
    )


def _unlikely(group: tuple[Row, ...]) -> tuple[int, float]:
    """Three rows before two, and low on the page before high."""
    return -len(group), -group[-1].middle
