"""Illustrations of our own kiosk: where hands and papers go.  400 × 300 units, in layers.

The still layer shows the machine; moving layers (paper, hand, sheets) follow a path, so that one
round is a set of pictures moved, never redrawn.
"""

from __future__ import annotations

from collections.abc import Callable

from ui_kivy.theme import Palette
from ui_kivy.widgets.brush import WIDE, Brush, Layer, Path
from ui_kivy.widgets.paths import breathe, hand_takes, in_and_away, into, out

# -- parts --------------------------------------------------------------------------------


def _bed(b: Brush) -> None:
    """The camera bed from the front and above: pillar, arm with camera and lamp, desk."""
    b.shape("machine", 40, 262, 360, 262, 330, 168, 70, 168, edge="machine_dark", width=2.5)
    b.shape("machine_dark", 40, 262, 360, 262, 360, 274, 40, 274)
    b.box(186, 20, 28, 150, "machine_dark", 6)
    b.box(136, 14, 128, 26, "machine", 13, "machine_dark", 2.5)
    b.round(200, 40, 15, "machine_dark")
    b.round(200, 40, 8, "surface")
    b.round(200, 40, 4, "ink")
    b.shape("glow", 108, 168, 292, 168, 318, 250, 82, 250)
    b.shape("soft", 114, 172, 286, 172, 310, 246, 90, 246)


def _tray(b: Brush) -> None:
    """The printer's mouth with its tray below, and a lamp beside it."""
    b.box(60, 30, 280, 200, "machine", 18, "machine_dark", 2.5)
    b.box(60, 30, 280, 46, "machine_dark", 18)
    b.box(60, 58, 280, 18, "machine_dark")
    b.box(96, 104, 208, 16, "ink", 8)
    b.shape("machine_dark", 84, 230, 316, 230, 346, 282, 54, 282)
    b.shape("soft", 96, 236, 304, 236, 326, 274, 74, 274)
    b.round(318, 112, 9, "glow", "machine_dark")


def _slot(b: Brush) -> None:
    """The ticket printer's slot."""
    b.box(90, 40, 220, 120, "machine", 18, "machine_dark", 2.5)
    b.box(140, 118, 120, 14, "ink", 7)
    b.round(284, 125, 9, "glow", "machine_dark")


def _sheet(b: Brush, x: float, y: float, w: float, h: float, seal: bool = False) -> None:
    """A paper seen straight on."""
    b.box(x, y, w, h, "paper", 3, "paper_edge", 2)
    b.line("print", 4, x + w * 0.3, y + h * 0.13, x + w * 0.7, y + h * 0.13)
    n = max(3, int(h * 0.62 / 13))
    for at in range(n):
        y_at = y + h * 0.26 + at * (h * 0.62 / n)
        last = at == n - 1
        b.line("print", 2.4, x + w * 0.14, y_at, x + w * (0.55 if last else 0.86), y_at)
    if seal:
        b.round(x + w * 0.74, y + h * 0.84, min(w, h) * 0.11, "paper", "accent", 3)


def _flat(b: Brush, x: float, y: float, w: float, h: float, lean: float = 12) -> None:
    """A paper lying on the bed."""
    b.shape("paper", x + lean, y, x + w - lean, y, x + w, y + h, x, y + h, edge="paper_edge")
    for at in (0.22, 0.42, 0.6, 0.78):
        inset = lean * (1 - at) + w * 0.12
        b.line("print", 2.4, x + inset, y + h * at, x + w - inset, y + h * at)


def _hand(b: Brush, x: float, y: float) -> None:
    """A hand that comes from the lower right; the fingertips are at (x, y)."""
    b.shape("sleeve", x + 58, y + 70, x + 92, y + 40, x + 190, y + 150, x + 130, y + 190)
    b.shape("skin", x + 22, y + 30, x + 52, y + 6, x + 94, y + 42, x + 60, y + 72)
    for dx, dy, ex, ey in ((0, 6, 40, 40), (10, -4, 50, 28), (24, -10, 58, 20), (40, -8, 66, 22)):
        b.line("skin", 15, x + dx + 4, y + dy + 6, x + ex, y + ey)
    b.line("skin", 16, x + 14, y + 44, x + 52, y + 58)


# -- scenes -------------------------------------------------------------------------------

Draw = Callable[[Brush], None]
Scene = tuple[tuple[Draw, Path | None], ...]


def _person(b: Brush) -> None:
    b.round(200, 100, 56, "skin")
    b.shape("sleeve", 92, 286, 104, 226, 142, 186, 200, 174, 258, 186, 296, 226, 308, 286)
    b.shape("surface", 176, 176, 224, 176, 200, 214)
    b.shape("accent", 195, 192, 205, 192, 210, 236, 200, 248, 190, 236)
    b.shape("ink", 144, 96, 148, 62, 176, 42, 214, 38, 246, 56, 256, 96, 240, 76, 200, 70, 160, 76)
    b.box(236, 222, 44, 30, "surface", 5, "machine_dark", 2)
    b.line("print", 3, 243, 232, 273, 232)
    b.line("print", 3, 243, 242, 262, 242)


def _kiosk(b: Brush) -> None:
    b.box(130, 16, 140, 186, "machine_dark", 12)
    b.box(140, 26, 120, 166, "soft", 6)
    for y in (48, 88, 128):
        b.box(152, y, 96, 28, "surface", 5, "machine_dark", 1.5)
    b.shape("machine", 104, 206, 296, 206, 312, 248, 88, 248, edge="machine_dark")
    b.box(150, 248, 100, 40, "machine_dark")
    b.box(110, 284, 180, 10, "machine_dark", 4)


def _bye(b: Brush) -> None:
    b.round(200, 150, 112, "soft")
    b.round(200, 150, 88, "go")
    b.line("on_go", 18, 158, 152, 188, 182, 246, 118)


def _jam(b: Brush) -> None:
    _tray(b)
    b.shape(
        "paper",
        120,
        112,
        280,
        112,
        272,
        150,
        284,
        176,
        250,
        168,
        214,
        190,
        178,
        166,
        140,
        186,
        130,
        150,
        edge="paper_edge",
    )


def _empty(b: Brush) -> None:
    _tray(b)
    b.box(150, 132, 100, 84, "surface", 6, "accent", 4)
    b.line("accent", 7, 172, 154, 228, 194)
    b.line("accent", 7, 228, 154, 172, 194)


def _card(b: Brush) -> None:
    b.box(70, 60, 260, 170, "paper", 14, "paper_edge", 3)
    b.box(70, 60, 260, 40, "sleeve", 14)
    b.box(70, 84, 260, 18, "sleeve")
    b.round(126, 150, 26, "skin")
    b.shape("sleeve", 90, 212, 98, 188, 126, 178, 154, 188, 162, 212)
    for y in (126, 148, 170):
        b.line("print", 5, 182, y, 262 if y > 130 else 300, y)
    for x in range(4):
        for y in range(4):
            if (x * 3 + y * 5) % 4 != 1:
                b.box(270 + x * 11, 164 + y * 11, 10, 10, "ink")


def _products(b: Brush) -> None:
    b.box(50, 30, 130, 236, "machine_dark", 18)
    b.box(60, 52, 110, 190, "surface", 6)
    _sheet(b, 76, 66, 78, 104)
    b.box(78, 184, 74, 44, "go", 8)
    b.line("on_go", 6, 98, 206, 110, 218, 134, 192)
    _sheet(b, 226, 46, 140, 198, seal=True)


def _copies(b: Brush) -> None:
    for n in range(3):
        _sheet(b, 176 - n * 36, 24 + n * 20, 146, 200, seal=n == 2)


def _priority(b: Brush) -> None:
    for x, skin in ((90, "skin"), (200, "skin"), (310, "skin")):
        b.round(x, 96, 28, skin)
        b.shape("sleeve", x - 38, 240, x - 32, 164, x, 136, x + 32, 164, x + 38, 240)
    b.line("machine_dark", 7, 136, 250, 136, 168, 148, 160)
    b.round(212, 200, 24, "link")
    b.round(310, 246, 34, "surface", "machine_dark", 6)


def _slip(b: Brush) -> None:
    b.shape(
        "paper",
        150,
        126,
        250,
        126,
        250,
        268,
        240,
        260,
        230,
        268,
        220,
        260,
        210,
        268,
        200,
        260,
        190,
        268,
        180,
        260,
        170,
        268,
        160,
        260,
        150,
        268,
        edge="paper_edge",
    )
    b.line("ink", 10, 178, 160, 222, 160)
    for y in (186, 204, 222, 238):
        b.line("print", 4, 168, y, 232, y)


def _slot_front(b: Brush) -> None:
    b.box(90, 40, 220, 84, "machine", 18)
    b.box(92, 60, 216, 64, "machine")
    b.box(140, 116, 120, 10, "ink", 5)


def _turn(b: Brush) -> None:
    """An arrow over the paper: turn it."""
    b.line("accent", 7, 150, 150, 172, 128, 214, 124, 246, 142)
    b.shape("accent", 262, 158, 232, 152, 254, 130)


def _lamp(b: Brush) -> None:
    b.round(318, 112, 15, "glow")


def _lamp_slot(b: Brush) -> None:
    b.round(284, 125, 15, "glow")


def _sheets(b: Brush) -> None:
    _sheet(b, 112, 122, 176, 128, seal=True)


SCENES: dict[str, Scene] = {
    "lay_paper": (
        (_bed, None),
        (lambda b: _flat(b, 138, 182, 124, 56), into(90, 90)),
        (lambda b: _hand(b, 222, 212), in_and_away(110, 100)),
    ),
    "turn_paper": (
        (_bed, None),
        (lambda b: _flat(b, 138, 182, 124, 56), None),
        (_turn, breathe),
        (lambda b: _hand(b, 230, 214), in_and_away(60, 50)),
    ),
    "take_paper": (
        (_bed, None),
        (lambda b: _flat(b, 138, 182, 124, 56), out(120, 90)),
        (lambda b: _hand(b, 222, 212), hand_takes(120, 90)),
    ),
    "take_sheets": (
        (_tray, None),
        (_lamp, breathe),
        (_sheets, out(60, 60)),
        (lambda b: _hand(b, 232, 206), hand_takes(60, 60)),
    ),
    "printing": ((_tray, None), (lambda b: _sheet(b, 112, 116, 176, 132), into(0, -26))),
    "no_paper": ((_empty, None), (_lamp, breathe)),
    "jam": ((_jam, None), (_lamp, breathe)),
    "officer": ((_person, None),),
    "leave": ((_kiosk, None),),
    "kiosk": ((_kiosk, None),),
    "bye": ((_bye, None),),
    "slip": ((_slot, None), (_slip, into(0, -90)), (_slot_front, None), (_lamp_slot, breathe)),
    "card": ((_card, None),),
    "products": ((_products, None),),
    "copies": ((_copies, None),),
    "priority": ((_priority, None),),
}


def layers(name: str, width: float, palette: Palette) -> list[Layer]:
    """The pictures of one illustration in a field of `width` pixels.  Raises KeyError."""
    made: list[Layer] = []
    for draw, path in SCENES[name]:
        brush = Brush(palette, width / WIDE)
        draw(brush)
        made.append(brush.done(path))
    return made
