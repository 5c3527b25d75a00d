from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from rapidfuzz import fuzz

from daemon.catalogue import kinds
from daemon.documents import codes, fields, marks, reader, text
from daemon.documents.errors import ReaderMissing, ReadingFailed
from daemon.documents.messages import Code, Word
from tests.documents.scenes import Take

needs_tesseract = pytest.mark.skipif(
    not reader.version(), reason="tesseract-ocr and tesseract-ocr-vie are not installed"
)

CARD = "079190123456|023456781|Nguyễn Thị Mẫu|05111990|Nữ|12 Đường Mẫu, Phường Thí Dụ|10082021"


@pytest.fixture
def helper() -> Iterator[reader.Reader]:
    made = reader.Reader.fork(lambda: None)
    yield made
    made.close()


@needs_tesseract
def test_a_page_is_read(take: Take, helper: reader.Reader) -> None:
    page = take("quyet_dinh", 1, level=0, size=(2028, 1520)).page()
    seen = text.read(page.pixels, page.dpi, helper.read)
    assert fuzz.partial_ratio("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", seen.text) > 90
    assert fuzz.partial_ratio("QUYẾT ĐỊNH", seen.text) > 90
    assert all(
        w.x >= 0 and w.x + w.w <= seen.width and w.y + w.h <= seen.height for w in seen.words
    )
    assert "CỘNG" not in repr(seen) + repr(seen.words)


@needs_tesseract
def test_rubbish_is_an_error_and_the_helper_lives(take: Take, helper: reader.Reader) -> None:
    with pytest.raises(ReadingFailed):
        helper.read(b"P5\n10 10\n255\n", 300, text.BLOCK)
    page = take("quyet_dinh", 1, level=0, size=(2028, 1520)).page()
    assert text.read(page.pixels, page.dpi, helper.read).words


def test_without_tesseract_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reader._ENVIRONMENT, "PATH", "/nonexistent")
    monkeypatch.setenv("PATH", "/nonexistent")
    assert reader.version() == ""
    helper = reader.Reader.fork(lambda: None)
    try:
        with pytest.raises(ReaderMissing, match="tesseract-ocr-vie"):
            helper.read(b"P5\n1 1\n255\n\0", 300, text.BLOCK)
    finally:
        helper.close()


def test_tsv_becomes_words_in_lines() -> None:
    head = "level page_num block_num par_num line_num word_num left top width height conf text"
    head = head.replace(" ", "\t")
    rows = [
        "4\t1\t1\t1\t1\t0\t0\t0\t90\t20\t-1\t",
        "5\t1\t1\t1\t1\t1\t10\t20\t30\t9\t96.5\tGIẤY",
        "5\t1\t1\t1\t1\t2\t50\t20\t30\t9\t90\tKHAI",
        "5\t1\t1\t1\t2\t1\t10\t40\t30\t9\t80\tSo\u0302\u0301",
        '5\t1\t1\t1\t2\t2\t50\t40\t30\t9\t70\t"',
        "5\t1\t1\t1\t2\t3\t50\t40\t30\t9\t70\t ",
    ]
    words = text.parse("\n".join([head, *rows]))
    assert text.as_text(words) == 'GIẤY KHAI\nSố "'
    assert words[0] == Word("GIẤY", 10, 20, 30, 9, 0.965, 0)


@pytest.mark.parametrize(
    ("said", "copy"),
    [
        ("GIẤY KHAI SINH\n(BẢN SAO)\nHọ tên", True),
        ("SAO Y\nỦY BAN", True),
        ("Chứng thực bản sao đúng với bản chính\nSố chứng thực 12", True),
        ("CHỨNG THỰC BẢN SAO ⁄Z vợ tàn\nĐÚNG VỚI BẢN CHÍNH", True),
        ("GIẤY KHAI SINH\nNơi sinh: Sao Mai", False),
        ("Điều 2. Người nhận nộp bản sao giấy tờ này", False),
        ("bản sao", False),
        ("", False),
    ],
)
def test_words_of_a_copy(said: str, copy: bool) -> None:
    assert marks.says_copy(said) is copy


def test_the_code_of_a_card() -> None:
    card = codes.card(CARD + "||||")
    assert card is not None
    assert (card.number, card.name) == ("079190123456", "Nguyễn Thị Mẫu")
    assert (card.birth, card.issued) == (date(1990, 11, 5), date(2021, 8, 10))
    assert "Nguyễn" not in repr(card)


@pytest.mark.parametrize(
    "bad",
    ["", "https://example.org", CARD.replace("Nữ", "X"), CARD.replace("0511", "3113"), CARD[3:]],
)
def test_other_codes_are_no_cards(bad: str) -> None:
    assert codes.card(bad) is None


def test_a_code_in_a_photograph_is_read(take: Take) -> None:
    page = take("cccd_gan_chip_2021", 2, level=1, size=(2028, 1520), dpi=300).page()
    found = codes.find(page.pixels)
    assert [codes.card(code.text) is not None for code in found] == [True]


def words(*lines: str) -> list[Word]:
    return [
        Word(word, 10 + 60 * at, 40 * line, 50, 30, 0.9, line)
        for line, said in enumerate(lines)
        for at, word in enumerate(said.split())
    ]


def test_fields_stand_behind_their_labels() -> None:
    kind = kinds.load()["cccd_gan_chip_2021"]
    read = words("Số / No.: 079190123456", "Họ và tên / Full name:", "NGUYỄN THỊ MẪU")
    found = fields.find(read, kind, ())
    assert found["so"][0] == "079190123456"
    assert found["ho_ten"][0] == "NGUYỄN THỊ MẪU"


def test_a_value_that_does_not_fit_is_left_out() -> None:
    kind = kinds.load()["cccd_gan_chip_2021"]
    assert "so" not in fields.find(words("Số / No.: 07919O12E456"), kind, ())


def test_the_code_wins_over_misread_print() -> None:
    kind = kinds.load()["cccd_gan_chip_2021"]
    read = words("Số / No.: 079190123458")
    assert fields.find(read, kind, ())["so"][0] == "079190123458"
    found = fields.find(read, kind, [Code("QRCode", CARD, ())])
    assert found["so"] == ("079190123456", 0.99)
