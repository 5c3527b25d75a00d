"""The forms measured: places in mm, true size, fonts, letters, and the QR from a poor print."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image, ImageFilter

from daemon.register import form, pages, template
from daemon.register.canvas import Canvas, Face
from daemon.register.demo_pki import DemoPki
from daemon.register.facts import SealedCopy
from daemon.register.geometry import POINTS
from tests.register import papers
from tests.register.made import BIRTH, FONT, FULL, Request, page

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)

SHEETS = ("hoc_ba", tuple(page(f"HỌC BẠ, trang {number}", 20) for number in range(1, 6)))


def wide() -> bytes:
    """A JPEG of a landscape page with three columns that leave no room."""
    whole = Image.new("RGB", (1169, 827), (246, 244, 236))
    for place in range(3):
        whole.paste(Image.open(BytesIO(page("CỘT", 22, (385, 827)))), (390 * place, 0))
    out = BytesIO()
    whole.save(out, "JPEG", quality=85)
    return out.getvalue()


WIDE = ("bang_dai_hoc", (wide(),))
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")


@pytest.fixture(scope="module")
def forms(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SealedCopy]:
    pki.use()
    requests = {
        "digital": Request(BIRTH),
        "full": Request(FULL),
        "card": Request(papers.CARD),
        "paper": Request(BIRTH, product="paper"),
        "paper card": Request(papers.CARD, product="paper"),
        "sheets": Request(SHEETS, product="paper"),
        "wide": Request(WIDE, product="paper"),
    }
    database = tmp_path_factory.mktemp("forms") / "w.db"
    sealed = papers.seal(papers.configured(pki), database, *requests.values())
    return {name: each.copies[0] for name, each in zip(requests, sealed, strict=True)}


class Word(NamedTuple):
    """A word with its box in mm from the page's top left."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float


def words(data: bytes, folder: Path) -> list[Word]:
    path = folder / "words.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True)
    found, number = [], -1
    pattern = re.compile(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    for line in done.stdout.decode().splitlines():
        number += "<page " in line
        match = pattern.search(line)
        if match:
            left, top, right, bottom = (float(value) / POINTS for value in match.groups()[:4])
            found.append(Word(number, match.group(5), left, top, right, bottom))
    return found


def phrase(found: list[Word], text: str, index: int | None = None) -> Word:
    """The only place where these words follow each other."""
    wanted = text.split()
    places = []
    for at in range(len(found) - len(wanted) + 1):
        run = found[at : at + len(wanted)]
        level = max(word.top for word in run) - min(word.top for word in run) < 2
        if [word.text for word in run] == wanted and level and index in (None, run[0].page):
            box = (run[0].left, min(w.top for w in run), run[-1].right, max(w.bottom for w in run))
            places.append(Word(run[0].page, text, *box))
    (only,) = places
    return only


def rendered(data: bytes, index: int, dpi: float) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    picture: Image.Image = document[index].render(scale=dpi / 72).to_pil()
    return picture


Box = tuple[float, float, float, float]


def part(picture: Image.Image, box: Box) -> Image.Image:
    """A part of a page rendered at 100 dpi; mm."""
    left, top, right, bottom = (round(side * 100 / 25.4) for side in box)
    return picture.crop((left, top, right, bottom))


def greys(data: bytes, index: int, box: Box) -> tuple[int, int]:
    """The darkest and the lightest grey in a part of a page."""
    values = part(rendered(data, index, 100).convert("L"), box).tobytes()
    return min(values), max(values)


def pictures_mm(data: bytes) -> Iterator[tuple[int, float, float, float, float]]:
    """(page, left, top, width, height) of every picture."""
    with pages.open_pages(data) as pdf:
        for number, sheet in enumerate(pdf.pages):
            tall = pages.size_mm(sheet)[1]
            for item in pages.drawn(sheet):
                if item.picture is not None:
                    a, b, c, d, e, f = (value / POINTS for value in item.matrix)
                    assert abs(b) + abs(c) < 0.001
                    yield number, e, tall - f - d, a, d


def test_the_mark_stands_at_the_top_right(forms: dict[str, SealedCopy], tmp_path: Path) -> None:
    mark = template.load().copy_mark
    for name in ("card", "paper card", "paper", "digital", "sheets"):
        found = words(forms[name].pdf, tmp_path)
        box = phrase([word for word in found if word.bottom < 30], "BẢN SAO", 0)
        assert 210 - mark.margin - mark.width <= box.left
        assert box.right <= 210 - mark.margin
        assert mark.margin <= box.top
        assert box.bottom <= mark.margin + mark.height


def test_the_statement_follows_the_content_of_the_last_page(
    forms: dict[str, SealedCopy], tmp_path: Path
) -> None:
    shape = template.load().statement
    for name in ("digital", "paper", "card", "paper card", "sheets"):
        found = words(forms[name].pdf, tmp_path)
        heading = phrase(found, "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH")
        last = max(word.page for word in found)
        assert heading.page == last
        assert heading.left >= shape.margin
        assert heading.right <= 210 - shape.margin
        if "card" in name:
            low = max(top + height for _, _, top, _, height in pictures_mm(forms[name].pdf))
            assert low + 2 <= heading.top <= low + 15


def test_the_lines_of_the_statement_stand_in_their_order(
    forms: dict[str, SealedCopy], tmp_path: Path
) -> None:
    for name in forms:
        found = words(forms[name].pdf, tmp_path)
        tops = [
            phrase(found, text).top
            for text in (
                "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH",
                "Số chứng thực:",
                "TUQ. CHỦ TỊCH",
                "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH",
            )
        ]
        steps = [after - before for before, after in pairwise(tops)]
        assert all(4 < step < 12 for step in steps), name


def test_paper_leaves_room_for_seal_and_signature(
    forms: dict[str, SealedCopy], tmp_path: Path
) -> None:
    """Between the hint and the name nothing is printed, over 34 mm and the statement's width."""
    shape = template.load().statement
    for name in ("paper", "paper card", "sheets"):
        found = words(forms[name].pdf, tmp_path)
        hint = phrase(found, "(ký, đóng dấu)")
        signer = [word for word in found if word.text == "Nguyễn" and word.page == hint.page][-1]
        assert signer.top - hint.bottom >= shape.signature_paper
        middle = (hint.left + hint.right) / 2
        box = (middle - 43, hint.bottom + 0.5, middle + 43, signer.top - 0.5)
        low, high = greys(forms[name].pdf, hint.page, box)
        assert high - low < 12, "nothing is drawn there"  # grain of the original's paper


def test_cards_lie_at_true_size_on_one_sheet(forms: dict[str, SealedCopy]) -> None:
    for name in ("card", "paper card"):
        found = list(pictures_mm(forms[name].pdf))
        assert [number for number, *_ in found] == [0, 0]
        for _, left, top, width, height in found:
            assert width == pytest.approx(337 / 100 * 25.4, abs=0.05)
            assert height == pytest.approx(213 / 100 * 25.4, abs=0.05)
            assert left >= 0
            assert top >= 10 + 12, "below the mark"
        first, second = found
        assert second[2] >= first[2] + first[4] + 5


def test_the_back_of_a_wide_page_lies_as_it_does(forms: dict[str, SealedCopy]) -> None:
    with pages.open_pages(forms["wide"].pdf) as pdf:
        sizes = [pages.size_mm(sheet) for sheet in pdf.pages]
    assert [(round(width), round(height)) for width, height in sizes] == [(297, 210)] * 2


def test_the_mark_gets_smaller_before_it_touches_content() -> None:
    shape = template.load()
    free = np.zeros((297, 210), dtype=bool)
    mark, clear = form._mark(free, shape)
    assert (mark.x, mark.y, mark.w, mark.h, clear) == (165, 10, 35, 12, True)
    margin = free.copy()
    margin[11:] = True  # eleven millimetres at the top are free, four of them cannot be printed
    mark, clear = form._mark(margin, shape)
    assert (mark.w, mark.h, clear) == (17.5, 6.0, True)
    assert 4 <= mark.y <= 5
    mark, clear = form._mark(~free, shape)
    assert (mark.w, clear) == (35, False)


def test_sheets_are_numbered_and_have_places_for_the_seam_stamp(
    forms: dict[str, SealedCopy], tmp_path: Path
) -> None:
    copy = forms["sheets"]
    found = words(copy.pdf, tmp_path)
    numbers = [(word.page, after.text) for word, after in pairwise(found)
               if word.text == "Tờ" and "/" in after.text]  # fmt: skip
    assert numbers == [(0, "1/3"), (2, "2/3"), (4, "3/3")]
    for front in (0, 2, 4):
        darkest, _ = greys(copy.pdf, front, (204, 125, 210, 172))
        assert darkest < 190, "the dashed place at the middle of the right edge"
    for name in ("paper", "paper card"):
        text = " ".join(word.text for word in words(forms[name].pdf, tmp_path))
        assert "giáp lai" not in text, "one sheet needs no seam stamp"


def test_a_printout_says_so_at_the_foot(forms: dict[str, SealedCopy], tmp_path: Path) -> None:
    for name in ("digital", "full", "card"):
        found = words(forms[name].printout_pdf, tmp_path)
        count = len({word.page for word in found})
        for index in range(count):
            line = phrase(found, "Bản in từ bản sao điện tử.", index)
            assert line.top >= 297 - 10
            assert line.bottom <= 297 - 4


def test_every_font_is_embedded_as_a_subset(forms: dict[str, SealedCopy], tmp_path: Path) -> None:
    for copy in forms.values():
        for data in (copy.pdf, copy.printout_pdf):
            path = tmp_path / "fonts.pdf"
            path.write_bytes(data)
            done = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True)
            rows = [line.split() for line in done.stdout.splitlines()[2:]]
            assert rows
            assert all("+Noto" in row[0] for row in rows)
            assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows), done.stdout


def letters() -> str:
    import unicodedata

    small = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES]
    return "".join([*small, *(letter.upper() for letter in small), "đĐ"])


@pytest.mark.parametrize("face", ["regular", "bold", "plain"])
def test_every_vietnamese_letter_is_drawn(face: Face, tmp_path: Path) -> None:
    if not Path(FONT).is_file():
        pytest.skip("fonts-noto-core is not installed")
    fonts, every = template.load().fonts, letters()
    assert len(set(every)) == 2 * 12 * 6 + 2
    known = TTFont(Path(FONT).with_name(getattr(fonts, face))).getBestCmap()
    assert [letter for letter in every if ord(letter) not in known] == []

    canvas = Canvas(fonts, str(Path(FONT).parent))
    canvas.page(210, 297)
    for place, letter in enumerate(every):
        x, y = 10 + place % 12 * 15, 20 + place // 12 * 18
        canvas.text(letter, (x, y, 12), 24, face=face, align="left")
    data = canvas.pdf()
    text = "".join(word.text for word in words(data, tmp_path))
    assert sorted(text) == sorted(every)
    sheet = rendered(data, 0, 100).convert("1")
    cells = set()
    for place in range(len(every)):
        x, y = 10 + place % 12 * 15, 20 + place // 12 * 18
        cells.add(part(sheet, (x - 1, y - 13, x + 14, y + 4)).tobytes())
    assert len(cells) == len(every), "each looks like itself"


@pytest.mark.parametrize(
    "name", ["digital", "full", "card", "paper", "paper card", "sheets", "wide"]
)
def test_the_qr_is_read_from_a_poor_print(name: str, forms: dict[str, SealedCopy]) -> None:
    """A sheet scanned at 200 dpi, out of focus, askew, grey and packed hard."""
    copy = forms[name]
    qr = template.load().qr
    with pikepdf.open(BytesIO(copy.pdf)) as pdf:
        last = len(pdf.pages) - 1
    sheet = rendered(copy.printout_pdf, last, 200).convert("L")
    sheet = sheet.filter(ImageFilter.GaussianBlur(1.0)).rotate(
        3, Image.Resampling.BILINEAR, fillcolor=255
    )
    packed = BytesIO()
    sheet.save(packed, "JPEG", quality=50)
    (code,) = zxingcpp.read_barcodes(Image.open(packed))
    assert code.text == papers.addresses(copy.pdf)[0]
    assert len(code.text) <= 400
    corners = code.position
    side = (corners.top_right.x - corners.top_left.x) / 200 * 25.4
    assert side >= 27, "the symbol itself, mm"
    assert qr.size - side >= 8 * side / 80, "its quiet zone"
