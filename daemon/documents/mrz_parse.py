"""What the lines of a machine-readable zone say, as typed values."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import msgspec

from daemon.documents.mrz_layout import ANY, FILLER, Format, holds, layout_of

Sex = Literal["M", "F", "X"]

_LONGEST = 96
"""More text than any zone has (two lines of 44) is none."""

_PERSON = re.compile(r"[0-9]{12}")


class Mrz(msgspec.Struct, frozen=True):
    """A zone whose check digits all hold."""

    format: Format
    lines: tuple[str, ...]
    document_code: str
    """`ID`, `P` …"""
    issuing_state: str
    document_number: str
    birth_date: dt.date | None
    """None where day or month are unknown."""
    sex: Sex
    """X: not said."""
    expiry: dt.date | None
    nationality: str
    surname: str
    given_names: str
    """As printed: capitals without marks, words parted by spaces."""
    person_number: str
    """The twelve digits of a Vietnamese person's number, or empty."""
    cut_name: bool
    """The name fills its line to the end: it may have gone on."""

    @property
    def name(self) -> str:
        """Surname and given names in Vietnamese order."""
        return f"{self.surname} {self.given_names}".strip()

    def __repr__(self) -> str:
        return f"Mrz({self.format})"


def parse(text: str, today: dt.date | None = None) -> Mrz | None:
    """The values of a zone (lines parted by newlines), or None where it is none.

    Total: any text gets an answer.  None too where a check digit does not hold, a date does not
    exist, or a field has a character that cannot stand in it.  `today` decides the century of a
    birth whose person's number does not tell it.
    """
    if len(text) > _LONGEST or not set(text) <= ANY | {"\n"}:
        return None
    lines = tuple(text.split("\n"))
    layout = layout_of(lines)
    if layout is None:
        return None
    for line, row in zip(lines, layout.rows, strict=True):
        if not all(character in allowed for character, allowed in zip(line, row, strict=True)):
            return None
    if not holds(lines, layout):
        return None
    card = layout.format == "TD1"
    first, second = lines[0], lines[1]
    born, sex, until, nation = (
        (second[:6], second[7], second[8:14], second[15:18])
        if card
        else (second[13:19], second[20], second[21:27], second[10:13])
    )
    names = lines[2] if card else first[5:]
    surname, _, given = names.partition(FILLER * 2)
    vietnamese = first[2:5] == "VNM"
    own = first[15:27] if card else second[28:42].rstrip(FILLER)
    number = own if vietnamese and _PERSON.fullmatch(own) else ""
    birth = _birth(born, number, today or dt.datetime.now(tz=dt.UTC).date())
    expiry = _expiry(until, birth)
    if (birth is None and FILLER not in born) or (expiry is None and FILLER not in until):
        return None
    return Mrz(
        layout.format, lines, first[:2].rstrip(FILLER), first[2:5].rstrip(FILLER),
        (first[5:14] if card else second[:9]).rstrip(FILLER), birth,
        "M" if sex == "M" else "F" if sex == "F" else "X", expiry, nation.rstrip(FILLER),
        _words(surname), _words(given), number, not names.endswith(FILLER),
    )  # fmt: skip


def _words(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _birth(text: str, number: str, today: dt.date) -> dt.date | None:
    """The century is told by the fourth digit of a person's number; else the latest past one."""
    if number and number[4:6] == text[:2]:
        return _day(text, 1900 + 100 * (int(number[3]) // 2))
    recent = _day(text, today.year // 100 * 100)
    return (
        recent
        if recent is not None and recent <= today
        else _day(text, today.year // 100 * 100 - 100)
    )


def _expiry(text: str, birth: dt.date | None) -> dt.date | None:
    """The first such day from 2000 on that lies after the birth."""
    after = max(birth or dt.date.min, dt.date(2000, 1, 1))
    days = (_day(text, century) for century in range(2000, 2500, 100))
    return next((day for day in days if day is not None and day >= after), None)


def _day(text: str, century: int) -> dt.date | None:
    if not text.isdigit():
        return None
    try:
        return dt.date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None
