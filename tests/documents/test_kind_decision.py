"""Words as evidence for a kind, and the one decision of picture and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from daemon.catalogue import kinds
from daemon.documents import fuse, headline, text_engine, wording
from daemon.documents.errors import ReadingFailed
from daemon.documents.headline import Judge, Look
from daemon.documents.messages import Decision, Word
from daemon.documents.text_engine import Layout, Plane, TextEngine
from daemon.documents.text_tesserocr import TesserocrEngine
from tests.documents.scenes import Take

KINDS = kinds.load()
HEADING = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


@lru_cache(maxsize=1)
def lexicon() -> wording.Lexicon:
    return wording.Lexicon(KINDS)


def page(*lines: str) -> tuple[Word, ...]:
    """Words of a page of 3508 pixels, line by line from the top; `large` in capitals."""
    found = []
    for number, line in enumerate(lines):
        x = 200
        for word in line.split():
            found.append(Word(word, x, 150 + 90 * number, 24 * len(word), 44, 0.95, number))
            x += 24 * len(word) + 24
    return tuple(found)


def decided(*lines: str, picture: dict[str, float] | None = None) -> Decision:
    words = lexicon().weigh(page(*lines), 3508)
    return fuse.decide(picture or {}, words, tuple(KINDS), 1.414)


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("giay_khai_sinh", [HEADING, "GIẤY KHAI SINH", "Họ, chữ đệm, tên: LÊ MẪU"]),
        ("giay_khai_sinh", [HEADING, "GIAY KHAI S1NH", "NGƯỜI KÝ GIẤY KHAI SINH"]),
        ("giay_khai_sinh_ban_sao", [HEADING, "GIẤY KHAI SINH", "(BẢN SAO)", "Họ và tên: LÊ MẪU"]),
        ("giay_khai_sinh_ban_sao", [HEADING, "TRÍCH LỤC KHAI SINH", "(BẢN SAO)"]),
        ("trich_luc_khai_tu", [HEADING, "TRÍCH LỤC KHAI TỬ", "Đã chết vào lúc: 08 giờ"]),
        ("gcn_dang_ky_doanh_nghiep", [HEADING, "GIẤY CHỨNG NHẬN", "ĐĂNG KÝ DOANH NGHIỆP"]),
        ("gcn_dang_ky_ho_kinh_doanh", [HEADING, "GIẤY CHỨNG NHẬN", "ĐĂNG KÝ HỘ KINH DOANH"]),
        ("bang_tot_nghiep_thpt", [HEADING, "BẰNG TỐT NGHIỆP", "TRUNG HỌC PHỔ THÔNG"]),
        ("bang_dai_hoc", [HEADING, "BẰNG CỬ NHÂN", "Hạng tốt nghiệp: Khá"]),
        ("quyet_dinh", [HEADING, "QUYẾT ĐỊNH", "Về việc cải chính giấy khai sinh"]),
        ("cong_van", [HEADING, "Số: 12/UBND-VP", "V/v trả lời đơn", "Kính gửi: Ông Mẫu"]),
        ("hop_dong_lao_dong", [HEADING, "HỢP ĐỒNG LAO ĐỘNG", "Căn cước công dân số: 079"]),
        (
            "gcn_qsdd_2025",
            ["GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU", "TÀI SẢN GẮN LIỀN VỚI ĐẤT"],
        ),
        (
            "gcn_qsdd_cu",
            ["QUYỀN SỬ DỤNG ĐẤT", "QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT"],
        ),
        (
            "ban_sao_chung_thuc",
            [HEADING, "GIẤY CHỨNG NHẬN KẾT HÔN", "Chứng thực bản sao đúng với bản chính"],
        ),
        (
            "van_ban_nuoc_ngoai",
            ["This is to certify that the name of the father", "was registered in the state of X"],
        ),
        ("khong_phai_giay_to", ["HÓA ĐƠN BÁN LẺ", "Cà phê sữa 25.000", "Cảm ơn quý khách"]),
    ],
)
def test_titles_tell_the_kind(kind: str, lines: list[str]) -> None:
    assert decided(*lines).kind == kind


def test_a_stamp_and_brackets_are_two_things() -> None:
    stamped = lexicon().weigh(page("BẢN SAO", HEADING, "BẰNG TỐT NGHIỆP"), 3508).weights
    printed = lexicon().weigh(page(HEADING, "GIẤY CHỨNG TỬ", "(BẢN SAO)"), 3508).weights
    assert stamped["ban_sao_chung_thuc"] > 5
    assert printed.get("ban_sao_chung_thuc", 0.0) <= 0


def test_a_title_in_a_title_does_not_count() -> None:
    card = lexicon().weigh(page("CĂN CƯỚC CÔNG DÂN"), 3508)
    assert card.weights.get("can_cuoc_2024", 0.0) <= 0
    assert card.weights["cccd_gan_chip_2021"] > 5


def test_a_title_named_in_running_text_is_no_title() -> None:
    shown = page("Người nộp mang theo giấy khai sinh và thẻ căn cước công dân của mình tới nơi này")
    assert max(lexicon().weigh(shown, 3508).weights.values(), default=0.0) < 2


def test_the_title_overrules_a_picture_that_is_sure_and_wrong() -> None:
    wrong = {"giay_khai_sinh": 0.995, "trich_luc_khai_tu": 0.005}
    lines = [HEADING, "TRÍCH LỤC KHAI TỬ", "Đã chết vào lúc: 08 giờ", "Nguyên nhân chết: Tuổi già"]
    found = decided(*lines, picture=wrong)
    assert found.kind == "trich_luc_khai_tu"
    assert found.picture["giay_khai_sinh"] == 0.995
    assert any(why.startswith("TRÍCH LỤC KHAI TỬ") for why in found.why)


def test_without_words_the_picture_decides() -> None:
    picture = dict.fromkeys(KINDS, 0.0) | {"the_bhyt": 0.97, "so_bhxh": 0.03}
    found = fuse.decide(picture, None, tuple(KINDS))
    assert found.kind == "the_bhyt"
    assert 0.8 < found.probability < 0.9, "the picture alone is never certain"


def test_words_that_say_nothing_of_it_make_a_sure_picture_less_sure() -> None:
    picture = dict.fromkeys(KINDS, 0.0) | {"hop_dong_lao_dong": 1.0}
    text = ["Hai bên bàn giao tài sản đúng như danh sách kèm theo và cùng giữ gìn"] * 3
    silent = decided(*text, picture=picture)
    heard = decided("HỢP ĐỒNG LAO ĐỘNG", *text, picture=picture)
    assert silent.guess == heard.guess == "hop_dong_lao_dong"
    assert silent.probability < 0.9 < heard.probability


@pytest.mark.parametrize(
    "text",
    [
        "Nous soussignés certifions que l'intéressé demeure toujours dans notre commune depuis",
        "Se hace constar que el interesado figura inscrito como vecino de este municipio desde",
        "Bahwa pemegang surat keterangan benar tercatat sebagai penduduk tetap wilayah kami sejak",
    ],
)
def test_other_languages_are_foreign(text: str) -> None:
    assert lexicon().weigh(page(text, text), 3508).weights["van_ban_nuoc_ngoai"] > 2


def test_nothing_known_is_not_sure() -> None:
    found = fuse.decide({}, None, tuple(KINDS))
    assert found.kind == ""
    assert found.probability < 0.05


def test_kinds_that_the_model_does_not_know_keep_their_share() -> None:
    few = {"giay_khai_sinh": 0.9, "quyet_dinh": 0.1}
    found = fuse.decide(few, None, tuple(KINDS))
    assert found.probability < 0.1


def test_a_taught_kind_without_a_file_is_guessed_and_not_said() -> None:
    picture = dict.fromkeys(KINDS, 0.0) | {"giay_moi_hop": 0.99, "cong_van": 0.01}
    found = fuse.decide(picture, None, tuple(KINDS))
    assert (found.kind, found.guess) == ("", "giay_moi_hop")


def test_a_card_is_no_sheet() -> None:
    even = dict.fromkeys(KINDS, 0.0) | {"the_bhyt": 0.5, "so_bhxh": 0.5}
    cards = frozenset({"the_bhyt"})
    assert fuse.decide(even, None, tuple(KINDS), 1.586, cards).guess == "the_bhyt"
    assert fuse.decide(even, None, tuple(KINDS), 1.414, cards).guess == "so_bhxh"


def test_a_sure_picture_is_not_read_unless_it_has_look_alikes() -> None:
    judge = Judge(KINDS, None)
    assert not judge.needs_words({"so_ho_khau": 0.995, "hoc_ba": 0.005})
    assert judge.needs_words({"so_ho_khau": 0.9, "hoc_ba": 0.1})
    assert judge.needs_words({"giay_khai_sinh": 0.999, "hoc_ba": 0.001})
    assert judge.needs_words({})


def test_a_reader_that_fails_leaves_it_to_the_picture() -> None:
    class Fails(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            raise ReadingFailed("late")

    blank = np.full((3508, 2480, 3), 255, np.uint8)
    picture = dict.fromkeys(KINDS, 0.0) | {"giay_khai_sinh": 1.0}
    found = Judge(KINDS, Fails()).look(blank, 300, picture)
    assert (found.decision.kind, found.quarters) == ("giay_khai_sinh", 0)


@pytest.mark.parametrize(
    ("copy", "title", "reads"),
    [
        (0.02, "HỢP ĐỒNG LAO ĐỘNG", 1),
        (0.2, "HỢP ĐỒNG LAO ĐỘNG", 3),
        (0.02, "GIẤY KHAI SINH", 1),
        (0.02, "HỢP ĐỒNG LAO ĐỘNG/BẢN SAO", 3),
    ],
)
def test_the_foot_is_read_where_a_copy_is_in_question(copy: float, title: str, reads: int) -> None:
    strips = []

    class Reads(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            strips.append(grey.shape)
            return page(HEADING, *title.split("/")) if len(strips) == 1 else ()

    blank = np.full((3508, 2480, 3), 255, np.uint8)
    kind = "giay_khai_sinh" if "KHAI" in title else "hop_dong_lao_dong"
    picture = dict.fromkeys(KINDS, 0.0) | {kind: 0.98 - copy, "ban_sao_chung_thuc": copy}
    Judge(KINDS, Reads()).look(blank, 300, picture)
    assert len(strips) == reads


def test_what_was_read_holds_where_the_rest_takes_too_long() -> None:
    strips = []

    class Tires(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            strips.append(grey.shape)
            if len(strips) > 1:
                raise ReadingFailed("late")
            return page(HEADING, "HỢP ĐỒNG LAO ĐỘNG")

    blank = np.full((3508, 2480, 3), 255, np.uint8)
    picture = dict.fromkeys(KINDS, 0.0) | {"hop_dong_lao_dong": 0.5, "ban_sao_chung_thuc": 0.4}
    found = Judge(KINDS, Tires()).look(blank, 300, picture)
    assert len(strips) == 2 and found.words
    assert found.decision.words, "the first strip counts"


@pytest.mark.parametrize(("most", "reads"), [(headline._MOST, 10), (0.0, 1)])
def test_no_page_is_read_for_ever(most: float, reads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    strips = []

    class Guesses(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            strips.append(grey.shape)
            return (Word("w0rd", 10, 10, 50, 20, 0.3, 0),)

    monkeypatch.setattr(headline, "_MOST", most)
    blank = np.full((3508, 2480, 3), 255, np.uint8)
    picture = dict.fromkeys(KINDS, 0.0) | {"giay_khai_sinh": 0.6, "hoc_ba": 0.4}
    Judge(KINDS, Guesses()).look(blank, 300, picture)
    assert len(strips) == reads


def test_what_a_stranger_fills_with_print_is_cut_where_it_becomes_too_much() -> None:
    plane = np.full((400, 1400), 245, np.uint8)
    for row in range(10, 400, 20):  # 20 lines of 140 letters, each 6 × 8 pixels
        for column in range(0, 1400, 10):
            plane[row : row + 8, column : column + 6] = 20
    assert headline.affordable(plane, 20 * 140) == 400, "a page that may be read is read whole"
    assert headline.affordable(plane, 10 * 140 + 1) == 10 + 20 * 10
    noise = np.full((400, 1400), 245, np.uint8)
    noise[::4, ::4] = 20
    assert headline.affordable(noise, 100) == 400, "specks are no letters"


def test_a_wall_of_letters_is_cut_before_it_is_read() -> None:
    strips = []

    class Counts(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            strips.append((grey.shape, within))
            return ()

    wall = Image.new("RGB", (2480, 3508), "white")
    pen, font = ImageDraw.Draw(wall), ImageFont.load_default(24)
    for y in range(0, 3508, 32):
        pen.text((0, y), "CONG HOA XA HOI " * 12, "#101010", font)
    headline.read(np.asarray(wall), 300, Counts())
    (shape, within), whole = strips[0], round(3508 * headline.HEAD * headline.DPI / 300)
    assert 0.2 * whole < shape[0] < 0.8 * whole
    assert within < text_engine.TIMEOUT


def test_a_card_whose_last_day_is_over() -> None:
    judge, today = Judge(KINDS, None), dt.date(2030, 1, 1)
    words = page("Ngày, tháng, năm hết hạn / Date of expiry: 05/11/2029")
    assert judge.expired(Look(Decision("can_cuoc_2024", 0.9), words=words), today)
    assert not judge.expired(Look(Decision("can_cuoc_2024", 0.9)), today)
    assert not judge.expired(Look(Decision("giay_khai_sinh", 0.9), words=words), today)


@pytest.fixture(scope="module")
def engine() -> Iterator[TextEngine]:
    made = text_engine.start(text_engine.DEFAULT)
    if not made.version():
        pytest.skip("tesserocr or tesseract-ocr-vie is not installed")
    yield made
    made.close()


def test_a_title_is_read_however_the_page_lies(take: Take, engine: TextEngine) -> None:
    flat = take("quyet_dinh", 1, level=0, size=(2028, 1520)).page()
    judge = Judge(KINDS, engine)
    for quarters in range(4):
        lying = np.ascontiguousarray(np.rot90(flat.pixels, quarters))
        found = judge.look(lying, flat.dpi, {})
        assert (found.decision.kind, found.quarters) == ("quyet_dinh", quarters)


def test_pale_print_beside_bold_black_print_is_read(engine: TextEngine) -> None:
    card = Image.new("RGB", (1011, 638), "#d2d8d6")
    thin = "/usr/share/fonts/truetype/dejavu/DejaVuSans-ExtraLight.ttf"
    try:
        faces = (
            ImageFont.truetype(thin, 30),
            ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 50),
        )
    except OSError:
        pytest.skip("DejaVu is not installed (fonts-dejavu-extra)")
    pen = ImageDraw.Draw(card)
    pen.text((60, 60), "Đặc điểm nhận dạng / Personal identification", "#7c8484", faces[0])
    pen.text((60, 130), "Ngón trỏ trái / Left index finger", "#7c8484", faces[0])
    for y in (340, 400, 460):
        pen.text((30, y), "IDVNM1901234569079190123456<<9", "black", faces[1])
    page = np.asarray(card)
    first = headline.read(page, 300, engine)
    assert "Personal" not in {word.text for word in first}, "the test's own page is too clear"
    again = headline.read(page, 300, engine, pale=True)
    assert {"Personal", "Left"} <= {word.text for word in again}


def test_a_page_of_which_no_turn_is_read_is_looked_at_for_pale_print() -> None:
    class Pale(TesserocrEngine):
        def words(
            self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
        ) -> tuple[Word, ...]:
            return page(HEADING, "QUYẾT ĐỊNH") if dpi == headline.PALE_DPI else ()

    blank = np.full((3508, 2480, 3), 255, np.uint8)
    found = Judge(KINDS, Pale()).look(blank, 300, {})
    assert (found.decision.guess, found.quarters) == ("quyet_dinh", 0)


def test_light_print_on_a_dark_cover_is_read(engine: TextEngine) -> None:
    cover = Image.new("RGB", (1240, 1748), "#5a1a1c")
    face = "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf"
    try:
        fonts = [ImageFont.truetype(face, size) for size in (44, 110)]
    except OSError:
        pytest.skip("DejaVu Serif is not installed (fonts-dejavu-extra)")
    pen = ImageDraw.Draw(cover)
    pen.text((620, 200), HEADING, "#d8b25a", fonts[0], anchor="mm")
    pen.text((620, 600), "SỔ HỘ KHẨU", "#d8b25a", fonts[1], anchor="mm")
    found = Judge(KINDS, engine).look(np.asarray(cover), 300, {})
    assert found.decision.kind == "so_ho_khau"


def test_words_of_the_head_lie_on_the_page(take: Take, engine: TextEngine) -> None:
    flat = take("quyet_dinh", 1, level=0, size=(2028, 1520)).page()
    height = flat.pixels.shape[0]
    below = headline.read(flat.pixels, flat.dpi, engine, 0.38, 1.0)
    assert below
    assert all(0.37 * height < word.y < height for word in below)


def test_a_page_without_words_is_no_proof_of_anything() -> None:
    found = decided(picture=dict.fromkeys(KINDS, 0.0005) | {kinds.OTHER: 0.98})
    assert found.why == ("(no text): +2.0",)
    assert found.kind == kinds.OTHER
    assert found.probability < 0.9


def test_how_long_land_may_be_used_is_no_best_before_date() -> None:
    words = lexicon().weigh(page("e) Thời hạn sử dụng: Lâu dài", "tài sản khác, vật"), 3508)
    assert kinds.OTHER not in words.weights
