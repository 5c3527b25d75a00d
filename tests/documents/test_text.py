from __future__ import annotations

from datetime import date

import pytest

from daemon.documents import codes, marks
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
