"""The certified copy's form: what stands where, drawn over the pages and merged into one PDF.

Order of work (pitfall 14): content → number → QR → signatures.  This file does the first three;
after it nothing but signatures may touch the bytes.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.values import Product
from daemon.register import free
from daemon.register.canvas import Canvas, baseline
from daemon.register.errors import BadPdf, FormError
from daemon.register.geometry import A4, Rect
from daemon.register.impose import impose
from daemon.register.merge import Link, merge
from daemon.register.pages import open_pages, size_mm
from daemon.register.settings import Certifier
from daemon.register.sheets import Plan, plan
from daemon.register.template import Template

_LEAST = (90.0, 60.0)
"""Least room for statement, seal and signature, mm (certified-copies §4.2)."""

_EDGE = 4.0
"""Where page printers begin to print, mm."""


class Filled(msgspec.Struct, frozen=True):
    """What is written into the form of one paper."""

    number: str
    volume: str
    """With year and sign: `01/2026-SCTĐT/BS`."""
    signed_at: datetime
    product: Product
    authority: str
    certifier: Certifier
    proof: str
    """The QR's whole text: web address and signed statement."""
    lookup: str
    """The web address alone, as people read it."""
    title: str
    """Name of the original, for the file's metadata."""
    sample: bool
    """Not under the state's root: *MẪU* on every page."""

    def words(self) -> dict[str, str]:
        """The placeholders of the template."""
        local = self.signed_at.astimezone(VIETNAM)
        return {
            "number": self.number,
            "volume": self.volume,
            "day": f"{local.day:02d}",
            "month": f"{local.month:02d}",
            "year": f"{local.year:04d}",
            "signed_on": f"{local:%d/%m/%Y}",
            "signed_at": f"{local:%H:%M:%S} +07:00",
            "certifier": self.certifier.name,
            "authority": self.authority,
            "lookup": self.lookup.removeprefix("https://"),
        }


class Laid(msgspec.Struct, frozen=True):
    """A finished form, ready for signatures."""

    pdf: bytes
    pages: int
    block: Rect
    """The statement with its QR."""
    mark: Rect
    mark_clear: bool
    """False where the first page had no free place for *BẢN SAO* near its top."""
    appended: bool
    """The statement got a page of its own."""
    sheets: int
    certifier_box: Rect
    authority_box: Rect
    heights: tuple[float, ...]
    """Height of each page in mm."""
    appearances: tuple[bytes, bytes]
    """One-page PDFs for the visible signatures: certifier's, authority's.  Empty on paper."""


def block_size(template: Template, filled: Filled) -> tuple[float, float]:
    """Width and height in mm of QR and statement side by side."""
    part, qr = template.statement, template.qr
    paper = filled.product == "paper"
    lines = 3 + len(filled.certifier.title) + (1 if paper else 0) + 1
    space = part.signature_paper if paper else part.signature_digital
    height = max(lines * part.line + space + 2, _LEAST[1], qr.size + 10)
    return qr.size + qr.gap + max(part.width, _LEAST[0]), height


def lay_out(
    base: bytes, filled: Filled, template: Template, fonts: str, *, duplex: bool = True
) -> Laid:
    """Draw the form over the pages of `base` (a PDF of pictures at true size).

    Raises `BadPdf`, `FontMissing`, `FormError` (`paper`, no room, printer without two sides).
    """
    pdf = impose(open_pages(base))
    sizes = [size_mm(page) for page in pdf.pages]
    width, height = block_size(template, filled)
    inks = {index: free.ink_map(pdf.pages[index]) for index in {0, len(sizes) - 1}}
    place = free.block_place(
        inks[len(sizes) - 1], width, height, template.statement.margin, template.statement.gap
    )
    order = plan(len(sizes), place is None, filled.product, duplex=duplex)
    sizes = [A4 if source is None else sizes[source] for source in order.pages]
    if place is None:
        x = (A4[0] - width) / 2
        block = Rect(len(sizes) - 1, x, template.statement.margin * 2, width, height)
    else:
        block = Rect(len(sizes) - 1, *place, width, height)
    part = template.copy_mark
    (mark_x, mark_y), clear = free.mark_place(inks[0], part.width, part.height, part.margin)
    mark = Rect(0, mark_x, mark_y, part.width, part.height)
    boxes = _signature_boxes(template, filled, block)

    canvas = Canvas(template.fonts, fonts)
    for index, size in enumerate(sizes):
        canvas.page(*size)
        if filled.sample:
            _draw_sample(canvas, template, size)
        if index == mark.page:
            _draw_mark(canvas, template, mark)
        if index == block.page:
            _draw_block(canvas, template, filled, block)
        if filled.product == "paper":
            _draw_sheet(canvas, template, order, index, size)
    if filled.product == "digital":
        for box, lines in zip(boxes, _signature_lines(template), strict=True):
            canvas.page(box.w, box.h)
            _draw_signature(canvas, template, filled, box, lines)
    merged, extra = merge(
        pdf,
        canvas.pdf(),
        order.pages,
        title=f"{_title(filled)}: {filled.title}",
        note=template.sample.text if filled.sample else "",
        link=Link(filled.proof, _qr_box(template, block)),
    )
    if filled.product == "digital" and len(extra) != 2:
        raise BadPdf(f"appearances: made {len(extra)}, 2 are right")
    return Laid(
        pdf=merged,
        pages=len(sizes),
        block=block,
        mark=mark,
        mark_clear=clear,
        appended=place is None,
        sheets=order.sheets,
        certifier_box=boxes[0],
        authority_box=boxes[1],
        heights=tuple(size[1] for size in sizes),
        appearances=(extra[0], extra[1]) if extra else (b"", b""),
    )


def _title(filled: Filled) -> str:
    return "Bản sao điện tử" if filled.product == "digital" else "Bản sao"


def _qr_box(template: Template, block: Rect) -> Rect:
    return Rect(block.page, block.x, block.y, template.qr.size, template.qr.size)


def _draw_mark(canvas: Canvas, template: Template, mark: Rect) -> None:
    part = template.copy_mark
    canvas.ink(part.colour, 0.5)
    canvas.frame(mark.x, mark.y, mark.w, mark.h)
    line = (mark.x + 1, baseline(mark.y, mark.h, part.size), mark.w - 2)
    canvas.text(part.text, line, part.size, face="bold", colour=part.colour)


def _draw_block(canvas: Canvas, template: Template, filled: Filled, block: Rect) -> None:
    part, qr, words = template.statement, template.qr, filled.words()
    canvas.qr(filled.proof, block.x, block.y, qr.size)
    for index, caption in enumerate(qr.caption):
        y = block.y + qr.size + 2.5 + index * 3
        canvas.text(caption, (block.x, y, qr.size), qr.caption_size, face="plain")
    left, room = block.x + qr.size + qr.gap, block.w - qr.size - qr.gap

    def line(text: str, y: float, *, bold: bool = False, size: float = part.size) -> float:
        canvas.text(
            text,
            (left, baseline(y, part.line, size), room),
            size,
            face="bold" if bold else "regular",
            colour=part.colour,
        )
        return y + part.line

    y = line(part.heading, block.y, bold=True, size=part.heading_size)
    y = line(part.number.format(**words), y)
    y = line(part.date.format(**words), y)
    for title in filled.certifier.title:
        y = line(title, y, bold=True)
    if filled.product == "paper":
        line(part.hint, y)
    line(filled.certifier.name, block.y + block.h - part.line - 1, bold=True)


def _signature_boxes(template: Template, filled: Filled, block: Rect) -> tuple[Rect, Rect]:
    """Certifier right, authority left (Decree 30/2020: the seal reaches in from the left)."""
    part, qr = template.statement, template.qr
    gap = template.signatures.gap
    left = block.x + qr.size + qr.gap
    half = (block.w - qr.size - qr.gap - gap) / 2
    top = block.y + (3 + len(filled.certifier.title)) * part.line + 1
    height = block.y + block.h - part.line - 2 - top
    if height < 3 * template.signatures.line:
        raise FormError(f"statement: {height:.1f} mm are left for the signatures, too little")
    return (
        Rect(block.page, left + half + gap, top, half, height),
        Rect(block.page, left, top, half, height),
    )


def _signature_lines(template: Template) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return template.signatures.certifier, template.signatures.authority


def _draw_signature(
    canvas: Canvas, template: Template, filled: Filled, box: Rect, lines: tuple[str, ...]
) -> None:
    part, words = template.signatures, filled.words()
    canvas.ink((0, 80, 160), 0.2)
    canvas.frame(0.3, 0.3, box.w - 0.6, box.h - 0.6, round_=True)
    y = (box.h - len(lines) * part.line) / 2
    for text in lines:
        place = (1.5, baseline(y, part.line, part.size), box.w - 3)
        canvas.text(text.format(**words), place, part.size, face="plain", colour=(0, 80, 160))
        y += part.line


def _draw_sheet(
    canvas: Canvas, template: Template, order: Plan, index: int, size: tuple[float, float]
) -> None:
    """Sheet number and the place of the seam stamp, from two sheets on; fronts only."""
    part = template.sheets
    sheet = order.front_of(index)
    if order.sheets < 2 or sheet is None:
        return
    width, height = size
    words = {"sheet": str(sheet), "sheets": str(order.sheets)}
    foot = (width - 60, height - part.bottom, 60 - template.copy_mark.margin)
    canvas.text(part.number.format(**words), foot, part.size, face="plain", align="right")
    canvas.ink((150, 150, 150), 0.2)
    for place, (first, last) in enumerate(order.seams(part.per_seam)):
        if first <= sheet <= last:
            # neighbours share a sheet, so that no group can be taken out: two places in turn
            middle = height / 2 + (part.seal * 0.6) * (-1 if place % 2 else 1) * (
                1 if len(order.seams(part.per_seam)) > 1 else 0
            )
            reach = part.seal / 6
            canvas.frame(width - reach, middle - part.seal / 2, reach, part.seal, dash=1)
            canvas.upright(
                part.seam.format(first=first, last=last), width - reach - 1, middle, part.size
            )


def _draw_sample(canvas: Canvas, template: Template, size: tuple[float, float]) -> None:
    part = template.sample
    canvas.ink(part.colour)
    canvas.outlined(part.text, size, part.size, part.angle)
    canvas.text(part.text, (20, _EDGE + 3, size[0] - 40), 9, face="bold", colour=part.colour)
