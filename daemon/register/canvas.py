"""Drawing text and lines in mm on transparent pages with embedded subsets of the Noto fonts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import segno
from fpdf import FPDF

from daemon.register.errors import FontMissing
from daemon.register.template import Colour, Fonts

Face = Literal["regular", "bold", "plain"]
_POINT = 25.4 / 72
_QUIET = 4
"""Modules of white around a QR (ISO/IEC 18004)."""


class Canvas:
    """A few pages of vectors; `pdf()` gives them as one PDF with the fonts embedded."""

    def __init__(self, fonts: Fonts, folder: str) -> None:
        self._pdf = FPDF(unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        for face in ("regular", "bold", "plain"):
            path = Path(folder) / getattr(fonts, face)
            if not path.is_file():
                raise FontMissing(
                    f"fonts.{face}: {path} is not there; install the package fonts-noto-core"
                )
            self._pdf.add_font(face, fname=path)

    def page(self, width: float, height: float) -> None:
        """Begin a page of this size in mm."""
        self._pdf.add_page(orientation="portrait", format=(width, height))

    def text(
        self,
        text: str,
        box: tuple[float, float, float],
        size: float,
        *,
        face: Face = "regular",
        align: Literal["left", "centre", "right"] = "centre",
        colour: Colour = (0, 0, 0),
    ) -> None:
        """One line in (x, baseline y, width) mm; made smaller where it would not fit."""
        x, y, room = box
        line = unicodedata.normalize("NFC", text)
        self._pdf.set_font(face, size=size)
        width = self._pdf.get_string_width(line)
        if width > room:
            self._pdf.set_font(face, size=size * room / width)
            width = self._pdf.get_string_width(line)
        self._pdf.set_text_color(*colour)
        shift = {"left": 0.0, "centre": (room - width) / 2, "right": room - width}[align]
        self._pdf.text(x + shift, y, line)

    def upright(self, text: str, x: float, y: float, size: float) -> None:
        """One line that reads upwards, its middle at (x, y) mm."""
        self._pdf.set_font("plain", size=size)
        self._pdf.set_text_color(90, 90, 90)
        with self._pdf.rotation(90, x, y):
            self._pdf.text(x - self._pdf.get_string_width(text) / 2, y, text)

    def outlined(self, text: str, page: tuple[float, float], size: float, angle: float) -> None:
        """Large hollow letters across a page (w, h): they hide nothing beneath them."""
        width, height = page
        self._pdf.set_font("bold", size=size)
        long = self._pdf.get_string_width(text)
        room = 0.95 * (width**2 + height**2) ** 0.5
        if long > room:
            self._pdf.set_font("bold", size=size * room / long)
            long = self._pdf.get_string_width(text)
        with (
            self._pdf.local_context(text_mode="STROKE", line_width=0.15),
            self._pdf.rotation(angle, width / 2, height / 2),
        ):
            self._pdf.text((width - long) / 2, height / 2, text)

    @contextmanager
    def within(self, x: float, y: float, w: float, h: float) -> Iterator[None]:
        """Draw inside this box only, mm."""
        with self._pdf.rect_clip(x, y, w, h):
            yield

    def ink(self, colour: Colour, width: float = 0.2) -> None:
        """Colour and width (mm) of the lines that follow."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(width)

    def frame(
        self, x: float, y: float, w: float, h: float, *, dash: float = 0, round_: bool = False
    ) -> None:
        """An empty box, dashed if asked."""
        self._pdf.set_dash_pattern(dash=dash, gap=dash)
        self._pdf.rect(x, y, w, h, round_corners=round_, corner_radius=1.5 if round_ else 0)
        self._pdf.set_dash_pattern()

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR with error correction M, quiet zone inside `size` mm, drawn as black runs."""
        code = segno.make_qr(text, error="m", boost_error=False)
        rows = [bytes(row) for row in code.matrix]
        module = size / (len(rows) + 2 * _QUIET)
        self._pdf.set_fill_color(255, 255, 255)
        self._pdf.rect(x, y, size, size, style="F")
        self._pdf.set_fill_color(0, 0, 0)
        for line, row in enumerate(rows):
            column = 0
            while column < len(row):
                run = 0
                while column + run < len(row) and row[column + run]:
                    run += 1
                if run:
                    self._pdf.rect(
                        x + (column + _QUIET) * module,
                        y + (line + _QUIET) * module,
                        run * module,
                        module,
                        style="F",
                    )
                column += run + 1

    def pdf(self) -> bytes:
        """The finished pages."""
        return bytes(self._pdf.output())


def baseline(y: float, line: float, size: float) -> float:
    """Baseline of a line `line` mm high that begins at `y`, for text of `size` pt."""
    return y + (line + 0.7 * size * _POINT) / 2
