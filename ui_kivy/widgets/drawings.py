"""Illustrations of our own kiosk: where hands and papers go.  400 × 300 units, in layers.

The still layer shows the machine; moving layers (paper, hand, sheets) follow a path, so that one
round is a set of pictures moved, never redrawn.
"""

from __future__ import annotations

from collections.abc import Callable

from ui_kivy.theme import Palette
from ui_kivy.widgets import phone_drawings
from ui_kivy.widgets.brush import WIDE, Brush, Layer, Path
from ui_kivy.widgets.paths import breathe, circle, hand_takes, in_and_away, into, out, sweep
from ui_kivy.widgets.people import elder, expecting, officer, wheelchair

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
    b.shape("sleeve", x + 64, y + 74, x + 96, y + 44, x + 190, y + 150, x + 130, y + 190)
    b.shape("surface", x + 58, y + 70, x + 90, y + 40, x + 98, y + 48, x + 66, y + 80)
    palm = (30, 10, 64, 10, 92, 40, 62, 74, 34, 64, 18, 40)
    b.curve("skin", *(v + (y if n % 2 else x) for n, v in enumerate(palm)))
    b.line("skin_shade", 14, x + 12, y + 46, x + 34, y + 56, x + 52, y + 58)
    b.line("skin", 13, x + 12, y + 45, x + 34, y + 55, x + 52, y + 57)
    for dx, dy, ex, ey in ((2, 8, 38, 36), (10, -2, 48, 26), (22, -8, 58, 20), (38, -8, 68, 22)):
        b.line("skin_shade", 15, x + dx + 5, y + dy + 7, x + ex, y + ey)
        b.line("skin", 13, x + dx + 4, y + dy + 6, x + ex, y + ey)


# -- scenes -------------------------------------------------------------------------------

Draw = Callable[[Brush], None]
Scene = tuple[tuple[Draw, Path | None], ...]


def _looking(b: Brush) -> None:
    """An officer behind a desk, with the papers before him."""
    officer(b, 200, -34)
    b.box(20, 232, 360, 20, "machine_dark", 6)
    b.box(34, 252, 332, 48, "machine")


def _desk_paper(b: Brush) -> None:
    b.shape("paper", 150, 214, 256, 214, 272, 240, 134, 240, edge="paper_edge")
    for at in (220, 226, 232):
        b.line("print", 2, 156, at, 250, at)


def _glass(b: Brush) -> None:
    """A magnifying glass; its middle is at (180, 130)."""
    b.line("machine_dark", 16, 212, 166, 252, 214)
    b.round(180, 130, 46, "machine_dark")
    b.round(180, 130, 37, "soft")
    for y, end in ((116, 204), (130, 210), (144, 196)):
        b.line("print", 5, 154, y, end, y)


def _page_seen(b: Brush) -> None:
    _sheet(b, 120, 24, 160, 226, seal=True)


def _phone(b: Brush) -> None:
    """A telephone whose camera sees the code on the kiosk."""
    b.box(40, 40, 168, 168, "surface", 10, "machine_dark", 4)
    for x, y in ((58, 58), (146, 58), (58, 146)):
        b.box(x, y, 44, 44, "ink", 4)
        b.box(x + 9, y + 9, 26, 26, "surface", 2)
        b.box(x + 15, y + 15, 14, 14, "ink", 2)
    for n in range(16):
        if n * 7 % 5 < 3:
            b.box(112 + n % 4 * 11, 112 + n // 4 * 11, 10, 10, "ink")
    for n in range(6):
        b.box(112 + n % 2 * 12, 58 + n // 2 * 14, 9, 9, "ink")


def _telephone(b: Brush) -> None:
    b.box(236, 70, 116, 210, "machine_dark", 18)
    b.box(245, 90, 98, 166, "surface", 6)
    b.line("link", 5, 262, 122, 262, 108, 276, 108)
    b.line("link", 5, 312, 108, 326, 108, 326, 122)
    b.line("link", 5, 326, 176, 326, 190, 312, 190)
    b.line("link", 5, 276, 190, 262, 190, 262, 176)
    b.box(262, 208, 64, 26, "go", 8)
    b.line("on_go", 4, 284, 221, 291, 228, 305, 214)


def _beam(b: Brush) -> None:
    b.line("accent", 5, 266, 149, 322, 149)


def _tools(b: Brush) -> None:
    """Our kiosk with its door open, and a sign before it."""
    _kiosk(b)
    b.shape("glow", 300, 150, 366, 276, 234, 276, edge="hair", width=5)
    b.line("hair", 9, 300, 194, 300, 234)
    b.round(300, 254, 6, "hair")


def _counting(b: Brush) -> None:
    """Pages that are counted, and what they cost."""
    for n in range(3):
        _sheet(b, 120 - n * 26, 40 + n * 18, 120, 168, seal=n == 2)
    b.box(250, 84, 110, 150, "machine_dark", 12)
    b.box(262, 98, 86, 34, "surface", 4)
    b.line("ink", 5, 300, 115, 338, 115)
    for row in range(3):
        for column in range(3):
            b.box(263 + column * 30, 146 + row * 28, 22, 20, "machine", 4)


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
    b.box(20, 262, 360, 6, "machine", 3)
    elder(b, 82, 262)
    expecting(b, 200, 262)
    wheelchair(b, 306, 262)


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
    "officer": ((officer, None),),
    "officer_looks": ((_looking, None), (_desk_paper, sweep(0, -5))),
    "examine": ((_page_seen, None), (_glass, circle(34, 46))),
    "scan_code": ((_phone, None), (_telephone, None), (_beam, sweep(0, 32))),
    "counting": ((_counting, None),),
    "maintenance": ((_tools, None),),
    "leave": ((_kiosk, None),),
    "kiosk": ((_kiosk, None),),
    "bye": ((_bye, None),),
    "slip": ((_slot, None), (_slip, into(0, -90)), (_slot_front, None), (_lamp_slot, breathe)),
    "card": ((_card, None),),
    "products": ((_products, None),),
    "copies": ((_copies, None),),
    "priority": ((_priority, None),),
    "vneid_1": ((phone_drawings.install, None),),
    "vneid_2": ((phone_drawings.sign_up, None),),
    "vneid_3": ((phone_drawings.police, None),),
    "vneid_4": ((phone_drawings.portal, None),),
    "vneid_5": ((phone_drawings.scan, None),),
    "vneid_6": ((phone_drawings.secret, None),),
}


def layers(name: str, width: float, palette: Palette) -> list[Layer]:
    """The pictures of one illustration in a field of `width` pixels.  Raises KeyError."""
    made: list[Layer] = []
    for draw, path in SCENES[name]:
        brush = Brush(palette, width / WIDE)
        draw(brush)
        made.append(brush.done(path))
    return made
