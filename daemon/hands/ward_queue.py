"""The ward's queue service as the queue asks it: blocks, what happens in the line, calls."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import uuid
from typing import Literal

import msgspec

from daemon.services.queue.desk import Desk, Happening, QueueError, Turn
from daemon.services.queue.leases import LeaseError
from daemon.store import StoreError
from daemon.uplink.gateway import Gateway, GatewayConfig, GatewayDown, GatewayRefused
from daemon.uplink.gateway.errors import GatewayError
from daemon.uplink.gateway.messages import BlockWanted, QueueTold, QueueWanted

log = logging.getLogger(__name__)


class WardAllocator:
    """Leases blocks from the ward's queue service."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def take(self, key: str, day: str, letter: str, count: int) -> tuple[int, int]:
        """As `Allocator.take`: the service knows the key.  Raises LeaseError."""
        try:
            given = await self._gateway.queue_block(key, BlockWanted(day, letter, count))
        except GatewayError as error:
            raise LeaseError(str(error)) from error
        return given.first, given.count


class WardLine:
    """Follows the ward's line, and has the ward act."""

    def __init__(self, config: GatewayConfig, gateway: Gateway, desk: Desk, kiosk: str) -> None:
        self._config = config
        self._gateway = gateway
        self._desk = desk
        self._kiosk = kiosk

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
                    log.warning("queue: the ward's line is not heard: %s", error)
                least = self._config.retry_least
                most = min(self._config.retry_most, least * 2.0 ** min(attempts, 16))
                await asyncio.sleep(random.uniform(least, max(least, most)))

    async def once(self) -> int:
        """One question; returns how much was told.  Raises GatewayError, StoreError."""
        told = await self._gateway.queue_told(await self._desk.place())
        for one in told:
            await self._desk.take_in(_happening(one), self._kiosk)
        return len(told)

    async def act(
        self,
        act: Literal["call", "recall", "skip", "transfer"],
        counter: str = "",
        number: str = "",
        service: str = "",
    ) -> Turn:
        """Has the ward call, recall, skip or transfer; a lost answer is asked for once more.

        Raises QueueError with `down` where the ward is out of reach.
        """
        key = uuid.uuid4().hex
        wanted = QueueWanted(act, self._desk.day(), counter, number, service)
        with contextlib.suppress(GatewayDown):
            return self._turn(await self._ask(key, wanted))
        try:
            return self._turn(await self._ask(key, wanted))
        except GatewayDown as error:
            raise QueueError("down", str(error)) from error

    # -- inside ----------------------------------------------------------------------------

    async def _ask(self, key: str, wanted: QueueWanted) -> QueueTold:
        try:
            return await self._gateway.queue_act(key, wanted)
        except GatewayRefused as error:
            raise QueueError(error.code) from error

    def _turn(self, told: QueueTold) -> Turn:
        return Turn(
            "call" if told.act == "drawn" else told.act,
            self._desk.label(told.letter, told.number),
            told.service,
            told.counter,
            told.at,
        )


def _happening(told: QueueTold) -> Happening:
    return Happening(**msgspec.structs.asdict(told))
