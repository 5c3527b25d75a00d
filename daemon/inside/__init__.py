"""The daemon as the technician's console sees it: a file a family of commands.

Here stands what touches the running parts; grammar and looks are `daemon/console/`.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from daemon.console.server import ConsoleServer
from daemon.inside.alone import Alone
from daemon.inside.audit import Audit
from daemon.inside.look import Inside
from daemon.inside.network import NetworkChecks
from daemon.inside.ring import Ring
from daemon.inside.trials import Trials
from daemon.inside.usage import Usage
from daemon.inside.ward import Ward

if TYPE_CHECKING:
    from daemon.wiring import App

__all__ = ["Console"]


class Console:
    """All families of commands, and the socket they are given on."""

    def __init__(self, app: App) -> None:
        alone = Alone(app)
        self.audit = Audit(app)
        self.usage = Usage(app)
        self.ring = Ring()
        config = app.config.console
        self.server = ConsoleServer(
            config.socket or str(app.runtime_folder / "control.sock"),
            Inside(app),
            config.groups,
            verbs={
                **Trials(app, alone).verbs(),
                **self.usage.verbs(),
                **self.audit.verbs(),
                **self.ring.verbs(),
                **NetworkChecks(app).verbs(),
                **Ward(app).verbs(),
            },
            record=self.audit.record,
        )

    def lasting(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What goes on beside the commands, once there is a store."""
        return {"usage": self.usage.look_after(), "audit": self.audit.look_after()}
