"""What stands on the pages, and where: read back by poppler and from the QR."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from daemon.machine.values import Product
from daemon.register import form, impose, proof, template
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import BadPdf, BadTemplate
from daemon.register.facts import SealedRequest
from daemon.register.register import Register
from daemon.register.settings import Certifier, RegisterSettings
from daemon.register.sheets import NoRoom, plan
from daemon.store import Store
from tests.register.made import A4, BIRTH, DEGREE, FULL, Request, assembled, page, text_of

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)

SAMPLE = "MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
CARD = ("cccd_gan_chip_2021", (page("MẶT TRƯỚC", 3, (337, 213)), page("SAU", 2, (337, 213))))


def seal(settings: RegisterSettings, path: Path, *requests: Request) -> list[SealedRequest]:
    async def work() -> list[SealedRequest]:
        store = Store.open(path)
        register = Register(settings, store)
        done = [await request.sealed(register) for request in requests]
        await register.close()
        await store.close()
        return done

    return asyncio.run(work())


def rendered(pdf: bytes, index: int, scale: float = 3) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture: Image.Image = document[index].render(scale=scale).to_pil()
    return picture


def test_the_statement_letter_by_letter(settings: RegisterSettings, tmp_path: Path) -> None:
    (sealed,) = seal(settings, tmp_path / "w.db", Request(BIRTH, DEGREE))
    day = dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))
    for number, copy in zip(("01", "02"), sealed.copies, strict=True):
        texts = text_of(copy.pdf, tmp_path)
        last = [line.strip() for line in texts[-1].splitlines() if line.strip()]
        statement = [
            "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH",
            f"Số chứng thực: {number} Quyển số: 01/{day:%Y}-SCTĐT/BS",
            f"Ngày {day:%d} tháng {day:%m} năm {day:%Y}",
            "TUQ. CHỦ TỊCH",
            "CÔNG CHỨC TƯ PHÁP - HỘ TỊCH",
            "Nguyễn Văn Mẫu",
        ]
        together = " ".join(" ".join(line.split()) for line in last)
        at = [together.index(line) for line in statement]
        assert at == sorted(at), "the order of the form"
        for index, text in enumerate(texts):
            assert SAMPLE in text
            assert ("BẢN SAO" in text.replace("BẢN SAO ĐÚNG", "")) == (index == 0)
        assert "SAO Y" not in "".join(texts)
        assert "công chứng" not in "".join(texts).lower()


def test_the_certifiers_title_is_configuration(settings: RegisterSettings, tmp_path: Path) -> None:
    chairman = replace(settings, certifier=Certifier(name="Lê Thị Ủy Quyền", title=("CHỦ TỊCH",)))
    (sealed,) = seal(chairman, tmp_path / "w.db", Request(DEGREE, product="paper"))
    text = text_of(sealed.copies[0].pdf, tmp_path)[-1]
    assert "CHỦ TỊCH" in text
    assert "TUQ." not in text
    assert "Lê Thị Ủy Quyền" in text
    assert "(ký, đóng dấu)" in text


def test_under_the_states_root_nothing_says_sample(
    settings: RegisterSettings, pki: DemoPki, tmp_path: Path
) -> None:
    permitted = replace(settings.token, permitted="1")
    official = replace(settings, state_roots=(pki.root,), volume_assigned="1", token=permitted)
    (sealed,) = seal(official, tmp_path / "w.db", Request(BIRTH))
    assert sealed.sample is False
    for data in (sealed.copies[0].pdf, sealed.copies[0].printout_pdf):
        assert "MẪU" not in "".join(text_of(data, tmp_path)).replace("PHƯỜNG MẪU", "")


def test_paper_has_no_signature_and_no_picture_of_one(
    settings: RegisterSettings, tmp_path: Path
) -> None:
    (sealed,) = seal(settings, tmp_path / "w.db", Request(BIRTH, product="paper"))
    (copy,) = sealed.copies
    assert copy.pdf == copy.printout_pdf
    with pikepdf.open(BytesIO(copy.pdf)) as pdf:
        assert "/AcroForm" not in pdf.Root
    text = "".join(text_of(copy.pdf, tmp_path))
    assert "ký số" not in text
    assert "Bản in từ" not in text
    assert "SCT/BS" in text


def test_a_printout_says_that_it_is_one_on_every_page(
    settings: RegisterSettings, tmp_path: Path
) -> None:
    (sealed,) = seal(settings, tmp_path / "w.db", Request(BIRTH, FULL))
    for copy in sealed.copies:
        for text in text_of(copy.printout_pdf, tmp_path):
            assert "Bản in từ bản sao điện tử. Kiểm tra tại" in text
            assert f"Số {copy.number}" in text
        assert "Bản in từ" not in "".join(text_of(copy.pdf, tmp_path))


def test_the_qr_is_read_from_the_picture_of_the_page(
    settings: RegisterSettings, tmp_path: Path
) -> None:
    for product in ("digital", "paper"):
        request = Request(BIRTH, copies=2, product=product)
        (sealed,) = seal(settings, tmp_path / f"{product}.db", request)
        (copy,) = sealed.copies
        codes = zxingcpp.read_barcodes(rendered(copy.printout_pdf, copy.pages - 1))
        (said,) = [proof.read(code.text) for code in codes]
        assert said[0].number == copy.number
        assert said[0].volume == copy.volume
        assert (said[0].kind, said[0].pages, said[0].copies) == ("giay_khai_sinh", 2, 2)


def test_nothing_of_the_original_is_hidden(settings: RegisterSettings, tmp_path: Path) -> None:
    """Where the original has ink, the sealed page has it too; only the mark *MẪU* may cross it."""
    request = Request(BIRTH, DEGREE)
    (sealed,) = seal(settings, tmp_path / "w.db", request)
    for paper, copy in zip(request.papers, sealed.copies, strict=True):
        for index in range(paper.pages):
            before = rendered(paper.pdf, index, 1).convert("L").point(lambda v: 255 * (v < 90))
            after = rendered(copy.pdf, index, 1).convert("L").point(lambda v: 255 * (v < 170))
            lost = sum(
                1
                for old, new in zip(before.tobytes(), after.tobytes(), strict=True)
                if old and not new
            )
            assert lost == 0


def test_a_full_page_gets_a_page_for_the_statement(
    settings: RegisterSettings, tmp_path: Path
) -> None:
    digital, paper = seal(
        settings, tmp_path / "w.db", Request(FULL), Request(FULL, product="paper")
    )
    assert (digital.copies[0].pages, paper.copies[0].pages) == (2, 2)
    full, statement = text_of(digital.copies[0].pdf, tmp_path)
    assert "CHỨNG THỰC" not in full
    assert "CHỨNG THỰC" in statement


def beside(width: int) -> tuple[str, tuple[bytes, ...]]:
    """A page whose lower half has content on the left, `width` mm wide."""
    picture = Image.open(BytesIO(page("HỢP ĐỒNG", 12, times=3)))
    bar = Image.new("RGB", (round(width * A4[0] / 210), A4[1] // 2), (30, 30, 30))
    picture.paste(bar, (0, A4[1] - bar.height))
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return "hop_dong_lao_dong", (out.getvalue(),)


@pytest.mark.parametrize(
    ("width", "product", "pages", "size"),
    [
        (55, "digital", 1, 10.5),  # all of it fits
        (60, "digital", 1, 10.08),  # a little smaller, and on the same page
        (80, "digital", 2, 10.5),  # no room at any size that is read with ease
        (60, "paper", 2, 10.5),  # room for a wet seal is never made smaller
    ],
)
def test_an_electronic_statement_shrinks_before_it_gets_a_page(
    settings: RegisterSettings,
    tmp_path: Path,
    width: int,
    product: Product,
    pages: int,
    size: float,
) -> None:
    (sealed,) = seal(settings, tmp_path / "w.db", Request(beside(width), product=product))
    (copy,) = sealed.copies
    assert copy.pages == pages
    with pypdfium2.PdfDocument(copy.pdf) as document:
        text = document[pages - 1].get_textpage()
        at = text.get_text_range().index("CHỨNG THỰC BẢN SAO")
        found = pypdfium2.raw.FPDFText_GetFontSize(text.raw, at)
    assert found == pytest.approx(size, abs=0.1)
    (code,) = zxingcpp.read_barcodes(rendered(copy.printout_pdf, pages - 1))
    assert proof.read(code.text)[0].number == copy.number


def test_both_sides_of_a_card_on_one_page_at_full_size(
    settings: RegisterSettings, tmp_path: Path
) -> None:
    request = Request(CARD)
    (sealed,) = seal(settings, tmp_path / "w.db", request)
    (copy,) = sealed.copies
    assert copy.pages == 1
    with pikepdf.open(BytesIO(copy.pdf)) as pdf:
        assert len(pdf.pages) == 1
        width, height = (float(value) for value in pdf.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    text = text_of(copy.pdf, tmp_path)[0]
    assert "CHỨNG THỰC BẢN SAO" in text


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(210, 297)], None),
        ([(208, 295), (211, 298)], None),
        ([(297, 210)], None),
        ([(297, 420)], None),
        ([(85.6, 54), (85.6, 54)], [(0, 0, 25.0), (1, 0, 91.0)]),
        ([(210, 148), (210, 148)], [(0, 0, 25.0), (1, 1, 25.0)]),
        ([(210, 297), (85.6, 54)], [(0, 0, 0.0), (1, 1, 25.0)]),
        (
            [(85.6, 54)] * 5,
            [(0, 0, 25.0), (1, 0, 91.0), (2, 0, 157.0), (3, 0, 223.0), (4, 1, 25.0)],
        ),
    ],
)
def test_small_pages_are_placed_never_scaled(
    sizes: list[tuple[float, float]], expected: list[tuple[int, int, float]] | None
) -> None:
    found = impose.places(sizes)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert [(index, sheet, y) for index, sheet, _, y in found] == expected
        assert all(x >= 0 and x + sizes[index][0] <= 211 for index, _, x, _ in found)


@pytest.mark.parametrize(
    ("pages", "append", "duplex", "sheets", "order"),
    [
        (1, False, True, 1, (0,)),
        (2, False, True, 1, (0, 1)),
        (1, True, True, 1, (0, None)),
        (2, True, True, 2, (0, None, 1, None)),
        (3, False, True, 2, (0, 1, 2)),
        (2, False, False, 2, (0, 1)),
    ],
)
def test_the_statement_is_never_on_a_loose_sheet(
    pages: int, append: bool, duplex: bool, sheets: int, order: tuple[int | None, ...]
) -> None:
    found = plan(pages, append, "paper", duplex=duplex)
    assert (found.pages, found.sheets) == (order, sheets)
    assert found.front_of(len(order) - 1) is None or not append


def test_without_two_sides_a_full_page_has_no_room() -> None:
    with pytest.raises(NoRoom):
        plan(1, True, "paper", duplex=False)


def test_seams_join_at_most_five_sheets_and_overlap() -> None:
    assert plan(2, False, "paper", duplex=True).seams(5) == ()
    assert plan(20, False, "paper", duplex=True).seams(5) == ((1, 5), (5, 9), (9, 10))


def test_a_wrong_template_is_named(tmp_path: Path) -> None:
    text = Path(form.__file__).with_name("form.toml").read_text(encoding="utf-8")
    path = tmp_path / "form.toml"
    for old, new, told in (
        ("heading = ", "heding = ", "heding"),
        ("margin = 12.0", 'margin = "wide"', "margin"),
        ("[qr]", "[code]", "qr|code"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(BadTemplate, match=told):
            template.load(str(path))
    with pytest.raises(BadTemplate, match="nowhere"):
        template.load("/nowhere.toml")


def test_rotated_encrypted_and_empty_pages_are_named() -> None:
    from daemon.register.pages import open_pages

    good = assembled((page("A", 2, A4),))
    with pikepdf.open(BytesIO(good)) as pdf:
        pdf.pages[0].Rotate = 90
        turned = BytesIO()
        pdf.save(turned)
    with pikepdf.open(BytesIO(good)) as pdf:
        locked = BytesIO()
        pdf.save(locked, encryption=pikepdf.Encryption(owner="o", user=""))
    with pikepdf.new() as pdf:
        empty = BytesIO()
        pdf.save(empty)
    for data, told in ((turned, "Rotate"), (locked, "encrypted"), (empty, "0 pages")):
        with pytest.raises(BadPdf, match=told):
            open_pages(data.getvalue())
