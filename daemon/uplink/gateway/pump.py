"""Carries to the gateway what the ward must have: register, names, refunds, closed orders.

In order, one at a time.  A fact leaves the outbox only when the gateway says that the ward keeps
these very bytes; that is the acknowledgement after which a sealed name exists here no more.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

import msgspec

from daemon.store import Store, StoreError
from daemon.store.outbox import Due
from daemon.uplink.gateway.client import Gateway
from daemon.uplink.gateway.config import GatewayConfig
from daemon.uplink.gateway.errors import GatewayDown, GatewayRefused

log = logging.getLogger(__name__)

CLOSE = "gateway/close"
KINDS = (
    CLOSE,
    "event/register.cancelled",
    "event/register.entry",
    "event/register.locked",
    "event/register.request",
    "event/payment.refund",
    "event/payment.settled",
    "event/queue.drawn",
    "sealed/mail",
    "sealed/name",
    "sealed/request",
)
"""Kinds of facts that go to the gateway, where there is one, and then nowhere else."""

LOOK = 15.0
"""Seconds after which the outbox is looked at although nobody said that there is news."""
PAUSE = 600.0
"""Seconds that a fact the gateway refused waits; others of its kind go on."""
BATCH = 20


class _Close(msgspec.Struct):
    key: str
    reason: str


class Pump:
    """Runs in the loop until it is cancelled."""

    def __init__(
        self,
        config: GatewayConfig,
        gateway: Gateway,
        store: Store,
        reached: Callable[[bool], None] = lambda up: None,
    ) -> None:
        """`reached(up)` is told whenever the gateway answered, or did not."""
        self._config = config
        self._gateway = gateway
        self._store = store
        self._reached = reached
        self._refused: dict[str, float] = {}
        """Fact → monotonic time until which it waits."""

    async def run(self) -> None:
        """Never ends."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def told() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(news.set)

        self._store.outbox.watch(told)
        attempts = 0
        while True:
            news.clear()
            try:
                more = await self.once()
                attempts = 0
            except (GatewayDown, StoreError) as error:
                attempts += 1
                if attempts == 1:
                    log.warning("gateway: what the ward must have waits: %s", error)
                if isinstance(error, GatewayDown):
                    self._reached(False)
                await asyncio.sleep(self._pause(attempts))
                continue
            if not more:
                try:
                    await asyncio.wait_for(news.wait(), LOOK)
                except TimeoutError:
                    continue

    async def once(self) -> bool:
        """Hand over what is due now; True = there may be more.  Raises GatewayDown, StoreError."""
        now = time.monotonic()
        self._refused = {one: until for one, until in self._refused.items() if until > now}
        outbox, waiting = self._store.outbox, tuple(self._refused)
        dues, _ = await self._store.read(
            lambda: outbox.due(time.time(), limit=BATCH, without=waiting, kinds=KINDS)
        )
        for due in dues:
            await self._hand_over(due)
        return len(dues) == BATCH

    async def _hand_over(self, due: Due) -> None:
        payload = await self._store.read(lambda: self._store.outbox.payload(due.id))
        if payload is None:
            return  # recalled meanwhile
        try:
            if due.kind == CLOSE:
                order = msgspec.json.decode(payload, type=_Close)
                await self._gateway.close_order(order.key, order.reason)
            else:
                await self._gateway.tell(due.id, due.kind, payload, sealed=due.sealed)
        except GatewayRefused as error:
            log.error("gateway: fact %s (%s) is refused: %s", due.id, due.kind, error)
            self._refused[due.id] = time.monotonic() + PAUSE
            return
        self._reached(True)
        await self._store.write(lambda: self._store.outbox.done(due.id))

    def _pause(self, attempts: int) -> float:
        least = self._config.retry_least
        most = min(self._config.retry_most, least * 2.0 ** min(attempts, 16))
        return random.uniform(least, max(least, most))
