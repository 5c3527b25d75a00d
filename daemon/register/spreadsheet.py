"""The register's lines as CSV and XLSX: the same eight columns, numbers as numbers."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import xlsxwriter

from daemon.register.export import COLUMNS
from daemon.register.period import BookLine, Period

_WIDTHS = (12, 14, 28, 32, 36, 12, 14, 40)


def table(period: Period) -> str:
    """CSV in UTF-8 with a byte order mark, so that office programs read the letters; with sums."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(("Quyển số", *COLUMNS))
    for line in period.lines:
        writer.writerow((line.volume, *(_safe(cell) for cell in _cells(line))))
    writer.writerow(("", "Cộng", "", "", "", "", period.copies, period.fee, ""))
    return "\ufeff" + out.getvalue()


def workbook(period: Period) -> bytes:
    """One sheet; text is never taken for a formula, dates are dates, sums are formulas."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(period.sign.replace("/", "-")[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
        text = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "border": 1, "valign": "top"})
        money = book.add_format({"num_format": "#,##0", "border": 1, "valign": "top"})
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        for column, (title, width) in enumerate(
            zip(("Quyển số", *COLUMNS), (18, *_WIDTHS), strict=True)
        ):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, bold)
        for row, line in enumerate(period.lines, 1):
            sheet.write_string(row, 0, line.volume, text)
            sheet.write_string(row, 1, line.number, text)
            sheet.write_datetime(row, 2, line.certified_on, day)
            for column, words in enumerate((line.requester, line.title, line.certifier), 3):
                sheet.write_string(row, column, words, text)
            sheet.write_number(row, 6, line.copies, money)
            sheet.write_number(row, 7, line.fee, money)
            sheet.write_string(row, 8, line.note, text)
        last = len(period.lines) + 1
        sheet.write_string(last, 1, "Cộng", bold)
        for column, letter, total in ((6, "G", period.copies), (7, "H", period.fee)):
            formula = f"=SUM({letter}2:{letter}{last})" if period.lines else "=0"
            sheet.write_formula(last, column, formula, money, total)
    return out.getvalue()


def _cells(line: BookLine) -> tuple[str | int, ...]:
    return (
        line.number,
        f"{line.certified_on:%d/%m/%Y}",
        line.requester,
        line.title,
        line.certifier,
        line.copies,
        line.fee,
        line.note,
    )


def _safe(cell: str | int) -> str | int:
    """A spreadsheet that opens the CSV must not run a cell that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
