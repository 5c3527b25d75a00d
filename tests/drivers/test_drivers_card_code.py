"""The QR of the citizen card."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_code import parse


def code(
    number: str = "079201000123",
    name: str = "Nguyễn Thị Ánh",
    born: str = "01021990",
    issued: str = "05062021",
) -> str:
    return f"{number}|012345678|{name}|{born}|Nữ|12 Lê Lợi, Bến Nghé|{issued}"


def test_a_card_gives_name_and_the_masked_number() -> None:
    card = parse(code())
    assert card is not None
    assert card.name.reveal() == "Nguyễn Thị Ánh"
    assert card.masked.reveal() == "•••• 0123"
    assert "Nguyễn" not in repr(card)


@pytest.mark.parametrize(
    ("born", "issued", "expires"),
    [
        ("01022003", "05062021", dt.date(2028, 2, 1)),  # at 18: until 25
        ("01022003", "01022026", dt.date(2043, 2, 1)),  # within two years before 25: until 40
        ("01021990", "05062021", dt.date(2030, 2, 1)),  # at 31: until 40
        ("01021960", "05062021", None),  # over 60: for life
        ("29022000", "05062021", dt.date(2025, 3, 1)),  # born on a leap day
    ],
)
def test_how_long_a_card_holds(born: str, issued: str, expires: dt.date | None) -> None:
    card = parse(code(born=born, issued=issued))
    assert card is not None
    assert card.expires == expires


def test_letters_and_their_marks_apart_are_the_same_name() -> None:
    import unicodedata

    card = parse(unicodedata.normalize("NFD", code()))
    assert card is not None
    assert card.name.reveal() == "Nguyễn Thị Ánh"


def test_capitals_become_a_name() -> None:
    card = parse(code(name="TRẦN  VĂN ĐỨC"))
    assert card is not None
    assert card.name.reveal() == "Trần Văn Đức"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com/?q=1|2|3|4|5|6|7",
        "079201000123",
        code(number="79201000123"),
        code(number="07920100012x"),
        code(name=""),
        code(name="12345"),
        code(born="31022000"),
        code(issued="00000000"),
        "0" * 7089,
        "javascript:alert(1)" + "|" * 7,
    ],
)
def test_everything_else_is_no_card(text: str) -> None:
    assert parse(text) is None


@settings(deadline=None)
@given(st.text(max_size=300) | st.lists(st.text(max_size=30), max_size=12).map("|".join))
def test_no_text_makes_it_fail(text: str) -> None:
    parse(text)
