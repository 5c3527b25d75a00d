"""The daemon as the technician's console sees it: a file a family of commands.

Here stands what touches the running parts; grammar and looks are `daemon/console/`.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from daemon.console.server import ConsoleServer
from daemon.inside.alone import Alone
from daemon.inside.audit import Audit
from daemon.inside.bundle import Bundle
from daemon.inside.factory import Factory
from daemon.inside.fees import Fees
from daemon.inside.install import Install
from daemon.inside.look import Inside
from daemon.inside.machine import Machine
from daemon.inside.network import NetworkChecks
from daemon.inside.parts import Parts
from daemon.inside.power import Power
from daemon.inside.ring import Ring
from daemon.inside.selftest import SelfTest
from daemon.inside.settings import Settings
from daemon.inside.shells import Shells
from daemon.inside.trials import Trials
from daemon.inside.update_asked import UpdateAsked
from daemon.inside.updates import Updates
from daemon.inside.usage import Usage
from daemon.inside.ward import Ward

if TYPE_CHECKING:
    from daemon.wiring import App

__all__ = ["Console"]


class Console:
    """All families of commands, and the socket they are given on."""

    def __init__(self, app: App) -> None:
        self.alone, self.inside = Alone(app), Inside(app)
        alone, inside = self.alone, self.inside
        self.audit = Audit(app)
        self.usage = Usage(app)
        self.ring = Ring()
        self.settings = Settings(app, alone)
        self.trials = trials = Trials(app, alone)
        self.power = Power(app, alone)
        self.updates = Updates(app)
        self.update_asked = UpdateAsked(app, alone)
        self.bundle = Bundle(app, inside, trials, self.usage, self.audit, self.ring)
        machine = Machine(app, alone)
        families = (
            trials,
            self.usage,
            self.audit,
            self.ring,
            self.settings,
            machine,
            NetworkChecks(app, machine),
            Ward(app),
            Fees(app),
            SelfTest(app),
            self.power,
            Parts(app, alone),
            Shells(app),
            Install(app, self.settings, trials),
            Factory(app, alone),
            self.updates,
            self.update_asked,
            self.bundle,
        )
        config = app.config.console
        self.server = ConsoleServer(
            config.socket or str(app.runtime_folder / "control.sock"),
            inside,
            config.groups,
            verbs={name: verb for family in families for name, verb in family.verbs().items()},
            record=self.audit.record,
        )

    def lasting(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What goes on beside the commands, once there is a store."""
        return {"usage": self.usage.look_after(), "audit": self.audit.look_after()}
