"""A sheet to draw on, in millimetres: texts that wrap, rules, boxes and curves."""

from __future__ import annotations

import random
from typing import Literal

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

from models.specimens import fonts
from models.specimens.fonts import Family

POINT = 25.4 / 72
"""Millimetres of a typographic point."""


_NEEDLE = 0.35
"""Millimetres between the dots of a dot matrix printer."""

_MEASURE_DPI = 600
"""Lines and pages break by this resolution, so that a page says the same at every other one."""

Word = tuple[str, str]
"""A word and its style."""


class Style:
    """The faces and inks of one specimen."""

    def __init__(self, body: Family, fill: Family, title: Family, ink: str, fill_ink: str) -> None:
        self.faces = {"body": body, "fill": fill, "title": title}
        self.inks = {"ink": ink, "fill": fill_ink}
        self.scale = 1.0
        self.lead = 1.2
        self.dotted = False
        """Typed fields come from the needles of a dot matrix printer."""

    def colour(self, name: str) -> tuple[int, int, int]:
        """RGB of `ink`, `fill` or any colour that Pillow knows."""
        got = ImageColor.getrgb(self.inks.get(name, name))
        return got[0], got[1], got[2]


class Sheet:
    """One side of a paper at a resolution; all lengths in mm from the upper left corner."""

    def __init__(self, size_mm: tuple[float, float], dpi: int, tint: str, style: Style) -> None:
        self.size_mm = size_mm
        self.dpi = dpi
        self.style = style
        self.dark = False
        """A cover of dark board: what is put over it has to be pale."""
        pixels = (self.px(size_mm[0]), self.px(size_mm[1]))
        self.image = Image.new("RGB", pixels, ImageColor.getrgb(tint))
        self.draw = ImageDraw.Draw(self.image)

    def px(self, mm: float) -> int:
        """Pixels of a length, at least one."""
        return max(1, round(mm * self.dpi / 25.4))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixel position of a point."""
        return x * self.dpi / 25.4, y * self.dpi / 25.4

    # -- text -----------------------------------------------------------------------------

    def _family(self, face: str) -> Family:
        return fonts.families("train", "mono")[0] if face == "mono" else self.style.faces[face]

    def font(self, face: str, style: str, size: float) -> ImageFont.FreeTypeFont:
        """The font of a face (body, fill, title, mono) at a size in points."""
        family = self._family(face)
        points = size * family.scale * self.style.scale
        return fonts.load(family.path(style), max(3, round(points * self.dpi / 72)))

    def width(self, text: str, face: str, style: str, size: float) -> float:
        """Width of a line in mm."""
        points = size * self._family(face).scale * self.style.scale
        if self._family(face).pitch:
            return points * self._family(face).pitch * len(text) * POINT
        path, pixels = self._family(face).path(style), max(3, round(points * _MEASURE_DPI / 72))
        return fonts.length(path, pixels, text) * 25.4 / _MEASURE_DPI

    def line(
        self, x: float, y: float, text: str, *, size: float, style: str = "", face: str = "body",
        colour: str = "ink",
    ) -> None:  # fmt: skip
        """One line whose top left is (x, y)."""
        font = self.font(face, style, size)
        ascent = font.getmetrics()[0]
        baseline = self.at(x, y + size * POINT * 0.95 * self.style.scale)
        if self._family(face).pitch:
            step = self.width(" ", face, style, size) * self.dpi / 25.4
            for n, letter in enumerate(text):
                spot = (baseline[0] + step * (n + 0.5), baseline[1])
                if self.style.dotted:
                    self._needles(spot, letter, font, self.style.colour(colour))
                else:
                    self.draw.text(spot, letter, self.style.colour(colour), font, anchor="ms")
            return
        self.draw.text((baseline[0], baseline[1] - ascent), text, self.style.colour(colour), font)

    def _needles(
        self, spot: tuple[float, float], letter: str, font: ImageFont.FreeTypeFont,
        ink: tuple[int, int, int],
    ) -> None:  # fmt: skip
        """A letter of dots; too small for dots to be seen, it is only paler."""
        left, top, right, bottom = font.getbbox(letter, anchor="ms")
        size = (max(1, round(right - left) + 2), max(1, round(bottom - top) + 2))
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).text((1 - left, 1 - top), letter, 225, font, anchor="ms")
        pitch = self.dpi / 25.4 * _NEEDLE
        if pitch >= 3:
            dots, half = Image.new("L", size, 70), pitch * 0.42
            pen = ImageDraw.Draw(dots)
            for row in range(round(size[1] / pitch) + 1):
                for column in range(round(size[0] / pitch) + 1):
                    x, y = (column + 0.5) * pitch, (row + 0.5) * pitch
                    pen.ellipse((x - half, y - half, x + half, y + half), fill=255)
            mask = ImageChops.multiply(mask, dots)
        self.image.paste(ink, (round(spot[0] + left) - 1, round(spot[1] + top) - 1), mask)

    def wrap(
        self, text: str, width: float, *, size: float, style: str = "", face: str = "body",
        indent: float = 0,
    ) -> list[list[Word]]:  # fmt: skip
        """Lines of words that fit into a width; the first line is shorter by `indent`.

        `**` in the text turns bold on and off.
        """
        space = self.width(" ", face, style, size)
        lines: list[list[Word]] = [[]]
        used, room, bold = 0.0, width - indent, False
        for part in text.split("**"):
            now = style.replace("b", "") + "b" if bold else style
            for word in part.split():
                step = self.width(word, face, now, size)
                if lines[-1] and used + space + step > room:
                    lines.append([])
                    used, room = 0.0, width
                used += step + (space if lines[-1] else 0)
                lines[-1].append((word, now))
            bold = not bold
        return lines

    def row(
        self, words: list[Word], x: float, y: float, width: float, *, size: float, face: str,
        colour: str, align: str, last: bool,
    ) -> float:  # fmt: skip
        """One wrapped line, aligned; returns its natural width in mm."""
        if not words:
            return 0
        space = self.width(" ", face, words[0][1], size)
        steps = [self.width(word, face, style, size) for word, style in words]
        natural = sum(steps) + space * (len(words) - 1)
        slack = width - natural
        if align == "justify" and not last and 0 < slack < width * 0.35 and len(words) > 1:
            space += slack / (len(words) - 1)
        else:
            x += {"center": slack / 2, "right": slack}.get(align, 0.0)
        if space and len({style for _, style in words}) == 1 and align != "justify":
            whole = " ".join(word for word, _ in words)
            self.line(x, y, whole, size=size, style=words[0][1], face=face, colour=colour)
            return natural
        for (word, style), step in zip(words, steps, strict=True):
            self.line(x, y, word, size=size, style=style, face=face, colour=colour)
            x += step + space
        return natural

    # -- lines ----------------------------------------------------------------------------

    def rule(
        self, x: float, y: float, x2: float, y2: float, colour: str = "ink", mm: float = 0.25
    ) -> None:
        """A straight line."""
        self.draw.line((self.at(x, y), self.at(x2, y2)), self.style.colour(colour), self.px(mm))

    def box(
        self, x: float, y: float, w: float, h: float, *, outline: str = "", inside: str = "",
        mm: float = 0.25,
    ) -> None:  # fmt: skip
        """A rectangle, filled or not."""
        self.draw.rectangle(
            (self.at(x, y), self.at(x + w, y + h)),
            fill=self.style.colour(inside) if inside else None,
            outline=self.style.colour(outline) if outline else None,
            width=self.px(mm),
        )

    def dots(self, x: float, x2: float, y: float, kind: Literal["dots", "line"]) -> None:
        """A leader on which something is filled in."""
        if kind == "line":
            self.rule(x, y, x2, y, mm=0.15)
            return
        colour, pitch = self.style.colour("ink"), 1.1
        size = max(1, self.px(0.22))
        while x < x2:
            left, top = (round(v) for v in self.at(x, y))
            self.draw.rectangle((left, top, left + size - 1, top + size - 1), colour)
            x += pitch


def rng_of(*parts: object) -> random.Random:
    """A generator that depends on nothing but these parts (stable across processes)."""
    return random.Random("/".join(map(str, parts)))
