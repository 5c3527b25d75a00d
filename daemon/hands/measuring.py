"""What is used up, life totals and the head of the register, on their retained topics."""

from __future__ import annotations

import asyncio
import logging
import secrets
import string
import time
from collections.abc import Awaitable, Callable

from daemon.console.inside import ConsoleError
from daemon.console.rows import SupplyLevel
from daemon.register import chain
from daemon.store import Store, StoreError
from daemon.store.models.uplink import DocumentRow
from daemon.uplink import clock
from daemon.uplink.errors import UplinkError
from daemon.uplink.measures import Consumable, Consumables, Counters
from daemon.uplink.payloads import AuditHead
from daemon.uplink.uplink import Uplink

log = logging.getLogger(__name__)

LOOK_EVERY = 15.0
"""Seconds between two looks at the levels and at the register."""
COUNTERS_EVERY = 900.0
"""Seconds between two totals (docs/mqtt.md)."""
A_DAY = 86400.0

TOTALS = ("copies_ok", "sheets", "slips", "sessions", "tickets", "officer_calls", "boot")
"""Lasting counters that are told, and no others."""
_EPOCH = "epoch"


class Measuring:
    """Tells what stands; never ends by itself."""

    def __init__(
        self,
        store: Store,
        uplink: Uplink,
        levels: Callable[[], Awaitable[tuple[SupplyLevel, ...]]],
        told: Callable[[Consumables], None],
    ) -> None:
        """`levels` = what is used up, as the console counts it; `told` hears each message."""
        self._store = store
        self._uplink = uplink
        self._levels = levels
        self._told = told
        self._count_at = 0.0

    async def look_after(self) -> None:
        """Never ends."""
        while True:
            try:
                await self.look()
            except (StoreError, UplinkError, ConsoleError) as error:
                log.error("levels and totals are not told: %s", error)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """One look at everything.  Raises StoreError, UplinkError."""
        items = tuple(_item(level) for level in await self._levels())
        told = Consumables(items=items)
        self._uplink.consumables(told)
        self._told(told)
        head = await self._store.read(chain.head)
        if head.seq:
            told_head = AuditHead(chain="register", n=head.seq, hash="sha256:" + head.hash)
            self._uplink.head(told_head)
        if time.monotonic() >= self._count_at:
            self._uplink.counters(await self._counters())
            self._count_at = time.monotonic() + COUNTERS_EVERY

    async def _counters(self) -> Counters:
        epoch = await self._store.write(_epoch)
        totals = await self._store.read(self._store.outbox.counters)
        return Counters(
            epoch=epoch, totals={name: totals[name] for name in TOTALS if name in totals}
        )


def _item(level: SupplyLevel) -> Consumable:
    now = time.time()
    percent = None
    if level.left is not None and level.filled:
        percent = min(100, round(100 * level.left / level.filled))
    elif level.told.endswith(" %"):
        percent = min(100, round(float(level.told.removesuffix(" %"))))
    return Consumable(
        id=level.name,
        unit=level.unit.replace(" ", "_") or "piece",
        left=level.left,
        cap=level.filled,
        pct=percent,
        empty_at=_hour(now + level.days * A_DAY)
        if level.days is not None and level.days < 3650
        else None,
        refilled=None if level.at is None else clock.stamp(level.at),
    )


def _hour(seconds: float) -> str:
    """Cut to the hour: an estimate that moved with each look would be news each time."""
    return clock.stamp(seconds - seconds % 3600)


def _epoch() -> str:
    """The letters that name this run of the counters; made with the database."""
    row = DocumentRow.get_or_none(DocumentRow.name == _EPOCH)
    if row is not None:
        return bytes(row.body).decode()
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
    DocumentRow.insert(name=_EPOCH, rev=1, body=letters.encode()).execute()
    return letters
