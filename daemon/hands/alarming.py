"""What is wrong, as alarms upward: devices, services, certificates, the machine, supplies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from daemon.hands.standing import Standing
from daemon.machine.values import Part
from daemon.register.watch import CertificateState
from daemon.uplink import host
from daemon.uplink.alarms.book import FLAPPING, AlarmBook, Key
from daemon.uplink.alarms.table import code_of
from daemon.uplink.measures import Consumables
from drivers.health import Health

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks."""

SERVICES: tuple[Part, ...] = ("register", "numbers", "certifier", "store", "documents", "screen")
MACHINE = "host"


class Alarming:
    """Looks at all that can be wrong, and says it to the book of alarms, which tells changes."""

    def __init__(
        self,
        book: AlarmBook,
        health: Callable[[], Mapping[str, Health]],
        standing: Standing,
        state_folder: Path,
        clock_trusted: Callable[[], bool],
        certificates: Callable[[], Iterable[CertificateState]],
    ) -> None:
        self._book = book
        self._health = health
        self._standing = standing
        self._folder = state_folder
        self._trusted = clock_trusted
        self._certificates = certificates

    async def look_after(self) -> None:
        """Never ends."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """One look at everything."""
        now: dict[Key, str] = {}
        health = self._health()
        for name, one in health.items():
            if one.state in ("warn", "lost"):
                reason = one.reason or "error"
                now[code_of(name, reason), name] = reason
        for part in SERVICES:
            if reason := self._standing.reason(part):
                now[code_of(part, reason), part] = reason
        certificates = {f"certificate.{one.role}": one.state for one in self._certificates()}
        for name, state in certificates.items():
            if state != "ok":
                now[code_of(name, state), name] = state
        for (code, inst), reason in now.items():
            self._book.set(code, inst, True, reason)
        parts = {*health, *SERVICES, *certificates}
        self._book.only(now, lambda key: key[1] in parts and not _is_level(key))
        self._machine()

    def levels(self, told: Consumables) -> None:
        """What is used up runs low: with two bounds, so that a sheet more or less says nothing."""
        for item in told.items:
            if item.pct is not None:
                self._book.level(_LOW.get(item.id, "paper_low"), item.id, item.pct)

    # -- inside ----------------------------------------------------------------------------

    def _machine(self) -> None:
        figures = host.measure(self._folder)
        if figures.disk_pct is not None:
            self._book.level("disk_full", MACHINE, figures.disk_pct)
        if figures.cpu_c is not None:
            self._book.level("hot", MACHINE, figures.cpu_c)
        self._book.set("clock_wrong", MACHINE, not self._trusted(), "not_synchronised")


_LOW = {"toner": "toner_low"}
"""Consumable → its alarm; paper and rolls have one."""


def _is_level(key: Key) -> bool:
    """Those that a level clears, and what the book itself raises."""
    return key[0] in (FLAPPING, "disk_full", "hot", "outbox_full")
