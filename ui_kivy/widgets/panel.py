"""Boxes with round corners and an edge, of one layer: a picture of the corners, the rest stretched.

Filling the edge and then the inside over it takes twice the pixels, and a fan of triangles for each
round corner costs more than the corner: noticeable where the processor draws.
"""

from __future__ import annotations

import math
from functools import lru_cache

from kivy.graphics import BorderImage, Color
from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

from ui_kivy.geometry import Rect
from ui_kivy.theme import UNTINTED
from ui_kivy.widgets.pen import Pen, sharp
from ui_kivy.widgets.pictures import texture_of

FINE = 8
"""The corners are drawn so much larger and made small again: that softens them."""


@lru_cache(maxsize=256)
def _corners(radius: int, colour: str, edge: str, width: int) -> Texture:
    """The smallest box of this kind: four corners, and two pixels between them."""
    side = 2 * radius + 2
    image = Image.new("RGBA", (side * FINE, side * FINE))
    draw = ImageDraw.Draw(image)
    last = side * FINE - 1
    draw.rounded_rectangle((0, 0, last, last), radius * FINE, fill=edge or colour)
    if edge:
        at = width * FINE
        inner = max(0, radius - width) * FINE
        draw.rounded_rectangle((at, at, last - at, last - at), inner, fill=colour)
    return sharp(texture_of(image.resize((side, side), Image.Resampling.BOX)))


def suits(rect: Rect, radius: float) -> bool:
    """Has the box round corners with something between them?"""
    return radius >= 1 and min(rect.w, rect.h) > 2 * math.ceil(radius) + 2


def panel(pen: Pen, rect: Rect, radius: float, colour: str, edge: str, width: float) -> None:
    """Draws a box that `suits`; colours are tokens, an empty `edge` is none."""
    palette = pen.theme.palette
    corner = math.ceil(radius)
    texture = _corners(
        corner,
        getattr(palette, colour),
        getattr(palette, edge) if edge else "",
        max(1, round(width)) if edge else 0,
    )
    x, y = round(rect.x), round(pen.y(rect))
    size = (round(rect.right) - x, round(pen.height - rect.y) - y)
    Color(*UNTINTED)
    BorderImage(texture=texture, border=(corner,) * 4, pos=(x, y), size=size)
