"""Parts that move: layers of illustrations, the waiting sign, the ring that empties."""

from __future__ import annotations

from collections.abc import Callable

from kivy.graphics import Color, Rectangle, SmoothLine

from ui_kivy.geometry import Rect
from ui_kivy.screens import items as it
from ui_kivy.theme import LOOP, SIZES
from ui_kivy.widgets.brush import Path
from ui_kivy.widgets.pen import Pen, line_of

Animator = Callable[[float], bool]
"""Called with the seconds since the screen began; False when it rests for good."""


def mover(pen: Pen, colour: Color, box: Rectangle, rect: Rect, unit: float, path: Path) -> Animator:
    """A layer of an illustration goes its way, round after round, then rests."""
    x, y = rect.x, pen.y(rect)

    def move(seconds: float) -> bool:
        rests = seconds >= pen.theme.moves_for
        share = 0.5 if rests else (seconds % LOOP) / LOOP
        dx, dy, seen = path(share)
        box.pos = (x + dx * unit, y - dy * unit)
        colour.a = max(0.0, min(1.0, seen))
        return not rests

    move(0.0)
    return move


def spin(pen: Pen, item: it.Spin) -> Animator:
    """Something is going on."""
    rect = item.rect
    x, y = rect.x + rect.w / 2, pen.y(rect) + rect.h / 2
    width = max(3.0, rect.w * 0.055)
    radius = rect.w / 2 - width * 1.5
    palette = pen.theme.palette
    pen.colour("soft" if palette.soft != palette.surface else "off")
    SmoothLine(circle=(x, y, radius), width=width)
    pen.colour("link")
    arc = SmoothLine(circle=(x, y, radius, 0, 100), width=width, cap="round")

    def turn(seconds: float) -> bool:
        # With less motion a quarter each second: a sign of life that does not glide.
        at = (seconds * 200 if pen.theme.moves_for else int(seconds) * 90) % 360
        arc.circle = (x, y, radius, at, at + 100)
        return True

    turn(0.0)
    return turn


def ring(pen: Pen, item: it.Ring) -> Animator:
    """The seconds that are left."""
    rect = item.rect
    x, y = rect.x + rect.w / 2, pen.y(rect) + rect.h / 2
    width = max(3.0, pen.theme.fixed(SIZES.ring))
    radius = min(rect.w, rect.h) / 2 - width * 1.5
    pen.colour("soft")
    SmoothLine(circle=(x, y, radius), width=width)
    pen.colour(item.colour)
    arc = SmoothLine(circle=(x, y, radius, 0, 359.9), width=width)
    digits = pen.colour("ink") if item.counts else None
    box = Rectangle(pos=(x, y), size=(0, 0)) if digits is not None else None
    shown = [-1]

    def empty(seconds: float) -> bool:
        left = max(0.0, item.seconds - seconds)
        arc.circle = (x, y, radius, 0, max(0.1, 360 * left / item.seconds))
        number = int(left + 0.999)
        if box is not None and number != shown[0]:
            shown[0] = number
            texture = line_of(str(number), item.size, True)
            w, h = texture.size
            box.texture, box.size = texture, (w, h)
            box.pos = (round(x - w / 2), round(y - h / 2))
        return left > 0

    empty(0.0)
    return empty
