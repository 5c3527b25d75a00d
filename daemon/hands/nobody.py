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

    def __init__(self, caller: Caller, kiosk: str, agrees: bool = False) -> None:
        """`agrees`: the command itself says yes to what is asked; otherwise it is skipped."""
        super().__init__(caller, self._said_to)
        self._kiosk = kiosk
        self._agrees = agrees
        self.files: dict[str, bytes] = {}
        """What would have been handed to the technician."""

    async def _said_to(self, part: Part) -> None:
        if part.kind == "ask":
            self.heard("yes" if self._agrees else "skip")
        elif part.kind == "type":
            self.heard(self._kiosk)
        elif part.kind == "file":
            self.files[part.text] = part.content


def caller_of(by: By) -> Caller:
    """Who it was, for the audit log."""
    role: Any = {"view": "view", "ops": "tech"}.get(by.role, "admin")
    return Caller(uid=0, name="mqtt." + by.key, role=role, origin="")


def nobody(app: App, by: By, agrees: bool = False) -> Nobody:
    """For one command."""
    return Nobody(caller_of(by), app.config.kiosk.id, agrees)
