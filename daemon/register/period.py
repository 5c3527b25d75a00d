"""The lines of a register for a month or a year, in the inspector's form, and their sums.

Columns 1–8 of the bound register (Decree 23/2015, Art. 13(1)) [known, check: Appendix of Decree
280/2025].  A voided number keeps its line; it counts neither copies nor fee.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

import msgspec

from daemon.register import chain, yearend
from daemon.register.chain import Lock
from daemon.register.errors import StepRefused
from daemon.register.export import SEALED_AWAY, Names
from daemon.register.facts import Head
from daemon.register.numbering import local_day
from daemon.store.models.register import EntryRow

WAITING = "Đã lấy số, chờ ký"


class BookLine(msgspec.Struct, frozen=True):
    """One line of the form."""

    number: str
    volume: str
    certified_on: dt.date
    requester: str
    title: str
    certifier: str
    copies: int
    fee: int
    note: str
    status: str


class Period(msgspec.Struct, frozen=True):
    """What is printed: the lines of one register between two days."""

    authority: str
    sign: str
    first: dt.date
    last: dt.date
    lines: tuple[BookLine, ...]
    lock: Lock | None
    """The lock of the year, where it is locked."""
    head: Head
    """The chain's head when this was made."""

    @property
    def valid(self) -> int:
        """Acts of certification that count."""
        return sum(line.status == "valid" for line in self.lines)

    @property
    def voided(self) -> int:
        """Numbers that were taken and are not used."""
        return sum(line.status == "voided" for line in self.lines)

    @property
    def copies(self) -> int:
        """Copies of the lines that are not voided."""
        return sum(line.copies for line in self.lines)

    @property
    def fee(self) -> int:
        """Fees of the lines that are not voided, đồng."""
        return sum(line.fee for line in self.lines)

    @property
    def volumes(self) -> tuple[str, ...]:
        """The volumes in order."""
        return tuple(dict.fromkeys(line.volume for line in self.lines))

    @property
    def whole_year(self) -> bool:
        """Is it a year's book, with cover and lock?"""
        return (self.first, self.last) == (
            dt.date(self.first.year, 1, 1),
            dt.date(self.first.year, 12, 31),
        )


def month(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of `2026-01`, or of a year, `2026`."""
    try:
        if len(text) == 4:
            return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
        first = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r}: YYYY-MM or YYYY is right") from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def series() -> list[tuple[str, str]]:
    """Authority and sign of every register here.  Inside a transaction."""
    query = EntryRow.select(EntryRow.authority, EntryRow.sign).distinct()
    return sorted((row.authority, row.sign) for row in query)


def one_series(sign: str = "") -> tuple[str, str]:
    """The register that is meant; `sign` may be left out where there is one.  In a transaction."""
    found = [one for one in series() if not sign or one[1] == sign]
    if len(found) != 1:
        known = ", ".join(one[1] for one in series()) or "none"
        raise StepRefused(f"sign: read {sign!r}, one of the registers here is right: {known}")
    return found[0]


def read(sign: str, first: dt.date, last: dt.date, names: Names | None = None) -> Period:
    """The lines of these days (Vietnam time, both included).  Inside a read transaction."""
    authority, sign = one_series(sign)
    query = EntryRow.select().where((EntryRow.authority == authority) & (EntryRow.sign == sign))
    lines = [
        _line(row, names)
        for row in query.order_by(EntryRow.year, EntryRow.number)
        if first <= local_day(row.certified_at) <= last
    ]
    lock = yearend.lock_of(authority, sign, first.year)
    return Period(authority, sign, first, last, tuple(lines), lock, chain.head())


def shown(lines: Sequence[BookLine]) -> list[tuple[str, ...]]:
    """The eight columns as text."""
    return [
        (
            line.number,
            f"{line.certified_on:%d/%m/%Y}",
            line.requester,
            line.title,
            line.certifier,
            str(line.copies),
            dong(line.fee),
            line.note,
        )
        for line in lines
    ]


def dong(amount: int) -> str:
    """As Vietnamese read it: 28.000."""
    return f"{amount:,}".replace(",", ".")


def _line(row: EntryRow, names: Names | None) -> BookLine:
    voided, note = row.status == "voided", str(row.note)
    if voided and not row.decision:
        note = f"Số không sử dụng: {note}"
    elif row.status == "reserved":
        note = "; ".join(part for part in (WAITING, note) if part)
    return BookLine(
        number=row.label,
        volume=row.volume,
        certified_on=local_day(row.certified_at),
        requester=names.of(row) if names else SEALED_AWAY,
        title=row.title,
        certifier=f"{row.certifier}, {row.certifier_title}",
        copies=0 if voided else row.copies,
        fee=0 if voided else row.fee,
        note=note,
        status=row.status,
    )
