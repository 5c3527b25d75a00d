"""Fields: labels of several eras, forms of values, structure, agreement with codes."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.catalogue import kinds
from daemon.documents import fields, syllables
from daemon.documents.fields import Source, Values, numbers
from daemon.documents.messages import Code, FieldValue, Word

KINDS = kinds.load()
CARD = "079190123456|023456781|Nguyễn Thị Mẫu|05111990|Nữ|12 Đường Mẫu, Phường Thí Dụ|10082021"


def words(*lines: str, confidence: float = 0.95) -> list[Word]:
    """Words line by line; three spaces part columns, `~` before a word makes it unsure."""
    found = []
    for row, said in enumerate(lines):
        x = 100
        for part in said.split("   "):
            for word in part.split():
                sure = 0.3 if word.startswith("~") else confidence
                text = word.removeprefix("~")
                found.append(Word(text, x, 60 * row, 16 * len(text), 30, sure, row))
                x += 16 * len(text) + 12
            x += 200
    return found


def read(kind: str, *lines: str, code: str = "") -> dict[str, FieldValue]:
    return fields.find(words(*lines), KINDS[kind], [Code("QRCode", code, ())] if code else [])


def test_a_bilingual_card() -> None:
    found = read(
        "cccd_gan_chip_2021",
        "Số / No.: 079190123456",
        "Họ và tên / Full name:",
        "NGUYỄN THỊ MẪU",
        "Ngày sinh / Date of birth: 05/11/1990",
        "Giới tính / Sex: Nữ   Quốc tịch / Nationality: Việt Nam",
        "Nơi thường trú / Place of residence: 12 Đường Mẫu,",
        "Phường Thí Dụ, Hồ Chí Minh",
    )
    assert {name: value.value for name, value in found.items()} == {
        "so": "079190123456",
        "ho_ten": "NGUYỄN THỊ MẪU",
        "ngay_sinh": "05/11/1990",
        "gioi_tinh": "Nữ",
        "quoc_tich": "Việt Nam",
        "noi_thuong_tru": "12 Đường Mẫu, Phường Thí Dụ, Hồ Chí Minh",
    }
    assert found["ngay_sinh"].iso == "1990-11-05"
    # The number tells the year of birth: together they are surer than either.
    assert found["so"].confidence > 0.95


def test_a_bilingual_label_whose_bar_was_lost() -> None:
    found = read(
        "can_cuoc_2024", "Nơi cư trú   Place of residence", "364 Lê Lợi, Phường Thí Dụ, Cần Thơ"
    )
    assert found["noi_cu_tru"].value == "364 Lê Lợi, Phường Thí Dụ, Cần Thơ"


def test_an_address_ends_where_the_next_item_begins() -> None:
    found = read(
        "xac_nhan_cu_tru_ct07",
        "5. Nơi thường trú: 12 Đường Mẫu, Phường Thí Dụ, Quận Mẫu, Thành phố",
        "Hồ Chí Minh",
        "6. Nơi ở hiện tại: 34 Đường Mẫu",
        "7. Những người khác trong hộ",
    )
    assert found["noi_thuong_tru"].value.endswith("Quận Mẫu, Thành phố Hồ Chí Minh")
    assert found["noi_o_hien_tai"].value == "34 Đường Mẫu"


def test_labels_of_older_forms() -> None:
    found = read(
        "giay_khai_sinh",
        "Họ và tên: LÊ VĂN VÍ   Nam, nữ: Nam",
        "Sinh ngày: 15-3-1975",
        "Nguyên quán: Bến Tre",
        "Họ và tên cha: LÊ VĂN MẪU",
        "Họ và tên mẹ: TRẦN THỊ THỬ",
        "Đăng ký ngày 3 tháng 4 năm 1975",
    )
    said = {name: value.value for name, value in found.items()}
    assert said["ho_ten"] == "LÊ VĂN VÍ"
    assert said["gioi_tinh"] == "Nam"
    assert said["ngay_sinh"] == "15/03/1975"
    assert said["que_quan"] == "Bến Tre"
    assert said["ho_ten_cha"] == "LÊ VĂN MẪU"
    assert said["ho_ten_me"] == "TRẦN THỊ THỬ"
    assert said["ngay_dang_ky"] == "03/04/1975"


def test_a_word_of_a_value_is_no_label() -> None:
    found = read("phieu_ly_lich_tu_phap", "1. Họ và tên: VÕ TRƯỜNG NAM", "2. Giới tính: Nam")
    assert found["ho_ten"].value == "VÕ TRƯỜNG NAM"
    assert found["gioi_tinh"].value == "Nam"


def test_value_glued_to_its_label_and_leaders() -> None:
    found = read(
        "xac_nhan_cu_tru_ct07",
        "1. Họ, chữ đệm và tên:TRẦN VĂN THỬ..............",
        "2. Ngày, tháng, năm sinh:20/02/1990   3. Giới tính:Nam......",
    )
    assert found["ho_ten"].value == "TRẦN VĂN THỬ"
    assert found["ngay_sinh"].iso == "1990-02-20"
    assert found["gioi_tinh"].value == "Nam"


@pytest.mark.parametrize("beside", [True, False])
def test_the_birth_dates_of_two_people(beside: bool) -> None:
    rows = (
        ["Họ, chữ đệm, tên vợ: LÊ THỊ MẪU", "Ngày, tháng, năm sinh: 05/11/1990"],
        ["Họ, chữ đệm, tên chồng: TRẦN VĂN THỬ", "Ngày, tháng, năm sinh: 20/02/1988"],
    )
    lines = (
        ["   ".join(pair) for pair in zip(*rows, strict=True)] if beside else [*rows[0], *rows[1]]
    )
    found = read("giay_chung_nhan_ket_hon", *lines)
    assert found["ho_ten_vo"].value == "LÊ THỊ MẪU"
    assert found["ngay_sinh_vo"].iso == "1990-11-05"
    assert found["ho_ten_chong"].value == "TRẦN VĂN THỬ"
    assert found["ngay_sinh_chong"].iso == "1988-02-20"


def test_nobody_gets_the_birth_date_of_another() -> None:
    wife = ("Họ, chữ đệm, tên vợ: TRẦN THỊ THỬ", "Ngày, tháng, năm sinh: ~0...6.")
    husband = ("Họ, chữ đệm, tên chồng: LÊ VĂN VÍ", "Ngày, tháng, năm sinh: 07/10/1986")
    found = read("giay_chung_nhan_ket_hon", *wife, *husband)
    assert "ngay_sinh_vo" not in found
    assert found["ngay_sinh_chong"].value == "07/10/1986"
    # Whose it is is not known where the names' labels were not read.
    found = read("giay_chung_nhan_ket_hon", "~x", wife[1], "~x", husband[1])
    assert all(found[name].confidence < 0.6 for name in found)


def test_names_below_their_labels_in_columns() -> None:
    found = read(
        "giay_chung_nhan_ket_hon",
        "Họ, chữ đệm, tên vợ:        Họ, chữ đệm, tên chồng:",
        "LÊ THỊ MẪU                  TRẦN VĂN THỬ",
    )
    assert found["ho_ten_vo"].value == "LÊ THỊ MẪU"


@pytest.mark.parametrize(
    "number",
    [
        "07919012345",  # a digit short
        "0791901234567",
        "099190123456",  # there is no province 099
        "079490123456",  # of the twenty-second century
        "07919O12E456",
    ],
)
def test_a_number_without_the_structure_is_left_out(number: str) -> None:
    assert "so" not in read("cccd_gan_chip_2021", f"Số / No.: {number}")


def test_letters_that_look_like_digits_count_less() -> None:
    clean = read("cccd_gan_chip_2021", "Số / No.: 079190123456")["so"]
    mixed = read("cccd_gan_chip_2021", "Số / No.: O7919O123456")["so"]
    assert mixed.value == clean.value == "079190123456"
    assert mixed.confidence < clean.confidence - 0.1


def test_number_and_birth_date_that_do_not_belong_together_say_so() -> None:
    found = read(
        "cccd_gan_chip_2021", "Số / No.: 079190123456", "Ngày sinh / Date of birth: 05/11/1996"
    )
    assert found["so"].differs == ("ngay_sinh",)
    assert found["ngay_sinh"].differs == ("so",)
    assert max(found["so"].confidence, found["ngay_sinh"].confidence) < 0.7


def test_an_unsure_or_broken_name_is_left_out() -> None:
    assert "ho_ten" not in read("cccd_gan_chip_2021", "Họ và tên / Full name: NGUYỄN ~THỊ MẪU")
    assert "ho_ten" not in read("cccd_gan_chip_2021", "Họ và tên / Full name: NGUYỄN THỊ M4u")


def test_a_family_name_with_wrong_marks_counts_less() -> None:
    right = read("cccd_gan_chip_2021", "Họ và tên / Full name: KIỀU THỊ MẪU")["ho_ten"]
    odd = read("cccd_gan_chip_2021", "Họ và tên / Full name: KIỂU THỊ MẪU")["ho_ten"]
    assert odd.value == "KIỂU THỊ MẪU"  # told as it was read
    assert odd.confidence < 0.7 * right.confidence


def second(text: str) -> dict[str, FieldValue]:
    kind = KINDS["cccd_gan_chip_2021"]
    line = words("Họ và tên / Full name: NGUYỄN THỊ MẪU", confidence=0.6)
    return fields.find(line, kind, [], again=lambda box, scale: tuple(words(text, confidence=0.6)))


def test_a_second_reading_agrees_differs_or_finds_nothing() -> None:
    once = fields.find(
        words("Họ và tên / Full name: NGUYỄN THỊ MẪU", confidence=0.6),
        KINDS["cccd_gan_chip_2021"],
        [],
    )["ho_ten"].confidence
    assert second("NGUYỄN THỊ MẪU")["ho_ten"].confidence > once + 0.1
    assert second("..")["ho_ten"].confidence < once
    assert second("NGUYỄN VĂN MẬU")["ho_ten"].differs == ("reading",)  # two of three


def readings(line: str, larger: str, smaller: str, kind: str = "cccd_gan_chip_2021") -> Values:
    """What is told of a line on the page and of its value read again in two sizes."""

    def again(box: fields.Box, scale: float) -> tuple[Word, ...]:
        return tuple(words(larger if scale > 1 else smaller))

    return fields.find(words(line), KINDS[kind], [], again=again)


def test_two_of_three_readings_are_told_and_doubted() -> None:
    found = readings("Số / No.: 079190123458", "079190123456", "079190123456")["so"]
    assert (found.value, found.differs) == ("079190123456", ("reading",))
    assert 0.5 <= found.confidence < 0.9
    # The page's own reading is one of the two as well.
    found = readings("Số / No.: 079190123456", "079190123458", "079190123456")["so"]
    assert (found.value, found.differs) == ("079190123456", ("reading",))
    assert found.confidence < 0.9


def test_three_readings_that_differ_are_no_value() -> None:
    assert "so" not in readings("Số / No.: 079190123458", "079190123457", "079190123459")
    # In marks alone: the surest, and a doubt.
    found = readings("Họ và tên: ĐỒ VĂN LAN", "ĐỖ VĂN LAN", "ĐỔ VĂN LAN")["ho_ten"]
    assert found.value == "ĐỖ VĂN LAN"  # the one whose family name is known
    assert found.confidence < 0.7


def test_what_was_misread_beside_its_label_is_read_alone() -> None:
    found = readings("Số / No.: 04008803€^“", "040088036506", "040088036506")["so"]
    assert (found.value, found.differs) == ("040088036506", ())
    assert found.confidence < 0.9
    assert "so" not in readings("Số / No.: 04008803€^“", "040088036506", "--")
    # A label without anything read behind it points to the room up to the rim of the text.
    page = "Họ, chữ đệm, tên:   ~.   "
    found = readings(f"{page} ngày", "NGUYỄN MẪU AN", "NGUYỄN MẪU AN", "giay_khai_sinh")["ho_ten"]
    assert found.value == "NGUYỄN MẪU AN"


def test_a_province_with_wrong_marks_counts_less() -> None:
    right = read("giay_khai_sinh", "Quê quán: Phường Thí Dụ, TP. Hải Phòng")["que_quan"]
    odd = read("giay_khai_sinh", "Quê quán: Phường Thí Dụ, TP. Hài Phòng")["que_quan"]
    assert odd.value == "Phường Thí Dụ, TP. Hài Phòng"  # told as it was read
    new = read("giay_khai_sinh", "Quê quán: Phường Thí Dụ, Khánh Hoà")["que_quan"]
    assert new.confidence >= right.confidence
    assert odd.confidence < 0.7 * right.confidence


def test_a_ward_with_wrong_marks_counts_less() -> None:
    right = read("giay_khai_sinh", "Quê quán: Phường Sài Gòn, TP. Hồ Chí Minh")["que_quan"]
    odd = read("giay_khai_sinh", "Quê quán: Phường Sài Gơn, TP. Hồ Chí Minh")["que_quan"]
    elsewhere = read("giay_khai_sinh", "Quê quán: Phường Sài Gơn, Hà Nội")["que_quan"]
    assert odd.value == "Phường Sài Gơn, TP. Hồ Chí Minh"  # told as it was read
    assert odd.confidence < 0.7 * right.confidence
    assert elsewhere.confidence > 0.9 * right.confidence


def test_words_that_nothing_checks_are_never_sure() -> None:
    found = read("giay_khai_sinh", "Nơi sinh: Bệnh viện Thí Dụ, Hà Nội", "Dân tộc: Kinh")
    assert found["noi_sinh"].confidence < 0.9
    assert found["dan_toc"].confidence < 0.9
    code = read("cccd_gan_chip_2021", "Nơi thường trú: 12 Đường Mẫu, Phường Thí Dụ", code=CARD)
    assert code["noi_thuong_tru"].confidence > 0.9


def test_a_value_ends_where_somebody_signs() -> None:
    lines = ("Đăng ký khai sinh tại: 47 Lê Lợi, Hải Phòng", "NGƯỜI KÝ TRÍCH LỤC")
    found = read("giay_khai_sinh_ban_sao", *lines)
    assert found["dang_ky_tai"].value == "47 Lê Lợi, Hải Phòng"
    found = read("giay_khai_sinh_ban_sao", lines[0], "Ngày 01 tháng 02 năm 2010")
    assert found["dang_ky_tai"].value == "47 Lê Lợi, Hải Phòng"


def test_a_year_in_words_is_no_label() -> None:
    said = "Ngày mười bốn, tháng ba, năm hai nghìn"
    assert read("giay_khai_sinh", f"Ghi bằng chữ: {said}")["ngay_sinh_chu"].value == said


def test_a_label_in_two_languages_may_be_one_word() -> None:
    found = read("cccd_gan_chip_2021", "Số/No.: 079190123456", "Giới tính/Sex: Nữ")
    assert (found["so"].value, found["gioi_tinh"].value) == ("079190123456", "Nữ")


def test_a_vote_weighs_what_each_reading_is_worth() -> None:
    page = "Họ và tên / Full name: NGUYÊN VĂN ĐẠT"  # no family name but for its marks
    found = readings(page, "NGUYỄN VĂN ĐẠT", "NGUYỄN VĂN ĐẠT")["ho_ten"]
    assert (found.value, found.differs) == ("NGUYỄN VĂN ĐẠT", ("reading",))


def test_the_rim_of_a_portrait_is_no_value() -> None:
    label = [
        Word(w, 300 + 90 * n, 267, 80, 21, 0.95, 0) for n, w in enumerate(("Số", "định", "danh"))
    ]
    noise = Word("ị", 220, 333, 5, 23, 0.6, 1)
    number = Word("095057249533", 302, 331, 185, 23, 0.95, 1)
    found = fields.find([*label, noise, number], KINDS["can_cuoc_2024"], [])
    assert found["so_dinh_danh"].value == "095057249533"


def test_offices_are_no_names() -> None:
    assert "ho_ten_vo" not in read("giay_chung_nhan_ket_hon", "VỢ", "TM. ỦY BAN NHÂN DÂN")


def test_the_code_agrees() -> None:
    found = read(
        "cccd_gan_chip_2021", "Số / No.: 079190123456", "Họ và tên: NGUYỄN THỊ MẪU", code=CARD
    )
    assert found["so"].agrees == found["ho_ten"].agrees == ("qr",)
    assert found["so"].confidence == found["ho_ten"].confidence == 0.995
    # What is not printed here is told by the code alone.
    assert found["ngay_sinh"] == FieldValue("05/11/1990", 0.98, "1990-11-05", ("qr",))


def test_the_code_wins_over_misread_print_and_says_so() -> None:
    found = read("cccd_gan_chip_2021", "Số / No.: 079190123458", code=CARD)
    assert found["so"].value == "079190123456"
    assert found["so"].differs == ("print",)
    assert found["so"].confidence <= 0.6


def test_misread_marks_alone_are_no_dispute() -> None:
    found = read("cccd_gan_chip_2021", "Họ và tên: NGUYỄN THI MẦU", code=CARD)
    assert found["ho_ten"].value == "NGUYỄN THỊ MẪU"
    assert found["ho_ten"].confidence > 0.9


def test_two_codes_outvote_the_print() -> None:
    zone = Source("mrz", {"person_number": "079190123456", "name": "NGUYEN THI MAU"})
    kind = KINDS["can_cuoc_2024"]
    said = words("Số định danh cá nhân: 079190123450")
    found = fields.find(said, kind, [Code("QRCode", CARD, ())], [zone])
    assert found["so_dinh_danh"].value == "079190123456"
    assert set(found["so_dinh_danh"].agrees) == {"qr", "mrz"}
    assert found["so_dinh_danh"].confidence > 0.9


def test_a_zone_knows_no_marks() -> None:
    zone = Source("mrz", {"name": "NGUYEN THI MAU"})
    kind = KINDS["can_cuoc_2024"]
    printed = fields.find(words("Họ và tên: NGUYỄN THỊ MẪU"), kind, [], [zone])
    assert printed["ho_ten"].value == "NGUYỄN THỊ MẪU"
    assert printed["ho_ten"].agrees == ("mrz",)
    assert "ho_ten" not in fields.find([], kind, [], [zone])


def test_expiry() -> None:
    kind = KINDS["can_cuoc_2024"]
    found = read("can_cuoc_2024", "Ngày, tháng, năm hết hạn / Date of expiry: 05/11/2030")
    assert fields.expired(found, kind, dt.date(2030, 11, 6))
    assert not fields.expired(found, kind, dt.date(2030, 11, 5))
    assert not fields.expired({}, kind, dt.date(2030, 11, 6))
    life = read("cccd_gan_chip_2021", "Có giá trị đến: Không thời hạn")
    assert life["co_gia_tri_den"].value == "Không thời hạn"
    assert not fields.expired(life, KINDS["cccd_gan_chip_2021"], dt.date(2099, 1, 1))


def test_values_do_not_print() -> None:
    found = read("cccd_gan_chip_2021", "Số / No.: 079190123456", code=CARD)
    assert "079190123456" not in repr(found) + str(found)


@pytest.mark.parametrize(
    "word", ["NGUYỄN", "Nghiêng", "quýt", "Giàu", "Khuya", "ưu", "yến", "ÚT", "Đặng", "quốc"]
)
def test_syllables(word: str) -> None:
    assert syllables.syllable(word)


@pytest.mark.parametrize("word", ["NGUYẼNN", "THJ", "M4U", "ZVX", "bhá", "Đwng"])
def test_no_syllables(word: str) -> None:
    assert not syllables.syllable(word)


def test_what_a_number_tells() -> None:
    assert numbers.birth_year("079190123456") == 1990
    assert numbers.birth_year("079324012345") == 2024
    assert numbers.sex("079190123456") == "Nữ"
    assert numbers.sex("079090123456") == "Nam"


@settings(deadline=None)  # the catalogue is read at the first example
@given(st.lists(st.text(min_size=1, max_size=12), max_size=30), st.sampled_from(sorted(KINDS)))
def test_whatever_is_read_fits_or_is_left_out(said: list[str], kind: str) -> None:
    texts = [unicodedata.normalize("NFC", "".join(t.split())) for t in said]
    page = [Word(t, 30 * n, 40 * (n // 6), 25, 30, 0.9, n // 6) for n, t in enumerate(texts) if t]
    for name, value in fields.find(page, KINDS[kind], []).items():
        field = KINDS[kind].field(name)
        assert field is not None
        assert field.fits(value.value) or value.iso
        assert 0 <= value.confidence <= 1
