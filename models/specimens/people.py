"""Fictional people, places and offices, with numbers that have the valid structure.

Names, places and wordings of the two splits have no member in common.  Birth years of the people
on a specimen lie in the future where its paper allows it, so that nobody alive can hold the
number (a woman born 2099: `079 3 99 …`); see the rules for specimens in the model card.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata

import msgspec

from models.specimens.fonts import Split
from models.specimens.numbers import check_digit as check_digit
from models.specimens.numbers import more, plain

_SURNAMES = {
    "train": "Nguyễn Trần Lê Phạm Hoàng Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Mai Trịnh Đinh Lâm",
    "eval": "Huỳnh Vũ Đoàn Tạ Cao Lưu Châu Quách Thạch Kiều Văn Tô Tăng Hà Lương Trương",
}
_WOMEN = {
    "train": "Mẫu An|Thị Mẫu|Thị Ví|Ngọc Mẫu|Thử Anh|Thị Thí|Mẫu Hạnh|Thử Ngân|Thị Mẫu Duyên|"
    "Mẫu Chi|Thí Quỳnh|Thị Thử Nga|Mẫu Như|Thử Phương|Mẫu Trâm|Ví Hằng",
    "eval": "Diệu Thử|Thị Ảnh|Bảo Mẫu|Kim Ví|Thị Dụ|Thanh Mẫu|Ví Khuê|Thị Thử Yến|Dụ Giao|Thị Vẽ|"
    "Mẫu Uyên|Dụ Xuân",
}
_MEN = {
    "train": "Văn Thử|Văn Ví|Mẫu Bình|Văn Mẫu|Quốc Thử|Hữu Mẫu|Thử Minh|Đức Ví|Mẫu Dũng|Thí Khoa|"
    "Văn Thí Nghĩa|Mẫu Toàn|Thử Sơn|Ví Thành|Mẫu Tuấn|Công Thử",
    "eval": "Đình Dụ|Trọng Thử|Gia Mẫu|Văn Ảnh|Phúc Ví|Văn Dụ Khôi|Vẽ Long|Nhật Mẫu|Thử Quyền|"
    "Dụ Tường|Văn Vẽ|Mẫu Kỳ",
}
_WARDS = {
    "train": "Thí Dụ|Mẫu Thành|Thử Nghiệm|Mẫu Đông|Thí Điểm|Mẫu Hòa|Ví Thử|Mẫu Lộc|Thử Phú",
    "eval": "Dụ Thí|Bản Vẽ|Minh Họa|Hư Cấu|Giả Định|Vẽ Tây|Dụ An|Họa Mẫu",
}
_STREETS = {
    "train": "Đường Mẫu|Đường Thử Nghiệm|Phố Thí Dụ|Đường số 999 Mẫu|Hẻm 9 Đường Ví Dụ|Đường Mẫu 2",
    "eval": "Đường Minh Họa|Đường Hư Cấu|Phố Bản Vẽ|Ngõ 0 Phố Giả Định|Đường Dụ 7",
}
_PROVINCES = {
    "train": "TP. Hồ Chí Minh|Thành phố Hồ Chí Minh|Long An|Đồng Nai|Bình Dương|Tây Ninh|Bến Tre",
    "eval": "tỉnh Minh Họa|Cần Thơ|Đà Nẵng|Gia Lai|Lâm Đồng|Vĩnh Long|Cà Mau",
}
_CODES = {"train": "079 080 075 074 072 083", "eval": "092 048 064 068 086 096"}
_BODIES = {
    "train": "TRƯỜNG ĐẠI HỌC THÍ DỤ|TRƯỜNG ĐẠI HỌC MẪU THỬ|ĐẠI HỌC MẪU THÀNH|HỌC VIỆN THỬ NGHIỆM|"
    "TRƯỜNG ĐẠI HỌC KỸ THUẬT MẪU",
    "eval": "TRƯỜNG ĐẠI HỌC MINH HỌA|ĐẠI HỌC BẢN VẼ|TRƯỜNG ĐẠI HỌC GIẢ ĐỊNH|HỌC VIỆN HƯ CẤU",
}
_FIRMS = {
    "train": "CÔNG TY TNHH MẪU THỬ|CÔNG TY CỔ PHẦN THÍ DỤ|CÔNG TY TNHH MTV THỬ NGHIỆM MẪU|"
    "DOANH NGHIỆP TƯ NHÂN VÍ DỤ|HỢP TÁC XÃ MẪU ĐÔNG",
    "eval": "CÔNG TY TNHH MINH HỌA|CÔNG TY CỔ PHẦN HƯ CẤU|CÔNG TY TNHH BẢN VẼ SỐ MỘT|"
    "CÔNG TY TNHH SẢN XUẤT GIẢ ĐỊNH",
}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


_YOUNG, _OLD = (2086, 2099), (2060, 2068)
"""Birth years of most people, and of those who are somebody's parents."""


class Person(msgspec.Struct, frozen=True):
    """One fictional person."""

    name: str
    woman: bool
    born: dt.date
    number: str
    residence: str
    origin: str

    @property
    def sex(self) -> str:
        return "Nữ" if self.woman else "Nam"


def pick(rng: random.Random, table: dict[str, str], split: Split, sep: str = "|") -> str:
    """One entry of a table with a row per split."""
    return rng.choice(table[split].split(sep))


def number(rng: random.Random, split: Split, woman: bool, year: int) -> str:
    """A personal number, 12 digits: province, century and sex, year, six at random."""
    century = (year - 1900) // 100 * 2 + (1 if woman else 0)
    code = rng.choice(_CODES[split].split())
    return f"{code}{century}{year % 100:02d}{rng.randrange(10**6):06d}"


def address(rng: random.Random, split: Split) -> str:
    """A made-up address in the form of before or after 01/7/2025."""
    house = rng.choice([f"{rng.randint(1, 399)}", f"{rng.randint(1, 99)}/{rng.randint(1, 30)}"])
    ward = pick(rng, _WARDS, split)
    tail = rng.choice([f"Phường {ward}", f"Phường {ward}, Quận Mẫu", f"Xã {ward}, Huyện Mẫu"])
    return f"{house} {pick(rng, _STREETS, split)}, {tail}, {pick(rng, _PROVINCES, split)}"


def day(rng: random.Random, first: int, last: int) -> dt.date:
    """A day in the years first … last."""
    return dt.date(rng.randint(first, last), 1, 1) + dt.timedelta(days=rng.randrange(365))


def person(
    rng: random.Random, split: Split, woman: bool | None = None, years: tuple[int, int] = _YOUNG
) -> Person:
    """Somebody born in these years."""
    woman = rng.random() < 0.5 if woman is None else woman
    born = day(rng, *years)
    given = pick(rng, _WOMEN if woman else _MEN, split)
    name = f"{pick(rng, _SURNAMES, split, ' ')} {given}"
    origin = f"{pick(rng, _WARDS, split)}, {pick(rng, _PROVINCES, split)}"
    code = number(rng, split, woman, born.year)
    return Person(nfc(name), woman, born, code, address(rng, split), origin)


def nfc(text: str) -> str:
    """Composed letters, as every text here is kept."""
    return unicodedata.normalize("NFC", text)


def date_words(day_: dt.date) -> str:
    """A date as civil-status papers spell it."""
    return f"ngày {_say(day_.day)}, tháng {_say(day_.month)}, năm {_say_year(day_.year)}"


def _say(n: int) -> str:
    if n < 10:
        return _DIGITS[n]
    tens, ones = divmod(n, 10)
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    tail = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(ones, _DIGITS[ones])
    return f"{head} {tail}".strip()


def _say_year(year: int) -> str:
    thousands, rest = divmod(year, 1000)
    hundreds, low = divmod(rest, 100)
    words = f"{_DIGITS[thousands]} nghìn {_DIGITS[hundreds]} trăm"
    if low == 0:
        return words
    return f"{words} linh {_DIGITS[low]}" if low < 10 else f"{words} {_say(low)}"


def facts(rng: random.Random, split: Split) -> dict[str, str]:
    """Everything that a form of any kind may name, as text: `{name}`, `{p2.number}` …"""
    first, second = person(rng, split), person(rng, split)
    mother = person(rng, split, woman=True, years=_OLD)
    father = person(rng, split, woman=False, years=_OLD)
    signer, clerk = person(rng, split), person(rng, split)
    out: dict[str, str] = {}
    people = [("p1", first), ("p2", second), ("wife", mother), ("husband", father)]
    for key, who in [*people, ("signer", signer), ("clerk", clerk)]:
        out |= {
            f"{key}.name": who.name,
            f"{key}.NAME": who.name.upper(),
            f"{key}.sex": who.sex,
            f"{key}.mr": "Bà" if who.woman else "Ông",
            f"{key}.born": f"{who.born:%d/%m/%Y}",
            f"{key}.year": str(who.born.year),
            f"{key}.born_words": date_words(who.born),
            f"{key}.number": who.number,
            f"{key}.home": who.residence,
            f"{key}.origin": who.origin,
        }
    issued = day(rng, 2008, 2026)
    until = day(rng, 2101, 2120)
    ward = pick(rng, _WARDS, split)
    out |= {
        "day": f"{issued.day:02d}",
        "month": f"{issued.month:02d}" if issued.month < 3 else str(issued.month),
        "year": str(issued.year),
        "date": f"{issued:%d/%m/%Y}",
        "date_words": date_words(issued),
        "expiry": f"{until:%d/%m/%Y}",
        "p1.mrz": mrz(first, until),
        "p1.qr": qr(first, issued),
        "p2.mrz": mrz(second, until),
        "p2.qr": qr(second, issued),
        "no": f"{rng.randint(1, 999):02d}",
        "no2": f"{rng.randint(10, 9999)}",
        "volume": f"{rng.randint(1, 12):02d}",
        "serial": f"{rng.choice('ABCQM')}{rng.choice('MTV')} {rng.randint(10000, 999999):06d}",
        "ward": ward,
        "WARD": ward.upper(),
        "province": pick(rng, _PROVINCES, split),
        "PROVINCE": pick(rng, _PROVINCES, split).upper(),
        "school": pick(rng, _BODIES, split),
        "firm": pick(rng, _FIRMS, split),
        "tax": tax_code(rng),
        "wage": f"{rng.randint(6, 40)}.{rng.choice(['000', '500'])}.000",
        "money": f"{rng.randint(1, 9)}.{rng.randint(100, 999)}.000",
        "months": str(rng.choice([6, 12, 24, 36])),
    }
    out |= more(dict(people), until, issued)
    return {key: nfc(value) for key, value in out.items()}


def mrz(who: Person, expiry: dt.date) -> str:
    """The three lines (TD1) on the back of a chip citizen card."""
    document, optional = who.number[3:], f"{who.number}<<"
    first = f"IDVNM{document}{check_digit(document)}{optional}{check_digit(optional)}"
    born, until = f"{who.born:%y%m%d}", f"{expiry:%y%m%d}"
    parts = f"{born}{check_digit(born)}", f"{until}{check_digit(until)}"
    whole = first[5:] + parts[0] + parts[1] + "<" * 11
    second = f"{parts[0]}{'F' if who.woman else 'M'}{parts[1]}VNM{'<' * 11}{check_digit(whole)}"
    family, *given = plain(who.name).split()
    third = f"{family}<<{'<'.join(given)}".ljust(30, "<")[:30]
    return "\n".join((first, second, third))


def qr(who: Person, issued: dt.date) -> str:
    """The seven fields of the code on the front of a chip citizen card."""
    fields = (who.number, "", who.name, f"{who.born:%d%m%Y}", who.sex, who.residence)
    return "|".join((*fields, f"{issued:%d%m%Y}"))


def tax_code(rng: random.Random) -> str:
    """A ten-digit enterprise code with the right check digit (99… is never issued)."""
    while True:
        digits = [9, 9, *(rng.randrange(10) for _ in range(7))]
        weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
        check = 10 - sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))
