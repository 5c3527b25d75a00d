"""Drawing the parts of the form on the pages of a canvas."""

from __future__ import annotations

from daemon.register.canvas import Canvas, baseline
from daemon.register.filled import Filled
from daemon.register.geometry import Rect
from daemon.register.sheets import Plan
from daemon.register.template import Template

_EDGE = 4.0
"""Where page printers begin to print, mm."""


def mark(canvas: Canvas, template: Template, mark: Rect) -> None:
    """*BẢN SAO* in its box."""
    part = template.copy_mark
    canvas.ink(part.colour, 0.5)
    canvas.frame(mark.x, mark.y, mark.w, mark.h)
    size = part.size * mark.h / part.height
    line = (mark.x + 1, baseline(mark.y, mark.h, size), mark.w - 2)
    canvas.text(part.text, line, size, face="bold", colour=part.colour)


def inside(template: Template, block: Rect) -> Rect:
    """What the block's frame leaves for QR and statement."""
    pad = template.statement.padding
    return Rect(block.page, block.x + pad, block.y + pad, block.w - 2 * pad, block.h - 2 * pad)


def block(canvas: Canvas, template: Template, filled: Filled, block: Rect) -> None:
    """A frame around QR, captions and the statement, Mẫu số 01."""
    part, qr, words = template.statement, template.qr, filled.words()
    canvas.ink(part.colour, part.frame)
    canvas.frame(block.x, block.y, block.w, block.h)
    inner = inside(template, block)
    canvas.qr(filled.proof, inner.x, inner.y, qr.size)
    for index, caption in enumerate(qr.caption):
        y = inner.y + qr.size + 3 + index * qr.caption_line
        canvas.text(caption, (inner.x, y, qr.size), qr.caption_size, face="plain")
    left, room = inner.x + qr.size + qr.gap, inner.w - qr.size - qr.gap

    def line(text: str, y: float, *, bold: bool = False, size: float = part.size) -> float:
        canvas.text(
            text,
            (left, baseline(y, part.line, size), room),
            size,
            face="bold" if bold else "regular",
            colour=part.colour,
        )
        return y + part.line

    y = line(part.heading, inner.y, bold=True, size=part.heading_size)
    y = line(part.number.format(**words), y)
    y = line(part.date.format(**words), y)
    for title in filled.certifier.title:
        y = line(title, y, bold=True)
    if filled.product == "paper":
        line(part.hint, y)
    line(filled.certifier.name, inner.y + inner.h - part.line, bold=True)


def signature(
    canvas: Canvas, template: Template, filled: Filled, box: Rect, lines: tuple[str, ...]
) -> None:
    """One visible signature on a page of its own, as large as its box."""
    part, words = template.signatures, filled.words()
    canvas.ink((0, 80, 160), 0.2)
    canvas.frame(0.3, 0.3, box.w - 0.6, box.h - 0.6, round_=True)
    y = (box.h - len(lines) * part.line) / 2
    for text in lines:
        place = (1.5, baseline(y, part.line, part.size), box.w - 3)
        canvas.text(text.format(**words), place, part.size, face="plain", colour=(0, 80, 160))
        y += part.line


def sheet(
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


def sample(
    canvas: Canvas, template: Template, size: tuple[float, float], block: Rect | None
) -> None:
    """*MẪU* across the page, hollow and around the statement, and along the page's top."""
    part = template.sample
    canvas.ink(part.outline)
    width, height = size
    around: tuple[tuple[float, float, float, float], ...] = ((0, 0, width, height),)
    if block is not None:
        low, right = block.y + block.h, block.x + block.w
        around = (
            (0, 0, width, block.y),
            (0, low, width, height - low),
            (0, block.y, block.x, block.h),
            (right, block.y, width - right, block.h),
        )
    for box in around:
        with canvas.within(*box):
            canvas.outlined(part.text, size, part.size, part.angle)
    canvas.text(part.text, (20, _EDGE + 3, width - 40), 9, face="bold", colour=part.colour)
