from __future__ import annotations

from datetime import date

import pytest

from daemon.catalogue import kinds
from daemon.documents import codes, fields, marks
from daemon.documents.messages import Code, Word
from tests.documents.scenes import Take

CARD = "079190123456|023456781|Nguyễn Thị Mẫu|05111990|Nữ|12 Đường Mẫu, Phường Thí Dụ|10082021"


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
