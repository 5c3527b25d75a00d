"""Bar codes on pages: blurred, of other kinds, hostile; and what codes say together."""

from __future__ import annotations

import datetime as dt

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from daemon.documents import code_places, codes, known
from daemon.documents.decode import Pixels
from daemon.documents.messages import Code
from daemon.documents.mrz_layout import check_digit
from models.codes import qr
from tests.documents.test_documents_mrz_lines import CARD, PASSPORT, TODAY

SQUARE = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
QR = "079190123456||Nguyễn Thị Mẫu|05111990|Nữ|12 Đường Mẫu, Phường Thí Dụ|10082021"


def _page(text: str, kind: zxingcpp.BarcodeFormat, scale: int = 5) -> Pixels:
    """An A5 page at 300 dpi with one code."""
    code = zxingcpp.create_barcode(text, kind)
    picture = np.array(zxingcpp.write_barcode_to_image(code, scale=scale))
    page = np.full((1748, 2480), 240, np.uint8)
    h, w = picture.shape[:2]
    page[400 : 400 + h, 700 : 700 + w] = np.minimum(picture, 240)
    return np.asarray(cv2.cvtColor(cv2.GaussianBlur(page, (0, 0), 1), cv2.COLOR_GRAY2RGB), np.uint8)


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize(("dpi", "sigma"), [(300, 0.6), (300, 2.2), (200, 1.8)])
def test_cards_codes_are_read_small_askew_and_blurred(dpi: int, sigma: float, new: bool) -> None:
    for seed in range(3):
        made = qr.drawn(seed, dpi, sigma, new)
        assert made.modules == 49
        found = codes.find(made.page, dpi)
        assert [code.text for code in found] == [made.text]
        card = codes.card(found[0].text)
        assert card is not None
        assert made.text.startswith(card.number)


def test_corners_are_where_the_code_is() -> None:
    made = qr.drawn(3, 300, 2.2, new=False)
    sharp = qr.drawn(3, 300, 0.6, new=False)
    (blurred,), (clear,) = codes.find(made.page, 300), codes.find(sharp.page, 300)
    assert np.abs(np.array(blurred.corners) - np.array(clear.corners)).max() < 12


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        (zxingcpp.BarcodeFormat.Code128, "Code128", "HS-2026-000123"),
        (zxingcpp.BarcodeFormat.Code39, "Code39", "MAU123"),
        (zxingcpp.BarcodeFormat.PDF417, "PDF417", "Giấy mẫu số 12"),
        (zxingcpp.BarcodeFormat.DataMatrix, "DataMatrix", "MAU-0001-TEST-0002-0003"),
        (zxingcpp.BarcodeFormat.Aztec, "Aztec", "VE MAU 0001 0002 0003 0004"),
        (zxingcpp.BarcodeFormat.QRCode, "QRCode", "https://vi.du.invalid/?a=1"),
    ],
)
def test_other_kinds_of_codes(kind: zxingcpp.BarcodeFormat, name: str, text: str) -> None:
    (code,) = codes.find(_page(text, kind))
    assert (code.type, code.text) == (name, text)
    xs, ys = zip(*code.corners, strict=True)
    assert 690 < min(xs) < max(xs) < 2400
    assert 390 < min(ys) < max(ys) < 1600


def test_a_text_longer_than_any_papers_is_left_out() -> None:
    kind = zxingcpp.BarcodeFormat.QRCode
    assert len(codes.find(_page("9" * codes.LONGEST, kind, 4))) == 1
    assert codes.find(_page("9" * (codes.LONGEST + 1), kind, 4)) == ()


@pytest.mark.parametrize("shape", [(64, 64), (70, 3000), (400, 400)])
def test_noise_is_no_code(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    assert codes.find(rng.integers(0, 256, (*shape, 3), dtype=np.uint8), 300) == ()


@pytest.mark.parametrize("dpi", [0, -5, 72, 65535])
def test_a_file_may_claim_any_resolution(dpi: int) -> None:
    page = _page("MAU", zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in codes.find(page, dpi)] == ["MAU"]


def test_tries_are_bounded_on_a_page_full_of_dense_squares() -> None:
    page = np.full((2000, 2000), 255, np.uint8)
    rng = np.random.default_rng(2)
    for x in range(100, 1700, 400):
        for y in range(100, 1700, 400):
            cells = rng.integers(0, 2, (40, 40), dtype=np.uint8) * 255
            page[y : y + 240, x : x + 240] = cv2.resize(cells, (240, 240), interpolation=0)
    assert len(code_places.find(page, 300)) == code_places.MOST


@given(st.text(max_size=300) | st.text(alphabet="0123456789|NamữNư", max_size=200))
def test_any_text_is_a_card_or_not(text: str) -> None:
    card = codes.card(text)
    assert card is None or (len(card.number) == 12 and card.sex in ("Nam", "Nữ"))


def test_a_card_of_endless_text_is_none() -> None:
    assert codes.card(QR) is not None
    assert codes.card(QR + "|" + "x" * codes.LONGEST) is None


def _qr(text: str = QR) -> Code:
    return Code("QRCode", text, SQUARE)


def _zone(text: str = CARD, confidence: float = 0.9) -> Code:
    return Code("MRZ", text, SQUARE, confidence)


def test_both_codes_of_a_card_agree() -> None:
    said = known.known([_qr(), _zone()], TODAY)
    number, name = said["person_number"], said["name"]
    assert (number.value, number.sources) == ("079190123456", ("qr", "mrz"))
    assert number.confidence > 0.99
    assert (name.value, name.sources, name.differs) == ("NGUYỄN THỊ MẪU", ("qr", "mrz"), ())
    assert said["birth_date"].value == "1990-11-05"
    assert said["sex"].value == "Nữ"
    assert said["residence"].sources == ("qr",)
    assert (said["expiry"].value, said["expiry"].sources) == ("2030-11-05", ("mrz",))
    assert "Nguy" not in repr(said).title()


def test_codes_that_differ_say_so() -> None:
    said = known.known([_qr(QR.replace("05111990", "06111990")), _zone()], TODAY)
    born = said["birth_date"]
    assert (born.value, born.sources, born.differs) == ("1990-11-06", ("qr",), ("mrz",))
    assert born.confidence <= 0.5
    assert said["person_number"].differs == ()


def test_unchecked_letters_are_as_sure_as_they_look() -> None:
    said = known.known([_zone(PASSPORT, 0.7)], TODAY)
    assert said["name"].confidence < 0.7 < said["person_number"].confidence
    assert said["paper_number"].value == "C1234567"
    assert known.known([], TODAY) == {}


def test_a_card_for_life_has_no_expiry() -> None:
    lines = CARD.split("\n")
    until = f"991231{check_digit('991231')}"
    second = f"9011056F{until}VNM" + "<" * 11
    whole = check_digit(lines[0][5:] + second[:7] + second[8:15] + second[18:29])
    said = known.of_zone([_zone("\n".join((lines[0], f"{second}{whole}", lines[2])))], TODAY)
    assert said["person_number"] == "079190123456"
    assert "expiry" not in said
    assert dt.date.fromisoformat(said["birth_date"]) == dt.date(1990, 11, 5)
