"""Listens for payment notices: each is handed on, kept, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from daemon.store import Store, StoreError
from daemon.store.models.outbox import Kept
from daemon.uplink.gateway.client import Gateway
from daemon.uplink.gateway.config import GatewayConfig
from daemon.uplink.gateway.errors import GatewayError
from daemon.uplink.gateway.messages import PaymentNotice

log = logging.getLogger(__name__)

PLACE = "gateway.payments"
"""Lasting counter: the place of the last notice that was dealt with."""

Took = Callable[[PaymentNotice], Awaitable[None]]
"""Deals with a notice; may see it again after a crash, and then does nothing."""


class Notices:
    """Runs in the loop until it is cancelled."""

    def __init__(self, config: GatewayConfig, gateway: Gateway, store: Store, took: Took) -> None:
        self._config = config
        self._gateway = gateway
        self._store = store
        self._took = took

    async def run(self) -> None:
        """Never ends."""
        attempts = 0
        while True:
            try:
                await self.once()
                attempts = 0
            except (GatewayError, StoreError) as error:
                attempts += 1
                if attempts == 1:
                    log.warning("gateway: no payment notices: %s", error)
                least = self._config.retry_least
                most = min(self._config.retry_most, least * 2.0 ** min(attempts, 16))
                await asyncio.sleep(random.uniform(least, max(least, most)))

    async def once(self) -> int:
        """One question; returns how many notices came."""
        place = await self._store.read(self._place)
        notices = await self._gateway.payments(place)
        for notice in notices:
            if notice.seq <= place:
                continue
            await self._took(notice)
            place = notice.seq
            await self._store.write(lambda at=place: self._keep(at))  # type: ignore[misc]
        return len(notices)

    @staticmethod
    def _place() -> int:
        row = Kept.get_or_none(Kept.name == PLACE)
        return 0 if row is None else int(row.value)

    @staticmethod
    def _keep(place: int) -> None:
        Kept.insert(name=PLACE, value=place).on_conflict(
            conflict_target=[Kept.name], update={Kept.value: place}
        ).execute()
