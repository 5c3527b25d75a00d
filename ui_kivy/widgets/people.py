"""People of the illustrations: who helps, who is served first.  Units as in `drawings.py`."""

from __future__ import annotations

from ui_kivy.widgets.brush import Brush


def officer(b: Brush, x: float = 200, y: float = 0) -> None:
    """Head and shoulders of an officer with a name plate, in the middle at `x`."""
    b.curve("sleeve", *_moved(x, y, (-122, 292, -114, 222, -70, 190, 0, 180)), mirror=x)
    b.shape("sleeve", *_moved(x, y, (-122, 286, -114, 300, 114, 300, 122, 286)))
    b.box(x - 19, y + 140, 38, 50, "skin_shade", 12)
    b.shape("surface", *_moved(x, y, (-34, 176, 34, 176, 0, 222)))
    b.curve("skin", *_moved(x, y, (-19, 172, 0, 196, 19, 172)))
    b.shape("accent", *_moved(x, y, (-8, 202, 8, 202, 5, 212, 13, 256, 0, 268, -13, 256, -5, 212)))
    b.shape("surface", *_moved(x, y, (-34, 174, -19, 168, -2, 204, -20, 216)))
    b.shape("surface", *_moved(x, y, (34, 174, 19, 168, 2, 204, 20, 216)))
    head(b, x, y + 96, 52)
    b.box(x + 42, y + 226, 50, 26, "surface", 4, "machine_dark", 1.5)
    b.line("print", 3, x + 49, y + 235, x + 85, y + 235)
    b.line("print", 3, x + 49, y + 244, x + 72, y + 244)


def head(b: Brush, x: float, y: float, r: float, hair: str = "hair", *, long: bool = False) -> None:
    """A friendly face; `r` is half of its width."""
    if long:
        b.curve(
            hair, x - r * 1.12, y + r * 0.9, x - r * 1.12, y - r * 0.6, x, y - r * 1.34, mirror=x
        )
    for side in (-1, 1):
        b.round(x + side * r * 0.98, y + r * 0.12, r * 0.2, "skin_shade")
    b.curve(
        "skin", x, y + r * 1.14, x - r * 0.66, y + r * 0.88, x - r, y, x - r * 0.8, y - r, mirror=x
    )
    top = (x, y - r * 1.32, x - r * 0.78, y - r * 1.18, x - r * 1.08, y - r * 0.2)
    b.curve(hair, *top, x - r * 0.84, y - r * 0.46, x - r * 0.3, y - r * 0.66, mirror=x)
    for side in (-1, 1):
        b.round(x + side * r * 0.38, y + r * 0.06, r * 0.085, "hair")
        brow = x + side * r * 0.38
        b.line(hair, r * 0.07, brow - r * 0.15, y - r * 0.2, brow + r * 0.15, y - r * 0.2)
    smile = [(-0.3, 0.5), (-0.16, 0.6), (0.0, 0.635), (0.16, 0.6), (0.3, 0.5)]
    b.line("hair", r * 0.07, *(v for dx, dy in smile for v in (x + dx * r, y + dy * r)))


def elder(b: Brush, x: float, y: float) -> None:
    """Stands with a stick; the feet are at `y`."""
    b.line("machine_dark", 6, x + 44, y, x + 44, y - 84)
    b.line("machine_dark", 6, x + 44, y - 84, x + 36, y - 92, x + 28, y - 86)
    _legs(b, x, y, "ink")
    _body(b, x, y, "cloth")
    b.line("cloth", 14, x + 20, y - 118, x + 38, y - 84)
    b.round(x + 40, y - 82, 7, "skin")
    head(b, x, y - 162, 23, "silver")


def expecting(b: Brush, x: float, y: float) -> None:
    """A woman who expects a child."""
    _legs(b, x, y, "ink")
    _body(b, x, y, "accent")
    b.round(x + 14, y - 84, 24, "accent")
    b.line("accent", 13, x - 16, y - 120, x - 18, y - 92, x + 14, y - 78)
    b.round(x + 17, y - 78, 7, "skin")
    head(b, x, y - 164, 23, long=True)


def wheelchair(b: Brush, x: float, y: float) -> None:
    """Sits in a wheelchair."""
    b.line("machine_dark", 6, x - 34, y - 110, x - 28, y - 44, x + 30, y - 44, x + 44, y - 6)
    b.line("ink", 20, x - 10, y - 58, x + 34, y - 56)
    b.line("ink", 18, x + 34, y - 56, x + 42, y - 14)
    b.line("ink", 12, x + 40, y - 8, x + 56, y - 8)
    b.curve("sleeve", x - 26, y - 56, x - 28, y - 104, x - 12, y - 132, x, y - 136, mirror=x - 2)
    b.round(x - 8, y - 34, 34, "desk", "machine_dark", 6)
    b.round(x - 8, y - 34, 6, "machine_dark")
    b.round(x + 42, y - 6, 7, "machine_dark")
    b.line("sleeve", 13, x + 8, y - 114, x + 16, y - 86, x + 36, y - 80)
    b.round(x + 39, y - 80, 7, "skin")
    head(b, x - 2, y - 160, 23)


def _body(b: Brush, x: float, y: float, cloth: str) -> None:
    b.curve(cloth, x, y - 138, x - 20, y - 132, x - 32, y - 96, x - 30, y - 52, x, y - 48, mirror=x)


def _legs(b: Brush, x: float, y: float, cloth: str) -> None:
    for side in (-1, 1):
        b.line(cloth, 18, x + side * 13, y - 60, x + side * 14, y - 10)
        b.line("hair", 10, x + side * 14, y - 4, x + side * 14 + 9, y - 4)


def _moved(x: float, y: float, points: tuple[float, ...]) -> tuple[float, ...]:
    """The points with the middle at x, moved down by y."""
    return tuple(value + (y if n % 2 else x) for n, value in enumerate(points))
