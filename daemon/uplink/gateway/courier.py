"""Brings electronic copies and dossiers to the ward's document store, in pieces.

What waits is sealed to the ward and lies in the outbox.  It is never dropped: it leaves only when
the store says that it keeps these very bytes.  It has its own task, so that forty megabytes on a
slow line do not hold up the register.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Literal

from daemon.store import Store, StoreError
from daemon.store.outbox import Due
from daemon.uplink.gateway import chunks
from daemon.uplink.gateway.client import Gateway
from daemon.uplink.gateway.config import GatewayConfig
from daemon.uplink.gateway.errors import GatewayDown, GatewayRefused, StoreFull

log = logging.getLogger(__name__)

LOOK = 15.0
"""Seconds after which the outbox is looked at although nobody said that there is news."""
PAUSE = 600.0
"""Seconds that a delivery which the store refused waits; the others go on."""
ROUNDS = 3
"""Times that the store may ask for pieces before the attempt counts as failed."""
BATCH = 20

Trouble = Literal["store_full", "refused"]
"""Why what could be delivered is not."""


class Courier:
    """Runs in the loop until it is cancelled."""

    def __init__(
        self,
        config: GatewayConfig,
        gateway: Gateway,
        store: Store,
        kiosk: str,
        kinds: tuple[str, ...],
        trouble: Callable[[Trouble, bool], None] = lambda what, on: None,
    ) -> None:
        """`kiosk`: the name in its certificate.  `kinds`: of facts that hold an envelope.

        `trouble(what, on)` is called after each look, whether or not it changed.
        """
        self._config = config
        self._gateway = gateway
        self._store = store
        self._kiosk = kiosk
        self._kinds = kinds
        self._trouble = trouble
        self._refused: dict[str, float] = {}
        """Fact → monotonic time until which it waits."""
        self._sizes: dict[str, int] = {}
        """Fact → bytes of a piece, where the store found the configured size too large."""

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
                    log.warning("gateway: copies wait: %s", error)
                await asyncio.sleep(self._pause(attempts))
                continue
            if not more:
                try:
                    await asyncio.wait_for(news.wait(), LOOK)
                except TimeoutError:
                    continue

    async def once(self) -> bool:
        """Deliver what is due now; True = there may be more.  Raises GatewayDown, StoreError."""
        now = time.monotonic()
        self._refused = {one: until for one, until in self._refused.items() if until > now}
        outbox, waiting = self._store.outbox, tuple(self._refused)
        dues, _ = await self._store.read(
            lambda: outbox.due(time.time(), limit=BATCH, without=waiting, kinds=self._kinds)
        )
        for due in dues:
            await self._bring(due)
        self._trouble("refused", bool(self._refused))
        return len(dues) == BATCH

    # -- inside ----------------------------------------------------------------------------

    async def _bring(self, due: Due) -> None:
        payload = await self._store.read(lambda: self._store.outbox.payload(due.id))
        if payload is None:
            return  # taken back meanwhile
        try:
            await self._deliver(due, payload)
        except StoreFull:
            self._trouble("store_full", True)
            raise
        except GatewayRefused as error:
            log.error("gateway: delivery %s (%s) is refused: %s", due.id, due.kind, error)
            self._refused[due.id] = time.monotonic() + PAUSE
            return
        self._trouble("store_full", False)
        await self._store.write(lambda: self._store.outbox.done(due.id))
        self._sizes.pop(due.id, None)

    async def _deliver(self, due: Due, payload: bytes) -> None:
        """Returns only where the store keeps these very bytes."""
        while True:
            size = self._sizes.get(due.id, self._config.delivery.chunk_kb * 1024)
            try:
                await self._in_pieces(due, payload, size)
            except _TooLarge:
                if size <= chunks.LEAST:
                    raise GatewayRefused(413, "chunk_too_large") from None
                self._sizes[due.id] = max(chunks.LEAST, size // 2)
                continue
            return

    async def _in_pieces(self, due: Due, payload: bytes, size: int) -> None:
        manifest = await asyncio.to_thread(chunks.manifest, due.kind, payload, size)
        for _ in range(ROUNDS):
            state = await self._gateway.manifest(self._kiosk, due.id, manifest)
            if state.sha256:
                if state.sha256 != manifest.sha256:
                    raise GatewayDown("gateway: keeps something else than what was sent")
                return
            if not all(place < len(manifest.chunks) for place in state.missing):
                raise GatewayDown("gateway: asks for pieces that there are not")
            for place in state.missing:
                await self._put(due.id, place, chunks.piece(payload, size, place))
        raise GatewayDown("gateway: pieces do not arrive as they were sent")

    async def _put(self, fact: str, place: int, data: bytes) -> None:
        try:
            await self._gateway.chunk(self._kiosk, fact, place, data)
        except GatewayRefused as error:
            if error.status == 413:
                raise _TooLarge from None
            raise

    def _pause(self, attempts: int) -> float:
        least = self._config.retry_least
        most = min(self._config.retry_most, least * 2.0 ** min(attempts, 16))
        return random.uniform(least, max(least, most))


class _TooLarge(Exception):
    """The store takes no pieces of this size."""
