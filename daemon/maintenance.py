"""Why the kiosk is out of service: several may have a reason at once, the machine sees one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from daemon.machine.events import Maintenance

Source = Literal["door", "technician", "store", "console"]
"""`console`: a command that needs the devices, for as long as it runs."""


class MaintenanceSwitch:
    """On while anybody has it on."""

    def __init__(self, post: Callable[[Maintenance], None]) -> None:
        self._post = post
        self._reasons: dict[Source, str] = {}
        self._told: Maintenance | None = None

    def set(self, source: Source, on: bool, reason: str = "") -> None:
        """Switches one source; the machine is told of the sum, where that changed."""
        if on:
            self._reasons[source] = reason
        else:
            self._reasons.pop(source, None)
        words = next((reason for reason in self._reasons.values() if reason), "")
        event = Maintenance(bool(self._reasons), words)
        if event != self._told and (event.on or self._told is not None):
            self._told = event
            self._post(event)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who has it on."""
        return tuple(self._reasons)
