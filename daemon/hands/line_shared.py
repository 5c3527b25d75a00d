"""One line for kiosks without a queue service: each tells its numbers, the first one all calls.

One kiosk calls, the first of `queue.kiosks`: two consoles could call one number to two counters.
"""

from __future__ import annotations

import asyncio
import logging

import msgspec

from daemon.services.queue.desk import Desk
from daemon.services.queue.shared import Shared, told, took
from daemon.store import Store, StoreError
from daemon.uplink.errors import LineError
from daemon.uplink.registers import Registers

log = logging.getLogger(__name__)

PACE = 1.0
"""Seconds between two tellings at least."""
AGAIN = 5.0
"""Seconds until it is tried again where the broker did not take it."""


class LineShared:
    """Tells what changed here, takes in what changed there."""

    def __init__(
        self, store: Store, desk: Desk, registers: Registers, kiosk: str, caller: str
    ) -> None:
        self._store = store
        self._desk = desk
        self._registers = registers
        self._kiosk = kiosk
        self._caller = caller
        self._changed = asyncio.Event()
        self._came: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def found() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._changed.set)

        def news(other: str, body: bytes) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._came.put_nowait, (other, body))

        registers.found, registers.news = found, news
        store.outbox.watch(found)  # each number that is drawn is a fact, too
        desk.watch(lambda turn: self._changed.set())

    async def tell(self) -> None:
        """Never ends."""
        sent, connection = b"", 0
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                shared = await self._store.read(
                    lambda: told(self._desk.day(), acts=self._kiosk == self._caller)
                )
                body = msgspec.json.encode(shared)
                now = self._registers.connection
                if now != connection:
                    self._registers.listen(now)
                if (body, now) != (sent, connection):
                    await self._registers.put(body, now)
                    sent, connection = body, now
            except (LineError, StoreError) as error:
                log.debug("queue: the line is not told: %s", error)
                await asyncio.sleep(AGAIN)
                self._changed.set()
                continue
            await asyncio.sleep(PACE)

    async def listen(self) -> None:
        """Never ends."""
        while True:
            other, body = await self._came.get()
            try:
                shared = msgspec.json.decode(body, type=Shared)
            except msgspec.MsgspecError:
                log.warning("queue: what %s tells of its line cannot be read", other)
                continue
            try:
                await self._store.write(lambda s=shared, o=other: took(s, o))  # type: ignore[misc]
                if other == self._caller:
                    for act in shared.acts:
                        happened = act.happening(shared.day)
                        await self._desk.take_in(happened, self._kiosk, f".{other}")
            except StoreError as error:
                log.warning("queue: the line of %s is not kept: %s", other, error)
