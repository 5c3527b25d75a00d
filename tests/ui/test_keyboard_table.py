"""The keyboard against 60 examples of what keys make, and rules the table lacks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui_kivy.keyboard.__main__ import main, typed
from ui_kivy.keyboard.field import LONGEST, Field

TABLE = """
T `chuwngs thuwcj` → chứng thực | T `banr sao` → bản sao | T `ddawng kys` → đăng ký
T `keets hoon` → kết hôn | T `Nguyeenx` → Nguyễn | T `Nguyenxe` → Nguyễn
T `vieetj nam` → việt nam | T `vietej` → việt | T `viejet` → việt | T `dduwowcj` → được
T `duwocjd` → được | T `phuwowngf` → phường | T `phuongwf` → phường | T `thuowr` → thuở
T `thuowngr` → thưởng | T `hoaf` → hoà | To `hoaf` → hòa | T `thuys` → thuý | To `thuys` → thúy
To `hoanf` → hoàn | T `khoer` → khoẻ | To `khoer` → khỏe | T `quyeenf` → quyền
To `quys` → quý | T `quocos` → quốc | T `giaays towf` → giấy tờ | T `gif` → gì
T `giengse` → giếng | T `muaw` → mưa | T `hoawcj` → hoặc | T `luuw truwx` → lưu trữ
T `ruouwj` → rượu | T `khuyur` → khuỷu | T `ngoeor` → ngoẻo | T `tw` → tư | T `wwifi` → wifi
T `ass` → as | T `aaa` → aa | T `aww` → aw | T `ddd` → dd | T `toansz` → toan
T `toansf` → toàn | T `aaw` → ă | T `uowo` → uô | T `catf` → catf | T `kiosk` → kiosk
T `DDOOF` → ĐỒ | T `ddawks lawks` → đắk lắk | T `hoanf{BS}` → hoà | To `hoanf{BS}` → hòa
T `toans{BS}{BS}` → tó | T `dduwowngf{BS}{BS}{BS}` → đừ | V `chu7ng1 thu7c5` → chứng thực
V `d9u7o7c5` → được | V `d9uo75c` → được | V `viet65 nam` → việt nam | V `2 ba3n sao` → 2 bản sao
V `a66` → a6 | V `hoa8c5` → hoặc | V `khai1{BS}0` → kha
"""
ROWS = [row.strip() for line in TABLE.strip().splitlines() for row in line.split(" | ")]


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 60


@pytest.mark.parametrize("row", ROWS)
def test_table(row: str) -> None:
    how, _, rest = row.partition(" `")
    keys, _, expected = rest.partition("` → ")
    field = Field(
        method="vni" if how[0] == "V" else "telex", style="old" if how.endswith("o") else "new"
    )
    assert typed(keys, field) == unicodedata.normalize("NFC", expected)


def test_marks_by_touch() -> None:
    field = Field()
    for sign in "ngu":
        field.key(sign)
    field.key("y")
    field.key("ê")
    field.tone(4)
    field.key("n")
    assert field.text == "nguyễn"
    field.tone(4)
    assert field.text == "nguyên"


def test_direct_letters_are_never_marks() -> None:
    assert typed("vieetj as2", Field(method="direct")) == "vieetj as2"


def test_typing_goes_on_in_a_text_that_came_from_elsewhere() -> None:
    field = Field("Nguyễn Thị Hoa", method="telex")
    assert typed("f", field) == "Nguyễn Thị Hoà"
    field.key(" ")
    field.delete()
    assert typed("n", field) == "Nguyễn Thị Hoàn"


def test_clear_can_be_undone_once() -> None:
    field = Field("Lê Văn Mẫu")
    field.clear()
    assert field.text == ""
    field.clear()
    assert field.text == "Lê Văn Mẫu"
    field.clear()
    field.forget()
    field.clear()
    assert field.text == ""


def test_held_delete_takes_a_word() -> None:
    field = Field("Lê Văn Mẫu ")
    field.delete_word()
    assert field.text == "Lê Văn"


@given(
    st.text("aeiouydwsfrxjzbcghknpqtvAEDO 0123456789", max_size=30), st.sampled_from(["new", "old"])
)
def test_any_keys_give_nfc_and_deleting_ends_empty(keys: str, style: str) -> None:
    for method in ("telex", "vni", "direct"):
        field = Field(method=method, style=style)  # type: ignore[arg-type]
        text = typed(keys, field)
        assert unicodedata.is_normalized("NFC", text)
        for _ in range(len(text)):
            field.delete()
        assert field.text == ""


def test_a_field_takes_no_endless_text() -> None:
    assert len(typed("x" * (LONGEST + 50), Field(method="telex"))) == LONGEST


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chuwngs thuwcj", "--json"]) == 0
    assert capsys.readouterr().out == '{"text": "chứng thực"}\n'
    assert main(["thuys", "--style", "old"]) == 0
    assert capsys.readouterr().out == "thúy\n"
