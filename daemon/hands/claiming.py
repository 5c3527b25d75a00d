"""Keeps the kiosk's own claims of queue numbers at the ward's broker."""

from __future__ import annotations

import asyncio
import logging

from daemon.services.queue.claims import Claims
from daemon.services.queue.leases import LeaseError
from daemon.store import StoreError
from daemon.uplink.registers import Registers

log = logging.getLogger(__name__)

AGAIN = 5.0
"""Seconds until it is tried again where the broker did not take it."""


async def publishing(claims: Claims, registers: Registers) -> None:
    """Puts them there with each new connection: a broker may have forgotten them.  Never ends."""
    loop = asyncio.get_running_loop()
    found = asyncio.Event()

    def told() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(found.set)

    registers.found = told
    put = 0
    while True:
        if put == registers.connection:
            await found.wait()
        found.clear()
        connection = registers.connection
        try:
            await claims.publish()
            put = connection
        except (LeaseError, StoreError) as error:
            log.debug("queue: claims are not at the broker: %s", error)
            await asyncio.sleep(AGAIN)
