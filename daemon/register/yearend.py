"""Locking a register at the end of its year (khóa sổ, Decree 23/2015 Art. 13(1)).

The count is confirmed by the person who signs certifications; it stands in the chain, and nothing
can be entered into the year afterwards (a trigger of the database holds it as well).  A decision
that cancels a copy of a locked year is still noted: it is a note, not an entry.
"""

from __future__ import annotations

import msgspec
import peewee

from daemon.register import numbering
from daemon.register.chain import Lock
from daemon.register.errors import StepRefused, YearLocked
from daemon.register.happenings import locked
from daemon.store.models.register import EntryRow, YearLockRow
from daemon.store.outbox import Outbox


def lock_of(authority: str, sign: str, year: int) -> Lock | None:
    """The lock of a year; None while it is open.  Inside a transaction."""
    row = YearLockRow.get_or_none(
        (YearLockRow.authority == authority)
        & (YearLockRow.sign == sign)
        & (YearLockRow.year == year)
    )
    return None if row is None else msgspec.json.decode(bytes(row.summary), type=Lock)


def check_open(authority: str, sign: str, year: int) -> None:
    """Raise `YearLocked` where nothing may be entered any more.  Inside a transaction."""
    lock = lock_of(authority, sign, year)
    if lock is not None:
        raise YearLocked(f"register {sign} of {year}: locked on {lock.locked_on} by {lock.by}")


def lock(
    outbox: Outbox, authority: str, sign: str, year: int, by: str, title: str, now: float
) -> Lock:
    """Lock a year that has ended.  Inside a transaction.  Raises `YearLocked`, `StepRefused`."""
    check_open(authority, sign, year)
    today = numbering.local_day(now)
    if today.year <= year:
        raise StepRefused(f"year {year}: not over on {today}; a year is locked after its last day")
    if not by.strip() or not title.strip():
        raise StepRefused(
            "by, title: name and title of the person who confirms the count are right"
        )
    rows = (EntryRow.authority == authority) & (EntryRow.sign == sign) & (EntryRow.year == year)
    waiting = EntryRow.select().where(rows & (EntryRow.status == "reserved"))
    open_ = [f"{row.label} ({row.volume})" for row in waiting.order_by(EntryRow.number)]
    if open_:
        raise StepRefused(
            f"register {sign} of {year}: {len(open_)} numbers are neither valid nor voided: "
            f"{', '.join(open_[:20])}; confirm or void each first"
        )
    made = _count(authority, sign, year, by.strip(), title.strip(), today.isoformat())
    YearLockRow.insert(
        authority=authority,
        sign=sign,
        year=year,
        locked_at=now,
        summary=msgspec.json.encode(made),
    ).execute()
    locked(outbox, made, now)
    return made


def _count(authority: str, sign: str, year: int, by: str, title: str, day: str) -> Lock:
    valid = EntryRow.status == "valid"
    query = EntryRow.select(
        peewee.fn.COUNT(EntryRow.id),
        peewee.fn.SUM(peewee.Case(None, [(valid, 1)], 0)),
        peewee.fn.SUM(peewee.Case(None, [(valid, EntryRow.copies)], 0)),
        peewee.fn.SUM(peewee.Case(None, [(valid, EntryRow.fee)], 0)),
        peewee.fn.MAX(EntryRow.number),
    ).where((EntryRow.authority == authority) & (EntryRow.sign == sign) & (EntryRow.year == year))
    entries, good, copies, fee, last = (int(value or 0) for value in query.tuples()[0])
    return Lock(
        authority, sign, year, day, entries, good, entries - good, copies, fee, last, by, title
    )
