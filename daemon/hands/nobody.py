"""The console's verbs without a technician: questions are skipped, a name is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daemon.console.talk import Caller, Talk
from daemon.console.wire import Part
from daemon.uplink.down.acts import By

if TYPE_CHECKING:
    from daemon.wiring import App


class Nobody(Talk):
    """The way to a technician who is not there."""

    def __init__(self, caller: Caller, kiosk: str) -> None:
        super().__init__(caller, self._said_to)
        self._kiosk = kiosk

    async def _said_to(self, part: Part) -> None:
        if part.kind == "ask":
            self.heard("skip")
        elif part.kind == "type":
            self.heard(self._kiosk)


def caller_of(by: By) -> Caller:
    """Who it was, for the audit log."""
    role: Any = {"view": "view", "ops": "tech"}.get(by.role, "admin")
    return Caller(uid=0, name="mqtt." + by.key, role=role, origin="")


def nobody(app: App, by: By) -> Nobody:
    """For one command."""
    return Nobody(caller_of(by), app.config.kiosk.id)
