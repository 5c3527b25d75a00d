"""Illustrations of a phone with an identity app: no logo and no screen of any real app."""

from __future__ import annotations

from ui_kivy.widgets.brush import Brush


def _phone(b: Brush, x: float = 130, wide: float = 140) -> None:
    """The phone, 260 units high; its glass begins 14 units inside."""
    b.box(x, 18, wide, 264, "machine_dark", 20)
    b.box(x + 10, 38, wide - 20, 220, "surface", 6)
    b.box(x + wide / 2 - 18, 25, 36, 6, "machine", 3)
    b.round(x + wide / 2, 270, 6, "machine")


def _badge(b: Brush, x: float, y: float, side: float) -> None:
    """The app: a person on a card."""
    b.box(x, y, side, side, "link", side * 0.22)
    b.round(x + side / 2, y + side * 0.38, side * 0.15, "surface")
    b.shape(
        "surface",
        *(x + side * 0.22, y + side * 0.8),
        *(x + side * 0.3, y + side * 0.6),
        *(x + side * 0.7, y + side * 0.6),
        *(x + side * 0.78, y + side * 0.8),
    )


def _code(b: Brush, x: float, y: float, side: float) -> None:
    """Something like a QR, which leads nowhere."""
    b.box(x, y, side, side, "surface", 3, "ink", 2)
    cell = side / 9
    for across in range(7):
        for down in range(7):
            corner = (across < 2 or across > 4) and (down < 2 or down > 4)
            if corner or (across * 5 + down * 3) % 4 == 1:
                b.box(x + cell * (across + 1), y + cell * (down + 1), cell, cell, "ink")


def install(b: Brush) -> None:
    """An app comes onto the phone."""
    _phone(b)
    _badge(b, 164, 78, 72)
    b.line("go", 10, 200, 166, 200, 220)
    b.line("go", 10, 176, 198, 200, 222, 224, 198)


def sign_up(b: Brush) -> None:
    """Two fields are filled in."""
    _phone(b)
    _badge(b, 180, 52, 40)
    for y in (112, 156):
        b.box(152, y, 96, 30, "soft", 6, "machine_dark", 1.5)
        for n in range(6):
            b.round(166 + n * 14, y + 15, 3.6, "ink")
    b.box(152, 204, 96, 34, "go", 8)
    b.line("on_go", 6, 188, 221, 197, 230, 214, 212)


def police(b: Brush) -> None:
    """A citizen with his card at an officer's desk."""
    b.round(112, 92, 34, "skin")
    b.shape("link", 62, 232, 70, 166, 112, 134, 154, 166, 162, 232)
    b.round(296, 92, 34, "skin")
    b.shape("go", 262, 78, 268, 56, 296, 48, 324, 56, 330, 78)
    b.shape("go", 246, 232, 254, 166, 296, 134, 338, 166, 346, 232)
    b.box(40, 220, 320, 50, "machine", 8, "machine_dark", 2.5)
    b.box(166, 170, 72, 46, "paper", 6, "paper_edge", 2)
    b.round(184, 190, 9, "skin")
    for y in (184, 194, 204):
        b.line("print", 3, 202, y, 228, y)


def portal(b: Brush) -> None:
    """A page on a screen, with one button to sign in."""
    b.box(50, 34, 300, 196, "machine_dark", 14)
    b.box(62, 46, 276, 172, "surface", 6)
    b.box(62, 46, 276, 30, "soft", 6)
    for y in (96, 112):
        b.line("print", 4, 92, y, 308, y)
    b.box(110, 134, 180, 52, "link", 10)
    _badge(b, 122, 142, 36)
    b.line("surface", 7, 176, 160, 268, 160)
    b.box(150, 230, 100, 34, "machine_dark")
    b.box(110, 262, 180, 10, "machine_dark", 4)


def scan(b: Brush) -> None:
    """The phone before the code on the page."""
    b.box(22, 50, 196, 150, "machine_dark", 12)
    b.box(32, 60, 176, 130, "surface", 6)
    _code(b, 70, 74, 102)
    _phone(b, 240, 124)
    _code(b, 268, 84, 68)
    b.line("accent", 6, 262, 118, 342, 118)
    b.box(266, 196, 72, 34, "go", 8)
    b.line("on_go", 6, 290, 213, 299, 222, 316, 204)


def secret(b: Brush) -> None:
    """A password that is shut away."""
    _phone(b)
    b.line("ink", 12, 172, 136, 172, 108, 184, 90, 200, 86, 216, 90, 228, 108, 228, 136)
    b.box(156, 132, 88, 74, "accent", 10)
    b.round(200, 162, 10, "surface")
    b.line("surface", 8, 200, 164, 200, 186)
    for n in range(4):
        b.round(170 + n * 20, 230, 5, "ink")
