"""The certified copy's form: what stands where, drawn over the pages and merged into one PDF.

Order of work (pitfall 14): content → number → QR → signatures.  This file does the first three;
after it nothing but signatures may touch the bytes.
"""

from __future__ import annotations

from math import floor

import msgspec

from daemon.register import drawing, free
from daemon.register.canvas import Canvas
from daemon.register.errors import BadPdf, FormError
from daemon.register.filled import Filled
from daemon.register.geometry import A4, POINTS, Rect
from daemon.register.impose import impose
from daemon.register.merge import Link, merge
from daemon.register.pages import listed_digests, open_pages, picture_digests, size_mm
from daemon.register.sheets import plan
from daemon.register.template import Template, scaled

_LEAST = (90.0, 60.0)
"""Least room for statement, wet seal and signature, mm: a seal of 36 mm beside a name."""

_STEPS = 4
"""Sizes between the full and the smallest statement that are tried."""

_MARKS = (1.0, 0.75, 0.5)
"""Sizes of the copy mark that are tried before it may touch content."""


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
    least = _LEAST if paper else (0.0, 0.0)
    height = max(lines * part.line + space + 2, least[1], qr.size + 10)
    width = qr.size + qr.gap + max(part.width, least[0])
    return width + 2 * part.padding, height + 2 * part.padding


def lay_out(
    base: bytes, filled: Filled, template: Template, fonts: str, *, duplex: bool = True
) -> Laid:
    """Draw the form over the pages of `base` (a PDF of pictures at true size).

    Raises `BadPdf`, `FontMissing`, `FormError` (`paper`, no room, printer without two sides).
    """
    original = open_pages(base)
    pictures = picture_digests(original)
    pdf = impose(original)
    sizes = [size_mm(page) for page in pdf.pages]
    inks = {index: free.ink_map(pdf.pages[index]) for index in {0, len(sizes) - 1}}
    template, place = _fitted(inks[len(sizes) - 1], template, filled)
    width, height = block_size(template, filled)
    order = plan(len(sizes), place is None, filled.product, duplex=duplex)
    blank = A4 if sizes[-1][0] <= sizes[-1][1] else (A4[1], A4[0])  # as the page before it lies
    sizes = [blank if source is None else sizes[source] for source in order.pages]
    if place is None:
        x = (blank[0] - width) / 2
        block = Rect(len(sizes) - 1, x, template.statement.margin * 2, width, height)
    else:
        block = Rect(len(sizes) - 1, *place, width, height)
    mark, clear = _mark(inks[0], template)
    boxes = _signature_boxes(template, filled, block)

    canvas = Canvas(template.fonts, fonts)
    for index, size in enumerate(sizes):
        canvas.page(*size)
        if filled.sample:
            drawing.sample(canvas, template, size, block if index == block.page else None)
        if index == mark.page:
            drawing.mark(canvas, template, mark)
        if index == block.page:
            drawing.block(canvas, template, filled, block)
        if filled.product == "paper":
            drawing.sheet(canvas, template, order, index, size)
    if filled.product == "digital":
        for box, lines in zip(boxes, _texts(template), strict=True):
            canvas.page(box.w, box.h)
            drawing.signature(canvas, template, filled, box, lines)
    merged, extra = merge(
        pdf,
        canvas.pdf(),
        order.pages,
        blank,
        title=f"{_title(filled)}: {filled.title}",
        note=template.sample.text if filled.sample else "",
        link=Link(filled.proof, _qr_box(template, block)),
    )
    with open_pages(merged) as made:
        if not picture_digests(made) == listed_digests(made) == pictures:
            raise BadPdf("pages: the pictures are not found in their order; assemble them anew")
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


def _fitted(
    ink: free.Ink, template: Template, filled: Filled
) -> tuple[Template, tuple[float, float] | None]:
    """The largest statement that the last page has room for, and where; None = it has none.

    Room for a wet seal and signature is never made smaller; an electronic copy needs none.
    """
    least = template.statement.smallest if filled.product == "digital" else 1.0
    shares = [1.0]
    if least < 1.0:
        shares += [1.0 - (1.0 - least) * step / _STEPS for step in range(1, _STEPS + 1)]
    for share in shares:
        tried = scaled(template, share)
        part = tried.statement
        place = free.block_place(ink, *block_size(tried, filled), part.margin, part.gap)
        if place is not None:
            return tried, place
    return template, None


def _mark(ink: free.Ink, template: Template) -> tuple[Rect, bool]:
    """*BẢN SAO*: as the template says, smaller where only that leaves the content clear."""
    part = template.copy_mark
    for scale in _MARKS:
        width, height = part.width * scale, part.height * scale
        place, clear = free.mark_place(ink, width, height, part.margin)
        if clear:
            return Rect(0, *place, width, height), True
    place, _ = free.mark_place(ink, part.width, part.height, part.margin)
    return Rect(0, *place, part.width, part.height), False


def _title(filled: Filled) -> str:
    return "Bản sao điện tử" if filled.product == "digital" else "Bản sao"


def _qr_box(template: Template, block: Rect) -> Rect:
    inner = drawing.inside(template, block)
    return Rect(block.page, inner.x, inner.y, template.qr.size, template.qr.size)


def _signature_boxes(template: Template, filled: Filled, block: Rect) -> tuple[Rect, Rect]:
    """Certifier right, authority left (Decree 30/2020: the seal reaches in from the left)."""
    part, qr = template.statement, template.qr
    gap = template.signatures.gap
    inner = drawing.inside(template, block)
    left = inner.x + qr.size + qr.gap
    # whole points: both are drawn at the same size whatever they are rounded to
    half = floor((inner.w - qr.size - qr.gap - gap) / 2 * POINTS) / POINTS
    top = inner.y + (3 + len(filled.certifier.title)) * part.line + 1
    height = floor((inner.y + inner.h - part.line - 1 - top) * POINTS) / POINTS
    if height < 3 * template.signatures.line:
        raise FormError(f"statement: {height:.1f} mm are left for the signatures, too little")
    return (
        Rect(block.page, left + half + gap, top, half, height),
        Rect(block.page, left, top, half, height),
    )


def _texts(template: Template) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return template.signatures.certifier, template.signatures.authority
