"""Places on a page in millimetres from its top left corner, and what they are in PDF points."""

from __future__ import annotations

import msgspec

POINTS = 72 / 25.4
"""PDF points in a millimetre."""

A4 = (210.0, 297.0)
"""Width and height of the appended page, mm."""


class Rect(msgspec.Struct, frozen=True):
    """A box on page `page` (from 0); lengths in mm, y downwards."""

    page: int
    x: float
    y: float
    w: float
    h: float

    def points(self, page_height: float) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) in PDF points, for a page `page_height` mm high."""
        return (
            self.x * POINTS,
            (page_height - self.y - self.h) * POINTS,
            (self.x + self.w) * POINTS,
            (page_height - self.y) * POINTS,
        )
