"""The health of one device, as the console, the uplink and the home menu see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from daemon.machine.events import DeviceBack, DeviceLost, Event
from daemon.machine.values import Device

Emit = Callable[[Event], None]
"""Takes one event, in the thread of the asyncio loop."""

State = Literal["unknown", "ok", "warn", "lost"]
Figure = int | float | str


class Health(msgspec.Struct, frozen=True):
    """One reading."""

    device: str
    state: State = "unknown"
    reason: str = ""
    """A stable code: `unplugged`, `hung`, `paper_out`, `stuck`, …; empty while all is well."""
    last_ok: float | None = None
    """When the device last did its work, in seconds since 1970 (UTC)."""
    faults: int = 0
    """How often it was lost since the daemon started."""
    figures: dict[str, Figure] = {}
    """What a technician wants to see: sheets, frames a second, sharpness, …"""
    remedy: str = ""
    """Text key of what to do about it, e.g. `remedy.page_printer.paper_out`."""


class HealthKeeper:
    """Keeps the health of one device and tells the machine of each loss and return once.

    `part` is the name the machine knows the device by; None for those it does not know (the
    proximity sensor, the headphone jack).  All methods belong to the loop's thread.
    """

    def __init__(
        self,
        device: str,
        part: Device | None,
        emit: Emit,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._part = part
        self._emit = emit
        self._clock = clock
        self._now = Health(device)

    @property
    def health(self) -> Health:
        return self._now

    def ok(self, **figures: Figure) -> None:
        """The device just did its work."""
        self._set("ok", "", figures, worked=True)

    def warn(self, reason: str, **figures: Figure) -> None:
        """It works, but somebody should look after it."""
        self._set("warn", reason, figures, worked=True)

    def lost(self, reason: str, **figures: Figure) -> None:
        """It does not work; the driver goes on trying."""
        self._set("lost", reason, figures, worked=False)

    def note(self, **figures: Figure) -> None:
        """New figures, the same state."""
        merged = {**self._now.figures, **figures}
        self._now = msgspec.structs.replace(self._now, figures=merged)

    def _set(self, state: State, reason: str, figures: dict[str, Figure], worked: bool) -> None:
        before = self._now
        fell = state == "lost" and before.state != "lost"
        self._now = Health(
            device=before.device,
            state=state,
            reason=reason,
            last_ok=self._clock() if worked else before.last_ok,
            faults=before.faults + fell,
            figures={**before.figures, **figures},
            remedy=f"remedy.{before.device}.{reason}" if reason else "",
        )
        if self._part is None:
            return
        if state == "lost" and (fell or reason != before.reason):
            self._emit(DeviceLost(self._part, reason))
        elif state != "lost" and before.state == "lost":
            self._emit(DeviceBack(self._part))
