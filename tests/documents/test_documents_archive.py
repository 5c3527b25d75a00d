"""The PDF/A as others see it: poppler's text, bookmarks, size, and what the checks refuse."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from daemon.documents import page_jpeg, pdf, pdf_checks, text, text_engine
from daemon.documents.decode import decode
from daemon.documents.errors import AssemblyError
from daemon.documents.messages import Reading, Word
from models.reading import pages

needs_font = pytest.mark.skipif(
    bool(pages.missing()) or not pdf.FONT.is_file(), reason="fonts-noto-core is not installed"
)


def simple(**words: str) -> bytes:
    """One small page with a few words in it."""
    jpeg = page_jpeg.encoded(np.full((400, 600, 3), 240, np.uint8), 150)
    line = tuple(
        Word(word, 40 + 120 * at, 60, 100, 30, 0.9, 0) for at, word in enumerate(words.values())
    )
    return pdf.assemble([(jpeg, Reading("", line, 600, 400))], "Thử")


def poppler(data: bytes, folder: Path, *options: str) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("poppler-utils is not installed")
    path = folder / "page.pdf"
    path.write_bytes(data)
    run = subprocess.run(
        [program, "-enc", "UTF-8", *options, str(path), "-"],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return run.stdout.decode()


@needs_font
@pytest.mark.parametrize("level", [0, 2])
def test_poppler_gives_the_text_in_order_and_in_lines(tmp_path: Path, level: int) -> None:
    engine = text_engine.start(text_engine.DEFAULT)
    if not engine.version():
        pytest.skip("tesserocr or the Vietnamese data is not installed")
    top = pages.page(5).pixels[: pages.MARGIN + 14 * round(13 / 72 * 300 * 1.45)]
    sheet = np.concatenate([top, np.full((250, *top.shape[1:]), 249, np.uint8)])
    pixels = pages.spoilt(sheet, level, 5)
    jpeg = page_jpeg.encoded(pixels, pages.DPI)
    reading = text.read(decode(jpeg), pages.DPI, engine)
    engine.close()
    said = poppler(pdf.assemble([(jpeg, reading)], "Thử"), tmp_path)
    assert said.split() == reading.text.split()
    lines = [line for line in said.splitlines() if line.strip("\f ")]
    assert [line.split() for line in lines] == [line.split() for line in reading.text.splitlines()]


@needs_font
def test_a_tilted_line_stays_one_line(tmp_path: Path) -> None:
    jpeg = page_jpeg.encoded(np.full((600, 1200, 3), 240, np.uint8), 150)
    said = ["Ủy", "ban", "nhân", "dân", "phường", "Thí", "Dụ"]
    rows = tuple(
        Word(word, 60 + 150 * at, 100 + 90 * line + 3 * at, 120, 34, 0.9, line)
        for line in range(3)
        for at, word in enumerate(said)
    )
    data = pdf.assemble([(jpeg, Reading("", rows, 1200, 600))], "Thử")
    lines = [line for line in poppler(data, tmp_path).splitlines() if line.strip("\f ")]
    assert [line.split() for line in lines] == [said] * 3


@needs_font
@pytest.mark.parametrize("level", [0, 2])
def test_an_a4_page_in_colour_is_below_900_kilobytes(level: int) -> None:
    printed = pages.page(7, stamp=True)
    pixels = pages.spoilt(printed.pixels, level, 7)
    jpeg = page_jpeg.encoded(pixels, pages.DPI)
    words = tuple(
        Word(word, 236 + 60 * (at % 30), 240 + 60 * (at // 30), 50, 40, 0.9, at // 30)
        for at, word in enumerate(printed.text.split())
    )
    data = pdf.assemble([(jpeg, Reading(printed.text, words, 2480, 3508))], "Thử")
    assert len(data) <= 900_000
    assert len(jpeg) > 0.75 * page_jpeg.MOST, "the room is used"
    shown = decode(jpeg).astype(int)
    assert np.abs(shown - pixels).mean() < 8
    # The stamp is as red as it was.
    red = (pixels[:, :, 0].astype(int) - pixels[:, :, 1]) > 90
    assert np.abs(shown[red] - pixels[red]).mean() < 25


def test_a_plain_page_gets_the_best_quality() -> None:
    jpeg = page_jpeg.encoded(np.full((3508, 2480, 3), 240, np.uint8), 300)
    assert len(jpeg) < 200_000


def test_each_paper_has_a_bookmark() -> None:
    jpeg = page_jpeg.encoded(np.full((400, 600, 3), 240, np.uint8), 150)
    names = {0: "Giấy khai sinh", 2: "Sổ hộ khẩu"}
    data = pdf.assemble([(jpeg, Reading())] * 3, "Hồ sơ", names)
    with pikepdf.open(io.BytesIO(data)) as document, document.open_outline() as outline:
        told = {}
        for item in outline.root:
            place = item.destination
            assert isinstance(place, Array)
            told[document.pages.index(pikepdf.Page(place[0]))] = str(item.title)
        assert told == names


def broken(
    change: Callable[[pikepdf.Pdf], None], data: bytes, encryption: pikepdf.Encryption | None = None
) -> bytes:
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(held, encryption=encryption)
    return held.getvalue()


def first(document: pikepdf.Pdf, kind: str) -> Dictionary:
    for thing in document.objects:
        if isinstance(thing, Dictionary) and thing.get("/Type") == kind:
            return thing
    raise AssertionError(kind)


def no_font(document: pikepdf.Pdf) -> None:
    del first(document, "/FontDescriptor")["/FontFile2"]


def script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def see_through(document: pikepdf.Pdf) -> None:
    state = Dictionary(Type=Name.ExtGState, ca=0.5)
    document.pages[0].obj.Resources.ExtGState = Dictionary(GS9=state)


def soft_mask(document: pikepdf.Pdf) -> None:
    (image,) = document.pages[0].get_images().values()
    image.SMask = document.make_stream(b"x", Type=Name.XObject, Subtype=Name.Image)


def wrong_part(document: pikepdf.Pdf) -> None:
    with document.open_metadata(set_pikepdf_as_editor=False) as told:
        told["pdfaid:part"] = "1"


def other_title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "khác"


def no_intent(document: pikepdf.Pdf) -> None:
    del document.Root["/OutputIntents"]


def no_profile(document: pikepdf.Pdf) -> None:
    document.Root.OutputIntents[0].DestOutputProfile = document.make_stream(b"\0" * 200, N=3)


def no_metadata(document: pikepdf.Pdf) -> None:
    del document.Root["/Metadata"]


def attachment(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, b"x", filename="a.txt")


def link(document: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]))
    document.pages[0].obj.Annots = Array([note])


@needs_font
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (no_font, "not embedded"),
        (script, "JavaScript"),
        (see_through, "transparency"),
        (soft_mask, "transparency"),
        (wrong_part, "part 2"),
        (other_title, "differ"),
        (no_intent, "output intent"),
        (no_profile, "ICC"),
        (no_metadata, "XMP"),
        (attachment, "embedded files"),
        (link, "annotations"),
    ],
)
def test_the_checks_see_what_is_wrong(change: Callable[[pikepdf.Pdf], None], said: str) -> None:
    data = simple(a="Xin", b="chào")
    assert pdf_checks.faults(data) == ()
    assert any(said in fault for fault in pdf_checks.faults(broken(change, data)))


@needs_font
def test_encryption_and_rubbish_are_refused() -> None:
    data = broken(lambda _: None, simple(a="x"), encryption=pikepdf.Encryption(owner="o", user="u"))
    assert any("encryption" in fault for fault in pdf_checks.faults(data))
    assert pdf_checks.faults(b"%PDF-1.7\nrubbish") == ("not a PDF",)
    assert pdf_checks.faults(b"x") == ("no header of PDF 1.x (6.1.2)",)


@needs_font
def test_what_does_not_pass_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_checks, "faults", lambda data: ("font X is not embedded",))
    with pytest.raises(AssemblyError, match="not embedded"):
        simple(a="Xin")
