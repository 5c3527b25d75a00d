"""Statistics on their way up: counted where too many wait, summed at the end of a day.

All functions but `look_after` run inside `Store.write`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Callable

import msgspec

from daemon.store import Store, StoreError
from daemon.store.models.uplink import DocumentRow
from daemon.store.outbox import today
from daemon.uplink import clock
from daemon.uplink.payloads import NEWEST, REPORTS, DayTotals, Payload, ReportsMerged

DROPPED = "reports_counted_only"
"""Lasting counter: facts that were only counted, because too many waited."""
FEW = 5
"""A group of fewer visitors is not told by itself."""
FAMILIES = ("outcome", "refusal", "rating", "complaint", "language", "size", "speech")

LOOK_EVERY = 60.0
"""Seconds between two looks at what was only counted, and at the day that has passed."""

_MERGED, _TOLD = "reports.merged", "day.totals"


class _Sum(msgspec.Struct):
    count: int
    since: str
    until: str


def keep(store: Store, kind: str, fact: Payload, most: int, not_before: float) -> None:
    """Puts a fact into the outbox, or only counts it where more than `most` wait."""
    outbox = store.outbox
    if isinstance(fact, REPORTS) and outbox.depth() >= most:
        newest = isinstance(fact, NEWEST)
        gone = outbox.recall_all(kind) if newest else 1
        if gone:
            outbox.count(DROPPED, gone)
            _count(kind.removeprefix("event/"), gone)
        if not newest:
            return
    outbox.append(kind, fact, not_before=not_before)


async def look_after(store: Store, most: int, full: Callable[[float], None]) -> None:
    """Tells what was only counted, and the sums of the day before; never ends.

    `full(percent)` hears how much of `most` waits.
    """

    def write() -> int:
        tell_merged(store, most)
        tell_totals(store)
        return store.outbox.depth()

    while True:
        with contextlib.suppress(StoreError):
            full(min(999.0, 100 * await store.write(write) / most))
        await asyncio.sleep(LOOK_EVERY)


def tell_merged(store: Store, most: int) -> None:
    """Once less than half of `most` waits, tells what was only counted."""
    if store.outbox.depth() * 2 >= most:
        return
    for kind, one in _merged().items():
        told = ReportsMerged(kind=kind, count=one.count, since=one.since, until=one.until)
        store.outbox.append("event/" + _MERGED, told)
    DocumentRow.delete().where(DocumentRow.name == _MERGED).execute()


def tell_totals(store: Store, keep_days: int = 31) -> None:
    """Tells each past day that has not been told yet, once."""
    row = DocumentRow.get_or_none(DocumentRow.name == _TOLD)
    yesterday = dt.date.fromisoformat(today(-1)).toordinal()
    first = yesterday if row is None else max(int(row.rev) + 1, yesterday - keep_days)
    if first > yesterday:
        return
    for ordinal in range(first, yesterday + 1):
        day = dt.date.fromordinal(ordinal).isoformat()
        counts = store.outbox.daily(day)
        if counts:
            store.outbox.append("event/" + _TOLD, totals(day, counts))
    DocumentRow.insert(name=_TOLD, rev=yesterday, body=b"").on_conflict_replace().execute()


def totals(day: str, counts: dict[str, int]) -> DayTotals:
    """The sums of one day, small groups merged."""
    families: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        family, dot, value = name.partition(".")
        if dot and family in FAMILIES and count > 0:
            families.setdefault(family, {})[_named(value)] = count
    merged = {name: few_together(values) for name, values in families.items()}
    return DayTotals(
        day=day,
        sessions=counts.get("sessions", 0),
        tickets=counts.get("tickets", 0),
        copies=counts.get("copies_ok", 0),
        families={name: values for name, values in merged.items() if values},
    )


def few_together(values: dict[str, int]) -> dict[str, int]:
    """Groups under 5 as one `few` of 5 or more; nothing where that cannot be.

    The smallest of the others joins them where they alone would still be fewer than 5: otherwise
    the sum, which is told elsewhere, would give the small group away.
    """
    left = sorted(values.items(), key=lambda one: (one[1], one[0]))
    few = 0
    while left and (left[0][1] < FEW or 0 < few < FEW):
        few += left.pop(0)[1]
    if 0 < few < FEW:
        return {}
    return dict(sorted(left)) | ({"few": few} if few else {})


def _named(value: str) -> str:
    """A figure alone is no code: `5` stars become `v5`."""
    return value if value[:1].isalpha() else "v" + value


def _merged() -> dict[str, _Sum]:
    row = DocumentRow.get_or_none(DocumentRow.name == _MERGED)
    return {} if row is None else msgspec.json.decode(bytes(row.body), type=dict[str, _Sum])


def _count(kind: str, by: int) -> None:
    sums, now = _merged(), clock.stamp(time.time())
    one = sums.setdefault(kind, _Sum(0, now, now))
    one.count += by
    one.until = now
    body = msgspec.json.encode(sums)
    DocumentRow.insert(name=_MERGED, rev=len(sums), body=body).on_conflict_replace().execute()
