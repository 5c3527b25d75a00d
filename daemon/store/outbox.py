"""The outbox: facts written in the transaction of what they tell, sent later, at least once."""

from __future__ import annotations

import os
import time
from typing import Any, NoReturn

import msgspec

from daemon.machine.personal import Personal
from daemon.store.models.outbox import Fact, Kept


class Outbox:
    """All methods run inside `Store.write` or `Store.read`."""

    def append(
        self, kind: str, payload: msgspec.Struct | dict[str, Any], *, not_before: float = 0.0
    ) -> str:
        """Adds a fact; returns its id.  Raises TypeError for anything personal in it."""
        data = msgspec.json.encode(payload, enc_hook=_refuse)
        return self._add(kind, data, False, not_before)

    def append_sealed(self, kind: str, cms: bytes) -> str:
        """Adds what only the ward can read: a CMS envelope."""
        return self._add(kind, cms, True, 0.0)

    def waiting(self, now: float, limit: int = 20) -> list[Fact]:
        """The oldest facts that may go now."""
        query = Fact.select().where(Fact.not_before <= now).order_by(Fact.id).limit(limit)
        return list(query)

    def done(self, fact_id: str) -> bool:
        """The ward has it; False where it was not there (a repeated acknowledgement)."""
        return bool(Fact.delete().where(Fact.id == fact_id).execute())

    def depth(self) -> int:
        """How many facts wait."""
        return int(Fact.select().count())

    def count(self, name: str, by: int = 1) -> int:
        """Raises a lasting counter; returns its new value."""
        Kept.insert(name=name, value=by).on_conflict(
            conflict_target=[Kept.name], update={Kept.value: Kept.value + by}
        ).execute()
        return int(Kept.get_by_id(name).value)

    def counters(self) -> dict[str, int]:
        """All lasting counters."""
        return {row.name: row.value for row in Kept.select().order_by(Kept.name)}

    def _add(self, kind: str, payload: bytes, sealed: bool, not_before: float) -> str:
        fact_id = new_id()
        Fact.insert(
            id=fact_id, kind=kind, payload=payload, sealed=sealed, not_before=not_before
        ).execute()
        return fact_id


_last = 0


def new_id() -> str:
    """A UUID of version 7 (RFC 9562) as text: ids of one process rise strictly."""
    global _last
    ticks = max(time.time_ns() // 250, _last + 1)  # 12 bits below the millisecond: 244 ns each
    _last = ticks
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


def _refuse(value: object) -> NoReturn:
    if isinstance(value, Personal):
        raise TypeError("personal data does not go upward")
    raise NotImplementedError(type(value).__name__)
