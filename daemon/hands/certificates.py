"""The signing certificates are watched; what becomes of them is told upward and to the console."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from daemon.register.errors import RegisterError
from daemon.register.register import Register
from daemon.register.watch import USELESS, CertificateState
from daemon.store import StoreError
from daemon.uplink.errors import UplinkError
from daemon.uplink.payloads import DeviceHealth

log = logging.getLogger(__name__)

LOOK_EVERY = 600.0
"""Seconds between two looks at certificates that could be read."""

LOOK_AGAIN = 30.0
"""Seconds until the next look where they could not."""


class CertificateWatch:
    """Knows the last look; tells each change once, under stable keys."""

    def __init__(self, tell: Callable[[DeviceHealth], None]) -> None:
        self.states: tuple[CertificateState, ...] = ()
        """Empty until somebody could read them."""
        self._tell = tell
        self._told: dict[str, str] = {}

    async def look(self, register: Register) -> None:
        """Raises RegisterError, StoreError where the keys cannot be asked."""
        self.states = await register.certificates()
        for one in self.states:
            name = f"certificate.{one.role}"
            if self._told.get(name, "ok") != one.state:
                log.warning("%s: %s, %d days left", name, one.state, one.days)
            self._told[name] = one.state
            try:
                self._tell(health(one))
            except UplinkError as error:
                log.error("%s is not told: %s", name, error)

    async def look_after(self, register: Register) -> None:
        """Never ends."""
        while True:
            try:
                await self.look(register)
            except (RegisterError, StoreError):
                # who looks after the register tells of it; what was known stays
                await asyncio.sleep(LOOK_AGAIN)
            else:
                await asyncio.sleep(LOOK_EVERY)


def health(one: CertificateState) -> DeviceHealth:
    """A certificate as the ward's monitoring sees it."""
    good = one.state == "ok"
    return DeviceHealth(
        id=f"certificate.{one.role}",
        state="ok" if good else "lost" if one.state in USELESS else "warn",
        reason=None if good else one.state,
        fig={"days": one.days},
    )
