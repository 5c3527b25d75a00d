"""Draws the layers of illustrations: shapes in units of a field of 400 × 300, colours by token."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PIL import Image, ImageDraw

from ui_kivy.geometry import Rect
from ui_kivy.theme import Palette

WIDE, TALL = 400, 300
OVER = 2
Offset = tuple[float, float, float]
"""Right, down (units), opacity."""
Path = Callable[[float], Offset]


class Layer(msgspec.Struct):
    """A picture in RGBA, without the empty field around it; `box` is its share of the field."""

    image: Image.Image
    box: Rect
    path: Path | None = None
    """Where it is at time 0…1 of a round."""

    def place(self, field: Rect) -> Rect:
        """Where it rests, in a field of any size."""
        x, y, w, h = self.box
        return Rect(field.x + x * field.w, field.y + y * field.h, w * field.w, h * field.h)


def smooth(path: list[tuple[float, float]], steps: int = 10) -> list[tuple[float, float]]:
    """A closed Catmull-Rom spline through the points."""
    made: list[tuple[float, float]] = []
    count = len(path)
    for n in range(count):
        a, b, c, d = (path[(n + k - 1) % count] for k in range(4))
        for step in range(steps):
            t = step / steps
            weights = (
                -0.5 * t**3 + t**2 - 0.5 * t,
                1.5 * t**3 - 2.5 * t**2 + 1,
                -1.5 * t**3 + 2 * t**2 + 0.5 * t,
                0.5 * t**3 - 0.5 * t**2,
            )
            x, y = (
                sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True))
                for axis in (0, 1)
            )
            made.append((x, y))
    return made


class Brush:
    """Shapes in units, colours by token."""

    def __init__(self, palette: Palette, scale: float) -> None:
        self.palette, self.scale = palette, scale * OVER
        self.image = Image.new("RGBA", (round(WIDE * self.scale), round(TALL * self.scale)))
        self._draw = ImageDraw.Draw(self.image)

    def colour(self, token: str) -> str:
        return str(getattr(self.palette, token))

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str,
        r: float = 0,
        edge: str = "",
        width: float = 2.0,
    ) -> None:
        s = self.scale
        self._draw.rounded_rectangle(
            (x * s, y * s, (x + w) * s, (y + h) * s),
            r * s,
            fill=self.colour(fill),
            outline=self.colour(edge) if edge else None,
            width=round(width * s) if edge else 0,
        )

    def shape(self, fill: str, *points: float, edge: str = "", width: float = 2.0) -> None:
        path = [
            (x * self.scale, y * self.scale) for x, y in zip(points[::2], points[1::2], strict=True)
        ]
        self._draw.polygon(path, fill=self.colour(fill))
        if edge:
            self._draw.line(
                [*path, path[0]],
                fill=self.colour(edge),
                width=round(width * self.scale),
                joint="curve",
            )

    def curve(self, fill: str, *points: float, mirror: float | None = None) -> None:
        """A closed, smooth outline through points; `mirror` adds their likeness beyond that x."""
        path = list(zip(points[::2], points[1::2], strict=True))
        if mirror is not None:
            path += [(2 * mirror - x, y) for x, y in reversed(path) if abs(x - mirror) > 0.5]
        self._draw.polygon(
            [(x * self.scale, y * self.scale) for x, y in smooth(path)], fill=self.colour(fill)
        )

    def line(self, colour: str, width: float, *points: float) -> None:
        path = [
            (x * self.scale, y * self.scale) for x, y in zip(points[::2], points[1::2], strict=True)
        ]
        thick = width * self.scale
        self._draw.line(path, fill=self.colour(colour), width=round(thick), joint="curve")
        for x, y in path:
            r = thick / 2
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=self.colour(colour))

    def round(
        self, x: float, y: float, r: float, fill: str, edge: str = "", width: float = 2.0
    ) -> None:
        s = self.scale
        self._draw.ellipse(
            ((x - r) * s, (y - r) * s, (x + r) * s, (y + r) * s),
            fill=self.colour(fill),
            outline=self.colour(edge) if edge else None,
            width=round(width * s) if edge else 0,
        )

    def done(self, path: Path | None) -> Layer:
        """The layer at its true size."""
        left, top, right, bottom = self.image.getbbox() or (0, 0, 1, 1)
        # Whole pixels of the true size: nothing is moved by half of one.
        left, top = left // OVER * OVER, top // OVER * OVER
        right, bottom = -(-right // OVER) * OVER, -(-bottom // OVER) * OVER
        w, h = self.image.size
        box = Rect(left / w, top / h, (right - left) / w, (bottom - top) / h)
        return Layer(self.image.crop((left, top, right, bottom)).reduce(OVER), box, path)
