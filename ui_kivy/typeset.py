"""Breaks text into lines and measures it with the very font that draws it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from ui_kivy.theme import LETTERS_A_LINE

FALLBACK = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core."""


class FontError(Exception):
    """No font that has the Vietnamese letters."""


@cache
def font(bold: bool = False) -> str:
    """Path of the font file: Be Vietnam Pro from its package, or Noto Sans from Debian."""
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
def _ruler(size: int, bold: bool) -> object:
    from kivy.core.text import Label

    return Label(font_name=font(bold), font_size=size)


def width(text: str, size: float, bold: bool = False) -> float:
    """Width in pixels of one line.  Nothing of the text is kept."""
    return float(_ruler(round(size), bold).get_extents(text)[0]) if text else 0.0  # type: ignore[attr-defined]


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

    Only a word that is longer alone sticks out.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split(" "):
            longer = f"{current} {word}" if current else word
            if current and (len(longer) > LETTERS_A_LINE or width(longer, size, bold) > room):
                lines.append(current)
                current = word
            else:
                current = longer
        lines.append(current)
    if len(lines) == 2:
        lines = _balanced(lines, size, room, bold)
    widest = max(width(each, size, bold) for each in lines)
    return Block(tuple(lines), size, round(size * line), widest, bold)


def _balanced(lines: list[str], size: float, room: float, bold: bool) -> list[str]:
    """Two lines of nearly the same length: no single word is left alone on the second."""
    words = " ".join(lines).split(" ")
    if len(words) < 3 or any("\n" in word for word in words):
        return lines
    best = lines
    least = abs(width(lines[0], size, bold) - width(lines[1], size, bold))
    for at in range(1, len(words)):
        one, two = " ".join(words[:at]), " ".join(words[at:])
        wide_one, wide_two = width(one, size, bold), width(two, size, bold)
        if max(wide_one, wide_two) <= room and abs(wide_one - wide_two) < least:
            best, least = [one, two], abs(wide_one - wide_two)
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
        last = last.rpartition(" ")[0]
    lines = (*made.lines[: most - 1], last.rstrip(" ,;") + "…")
    widest = max(width(line, made.size, made.bold) for line in lines)
    return Block(lines, made.size, made.line, widest, made.bold)
