"""What stands upward on retained topics: what works now, and how the devices do."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.offers import NEEDS
from daemon.machine.state import State
from daemon.uplink.errors import UplinkError
from daemon.uplink.payloads import DeviceHealth
from daemon.uplink.uplink import Uplink
from drivers.devices import Devices
from drivers.health import Health

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks at the devices' health."""

ABILITIES = {
    "copy_digital": (*NEEDS["copy"], "delivery"),
    "copy_paper": (*NEEDS["copy"], "page_printer"),
    "lookup": NEEDS["lookup"],
    "ticket": NEEDS["ticket"],
    "dossier": NEEDS["dossier"],
}


class Upward:
    """Keeps the ward's picture of the kiosk right."""

    def __init__(self, uplink: Uplink, devices: Devices) -> None:
        self._uplink = uplink
        self._devices = devices

    def watch(self, state: State) -> None:
        """Called after each event; the uplink sends only what changed."""
        world = state.world
        missing = {
            name: next((part for part in parts if part in world.lost), None)
            for name, parts in ABILITIES.items()
        }
        can = {name: part is None and not world.maintenance for name, part in missing.items()}
        mode = "maintenance" if world.maintenance else "in_service"
        if mode == "in_service" and not any(can.values()):
            mode = "out_of_service"
        why = {name: str(part) for name, part in missing.items() if part is not None}
        try:
            self._uplink.state(mode, state.visit, can, why)
        except UplinkError as error:
            log.error("the state is not told: %s", error)

    async def look_after_devices(self) -> None:
        """Never ends."""
        while True:
            for health in self._devices.health().values():
                try:
                    self._uplink.device(_told(health))
                except UplinkError as error:
                    log.error("health of %s is not told: %s", health.device, error)
            await asyncio.sleep(LOOK_EVERY)


def _told(health: Health) -> DeviceHealth:
    last_ok = health.last_ok
    return DeviceHealth(
        id=health.device,
        state=health.state,
        reason=health.reason or None,
        last_ok=None
        if last_ok is None
        else dt.datetime.fromtimestamp(last_ok, VIETNAM).isoformat(timespec="seconds"),
        faults=health.faults,
        fig={
            name: figure
            for name, figure in health.figures.items()
            if isinstance(figure, int | float)
        },
    )
