"""A scanned citizen card: its owner's name, and how long it holds.

The card holds until its owner is 25, 40 or 60 (Law on Identification 26/2023/QH15, Art. 21); one
issued within two years before such a birthday holds until the next.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from daemon.catalogue.card_code import fields
from daemon.machine.personal import Personal

AGES = (25, 40, 60)


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
    read = fields(text.strip())
    if read is None or not read.number.startswith("0"):
        return None
    name = " ".join(read.name.split())
    if not name or any(map(str.isdigit, name)):
        return None
    return Card(
        Personal(name.title() if name.isupper() else name),
        Personal(f"•••• {read.number[-4:]}"),
        Personal(read.number),
        _expires(read.birth, read.issued),
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
