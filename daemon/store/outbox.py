"""The outbox: facts written in the transaction of what they tell, sent later, at least once."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec
from peewee import SQL, Case, fn

from daemon.machine.personal import Personal
from daemon.store.models.outbox import Fact, Kept
from daemon.store.models.uplink import DepthRow
from daemon.store.models.visits import Daily

VIETNAM = dt.timezone(dt.timedelta(hours=7))
DAYS_KEPT = 62
"""Days whose totals are kept."""


class Due(msgspec.Struct, frozen=True):
    """A fact that may go now, without its payload: that may be megabytes."""

    id: str
    kind: str
    sealed: bool
    size: int
    """Bytes of the payload."""
    payload: bytes | None = None
    """Only where it was asked for and is small."""


class Outbox:
    """All methods but `watch` run inside `Store.write` or `Store.read`."""

    def __init__(self) -> None:
        self.touched = False
        """Something was added in the present transaction.  Belongs to the writer thread."""
        self._watchers: list[Callable[[], None]] = []

    def watch(self, told: Callable[[], None]) -> None:
        """`told` is called in the writer thread after each commit that added a fact."""
        self._watchers.append(told)

    def go_on(self) -> None:
        """Facts to come rise above those that wait, also where the clock was set back meanwhile."""
        at_once = Fact.select(Fact.id).where(Fact.not_before == 0)
        newest = at_once.order_by(Fact.id.desc()).first()
        if newest is not None:
            begin_after(newest.id)

    def tell(self, committed: bool) -> None:
        """Called by the store at the end of each transaction."""
        touched, self.touched = self.touched, False
        if touched and committed:
            for told in self._watchers:
                told()

    def append(
        self, kind: str, payload: msgspec.Struct | dict[str, Any], *, not_before: float = 0.0
    ) -> str:
        """Adds a fact; returns its id.  Raises TypeError for anything personal in it."""
        data = msgspec.json.encode(payload, enc_hook=_refuse)
        return self._add(kind, data, False, not_before)

    def append_sealed(self, kind: str, cms: bytes) -> str:
        """Adds what only the ward can read: a CMS envelope."""
        return self._add(kind, cms, True, 0.0)

    def append_raw(self, kind: str, payload: bytes) -> str:
        """Adds a fact whose payload is JSON already, or empty to empty a retained topic."""
        return self._add(kind, payload, False, 0.0)

    def recall(self, kind: str, which: Callable[[bytes], bool]) -> int:
        """Takes back those of a kind that still wait and that `which` picks; returns how many."""
        rows: Any = Fact.select(Fact.id, Fact.payload).where(Fact.kind == kind).tuples()
        ids = [one for one, payload in rows if which(bytes(payload))]
        if ids:
            Fact.delete().where(Fact.id.in_(ids)).execute()
        return len(ids)

    def recall_all(self, kind: str) -> int:
        """Takes back all of a kind that wait; returns how many."""
        return int(Fact.delete().where(Fact.kind == kind).execute())

    def waiting(self, now: float, limit: int = 20) -> list[Fact]:
        """The oldest facts that may go now."""
        query = Fact.select().where(Fact.not_before <= now).order_by(Fact.id).limit(limit)
        return list(query)

    def due(
        self,
        now: float,
        *,
        limit: int,
        without: tuple[str, ...] = (),
        kinds: tuple[str, ...] | None = None,
        kinds_without: tuple[str, ...] = (),
        open_only: tuple[str, ...] | None = None,
        largest: int | None = None,
        may_delay: tuple[str, ...] = (),
        longest_delay: float = 0.0,
        open_prefix: str = "",
        with_payload: int = 0,
    ) -> tuple[list[Due], float | None]:
        """The oldest facts that may go, and when the next one may (seconds since 1970, or None).

        `without` = ids left out; `kinds` = only these; `kinds_without` = kinds left out;
        `open_only` = of what is not sealed, only these kinds, and those that begin with
        `open_prefix`; `with_payload` = bytes up to which a payload that is not sealed comes along;
        `largest` = bytes of payload.  Facts
        of the kinds `may_delay` that would wait longer than `longest_delay` go at once: a clock
        was set back.
        """
        wanted = Fact.id.not_in(without) & Fact.kind.not_in(kinds_without)
        if kinds is not None:
            wanted &= Fact.kind.in_(kinds)
        if open_only is not None:
            openly = Fact.kind.in_(open_only)
            if open_prefix:
                openly |= (Fact.kind >= open_prefix) & (Fact.kind < open_prefix + "\U0010ffff")
            wanted &= Fact.sealed | openly
        if largest is not None:
            wanted &= fn.LENGTH(Fact.payload) <= largest
        astray = Fact.kind.in_(may_delay) & (Fact.not_before > now + longest_delay)
        ripe = (Fact.not_before <= now) | astray
        length = fn.LENGTH(Fact.payload)
        small = ~Fact.sealed & (length <= with_payload)
        columns = [Fact.id, Fact.kind, Fact.sealed, length]
        if with_payload:
            columns.append(Case(None, ((small, Fact.payload),)))
        query = Fact.select(*columns).where(wanted & ripe).order_by(Fact.id).limit(limit)
        rows: Any = query.tuples()
        found = [
            Due(one, kind, bool(sealed), size, bytes(body[0]) if body and body[0] else None)
            for one, kind, sealed, size, *body in rows
        ]
        # `not_before > 0` lets SQLite use the index of those few.
        late = wanted & SQL("not_before > 0") & (Fact.not_before > now)
        return found, Fact.select(fn.MIN(Fact.not_before)).where(late).scalar()

    def larger(self, size: int) -> dict[str, int]:
        """Kind → how many bytes its largest fact has, of those with more than `size`."""
        length = fn.LENGTH(Fact.payload)
        query = Fact.select(Fact.kind, fn.MAX(length)).where(length > size).group_by(Fact.kind)
        rows: Any = query.tuples()
        return {str(kind): int(most) for kind, most in rows}

    def weight(self, kinds: tuple[str, ...]) -> tuple[int, float | None]:
        """Bytes of what waits of these kinds; when the oldest was written (seconds since 1970)."""
        query = Fact.select(fn.SUM(fn.LENGTH(Fact.payload)), fn.MIN(Fact.id))
        rows: Any = query.where(Fact.kind.in_(kinds)).tuples()
        size, oldest = rows[0]
        return int(size or 0), None if oldest is None else written_at(oldest)

    def waits(self, kind: str) -> int:
        """How many of a kind wait."""
        return int(Fact.select().where(Fact.kind == kind).count())

    def here(self, fact_id: str) -> bool:
        """Does it still wait?"""
        return bool(Fact.select().where(Fact.id == fact_id).exists())

    def drop_older(self, kind: str, before: float) -> int:
        """Drops those of a kind that were written before (seconds since 1970); returns how many."""
        rows: Any = Fact.select(Fact.id).where(Fact.kind == kind).tuples()
        old = [one for (one,) in rows if written_at(one) < before]
        self.done_all(tuple(old))
        return len(old)

    def payload(self, fact_id: str) -> bytes | None:
        """What a fact tells; None where it is no longer there."""
        row = Fact.get_or_none(Fact.id == fact_id)
        return None if row is None else bytes(row.payload)

    def done(self, fact_id: str) -> bool:
        """The ward has it; False where it was not there (a repeated acknowledgement)."""
        return bool(Fact.delete().where(Fact.id == fact_id).execute())

    def done_all(self, ids: tuple[str, ...]) -> None:
        """The ward has all of these."""
        Fact.delete().where(Fact.id.in_(ids)).execute()

    def depth(self) -> int:
        """How many facts wait."""
        return int(DepthRow.select(fn.SUM(DepthRow.count)).scalar() or 0)

    def count(self, name: str, by: int = 1) -> int:
        """Raises a lasting counter, and that of the day; returns its new value."""
        Kept.insert(name=name, value=by).on_conflict(
            conflict_target=[Kept.name], update={Kept.value: Kept.value + by}
        ).execute()
        day = today()
        if not Daily.select().where(Daily.day == day).exists():
            Daily.delete().where(Daily.day < today(-DAYS_KEPT)).execute()
        Daily.insert(day=day, name=name, value=by).on_conflict(
            conflict_target=[Daily.day, Daily.name], update={Daily.value: Daily.value + by}
        ).execute()
        return int(Kept.get_by_id(name).value)

    def counters(self) -> dict[str, int]:
        """All lasting counters."""
        return {row.name: row.value for row in Kept.select().order_by(Kept.name)}

    def daily(self, day: str | None = None) -> dict[str, int]:
        """The counters of a day (ISO date in Vietnam); of today where none is named."""
        rows = Daily.select().where(Daily.day == (day or today())).order_by(Daily.name)
        return {row.name: row.value for row in rows}

    def _add(self, kind: str, payload: bytes, sealed: bool, not_before: float) -> str:
        # An id tells its time: that of a delayed fact must not tell when it happened.
        fact_id = new_id(not_before or None)
        Fact.insert(
            id=fact_id, kind=kind, payload=payload, sealed=sealed, not_before=not_before
        ).execute()
        self.touched = True
        return fact_id


def today(days: int = 0) -> str:
    """ISO date in Vietnam, so many days from today."""
    return (dt.datetime.now(VIETNAM) + dt.timedelta(days)).date().isoformat()


_last = 0


def new_id(at: float | None = None) -> str:
    """A UUID of version 7 (RFC 9562) as text: ids of one process rise strictly.

    `at` (seconds since 1970) makes one that tells another time than now.
    """
    global _last
    if at is None:
        # 12 bits below the millisecond: 244 ns each.
        ticks = _last = max(time.time_ns() // 250, _last + 1)
    else:
        ticks = int(at * 4_000_000)
    millis, fraction = divmod(ticks * 250, 1_000_000)
    bits = (
        (millis & 0xFFFF_FFFF_FFFF) << 80
        | 7 << 76
        | (fraction * 4096 // 1_000_000) << 64
        | 2 << 62
        | int.from_bytes(os.urandom(8)) >> 2
    )
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def begin_after(fact_id: str) -> None:
    """Ids to come rise above this one, whatever the clock says: it may have been set back."""
    global _last
    millis, rest = divmod(int(fact_id.replace("-", "")[:16], 16), 1 << 16)
    # The fraction lost less than one tick when it was written.
    _last = max(_last, millis * 4000 + (rest & 0xFFF) * 4000 // 4096 + 1)


def written_at(fact_id: str) -> float:
    """When an id was made, in seconds since 1970; a delayed fact's tells when it may go."""
    return int(fact_id[:8] + fact_id[9:13], 16) / 1000


def _refuse(value: object) -> NoReturn:
    if isinstance(value, Personal):
        raise TypeError("personal data does not go upward")
    raise NotImplementedError(type(value).__name__)
