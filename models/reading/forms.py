"""A filled form: two columns at its head, large titles, dotted lines, a table with rules.

Truth is told column by column, as one reads it.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.reading.pages import A4, DPI, FOLDER, MARGIN, Printed

HEADS = (
    (("ỦY BAN NHÂN DÂN", "PHƯỜNG THÍ DỤ", "Số: {n}/GXN-UBND"),
     ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
      "Ngày {d} tháng {m} năm 2022")),
    (("SỞ MẪU VÀ THỬ", "TRƯỜNG TRUNG HỌC HOA SỮA", "Quyển số: {n}"),
     ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số đăng ký: {m}{n}")),
)  # fmt: skip
TITLES = ("GIẤY XÁC NHẬN CƯ TRÚ", "TRÍCH LỤC KẾT QUẢ", "PHIẾU ĐĂNG KÝ NGHỀ", "TỜ KHAI BỔ SUNG")
ROWS = (
    ("Họ, chữ đệm và tên", ("TRƯƠNG THỊ NGUYỆT ÁNH", "LÊ ĐỨC PHƯỚC", "HUỲNH NGỌC KHUÊ")),
    ("Ngày, tháng, năm sinh", ("07/12/1969", "30/04/2001", "19/08/1985")),
    ("Giới tính", ("Nữ", "Nam", "Nữ")),
    ("Dân tộc", ("Kinh", "Chăm", "Khơ-me")),
    ("Quốc tịch", ("Việt Nam", "Việt Nam", "Việt Nam")),
    ("Nơi sinh", ("Xã Mỹ Lộc, huyện Cần Giuộc", "Phường Thí Dụ", "Thị trấn Đắk Mẫu")),
    ("Số định danh cá nhân", ("079169004512", "079201118830", "064185007741")),
    ("Nơi cư trú", ("số 9 hẻm 27 đường Bờ Kè", "ấp Rạch Vẹt", "tổ 11, khu phố Bình Yên")),
    ("Họ tên người yêu cầu", ("Phạm Quốc Vượng", "Võ Thị Mỹ Duyên", "Bùi Hữu Lượng")),
    ("Lý do", ("xin nhập học", "đổi giấy phép lái xe", "vay vốn sản xuất")),
)
TABLE = (
    ("STT", "Tên công việc", "Số lượng", "Ghi chú"),
    ("1", "Sửa mái hiên", "12", "đã nghiệm thu"),
    ("2", "Trồng cây bóng mát", "350", "chưa đủ giống"),
    ("3", "Nạo vét kênh rạch", "4", "hoãn vì lũ"),
    ("4", "Lắp đèn đường", "78", "hỏng 2 bóng"),
)
WIDTHS = (0.1, 0.4, 0.2, 0.3)


def page(seed: int) -> Printed:
    """A form of this seed."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", A4, (249, 248, 244))
    pen = ImageDraw.Draw(image)
    family = "NotoSerif" if seed % 2 else "NotoSans"
    points = DPI / 72

    def face(style: str, size: float) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(FOLDER / f"{family}-{style}.ttf"), size * points)

    ink = (30, 30, 36)
    plain, bold, title = face("Regular", 12), face("Bold", 12), face("Bold", 19)
    pitch = round(12 * points * 1.6)
    values = {"n": rng.integers(100, 999), "d": rng.integers(10, 28), "m": rng.integers(10, 12)}
    lines: list[str] = []
    head = HEADS[seed % len(HEADS)]
    for texts, middle in zip(head, (0.27, 0.71), strict=True):
        for row, text in enumerate(texts):
            told = text.format(**values)
            font = bold if row < 2 else plain
            pen.text((A4[0] * middle, MARGIN + row * pitch), told, ink, font, anchor="ma")
            lines.append(told)
    y = MARGIN + 5 * pitch
    lines.append(TITLES[seed % len(TITLES)])
    pen.text((A4[0] / 2, y), lines[-1], (170, 30, 40) if seed % 3 else ink, title, anchor="ma")
    y += 3 * pitch
    for label, choices in ROWS:
        value = choices[int(rng.integers(len(choices)))]
        pen.text((MARGIN, y), f"{label}:", ink, plain)
        start = MARGIN + plain.getlength(f"{label}: ")
        pen.text((start + 30, y), value, ink, bold)
        foot = y + round(pitch * 0.72)
        for x in range(round(start), A4[0] - MARGIN, 16):
            pen.ellipse((x, foot, x + 3, foot + 3), fill=(120, 120, 125))
        lines.append(f"{label}: {value}")
        y += pitch
    y += pitch
    lines += _table(pen, y, plain, ink)
    return Printed(np.asarray(image, np.uint8), unicodedata.normalize("NFC", "\n".join(lines)))


def _table(
    pen: ImageDraw.ImageDraw, y: int, font: ImageFont.FreeTypeFont, ink: tuple[int, int, int]
) -> list[str]:
    high, wide = round(font.size * 1.9), A4[0] - 2 * MARGIN
    edges = [MARGIN + round(wide * sum(WIDTHS[:at])) for at in range(len(WIDTHS) + 1)]
    for x in edges:
        pen.line((x, y, x, y + high * len(TABLE)), ink, 3)
    lines = []
    for row, cells in enumerate(TABLE):
        pen.line((edges[0], y + row * high, edges[-1], y + row * high), ink, 3)
        for left, cell in zip(edges, cells, strict=False):
            pen.text((left + 20, y + row * high + round(font.size * 0.3)), cell, ink, font)
        lines.append(" ".join(cells))
    pen.line((edges[0], y + high * len(TABLE), edges[-1], y + high * len(TABLE)), ink, 3)
    return lines
