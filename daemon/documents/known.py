"""What the codes of a page say, by role, and whether they agree.

A QR code and a machine-readable zone are read without OCR and check themselves, so they are worth
more than print.  Neither proves anything: anyone can make such a code.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

from daemon.catalogue.roles import Role
from daemon.documents import codes
from daemon.documents.messages import Code
from daemon.documents.mrz import TYPE
from daemon.documents.mrz_parse import Mrz, parse

Source = Literal["qr", "mrz"]

Said = dict[Role, str]
"""Dates are ISO, sex is Nam or Nữ, names are in capitals."""

CODED, AGREED, DISPUTED = 0.99, 0.999, 0.5
"""Confidences: a code says it alone; two codes say the same; they differ."""

_SEXES = {"M": "Nam", "F": "Nữ"}
_FOR_LIFE = (12, 31, 99)
"""Month, day and year of century that stand in the zone of a card without an end."""


class Known(msgspec.Struct, frozen=True):
    """A value with where it comes from."""

    value: str
    confidence: float
    """0 to 1."""
    sources: tuple[Source, ...]
    """Who says this value."""
    differs: tuple[Source, ...] = ()
    """Who says another."""

    def __repr__(self) -> str:
        return f"Known(***, {self.confidence})"


def known(found: Sequence[Code], today: dt.date | None = None) -> dict[Role, Known]:
    """Role → value of all codes of a page, or of both sides of a card, together."""
    card, zone = of_card(found), of_zone(found, today)
    sure = min((c.confidence for c in found if c.type == TYPE), default=1.0)
    out: dict[Role, Known] = {}
    for role, value in card.items():
        if role not in zone:
            out[role] = Known(value, CODED, ("qr",))
        elif folded(zone[role]) == folded(value):
            out[role] = Known(value, AGREED, ("qr", "mrz"))
        elif role == "name" and folded(value).startswith(folded(zone[role])) and _cut(found, today):
            out[role] = Known(value, CODED, ("qr",))
        else:
            out[role] = Known(value, DISPUTED, ("qr",), ("mrz",))
    for role, value in zone.items():
        if role not in out:
            # No check digit covers names and sex: there the letters are as sure as they look.
            bare = role in ("name", "sex", "nationality")
            out[role] = Known(value, round(CODED * (sure if bare else 1.0), 3), ("mrz",))
    return out


def of_card(found: Sequence[Code]) -> Said:
    """What the QR code of a citizen card says, or nothing."""
    card = next((c for c in (codes.card(code.text) for code in found) if c is not None), None)
    if card is None:
        return {}
    return {
        "person_number": card.number,
        "name": card.name.upper(),
        "birth_date": card.birth.isoformat(),
        "sex": card.sex,
        "residence": card.residence,
        "issue_date": card.issued.isoformat(),
    }


def of_zone(found: Sequence[Code], today: dt.date | None = None) -> Said:
    """What a machine-readable zone says, or nothing; the name is as printed, without marks."""
    mrz = _zone(found, today)
    if mrz is None:
        return {}
    said: Said = {
        "mrz": "\n".join(mrz.lines),
        "name": mrz.name,
        "nationality": mrz.nationality,
        "person_number": mrz.person_number,
        "birth_date": mrz.birth_date.isoformat() if mrz.birth_date else "",
        "sex": _SEXES.get(mrz.sex, ""),
        "paper_number": mrz.document_number if mrz.format == "TD3" else "",
        "expiry": _expiry(mrz),
    }
    return {role: value for role, value in said.items() if value}


def _expiry(mrz: Mrz) -> str:
    if mrz.expiry is None:
        return ""
    far = (mrz.expiry.month, mrz.expiry.day, mrz.expiry.year % 100) == _FOR_LIFE
    return "" if far and mrz.format == "TD1" else mrz.expiry.isoformat()


def _zone(found: Sequence[Code], today: dt.date | None) -> Mrz | None:
    zones = (parse(code.text, today) for code in found if code.type == TYPE)
    return next((zone for zone in zones if zone is not None), None)


def _cut(found: Sequence[Code], today: dt.date | None) -> bool:
    mrz = _zone(found, today)
    return mrz is not None and mrz.cut_name


def folded(text: str) -> str:
    """Capitals without marks, as a zone has them (Đ → D), single spaces."""
    marks = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    return " ".join("".join(c for c in marks if not unicodedata.combining(c)).split())
