"""Strokes of the signs: on a square of 24 × 24 units with round ends, as coverage."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

OVER = 4
"""Drawn so much larger and reduced: soft edges."""
UNIT = 24.0
STROKE = 2.2


class Pen:
    """Strokes on the unit square."""

    def __init__(self, side: int) -> None:
        self.side = side * OVER
        self.image = Image.new("L", (self.side, self.side), 0)
        self._draw = ImageDraw.Draw(self.image)
        self._scale = self.side / UNIT

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self._scale, y * self._scale

    def line(self, *points: float, width: float = STROKE, ink: int = 255) -> None:
        """A path with round joints."""
        path = [self._at(x, y) for x, y in zip(points[::2], points[1::2], strict=True)]
        thick = width * self._scale
        self._draw.line(path, fill=ink, width=max(1, round(thick)), joint="curve")
        for x, y in path:
            r = thick / 2
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)

    def arc(
        self, x: float, y: float, r: float, start: float, end: float, width: float = STROKE
    ) -> None:
        """A part of a circle, degrees clockwise from the right."""
        steps = max(8, int(abs(end - start) / 4))
        points: list[float] = []
        for n in range(steps + 1):
            angle = math.radians(start + (end - start) * n / steps)
            points += [x + r * math.cos(angle), y + r * math.sin(angle)]
        self.line(*points, width=width)

    def ring(self, x: float, y: float, r: float, width: float = STROKE) -> None:
        self.arc(x, y, r, 0, 360, width)

    def dot(self, x: float, y: float, r: float, ink: int = 255) -> None:
        left, top = self._at(x - r, y - r)
        right, bottom = self._at(x + r, y + r)
        self._draw.ellipse((left, top, right, bottom), fill=ink)

    def fill(self, *points: float, ink: int = 255) -> None:
        path = [self._at(x, y) for x, y in zip(points[::2], points[1::2], strict=True)]
        self._draw.polygon(path, fill=ink)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        r: float = 1.5,
        width: float = STROKE,
        solid: bool = False,
        ink: int = 255,
    ) -> None:
        left, top = self._at(x, y)
        right, bottom = self._at(x + w, y + h)
        if solid:
            self._draw.rounded_rectangle((left, top, right, bottom), r * self._scale, fill=ink)
        else:
            self._draw.rounded_rectangle(
                (left, top, right, bottom),
                r * self._scale,
                outline=ink,
                width=max(1, round(width * self._scale)),
            )
