"""Signs, drawn by ourselves on a square of 24 × 24 with rounded strokes, one colour each."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from ui_kivy.widgets.strokes import Pen


def _back(p: Pen) -> None:
    p.line(14.5, 4.5, 7, 12, 14.5, 19.5, width=3)


def _next(p: Pen) -> None:
    p.line(9.5, 4.5, 17, 12, 9.5, 19.5, width=3)


def _forward(p: Pen) -> None:
    p.line(3.5, 12, 20, 12, width=3)
    p.line(13.5, 5.5, 20, 12, 13.5, 18.5, width=3)


def _home(p: Pen) -> None:
    p.line(2.5, 12, 12, 3.5, 21.5, 12, width=2.6)
    p.line(5.5, 11, 5.5, 20.5, 18.5, 20.5, 18.5, 11, width=2.6)
    p.box(10, 14, 4, 6.5, 0.5, solid=True)


def _globe(p: Pen) -> None:
    p.ring(12, 12, 9)
    p.line(3, 12, 21, 12, width=1.8)
    for side in (-1, 1):
        points: list[float] = []
        for n in range(21):
            a = math.radians(-90 + 180 * n / 20)
            points += [12 + side * 4.2 * math.cos(a), 12 + 9 * math.sin(a)]
        p.line(*points, width=1.8)


def _size(p: Pen) -> None:
    p.line(1.5, 19, 7.5, 4, 13.5, 19, width=2.6)
    p.line(3.8, 14, 11.2, 14, width=2.4)
    p.ring(18.2, 15.2, 3.6, width=2.4)
    p.line(21.8, 11.4, 21.8, 19, width=2.4)


def _contrast(p: Pen) -> None:
    p.ring(12, 12, 9.2, width=2.4)
    points: list[float] = []
    for n in range(41):
        a = math.radians(-90 + 180 * n / 40)
        points += [12 + 9.2 * math.cos(a), 12 + 9.2 * math.sin(a)]
    p.fill(*points)


def _sound(p: Pen) -> None:
    p.fill(2.5, 9, 6.5, 9, 11.5, 4.5, 11.5, 19.5, 6.5, 15, 2.5, 15)
    p.arc(12, 12, 4.6, -42, 42, width=2.4)
    p.arc(12, 12, 8.6, -42, 42, width=2.4)


def _low(p: Pen) -> None:
    p.dot(9, 4, 2.2)
    p.line(9, 7.5, 9, 13, 15.5, 13, 18, 19, 20.5, 18.3, width=2.3)
    p.line(9, 9.8, 14, 9.8, width=2)
    p.arc(9.8, 16, 5.6, 60, 285, width=2.3)


def _help(p: Pen) -> None:
    p.ring(12, 12, 9.4, width=2.4)
    p.arc(12, 9.3, 3, 180, 395, width=2.5)
    p.line(14.2, 11.3, 12, 13, 12, 14.2, width=2.5)
    p.dot(12, 17.6, 1.5)


def _more(p: Pen) -> None:
    for x in (4.5, 12, 19.5):
        p.dot(x, 12, 2.3)


def _yes(p: Pen) -> None:
    p.line(4, 12.8, 9.6, 18.4, 20, 6.6, width=3.2)


def _no(p: Pen) -> None:
    p.line(5.5, 5.5, 18.5, 18.5, width=3.2)
    p.line(18.5, 5.5, 5.5, 18.5, width=3.2)


def _done(p: Pen) -> None:
    p.dot(12, 12, 11)
    p.line(6.6, 12.6, 10.4, 16.4, 17.4, 8.4, width=2.8, ink=0)


def _warn(p: Pen) -> None:
    p.line(12, 3, 22, 20.5, 2, 20.5, 12, 3, width=2.2)
    p.fill(12, 3, 22, 20.5, 2, 20.5)
    p.line(12, 9.4, 12, 14.4, width=2.4, ink=0)
    p.dot(12, 17.7, 1.4, ink=0)


def _off(p: Pen) -> None:
    p.ring(12, 12, 9, width=2.6)
    p.line(6, 18, 18, 6, width=2.6)


def _officer(p: Pen) -> None:
    p.dot(12, 8, 4.4)
    p.fill(3.5, 21, 4.2, 17.5, 6.5, 15, 9.5, 14, 14.5, 14, 17.5, 15, 19.8, 17.5, 20.5, 21)
    p.line(12, 14.8, 12, 20.2, width=1.6, ink=0)


def _copy(p: Pen) -> None:
    p.box(8, 6.2, 12, 15.5, 1.6)
    p.line(4, 16.5, 4, 4, 4.6, 3, 5.6, 2.4, 14.5, 2.4, width=2.2)
    for y in (11, 14.2, 17.4):
        p.line(11, y, 17, y, width=1.6)


def _lookup(p: Pen) -> None:
    p.ring(10.2, 10.2, 7, width=2.6)
    p.line(15.6, 15.6, 21.4, 21.4, width=3.2)


def _zoom(p: Pen) -> None:
    p.ring(10.2, 10.2, 7.4, width=2.4)
    p.line(15.8, 15.8, 21.4, 21.4, width=3.2)
    p.line(6.8, 10.2, 13.6, 10.2, width=2.2)


def _zoom_in(p: Pen) -> None:
    _zoom(p)
    p.line(10.2, 6.8, 10.2, 13.6, width=2.2)


def _zoom_next(p: Pen) -> None:
    p.box(2, 3, 13, 18, 1.4, width=2)
    p.box(2, 3, 7, 6.5, 1.4, solid=True)
    p.line(12, 12, 22, 12, width=2.4)
    p.line(18, 8, 22, 12, 18, 16, width=2.4)


def _clock(p: Pen) -> None:
    p.ring(12, 12, 9.2, width=2.4)
    p.line(12, 6.6, 12, 12, 16, 14.4, width=2.4)


def _people(p: Pen) -> None:
    p.dot(12, 7.2, 3.6)
    p.fill(5.6, 20, 6.2, 16.4, 8.4, 13.8, 12, 12.8, 15.6, 13.8, 17.8, 16.4, 18.4, 20)
    for x in (4, 20):
        p.dot(x, 9.6, 2.3)
    p.fill(0.6, 18, 1.2, 14.8, 3.4, 13.2, 5.6, 13.6, 4, 18)
    p.fill(23.4, 18, 22.8, 14.8, 20.6, 13.2, 18.4, 13.6, 20, 18)


def _ticket(p: Pen) -> None:
    p.line(3, 6, 21, 6, 21, 10, width=2.2)
    p.line(3, 6, 3, 10, width=2.2)
    p.line(3, 14, 3, 18, 21, 18, 21, 14, width=2.2)
    p.arc(3, 12, 2, -90, 90, width=2.2)
    p.arc(21, 12, 2, 90, 270, width=2.2)
    for y in (9, 12, 15):
        p.dot(14.8, y, 1.05)


def _dossier(p: Pen) -> None:
    p.line(2.6, 19.6, 2.6, 5.2, 9.2, 5.2, 11.4, 7.8, 21.4, 7.8, 21.4, 19.6, 2.6, 19.6, width=2.2)
    for y in (12, 15.4):
        p.line(7, y, 17, y, width=1.6)


def _paper(p: Pen) -> None:
    p.line(14, 2.4, 5.5, 2.4, 5.5, 21.6, 18.5, 21.6, 18.5, 7, 14, 2.4, width=2.2)
    p.line(14, 2.6, 14, 7, 18.3, 7, width=1.8)
    for y in (11.5, 14.6, 17.7):
        p.line(9, y, 15, y, width=1.6)


def _kind_form(p: Pen) -> None:
    p.box(4, 1.8, 16, 20.4, 1.4, width=2)
    p.line(8.5, 6.4, 15.5, 6.4, width=2)
    for y in (10.2, 13.2, 16.2):
        p.line(7.4, y, 16.6, y, width=1.4)
    p.ring(15.2, 18.6, 1.7, width=1.3)


def _kind_card(p: Pen) -> None:
    p.box(1.2, 4.6, 21.6, 14.8, 2.2, width=2)
    p.dot(7, 10.2, 2.1)
    p.fill(3.8, 16, 4.4, 14.2, 6, 13.2, 8, 13.2, 9.6, 14.2, 10.2, 16)
    for y in (9, 12, 15):
        p.line(13, y, 19.6, y, width=1.5)


def _kind_book(p: Pen) -> None:
    p.box(4, 1.8, 16.5, 20.4, 1.8, width=2)
    p.line(8, 2.4, 8, 21.6, width=1.8)
    p.line(11.4, 7, 17, 7, width=1.8)
    p.line(11.4, 10.4, 17, 10.4, width=1.5)


def _kind_diploma(p: Pen) -> None:
    p.box(1.4, 4, 21.2, 15, 1.4, width=2)
    p.line(7, 8.2, 17, 8.2, width=1.9)
    p.line(5.4, 11.4, 18.6, 11.4, width=1.4)
    p.line(5.4, 14.2, 12, 14.2, width=1.4)
    p.dot(17, 16.6, 2.6)
    p.line(15.8, 18.4, 15.2, 22.2, 17, 20.8, 18.8, 22.2, 18.2, 18.4, width=1.4)


def _digital(p: Pen) -> None:
    p.box(6, 1.8, 12, 20.4, 2.2, width=2.2)
    p.line(9, 11.6, 11.3, 14, 15.2, 9, width=2)
    p.line(10.6, 19, 13.4, 19, width=1.6)


def _other(p: Pen) -> None:
    _paper(p)


def _offline(p: Pen) -> None:
    p.arc(12, 17, 12, 225, 315, width=2.2)
    p.arc(12, 17, 7, 225, 315, width=2.2)
    p.dot(12, 18, 1.9)
    p.line(4, 4, 20, 20.5, width=2.4)


def _emblem(p: Pen) -> None:
    """A house with a door that stands open: the ward's office, not a State emblem."""
    p.fill(12, 1.5, 23, 9, 1, 9)
    p.box(2, 20.4, 20, 2.4, 0.6, solid=True)
    for x in (3.6, 8.2, 13.4, 18):
        p.box(x, 10.6, 2.4, 8.4, 0.4, solid=True)
    p.dot(12, 6.2, 1.3, ink=0)


def _info(p: Pen) -> None:
    """A notice on a board."""
    p.box(2.6, 4.4, 18.8, 16.4, 1.6)
    p.line(12, 1.8, 12, 4.4)
    for y in (9, 12.6, 16.2):
        p.line(7, y, 17 if y < 16 else 13, y, width=1.8)


def _delete(p: Pen) -> None:
    p.line(8, 5, 21.5, 5, 21.5, 19, 8, 19, 2, 12, 8, 5, width=2.2)
    p.line(11, 9, 17, 15, width=2.2)
    p.line(17, 9, 11, 15, width=2.2)


def _shift(p: Pen) -> None:
    p.line(12, 3, 21, 12, 16, 12, 16, 20.5, 8, 20.5, 8, 12, 3, 12, 12, 3, width=2.2)


def _clear(p: Pen) -> None:
    p.line(3, 6.5, 21, 6.5, width=2.2)
    p.line(9, 6, 9.6, 3.2, 14.4, 3.2, 15, 6, width=2)
    p.line(5, 6.8, 6.2, 21, 17.8, 21, 19, 6.8, width=2.2)
    for x in (10, 14):
        p.line(x, 10.5, x, 17.5, width=1.7)


def _face(mood: int) -> Callable[[Pen], None]:
    """Mouth from −2 (down) to 2 (up)."""

    def draw(p: Pen) -> None:
        p.ring(12, 12, 10.4, width=1.7)
        p.dot(8.4, 9.6, 1.35)
        p.dot(15.6, 9.6, 1.35)
        if mood == 2:
            points: list[float] = []
            for n in range(31):
                a = math.radians(180 * n / 30)
                points += [12 + 5 * math.cos(a), 13.4 + 4.8 * math.sin(a)]
            p.fill(*points)
            return
        points = []
        for n in range(21):
            x = -4.6 + 9.2 * n / 20
            bend = (1 - (x / 4.6) ** 2) * {1: 2.6, 0: 0.0, -1: -2.2, -2: -4.0}[mood]
            points += [12 + x, {1: 14.6, 0: 16, -1: 17.4, -2: 18.4}[mood] + bend]
        p.line(*points, width=1.8)
        if mood == -2:
            p.line(6.2, 6.2, 9.6, 7.4, width=1.5)
            p.line(17.8, 6.2, 14.4, 7.4, width=1.5)

    return draw


SIGNS: dict[str, Callable[[Pen], None]] = {
    "back": _back,
    "next": _next,
    "forward": _forward,
    "home": _home,
    "globe": _globe,
    "size": _size,
    "contrast": _contrast,
    "sound": _sound,
    "low": _low,
    "help": _help,
    "more": _more,
    "yes": _yes,
    "no": _no,
    "done": _done,
    "warn": _warn,
    "off": _off,
    "officer": _officer,
    "copy": _copy,
    "lookup": _lookup,
    "zoom_in": _zoom_in,
    "zoom_out": _zoom,
    "zoom_next": _zoom_next,
    "clock": _clock,
    "people": _people,
    "ticket": _ticket,
    "dossier": _dossier,
    "paper": _paper,
    "kind_form": _kind_form,
    "kind_card": _kind_card,
    "kind_book": _kind_book,
    "kind_diploma": _kind_diploma,
    "digital": _digital,
    "info": _info,
    "other": _other,
    "offline": _offline,
    "emblem": _emblem,
    "delete": _delete,
    "shift": _shift,
    "clear": _clear,
    "face1": _face(-2),
    "face2": _face(-1),
    "face3": _face(0),
    "face4": _face(1),
    "face5": _face(2),
}


def sign(name: str, side: int) -> Image.Image:
    """The sign as a picture of coverage (mode L) of `side` pixels.  Raises KeyError."""
    pen = Pen(side)
    SIGNS[name](pen)
    return pen.image.resize((side, side), Image.Resampling.LANCZOS)
