"""The QR of the Vietnamese citizen card: seven fields between bars.

number | old number | name | birth ddmmyyyy | sex | address | issued ddmmyyyy.  The card holds until
its owner is 25, 40 or 60 (Law on Identification 26/2023/QH15, Art. 21); one issued within two years
before such a birthday holds until the next.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import msgspec

from daemon.machine.personal import Personal

AGES = (25, 40, 60)
_NUMBER = re.compile(r"0\d{11}")
_DAY = re.compile(r"(\d{2})(\d{2})(\d{4})")


class Card(msgspec.Struct, frozen=True):
    """What a visit needs of a card."""

    name: Personal[str]
    masked: Personal[str]
    """•••• and the last four digits."""
    number: Personal[str]
    expires: dt.date | None
    """First day on which it no longer holds; None = for life."""


def parse(text: str) -> Card | None:
    """The card, or None where the code is something else."""
    parts = unicodedata.normalize("NFC", text.strip()).split("|")
    if len(parts) < 7 or not _NUMBER.fullmatch(parts[0]):
        return None
    born, issued = _day(parts[3]), _day(parts[6])
    name = " ".join(parts[2].split())
    if born is None or issued is None or not name or any(map(str.isdigit, name)):
        return None
    return Card(
        Personal(name.title() if name.isupper() else name),
        Personal(f"•••• {parts[0][-4:]}"),
        Personal(parts[0]),
        _expires(born, issued),
    )


def _expires(born: dt.date, issued: dt.date) -> dt.date | None:
    for age in AGES:
        end = _birthday(born, age)
        if issued < _birthday(born, age - 2):
            return end
    return None


def _birthday(born: dt.date, age: int) -> dt.date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # 29 February
        return dt.date(born.year + age, 3, 1)


def _day(text: str) -> dt.date | None:
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
