"""Further numbers of a fictional person's papers: cards, licences, plates, land, insurance.

All of them lie outside of what is issued: provinces 99, plates 00, serials MU and SP.  They come
from a generator of their own, so that a new fact here changes no specimen drawn before.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.specimens.people import Person

_OLD_YEARS = (1991, 2009)


def more(people: dict[str, Person], until: dt.date, issued: dt.date) -> dict[str, str]:
    """Facts of papers beyond people.facts: `{p1.cmnd}`, `{p1.mrz3}`, `{plate}`, `{parcel}` …"""
    out: dict[str, str] = {}
    for key, who in people.items():
        out |= _own(key, who, until)
    rng = random.Random(f"papers/{people['p1'].number}")
    old = dt.date(rng.randint(*_OLD_YEARS), 1, 1) + dt.timedelta(days=rng.randrange(365))
    area, house = rng.randint(380, 2400), rng.randint(300, 1900)
    out |= {
        "old.day": f"{old.day:02d}",
        "old.month": f"{old.month:02d}",
        "old.year": str(old.year),
        "old.date": f"{old:%d/%m/%Y}",
        "next.year": str(issued.year + 1),
        "year.short": f"{issued:%y}",
        "plate": f"00-{rng.choice('MPSX')}{rng.randint(1, 9)} {_n(rng, 3)}.{_n(rng, 2)}",
        "plate.car": f"00{rng.choice('ACK')}-{_n(rng, 3)}.{_n(rng, 2)}",
        "engine": f"MAU{rng.randint(10, 99)}E{_n(rng, 7)}",
        "chassis": f"SPMAU{_n(rng, 4)}{rng.choice('AHKY')}Y{_n(rng, 6)}",
        "land.old": f"{rng.choice(['MU', 'SP'])} {_n(rng, 6)}",
        "land.new": f"{rng.choice(['MU', 'SP'])} {_n(rng, 8)}",
        "parcel": str(rng.randint(2, 900)),
        "map": str(rng.randint(1, 99)),
        "area": f"{area // 10},{area % 10}",
        "house.area": f"{house // 10},{house % 10}",
        "folio": f"{_n(rng, 5)}",
        "household": f"99{_n(rng, 7)}",
        "n1": _n(rng, 6),
        "n2": _n(rng, 8),
        "mark": f"{rng.randint(5, 9)},{rng.randint(0, 99):02d}",
        "rate": str(rng.randint(21, 81)),
    }
    return out


def _n(rng: random.Random, digits: int) -> str:
    return f"{rng.randrange(10**digits):0{digits}d}"


def _own(key: str, who: Person, until: dt.date) -> dict[str, str]:
    rng = random.Random(f"{key}/{who.number}")
    family, *given = plain(who.name).split()
    passport = f"{rng.choice('XZ')}99{_n(rng, 5)}"
    letter = "F" if who.woman else "M"
    return {
        f"{key}.cmnd": f"999{_n(rng, 6)}",
        f"{key}.dashed": f"{who.born:%d-%m-%Y}",
        f"{key}.plain": " ".join([family, *given]),
        f"{key}.family": who.name.upper().split()[0],
        f"{key}.given": " ".join(who.name.upper().split()[1:]),
        f"{key}.letter": letter,
        f"{key}.title": "Ms" if who.woman else "Mr",
        f"{key}.health": f"99{_n(rng, 8)}",
        f"{key}.health15": f"{rng.choice(['DN', 'HS', 'GD'])}499{_n(rng, 10)}",
        f"{key}.licence": f"99{_n(rng, 10)}",
        f"{key}.passport": passport,
        f"{key}.mrz3": td3(who, passport, until),
    }


def check_digit(text: str) -> int:
    """ICAO Doc 9303-3 check digit: weights 7, 3, 1; A–Z = 10–35, `<` = 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10


def plain(name: str) -> str:
    """Capitals without marks, as machine-readable lines and foreign papers have them."""
    marks = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(c for c in marks if not unicodedata.combining(c))


def td3(who: Person, passport: str, until: dt.date) -> str:
    """The two lines of 44 on a passport's data page (ICAO Doc 9303-4)."""
    family, *given = plain(who.name).split()
    first = f"P<VNM{family}<<{'<'.join(given)}".ljust(44, "<")[:44]
    born, end = f"{who.born:%y%m%d}", f"{until:%y%m%d}"
    number, own = passport.ljust(9, "<"), who.number.ljust(14, "<")
    parts = [f"{text}{check_digit(text)}" for text in (number, born, end, own)]
    whole = check_digit("".join(parts))
    sex = "F" if who.woman else "M"
    return f"{first}\n{parts[0]}VNM{parts[1]}{sex}{parts[2]}{parts[3]}{whole}"
