"""A strip of thermal paper to draw on from the top: text, rules, codes.  8 dots a millimetre."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH = 576
MARGIN = 16
"""Dots at either side: many printers are a millimetre out of place."""
INNER = WIDTH - 2 * MARGIN
LONGEST = WIDTH * 8
"""The rows a ticket printer takes."""

FONTS = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core: every Vietnamese letter, and figures of one width."""

_INK = 150
"""Grey below which a dot is burnt: strokes of small type stay whole."""

Weight = Literal["Regular", "Bold"]
Align = Literal["left", "centre", "right"]


class SlipError(Exception):
    """A slip that cannot be drawn: unknown layout, missing value, no font."""


@lru_cache(maxsize=32)
def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans at this size in dots.  Raises SlipError."""
    path = FONTS / f"NotoSans-{weight}.ttf"
    try:
        # Opened here, because Pillow looks elsewhere for a path that does not exist.
        with path.open("rb") as file:
            return ImageFont.truetype(file, size)
    except OSError:
        raise SlipError(f"font {path}: not readable; install fonts-noto-core") from None


class Roll:
    """What has been drawn so far."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, Callable[[ImageDraw.ImageDraw, int], None]]] = []

    def gap(self, rows: int) -> None:
        """Empty rows."""
        self._parts.append((rows, lambda draw, top: None))

    def rule(self, thick: int = 2) -> None:
        """A line across."""
        box = (MARGIN, 0, WIDTH - MARGIN - 1, thick - 1)
        self._parts.append(
            (
                thick,
                lambda draw, top: draw.rectangle(
                    (box[0], box[1] + top, box[2], box[3] + top), fill=0
                ),
            )
        )

    def text(
        self,
        text: str,
        size: int = 26,
        weight: Weight = "Regular",
        align: Align = "left",
        *,
        indent: int = 0,
    ) -> None:
        """A paragraph, broken into lines."""
        face = font(weight, size)
        step = round(size * 1.32)
        for line in broken(text, face, INNER - indent):
            self._parts.append((step, _line(line, face, align, indent)))

    def banner(self, text: str, size: int = 34) -> None:
        """White on black, across."""
        face = font("Bold", size)
        rows = round(size * 1.6)

        def draw_it(draw: ImageDraw.ImageDraw, top: int) -> None:
            draw.rectangle((MARGIN, top, WIDTH - MARGIN - 1, top + rows - 1), fill=0)
            draw.text((WIDTH / 2, top + rows / 2), nfc(text), font=face, fill=255, anchor="mm")

        self._parts.append((rows, draw_it))

    def big(self, text: str, size: int) -> None:
        """One line in the middle, as large as `size` or as fits; only its ink counts as height."""
        text = nfc(text)
        while size > 24 and font("Bold", size).getlength(text) > INNER:
            size -= 2
        face = font("Bold", size)
        _, above, _, below = face.getbbox(text, anchor="ls")
        self._parts.append(
            (
                round(below - above) + 4,
                lambda draw, top: draw.text(
                    (WIDTH / 2, top + 2 - above), text, font=face, fill=0, anchor="ms"
                ),
            )
        )

    def pair(self, name: str, value: str, size: int = 26) -> None:
        """A name at the left and its value at the right, on one line where both fit."""
        face, bold = font("Regular", size), font("Bold", size)
        if face.getlength(nfc(name)) + bold.getlength(nfc(value)) + size > INNER:
            self.text(name, size)
            self.text(value, size, "Bold", "right")
            return
        left, right = _line(nfc(name), face, "left", 0), _line(nfc(value), bold, "right", 0)

        def draw_it(draw: ImageDraw.ImageDraw, top: int) -> None:
            left(draw, top)
            right(draw, top)

        self._parts.append((round(size * 1.32), draw_it))

    def item(self, text: str, size: int = 25) -> None:
        """A line of a list with an empty box to tick."""
        face = font("Regular", size)
        step = round(size * 1.32)
        indent = round(size * 1.4)
        for at, line in enumerate(broken(text, face, INNER - indent)):
            drawn = _line(line, face, "left", indent)
            self._parts.append((step, _boxed(drawn, size) if at == 0 else drawn))
        self.gap(6)

    def qr(self, content: str, about: int = 240) -> None:
        """A QR code of error correction M, in the middle, some `about` dots wide."""
        code = segno.make(content, error="m", micro=False)
        modules = code.symbol_size(border=4)[0]
        dots = max(3, about // modules)
        matrix = [bytes(row) for row in code.matrix_iter(scale=dots, border=4)]
        side = len(matrix)
        if side > INNER:
            raise SlipError(f"a QR code of {side} dots; {INNER} fit")

        dark = Image.frombytes("L", (side, side), b"".join(matrix)).point([0, *[255] * 255])

        def draw_it(draw: ImageDraw.ImageDraw, top: int) -> None:
            draw.bitmap(((WIDTH - side) // 2, top), dark, fill=0)

        self._parts.append((side, draw_it))

    def picture(self) -> Image.Image:
        """The strip, mode 1, 576 dots wide.  Raises SlipError where it is too long."""
        height = sum(rows for rows, _ in self._parts)
        if not 0 < height <= LONGEST:
            raise SlipError(f"a slip of {height} rows; 1 to {LONGEST} are right")
        image = Image.new("L", (WIDTH, height), 255)
        draw = ImageDraw.Draw(image)
        top = 0
        for rows, part in self._parts:
            part(draw, top)
            top += rows
        return image.point([0 if grey < _INK else 255 for grey in range(256)], mode="1")


def nfc(text: str) -> str:
    """The text as fonts expect it."""
    return unicodedata.normalize("NFC", text)


def broken(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The lines of a paragraph; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in nfc(text).split():
        if line and face.getlength(f"{line} {word}") <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        while face.getlength(word) > width:
            cut = max(1, next(n for n in range(len(word), 0, -1) if _fits(word[:n], face, width)))
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def _fits(text: str, face: ImageFont.FreeTypeFont, width: int) -> bool:
    return len(text) == 1 or face.getlength(text) <= width


def _line(
    line: str, face: ImageFont.FreeTypeFont, align: Align, indent: int
) -> Callable[[ImageDraw.ImageDraw, int], None]:
    at, anchor = {
        "left": (MARGIN + indent, "ls"),
        "centre": (WIDTH / 2, "ms"),
        "right": (WIDTH - MARGIN, "rs"),
    }[align]
    base = round(face.size * 1.05)

    def draw_it(draw: ImageDraw.ImageDraw, top: int) -> None:
        draw.text((at, top + base), line, font=face, fill=0, anchor=anchor)

    return draw_it


def _boxed(
    line: Callable[[ImageDraw.ImageDraw, int], None], size: int
) -> Callable[[ImageDraw.ImageDraw, int], None]:
    side = round(size * 0.85)

    def draw_it(draw: ImageDraw.ImageDraw, top: int) -> None:
        y = top + round(size * 0.28)
        draw.rectangle((MARGIN, y, MARGIN + side, y + side), outline=0, width=2)
        line(draw, top)

    return draw_it
