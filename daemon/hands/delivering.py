"""Electronic copies that wait for the ward's store: how many, how long, and what follows.

A copy is never dropped.  Where more wait than the configuration allows, no further electronic copy
is offered, and the ward hears why.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from daemon.hands.standing import Standing
from daemon.store import Store, StoreError
from daemon.uplink.alarms.book import AlarmBook
from daemon.uplink.gateway.config import DeliveryConfig
from daemon.uplink.gateway.courier import Trouble
from daemon.uplink.topics import DELIVERED, MAIL

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between two looks."""
ENOUGH = 0.8
"""Share of the bound below which electronic copies are offered again."""
MEGABYTE, A_DAY = 1_000_000, 86400.0
STUCK, WAITING, DROPPED = "copies_stuck", "copies_waiting", "mails_dropped"


class Delivering:
    """Belongs to the loop."""

    def __init__(
        self,
        store: Store,
        config: DeliveryConfig,
        book: AlarmBook,
        standing: Standing,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._config = config
        self._book = book
        self._standing = standing
        self._wall = wall
        self._dropped_at: float | None = None

    def trouble(self, what: Trouble, on: bool) -> None:
        """What the courier meets at the ward's store."""
        self._book.set(STUCK, what, on)

    async def look_after(self) -> None:
        """Never ends."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.error("what waits for the ward's store is not measured: %s", error)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Measures what waits.  Raises StoreError."""
        size, oldest = await self._store.read(lambda: self._store.outbox.weight(DELIVERED))
        most = self._config.keep_mb * MEGABYTE
        full = size > (most * ENOUGH if self._standing.reason("delivery") else most)
        if full:
            self._standing.lost("delivery", "full", f"{size // MEGABYTE} MB of copies wait.")
        else:
            self._standing.back("delivery")
        self._book.set(WAITING, "size", full)
        days = 0.0 if oldest is None else (self._wall() - oldest) / A_DAY
        self._book.set(WAITING, "age", days > self._config.keep_days)
        await self._drop_mails()

    async def _drop_mails(self) -> None:
        """Nobody's address waits for ever; that the mail does not come is said."""
        now, outbox = self._wall(), self._store.outbox
        before = now - self._config.keep_days * A_DAY

        def write() -> int:
            dropped = outbox.drop_older(MAIL, before)
            if dropped:
                outbox.count("mails_dropped", dropped)
            return dropped

        if await self._store.read(lambda: outbox.waits(MAIL)):
            dropped = await self._store.write(write)
            if dropped:
                log.error("%d orders for e-mail waited too long and were dropped", dropped)
                self._dropped_at = now
        recently = self._dropped_at is not None and now - self._dropped_at < A_DAY
        self._book.set(DROPPED, "mail", recently)
