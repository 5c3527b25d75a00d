"""The QR of the Vietnamese citizen card (chip card of 2021, identity card of 2024): its fields.

Number | old number | name | birth ddmmyyyy | sex | residence | issued ddmmyyyy | further fields
without a fixed meaning.  There is no signature: anyone can make such a code.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import msgspec

_NUMBER = re.compile(r"[0-9]{12}")
_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")


class CardFields(msgspec.Struct, frozen=True):
    """The seven fields."""

    number: str
    old_number: str
    name: str
    birth: dt.date
    sex: str
    residence: str
    issued: dt.date

    def __repr__(self) -> str:
        return "CardFields(***)"


def fields(text: str) -> CardFields | None:
    """The fields, NFC, or None where this has not the shape of a card's QR."""
    parts = unicodedata.normalize("NFC", text).split("|")
    if len(parts) < 7:
        return None
    number, old_number, name, birth, sex, residence, issued = parts[:7]
    born, given = _day(birth), _day(issued)
    if not _NUMBER.fullmatch(number) or born is None or given is None:
        return None
    return CardFields(number, old_number, name, born, sex, residence, given)


def _day(text: str) -> dt.date | None:
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
