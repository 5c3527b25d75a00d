"""Where the mark of *lay again* is: one of nine cells, or a rectangle that was drawn."""

from __future__ import annotations

from daemon.machine.values import Box

LEAST = 0.02
"""Of the page's width and height: a mark can be seen."""


def box_of(cell: str, drawn: str) -> Box | None:
    """`cell` = 1–9 as on a number pad; `drawn` = `x,y,w,h` in fractions; None = the whole page."""
    if drawn:
        try:
            x, y, w, h = (float(part) for part in drawn.split(","))
        except ValueError:
            return None
        inside = 0 <= x <= 1 and 0 <= y <= 1 and x + w <= 1.001 and y + h <= 1.001
        if inside and w >= LEAST and h >= LEAST:
            return Box(round(x, 4), round(y, 4), round(w, 4), round(h, 4))
        return None
    if len(cell) == 1 and cell in "123456789":
        row, column = divmod(int(cell) - 1, 3)
        return Box(column / 3, (2 - row) / 3, 1 / 3, 1 / 3)
    return None
