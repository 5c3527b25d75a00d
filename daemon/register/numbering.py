"""The certification number (số chứng thực) of the kiosk's own volume.

One series a year for each authority and sign, from 01, through all volumes, without gaps and never
twice (Decree 23/2015 Art. 13(2)).  A number is for one original at one time, whatever the number
of copies (Art. 20(3), Circular 01/2020 Art. 4(1)).  Everything runs inside one transaction.
"""

from __future__ import annotations

import datetime as dt

import peewee

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.values import Product
from daemon.register.settings import RegisterSettings
from daemon.register.source import Numbered
from daemon.store.models.register import EntryRow


def next_number(authority: str, sign: str, year: int) -> int:
    """The number after the highest one, voided ones included: they are not used again."""
    highest = (
        EntryRow.select(peewee.fn.MAX(EntryRow.number))
        .where(
            (EntryRow.authority == authority) & (EntryRow.sign == sign) & (EntryRow.year == year)
        )
        .scalar()
    )
    return int(highest or 0) + 1


def own(settings: RegisterSettings, product: Product, day: dt.date) -> Numbered:
    """The next number of the kiosk's own volume.  Inside a transaction."""
    number = next_number(settings.authority_id, settings.signs[product], day.year)
    return Numbered(number, label(number, settings.number_digits), volume(settings, product, day))


def label(number: int, digits: int) -> str:
    """As printed: two digits at least."""
    return f"{number:0{digits}d}"


def volume(settings: RegisterSettings, product: Product, day: dt.date) -> str:
    """As printed: volume, year of signing and sign: `01/2026-SCT/BS`."""
    return f"{settings.volume:02d}/{day.year}-{settings.signs[product]}"


def local_day(at: float) -> dt.date:
    """The day of signing, Vietnam time: at 00:30 of 1 January UTC still lags a year behind."""
    return dt.datetime.fromtimestamp(at, VIETNAM).date()
