from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest

from daemon.documents import pdf, rectify
from daemon.documents.errors import AssemblyError
from daemon.documents.messages import Reading, Word

needs_font = pytest.mark.skipif(not pdf.FONT.is_file(), reason="fonts-noto-core is not installed")


def page(width: int = 1240, height: int = 1754, dpi: int = 150) -> bytes:
    pixels = np.full((height, width, 3), 240, np.uint8)
    pixels[100:140, 100:400] = (160, 30, 30)
    return rectify.jpeg(pixels, dpi)


READ = Reading(
    "GIẤY KHAI SINH\nNguyễn Thị Mẫu",
    (
        Word("GIẤY", 400, 200, 100, 40, 0.9, 0),
        Word("KHAI", 520, 200, 100, 40, 0.9, 0),
        Word("SINH\x00", 640, 200, 100, 40, 0.9, 0),
        Word("Nguyễn", 200, 400, 150, 40, 0.9, 1),
        Word("Thị", 370, 400, 60, 40, 0.9, 1),
        Word("Mẫu", 450, 400, 90, 40, 0.9, 1),
    ),
    1240,
    1754,
)


@needs_font
def test_it_has_what_pdf_a_2b_asks_for() -> None:
    data = pdf.assemble([(page(), READ), (page(1011, 638, 300), Reading())], "Giấy khai sinh")
    with pikepdf.open(io.BytesIO(data)) as document:
        with document.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "B")
            assert told["dc:title"] == "Giấy khai sinh"
        intent = document.Root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.N == 3
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert len(document.trailer.ID) == 2
        assert not document.is_encrypted
        assert "/AA" not in document.Root and "/OpenAction" not in document.Root
        for obj in document.objects:
            if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/FontDescriptor":
                assert "/FontFile2" in obj
            if isinstance(obj, pikepdf.Dictionary | pikepdf.Stream):
                assert "/SMask" not in obj
        sizes = [[float(v) for v in p.mediabox] for p in document.pages]
        assert sizes[0] == pytest.approx([0, 0, 595.2, 841.9], abs=0.2)
        assert sizes[1] == pytest.approx([0, 0, 242.6, 153.1], abs=0.2)


@needs_font
def test_the_jpeg_is_the_one_that_came() -> None:
    jpeg = page()
    with pikepdf.open(io.BytesIO(pdf.assemble([(jpeg, READ)], "x"))) as document:
        (image,) = document.pages[0].get_images().values()
        assert image.read_raw_bytes() == jpeg


@needs_font
def test_the_hidden_text_is_found_where_it_stands_and_not_seen() -> None:
    with_text, without = (
        pypdfium2.PdfDocument(pdf.assemble([(page(), reading)], "x"))
        for reading in (READ, Reading())
    )
    words = with_text[0].get_textpage()
    said = words.get_text_bounded().split()
    assert said == ["GIẤY", "KHAI", "SINH", "Nguyễn", "Thị", "Mẫu"]
    finder = words.search("Nguyễn")
    at, count = finder.get_next()
    assert count == len("Nguyễn")
    left, bottom, _, _ = words.get_charbox(at)
    assert left == pytest.approx(200 * 72 / 150, abs=4)
    assert bottom == pytest.approx((1754 - 440) * 72 / 150, abs=10)
    one, other = (np.asarray(d[0].render(scale=1).to_pil()) for d in (with_text, without))
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([], "0 pages"),
        ([(b"no picture", Reading())], "page 1"),
        ([(page(), Reading())] * 201, "201 pages"),
    ],
)
def test_bad_pages_are_named(pages: list[tuple[bytes, Reading]], said: str) -> None:
    with pytest.raises(AssemblyError, match=said):
        pdf.assemble(pages, "x")


def test_without_the_font_it_says_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf, "FONT", tmp_path / "NotoSans-Regular.ttf")
    with pytest.raises(AssemblyError, match="fonts-noto-core"):
        pdf.assemble([(page(), READ)], "x")
