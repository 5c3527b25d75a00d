"""Breaks text into lines and measures it with the very font that draws it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from ui_kivy import breaking
from ui_kivy.theme import LETTERS_A_LINE

FALLBACK = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core."""


class FontError(Exception):
    """No font that has the letters of a text."""


def font(bold: bool = False, text: str = "") -> str:
    """Path of the font file that has the letters of this text.  Raises FontError."""
    return _chinese() if breaking.WIDE.search(text) else _latin(bold)


@cache
def _chinese() -> str:
    """Noto Sans TC, which has the Vietnamese letters too; it comes in one weight."""
    try:
        import pylopdf_fonts_zh_tw as package
    except ImportError as error:
        raise FontError("no font: install the Python package pylopdf-fonts-zh-tw") from error
    return str(package.sans_path())


@cache
def _latin(bold: bool) -> str:
    """Be Vietnam Pro from its package, or Noto Sans from Debian."""
    try:
        import fontpkg_be_vietnam_pro as package

        weight = "SemiBold" if bold else "Medium"
        path = Path(package.__file__).parent / "files" / f"BeVietnamPro-{weight}.ttf"
        if path.exists():
            return str(path)
    except ImportError:
        pass
    path = FALLBACK / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf")
    if path.exists():
        return str(path)
    raise FontError(
        "no font: install the Python package fontpkg-be-vietnam-pro or Debian's fonts-noto-core"
    )


@cache
def _ruler(size: int, file: str) -> object:
    from kivy.core.text import Label

    return Label(font_name=file, font_size=size)


def width(text: str, size: float, bold: bool = False) -> float:
    """Width in pixels of one line.  Nothing of the text is kept."""
    return float(_ruler(round(size), font(bold, text)).get_extents(text)[0]) if text else 0.0  # type: ignore[attr-defined]


class Block(msgspec.Struct, frozen=True):
    """Text broken into lines at one size."""

    lines: tuple[str, ...]
    size: float
    line: float
    """Distance of two lines in pixels."""
    widest: float
    bold: bool = False

    @property
    def height(self) -> float:
        return self.line * len(self.lines)

    def cut(self, lines: int) -> tuple[Block, Block | None]:
        """The first lines, and what is left of the block."""
        if lines >= len(self.lines):
            return self, None
        parts = (self.lines[:lines], self.lines[lines:])
        one, two = (Block(part, self.size, self.line, self.widest, self.bold) for part in parts)
        return one, two


def block(text: str, size: float, room: float, *, bold: bool = False, line: float = 1.5) -> Block:
    """Text in lines at most `room` pixels wide and `LETTERS_A_LINE` letters long.

    Only a word that is longer alone sticks out, unless it is an address.
    """
    lines = [line for part in text.split("\n") for line in _lines(part, size, room, bold)]
    if len(lines) > 1 and "\n" not in text:
        lines = _even(text, lines, size, room, bold)
    widest = max(width(each, size, bold) for each in lines)
    return Block(tuple(lines), size, round(size * line), widest, bold)


def _lines(text: str, size: float, room: float, bold: bool) -> list[str]:
    lines: list[str] = []
    current = ""
    for whole in breaking.pieces(text):
        *broken, piece = _broken(whole, size, room, bold)
        if broken:
            lines += [current.rstrip(" "), *broken] if current else broken
            current = piece
            continue
        longer = current + piece
        seen = longer.rstrip(" ")
        if current and (len(seen) > LETTERS_A_LINE or width(seen, size, bold) > room):
            lines.append(current.rstrip(" "))
            current = piece
        else:
            current = longer
    return [*lines, current.rstrip(" ")]


def _broken(word: str, size: float, room: float, bold: bool) -> list[str]:
    """A word in one piece; an e-mail address wider than a line at its @, then at any letter."""
    if "@" not in word or width(word, size, bold) <= room:
        return [word]
    pieces = []
    for part in re.split("(?=@)", word):
        while len(part) > 1 and width(part, size, bold) > room:
            most = next(
                (n for n in range(len(part) - 1, 1, -1) if width(part[:n], size, bold) <= room), 1
            )
            pieces.append(part[:most])
            part = part[most:]
        pieces.append(part)
    return [piece for piece in pieces if piece]


def _even(text: str, lines: list[str], size: float, room: float, bold: bool) -> list[str]:
    """As many lines, of nearly the same length, broken where a sentence or clause ends."""
    if len(lines) == 2:
        ends = [
            at + 1
            for at, sign in enumerate(text[:-1])
            if (sign in ".?!:;," and text[at + 1] == " ") or sign in "。？！：；，"
        ]
        for at in sorted(ends, key=lambda end: abs(end - len(text) / 2)):
            parts = [text[:at], text[at:].lstrip(" ")]
            wide = [width(part, size, bold) for part in parts]
            short = [len(part) <= LETTERS_A_LINE for part in parts]
            if max(wide) <= room and all(short) and min(wide) >= max(wide) * 0.3:
                return parts
    words = [one.rstrip(" ") for one in breaking.pieces(text)]
    least = min(room, max(width(word, size, bold) for word in words))
    most = room
    best = lines
    for _ in range(6):
        middle = (least + most) / 2
        made = _lines(text, size, middle, bold)
        if len(made) == len(lines):
            best, most = made, middle
        else:
            least = middle
    return best


def fitting(
    text: str,
    sizes: tuple[float, ...],
    room: float,
    tall: float,
    *,
    bold: bool = False,
    line: float = 1.5,
) -> Block:
    """The block of the largest of `sizes` that fits, else that of the smallest."""
    made = block(text, sizes[0], room, bold=bold, line=line)
    for size in sizes[1:]:
        if made.height <= tall and made.widest <= room:
            break
        made = block(text, size, room, bold=bold, line=line)
    return made


def clipped(made: Block, most: int, room: float) -> Block:
    """The first `most` lines; the last ends in an ellipsis.  For names that others wrote."""
    last = made.lines[most - 1]
    while last and width(last + "…", made.size, made.bold) > room:
        last = "".join(breaking.pieces(last)[:-1]).rstrip(" ")
    lines = (*made.lines[: most - 1], last.rstrip(" ,;，；、") + "…")
    widest = max(width(line, made.size, made.bold) for line in lines)
    return Block(lines, made.size, made.line, widest, made.bold)
