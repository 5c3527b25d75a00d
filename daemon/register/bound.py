"""The register as pages to be bound, sealed and kept: A4 landscape, PDF/A.

Cover, lines page by page without blanks, sums, and the place where the person who signs
certifications confirms them; at the end of a year the lock.  Printed by the month and bound
(Decree 23/2015 Art. 13) [known, check: the form of the Appendix of Decree 280/2025].
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace

from daemon.register import merge
from daemon.register.chain import Lock
from daemon.register.errors import FontMissing
from daemon.register.export import COLUMNS
from daemon.register.period import Period, dong, shown
from daemon.register.template import Fonts

SAMPLE = "MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
DEMO = "demo"
"""Authority id of a kiosk that nobody configured: what it prints has no legal value."""

WIDTHS = (9, 11, 21, 22, 22, 9, 11, 22)
"""Of the eight columns, in proportion."""

MARGIN = 15.0
_PURPOSE = "SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH"


class _Pages(FPDF):
    """Page numbers at the foot, *MẪU* at the head of a demo's pages."""

    def __init__(self, period: Period, fonts: Fonts, folder: str) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._period = period
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 3)
        for style, name in (("", fonts.regular), ("B", fonts.bold)):
            path = Path(folder) / name
            if not path.is_file():
                raise FontMissing(f"{path} is not there; install the package fonts-noto-core")
            self.add_font("book", style, fname=path)
        self.set_font("book", size=10)

    def header(self) -> None:
        if self._period.authority == DEMO:
            self.set_font("book", "B", 9)
            self.set_text_color(198, 0, 0)
            self.set_y(6)
            self.cell(0, 5, SAMPLE, align="C")
            self.set_text_color(0, 0, 0)
            self.set_y(MARGIN)
        self.set_font("book", size=10)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font("book", size=8)
        volumes = ", ".join(self._period.volumes) or self._period.sign
        self.cell(0, 5, f"{volumes} – Trang {self.page_no()}/{{nb}}", align="R")

    def line(self, text: str, size: float = 10, *, bold: bool = False, align: str = "C") -> None:  # type: ignore[override]
        """One paragraph over the whole width."""
        self.set_font("book", "B" if bold else "", size)
        self.multi_cell(0, size * 0.55, _nfc(text), align=align, new_x="LMARGIN", new_y="NEXT")


def pdf(period: Period, authority: str, fonts: Fonts, folder: str) -> bytes:
    """The pages.  `authority` = its name, `folder` = where the Noto fonts are."""
    pages = _Pages(period, fonts, folder)
    if period.whole_year:
        _cover(pages, period, authority)
    pages.add_page()
    pages.line(authority.upper(), 10, bold=True, align="L")
    pages.line(_PURPOSE, 13, bold=True)
    pages.line(f"Từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y}", 10)
    pages.ln(3)
    _table(pages, period)
    _sums(pages, period)
    with pikepdf.open(BytesIO(bytes(pages.output()))) as made:
        return merge.finish(made, f"{_PURPOSE} {period.sign} {period.first:%m/%Y}")


def _cover(pages: _Pages, period: Period, authority: str) -> None:
    pages.add_page()
    pages.ln(10)
    pages.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13, bold=True)
    pages.line("Độc lập - Tự do - Hạnh phúc", 12, bold=True)
    pages.ln(18)
    pages.line(authority.upper(), 14, bold=True)
    pages.ln(12)
    pages.line(_PURPOSE, 20, bold=True)
    pages.ln(8)
    pages.line(f"Quyển số: {' + '.join(period.volumes) or '……'}", 14)
    pages.ln(8)
    opened = period.lines[0].certified_on if period.lines else None
    locked = dt.date.fromisoformat(period.lock.locked_on) if period.lock else None
    pages.line(f"Mở {_day(opened)}", 12)
    pages.line(f"Khóa {_day(locked)}", 12)


def _table(pages: _Pages, period: Period) -> None:
    pages.set_font("book", size=9)
    with pages.table(
        col_widths=WIDTHS,
        text_align=("CENTER", "CENTER", "LEFT", "LEFT", "LEFT", "CENTER", "RIGHT", "LEFT"),
        line_height=4.6,
        padding=1,
        headings_style=FontFace(emphasis="BOLD", fill_color=(235, 235, 235)),
        num_heading_rows=2,
        cell_fill_mode=TableCellFillMode.NONE,
    ) as table:
        table.row([_nfc(column) for column in COLUMNS])
        table.row([f"({place})" for place in range(1, len(COLUMNS) + 1)])
        for cells in shown(period.lines):
            table.row([_nfc(cell) for cell in cells])
        if not period.lines:
            row = table.row()
            row.cell("Không phát sinh việc chứng thực.", colspan=len(COLUMNS), align="CENTER")
        row = table.row(style=FontFace(emphasis="BOLD"))
        row.cell("Cộng", colspan=5, align="RIGHT")
        row.cell(str(period.copies), align="CENTER")
        row.cell(dong(period.fee), align="RIGHT")
        row.cell("")


def _sums(pages: _Pages, period: Period) -> None:
    with pages.unbreakable() as kept:
        kept.ln(3)
        _said(kept, _total(period))
        if period.lock is not None and period.whole_year:
            _said(kept, _locked(period.lock))
        _said(kept, f"Mã chuỗi: {period.head.seq}:{period.head.hash}", 7)
        kept.ln(4)
        left = kept.w - MARGIN - 110
        for text, style in (
            ("Ngày ….. tháng ….. năm ……..", ""),
            ("NGƯỜI THỰC HIỆN CHỨNG THỰC", "B"),
            ("(ký, ghi rõ họ, tên và đóng dấu)", ""),
        ):
            kept.set_x(left)
            kept.set_font("book", style, 10)
            kept.cell(110, 5.5, text, align="C", new_x="LMARGIN", new_y="NEXT")
        kept.ln(22)


def _said(pages: Any, text: str, size: float = 10) -> None:
    pages.set_font("book", size=size)
    pages.multi_cell(0, size * 0.55, _nfc(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _total(period: Period) -> str:
    waiting = len(period.lines) - period.valid - period.voided
    text = (
        f"Tổng số: {period.valid} việc chứng thực, {period.copies} bản sao, "
        f"phí {dong(period.fee)} đồng; {period.voided} số không sử dụng hoặc đã bị hủy bỏ"
    )
    return f"{text}; {waiting} số chờ ký." if waiting else f"{text}."


def _locked(lock: Lock) -> str:
    day = dt.date.fromisoformat(lock.locked_on)
    return (
        f"Khóa sổ {_day(day)}: số cuối cùng {lock.last}, {lock.valid} việc chứng thực, "
        f"{lock.copies} bản sao, phí {dong(lock.fee)} đồng, {lock.voided} số không sử dụng. "
        f"Người khóa sổ: {lock.by}, {lock.title}."
    )


def _day(day: dt.date | None) -> str:
    if day is None:
        return "ngày ….. tháng ….. năm …….."
    return f"ngày {day:%d} tháng {day:%m} năm {day.year}"


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
