"""Rectangles in pixels, y downwards from the upper edge, as §2.1 of the frame counts."""

from __future__ import annotations

from typing import NamedTuple


class Rect(NamedTuple):
    """Left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    def inset(self, by: float, by_y: float | None = None) -> Rect:
        """Smaller by so much on each side."""
        tall = by if by_y is None else by_y
        return Rect(self.x + by, self.y + tall, self.w - 2 * by, self.h - 2 * tall)

    def top(self, h: float) -> Rect:
        return Rect(self.x, self.y, self.w, h)

    def below(self, h: float) -> Rect:
        """What is left under the upper `h`."""
        return Rect(self.x, self.y + h, self.w, max(0.0, self.h - h))

    def foot(self, h: float) -> Rect:
        return Rect(self.x, self.bottom - h, self.w, h)

    def above(self, h: float) -> Rect:
        """What is left over the lower `h`."""
        return Rect(self.x, self.y, self.w, max(0.0, self.h - h))

    def left(self, w: float) -> Rect:
        return Rect(self.x, self.y, w, self.h)

    def beside(self, w: float) -> Rect:
        """What is left to the right of the first `w`."""
        return Rect(self.x + w, self.y, max(0.0, self.w - w), self.h)

    def fit(self, wide: float, tall: float) -> Rect:
        """The largest rectangle of these proportions in the middle."""
        scale = min(self.w / wide, self.h / tall)
        w, h = wide * scale, tall * scale
        return Rect(self.x + (self.w - w) / 2, self.y + (self.h - h) / 2, w, h)

    def grid(self, columns: int, rows: int, gap: float) -> list[Rect]:
        """Equal cells in reading order."""
        w = (self.w - gap * (columns - 1)) / columns
        h = (self.h - gap * (rows - 1)) / rows
        return [
            Rect(self.x + column * (w + gap), self.y + row * (h + gap), w, h)
            for row in range(rows)
            for column in range(columns)
        ]

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom

    def meets(self, other: Rect, by: float = 0.0) -> bool:
        """Do they overlap by more than `by` pixels both ways?"""
        return (
            min(self.right, other.right) - max(self.x, other.x) > by
            and min(self.bottom, other.bottom) - max(self.y, other.y) > by
        )
