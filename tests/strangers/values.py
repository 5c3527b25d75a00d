"""Made-up values for the fields of a kind."""

from __future__ import annotations

import datetime as dt
import random

from daemon.catalogue import roles
from daemon.catalogue.kinds import Field, Kind
from daemon.catalogue.provinces import load
from daemon.catalogue.roles import Role

_FAMILY = [
    "NGUYỄN",
    "TRẦN",
    "LÊ",
    "PHẠM",
    "HUỲNH",
    "VÕ",
    "ĐẶNG",
    "BÙI",
    "ĐỖ",
    "HỒ",
    "NGÔ",
    "DƯƠNG",
    "LÝ",
    "MAI",
    "TRỊNH",
    "ĐINH",
]
_MIDDLE = [
    "VĂN",
    "THỊ",
    "HỮU",
    "NGỌC",
    "MINH",
    "QUỐC",
    "THANH",
    "KIM",
    "ĐỨC",
    "XUÂN",
    "THU",
    "HOÀNG",
]
_GIVEN = [
    "HÙNG",
    "LAN",
    "PHƯỢNG",
    "TUẤN",
    "HƯƠNG",
    "DŨNG",
    "THẢO",
    "KHÁNH",
    "QUỲNH",
    "LONG",
    "MỸ",
    "THẮNG",
    "YẾN",
    "ĐẠT",
    "NHUNG",
]
_STREETS = ("Lê Lợi", "Nguyễn Trãi", "Hai Bà Trưng", "Trần Phú", "Điện Biên Phủ", "Cách Mạng")
_WARDS = ("Hoa Sữa", "Cây Gòn", "Bến Nước", "Đồi Sim")


class People:
    """Values of one page; the number, the birth date and the sex go together."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._woman = rng.random() < 0.5
        self._born = self.date(1950, 2005)
        code = rng.choice(sorted(load().codes))
        century = (self._born.year - 1900) // 100 * 2 + self._woman
        self._number = f"{code}{century}{self._born.year % 100:02d}{rng.randrange(10**6):06d}"

    def date(self, first: int, last: int) -> dt.date:
        return dt.date(self._rng.randint(first, last), 1, 1) + dt.timedelta(
            self._rng.randrange(365)
        )

    def name(self) -> str:
        parts = [self._rng.choice(part) for part in (_FAMILY, _MIDDLE, _GIVEN)]
        return " ".join(parts)

    def address(self) -> str:
        rng = self._rng
        town = rng.choice(sorted(load().codes.values()))
        ward = rng.choice(_WARDS)
        return f"{rng.randint(1, 400)} {rng.choice(_STREETS)}, Phường {ward}, {town}"

    def payload(self, kind: Kind, truth: dict[str, str]) -> str:
        """What the QR code of a citizen card says: seven parts of what is printed on it."""
        table = roles.load()

        def said(role: Role) -> str:
            return truth.get(table.field(kind, role) or "", "")

        born = f"{self._born:%d%m%Y}"
        sex = "Nữ" if self._woman else "Nam"
        name = said("name").title() or "Nguyễn Thị Mẫu"
        issued = said("issue_date").replace("/", "") or "10082021"
        return "|".join((self._number, "", name, born, sex, said("residence"), issued))

    def of(self, kind: Kind, field: Field) -> str:
        """A value that fits the field's pattern."""
        if field.name in ("ngay_sinh", "ngay_sinh_vo") and field.form == "date":
            return f"{self._born:%d/%m/%Y}"
        match field.form:
            case "person_number":
                return self._number
            case "name":
                return self.name()
            case "date":
                later = field.name in ("ngay_het_han", "co_gia_tri_den")
                return f"{self.date(2027, 2040) if later else self.date(2010, 2025):%d/%m/%Y}"
            case "address":
                return self.address()
            case "choice" if field.name == "gioi_tinh" and field.fits("Nam"):
                return "Nữ" if self._woman else "Nam"
        return field.example
