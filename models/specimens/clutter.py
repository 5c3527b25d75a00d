"""What any paper may carry besides its own text: form numbers, codes, notes, arrival stamps."""

from __future__ import annotations

import random

from models.specimens.forms import Align, AnyBlock, Element

_FORM_NUMBERS = (
    "Mẫu số {no}", "Mẫu TM{no}-MAU", "(Mẫu thử số {no2})", "Phụ lục thí dụ", "Mã hồ sơ: {no2}.99",
    "BM-{no}/LẦN 2", "Liên 2: Giao cho người nộp",
)  # fmt: skip
_FOOTNOTES = (
    "Ghi chú: bản in thử từ hệ thống mẫu ngày {date}",
    "(1) Ghi theo giấy tờ thí dụ.\n(2) Ghi rõ nơi cấp.",
    "Tài liệu được ký số bởi: {signer.name}\nThời gian ký: {date}",
    "Trang mẫu - không có giá trị sử dụng",
    "Địa chỉ: {p2.home} - ĐT: 0999 000 {no}",
)
_ARRIVALS = (
    "CÔNG VĂN ĐẾN\nSố: {no}\nNgày: {date}",
    "ĐẾN  Số {no2}\nChuyển: ........",
    "ĐÃ THU LỆ PHÍ",
)


def clutter(size: tuple[float, float], rng: random.Random, strength: float) -> tuple[AnyBlock, ...]:
    """Some things at the edges of a sheet of `size` mm; mostly none."""
    wide, high = size
    right, left = wide - rng.uniform(10, 20), rng.uniform(10, 25)
    out: list[AnyBlock] = []

    def often(chance: float) -> bool:
        return rng.random() < chance * strength

    if often(0.2):
        text = rng.choice(_FORM_NUMBERS)
        at_right = rng.random() < 0.5
        align: Align = "right" if at_right else "left"
        x = right - 60 if at_right else left
        out.append(
            Element(
                "text", x, rng.uniform(4, 10), w=60, text=text, size=rng.uniform(8, 11.5),
                style=rng.choice(["", "b", "i"]), align=align,
            )
        )  # fmt: skip
    if often(0.12):
        side = rng.uniform(14, 25)
        x = rng.choice([left, right - side])
        y = rng.choice([rng.uniform(6, 20), high - side - rng.uniform(8, 20)])
        out.append(Element("qr", x, y, w=side, text="MẪU / SPECIMEN {no2}"))
    if often(0.2):
        y = high - rng.uniform(10, 17)
        out.append(Element("rule", left, y, w=rng.choice([40, wide - left * 2])))
        text = rng.choice(_FOOTNOTES)
        out.append(Element("text", left, y + 1, text=text, size=rng.uniform(7, 10), style="i"))
    if often(0.07):
        text = rng.choice(_ARRIVALS)
        x = rng.choice([left + 20, right - 20])
        out.append(Element("stamp", x, rng.uniform(12, 60), w=34, text=text, size=10))
    if often(0.07):
        x, y = rng.uniform(0.2, 0.8) * wide, rng.uniform(0.05, 0.9) * high
        out.append(Element("signature", x, y, w=rng.uniform(16, 40)))
    if often(0.05):
        x, y = rng.choice([left, right - 45]), rng.choice([6, high - 16])
        out.append(Element("barcode", x, y, w=45, h=8, text="{no2}"))
    return tuple(out)
