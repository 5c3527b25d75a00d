"""Every word of the hidden text has the width it has on the page, whatever stood before it."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from daemon.documents.messages import Reading, Word
from daemon.documents.pdf import assemble


def test_one_width_does_not_spoil_the_next() -> None:
    held = io.BytesIO()
    Image.new("L", (1240, 1754), 255).save(held, "JPEG", dpi=(150, 150))
    widths = (400, 60, 500, 40, 300, 700)
    words = tuple(
        Word("Huỳnh", 100, 100 + 150 * line, width, 40, 0.9, line)
        for line, width in enumerate(widths)
    )
    pdf = assemble([(held.getvalue(), Reading("", words, 1240, 1754))], "words")
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    assert text.get_text_bounded().split() == ["Huỳnh"] * len(widths)
    found = text.get_text_range()
    for line, width in enumerate(widths):
        first = [at for at in range(len(found)) if found.startswith("Huỳnh", at)][line]
        left, right = text.get_charbox(first)[0], text.get_charbox(first + 4)[2]
        assert right - left == pytest.approx(width * 72 / 150, rel=0.15)
