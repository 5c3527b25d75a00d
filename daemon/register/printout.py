"""The printout of an electronic copy: signatures drawn flat, and a line that says what it is."""

from __future__ import annotations

from io import BytesIO

import pikepdf

from daemon.register.canvas import Canvas
from daemon.register.filled import Filled
from daemon.register.merge import finish
from daemon.register.pages import size_mm
from daemon.register.template import Template


def printout(signed: bytes, filled: Filled, template: Template, fonts: str) -> bytes:
    """A PDF for the page printer, made from the signed file's own pages.

    It carries no digital signature any more: a printout has none.
    """
    part = template.printout
    with pikepdf.open(BytesIO(signed)) as pdf:
        pdf.flatten_annotations("print")
        for key in ("/AcroForm", "/Perms", "/DSS"):
            if key in pdf.Root:
                del pdf.Root[key]
        canvas = Canvas(template.fonts, fonts)
        for page in pdf.pages:
            width, height = size_mm(page)
            canvas.page(width, height)
            line = (15.0, height - part.bottom, width - 30)
            canvas.text(part.text.format(**filled.words()), line, part.size, face="plain")
        with pikepdf.open(BytesIO(canvas.pdf())) as form:
            for page, over in zip(pdf.pages, form.pages, strict=True):
                if "/Annots" in page:
                    del page["/Annots"]
                page.add_overlay(over, pikepdf.Rectangle(*(float(v) for v in page.mediabox)))
        return finish(pdf, "Bản in từ bản sao điện tử")
