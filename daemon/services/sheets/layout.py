"""One procedure on A4: large letters, all that is known, and a QR to the portal's own page."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import segno
from fpdf import FPDF

from daemon.catalogue import services
from daemon.machine.values import Written
from daemon.services.procedures.page import sections
from daemon.services.tickets import Facts
from daemon.services.tickets.words import Words

FONTS = Path("/usr/share/fonts/truetype/noto")
"""Debian's fonts-noto-core, as on the slips."""
MARGIN = 18.0
TEXT, HEAD, TITLE = 11.5, 12.5, 20.0
"""Points: most procedures fit on one sheet so."""
QR = 42.0
"""Millimetres of the code at the top right."""


class SheetError(Exception):
    """A sheet that cannot be made: unknown procedure, no font."""


def procedure(
    code: str, language: Written, ward: str, at: dt.datetime, facts: Facts, *, stamp: str = ""
) -> bytes:
    """The page of one procedure as a PDF of one or more sheets.  Raises SheetError.

    `ward` is the full name, `at` the time printed on it, `stamp` another line at the foot.
    """
    file = facts.procedures
    item = file.shown(at.date()).get(file.successor(code))
    if item is None:
        raise SheetError(f"procedure {code!r}: not among those that are shown")
    words = Words(language)
    group = services.group_of(facts.groups, item)
    page = sections(item, language, cases=file.case_questions, group=group, day=at.date())
    sheet = _Sheet(f"{ward} · {at:%H:%M, %d/%m/%Y}", stamp)
    if item.deep_link:
        sheet.code(item.deep_link, words("procedure.scan"))
    sheet.line(words("procedure.title").upper(), HEAD, bold=True)
    sheet.line(item.name_vi if language == "vi" else item.name_en, TITLE, bold=True)
    if language == "en":
        sheet.line(item.name_vi, TEXT)
    sheet.line(words("procedure.code", code=item.code or ""), TEXT)
    sheet.under_code()
    for key, lines in page:
        sheet.heading(words(f"procedure.{key}"))
        for line in lines:
            sheet.line(line, TEXT, box=key == "papers")
    sheet.heading("")
    sheet.line(words("procedure.version", version=file.version), 10)
    return sheet.pdf()


class _Sheet(FPDF):
    """Lines from the top; a new page where one is full."""

    def __init__(self, foot: str, stamp: str) -> None:
        super().__init__(unit="mm", format="A4")
        self._foot, self._stamp, self._below = foot, stamp, 0.0
        self._right = MARGIN
        for style, weight in (("", "Regular"), ("B", "Bold")):
            path = FONTS / f"NotoSans-{weight}.ttf"
            if not path.is_file():
                raise SheetError(f"font {path}: not readable; install fonts-noto-core")
            self.add_font("noto", style, path)
        self.set_auto_page_break(True, 20)
        self.set_margins(MARGIN, 16, MARGIN)
        self.add_page()

    def footer(self) -> None:
        """Where and when it was printed, and the page's number."""
        self.set_y(-14)
        self.set_font("noto", "", 9)
        text = f"{self._foot}   ·   {self.page_no()}"
        self.cell(0, 5, f"{text}   ·   {self._stamp}" if self._stamp else text, align="C")

    def code(self, url: str, below: str) -> None:
        """A QR at the top right, with what it is for beneath."""
        left = self.w - MARGIN - QR
        rows = [bytes(row) for row in segno.make_qr(url, error="m").matrix]
        module = QR / len(rows)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    self.rect(left + x * module, 16 + y * module, module, module, style="F")
        self.set_xy(left, 17 + QR)
        self.set_font("noto", "", 9)
        self.multi_cell(QR, 4, below, align="C")
        self._below = self.get_y() + 2
        self._right = MARGIN + QR + 6
        self.set_xy(MARGIN, 16)

    def under_code(self) -> None:
        """What follows has the full width."""
        self.set_y(max(self.get_y(), self._below))
        self._right = MARGIN

    def heading(self, text: str) -> None:
        """A line in bold with air above."""
        self.ln(2.5)
        if text:
            self.line(text, HEAD, bold=True)

    def line(self, text: str, size: float, *, bold: bool = False, box: bool = False) -> None:  # type: ignore[override]
        """A paragraph; `box`: with an empty box to tick before it."""
        self.set_font("noto", "B" if bold else "", size)
        high = size * 0.353 * 1.35
        indent = 7.0 if box else 0.0
        if box:
            if self.get_y() + high > self.page_break_trigger:
                self.add_page()
            self.rect(MARGIN + 0.5, self.get_y() + high * 0.2, 3.8, 3.8)
        self.set_x(MARGIN + indent)
        plain = unicodedata.normalize(
            "NFC", "".join(s if s.isprintable() else "\ufffd" for s in text)
        )
        self.multi_cell(self.w - MARGIN - self._right - indent, high, plain, align="L")
        self.set_x(MARGIN)

    def pdf(self) -> bytes:
        """The finished pages."""
        return bytes(self.output())
