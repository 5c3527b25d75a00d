"""Where on a page there is nothing: a map of ink at 1 mm, and searches in it.

Only pictures can be judged.  Where a page draws anything else that is visible, the whole page
counts as full: then the form does not guess, it takes a page of its own.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from daemon.register.geometry import POINTS
from daemon.register.pages import Drawn, drawn, size_mm

_FINE = 2
"""Pixels a mm while judging; thin strokes survive, the grain of paper does not."""

_STROKE = 18.0
"""Grey levels from the surroundings that make ink; camera noise after reduction is below 6."""

_DARK = 45.0
"""Grey levels below the paper's tone that make ink however even it is (portraits, bars)."""

_SURROUND = 8
"""mm around a point that make its surroundings: wider than a line of text, narrower than light."""

_KEEP_OFF = 2
"""mm kept free around ink."""

_WHOLE = 0.8
"""Share of the page that a picture fills where it is the page itself."""

Ink = NDArray[np.bool_]


def ink_map(page: pikepdf.Page) -> Ink:
    """True where a page has content, one cell a square mm, first row = top of the page."""
    width, height = (round(value) for value in size_mm(page))
    ink = np.zeros((height, width), dtype=bool)
    for item in drawn(page):
        if item.picture is None:
            return np.ones((height, width), dtype=bool)
        _lay(ink, item, height)
    return _widen(ink)


def _lay(ink: Ink, item: Drawn, height: int) -> None:
    a, b, c, d, e, f = (value / POINTS for value in item.matrix)
    xs, ys = (e, e + a + c), (f, f + b + d)
    left, right = max(0, round(min(xs))), min(ink.shape[1], round(max(xs)))
    top, bottom = max(0, height - round(max(ys))), min(height, height - round(min(ys)))
    if right <= left or bottom <= top:
        return
    whole = (right - left) * (bottom - top) >= _WHOLE * ink.size
    if not whole:  # a card or a slip on a sheet: its own blank parts are the original's too
        ink[top:bottom, left:right] = True
        return
    straight = abs(b) < 0.01 and abs(c) < 0.01 and a > 0 and d > 0
    grey = _grey(item.picture, (right - left) * _FINE, (bottom - top) * _FINE) if straight else None
    ink[top:bottom, left:right] |= True if grey is None else _inked(grey)


def _grey(picture: pikepdf.Stream | None, width: int, height: int) -> NDArray[np.float32] | None:
    """The picture at `_FINE` pixels a mm, grey 0…255; None where it cannot be decoded."""
    if picture is None:
        return None
    try:
        if picture.get("/Filter") == "/DCTDecode":
            image: Image.Image = Image.open(BytesIO(picture.read_raw_bytes()))
            image.draft("L", (width, height))
        else:
            image = pikepdf.PdfImage(picture).as_pil_image()
        small = image.convert("L").resize((width, height), Image.Resampling.BOX)
    except (OSError, ValueError, pikepdf.PdfError, NotImplementedError):
        return None
    return np.asarray(small, dtype=np.float32)


def _inked(grey: NDArray[np.float32]) -> Ink:
    paper = float(np.percentile(grey, 95))
    fine = np.abs(grey - _mean(grey, _SURROUND * _FINE)) > _STROKE
    fine |= grey < paper - _DARK
    rows, columns = grey.shape[0] // _FINE, grey.shape[1] // _FINE
    cells = fine[: rows * _FINE, : columns * _FINE].reshape(rows, _FINE, columns, _FINE)
    return np.asarray(cells.any(axis=(1, 3)), dtype=bool)


def _mean(grey: NDArray[np.float32], radius: int) -> NDArray[np.float64]:
    """Mean over a square of 2·radius + 1, by sums over rectangles; edges are repeated."""
    padded = np.pad(grey.astype(np.float64), radius, mode="edge")
    total = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    side = 2 * radius + 1
    sums = total[side:, side:] - total[:-side, side:] - total[side:, :-side]
    return np.asarray((sums + total[:-side, :-side]) / side**2)


def _widen(ink: Ink) -> Ink:
    wide = ink.copy()
    for shift in range(1, _KEEP_OFF + 1):
        wide[shift:] |= ink[:-shift]
        wide[:-shift] |= ink[shift:]
    across = wide.copy()
    for shift in range(1, _KEEP_OFF + 1):
        across[:, shift:] |= wide[:, :-shift]
        across[:, :-shift] |= wide[:, shift:]
    return across


def _sums(ink: Ink, width: int, height: int) -> NDArray[np.int64]:
    """Ink inside a box for each place of its top left corner."""
    total = np.pad(ink.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return np.asarray(
        total[height:, width:]
        - total[:-height, width:]
        - total[height:, :-width]
        + total[:-height, :-width]
    )


def block_place(
    ink: Ink, width: float, height: float, margin: float, gap: float
) -> tuple[float, float] | None:
    """(x, y) for a block in the lowest free area, close under the content.

    In the middle where the whole width is free, else as far right as it goes.
    """
    w, h, m = int(np.ceil(width)), int(np.ceil(height)), int(np.ceil(margin))
    rows, columns = ink.shape
    if rows < h + 2 * m or columns < w + 2 * m:
        return None
    free = _sums(ink, w, h)[m : rows - h - m + 1, m : columns - w - m + 1] == 0
    if not free.any():
        return None
    low = int(np.flatnonzero(free.any(axis=1)).max())
    columns_free = np.flatnonzero(free[low])
    column = int(columns_free[len(columns_free) // 2] if free[low].all() else columns_free.max())
    high = low
    while high > 0 and free[high - 1, column]:
        high -= 1
    room = round(gap)
    y = min(high + room, low) if high > 0 else high
    return float(column + m), float(y + m)


def mark_place(
    ink: Ink, width: float, height: float, margin: float
) -> tuple[tuple[float, float], bool]:
    """((x, y), clear) for the copy mark: the top right corner if free, else the nearest place.

    Looked for along the top, then in the upper fifth of the page; `clear` is False where all of
    it has content: then it is the corner itself or where it hides least.
    """
    w, h = int(np.ceil(width)), int(np.ceil(height))
    rows, columns = ink.shape
    corner = (columns - margin - width, margin)
    if rows < h + 2 or columns < w + 2:
        return corner, False
    sums = _sums(ink, w, h)[: max(1, rows // 5)]
    ys, xs = np.mgrid[0 : sums.shape[0], 0 : sums.shape[1]]
    away = np.hypot(xs - corner[0], 2.0 * (ys - corner[1]))
    edge = 4  # mm that page printers cannot reach
    reach = (ys >= edge) & (xs >= edge) & (xs <= columns - w - edge)
    cost = np.where(reach, sums * 1000.0 + away, np.inf)
    y, x = (int(value) for value in np.unravel_index(int(cost.argmin()), cost.shape))
    if (x, y) == tuple(round(value) for value in corner):
        return corner, sums[y, x] == 0
    return (float(x), float(y)), bool(sums[y, x] == 0)
