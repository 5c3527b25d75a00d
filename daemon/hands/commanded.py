"""What the ward and the city may have the kiosk do: the console's own verbs, one by one.

Each is written in the console's audit log, with the name of the key that signed it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daemon.catalogue import signed
from daemon.console.inside import Code, ConsoleError
from daemon.hands.announcing import Announcing
from daemon.hands.calling import Calling
from daemon.hands.collected import Collected
from daemon.hands.facts_sent import Sent
from daemon.hands.nobody import caller_of, nobody
from daemon.hands.updating import Updating
from daemon.hands.wanted import Applied
from daemon.inside.power import PowerArgs
from daemon.inside.trials import TestArgs as TrialArgs
from daemon.uplink.down import specs
from daemon.uplink.down.acts import Act, Acts, By, Done, Failed, Write

if TYPE_CHECKING:
    from daemon.uplink.uplink import Uplink
    from daemon.wiring import App

log = logging.getLogger(__name__)

_CODES = {Code.BUSY: "busy_session", Code.ABSENT: "absent", Code.USAGE: "arguments"}

TRIAL_SECONDS = 10.0
"""A test waits for no hand: nobody is there."""


class Commanded:
    """The acts of one running kiosk."""

    def __init__(self, app: App, uplink: Uplink, announcing: Announcing, calling: Calling) -> None:
        self._announcing = announcing
        self._calling = calling
        self._app = app
        self._uplink = uplink
        self._sent = Sent(app)
        self._applied = Applied(app)
        self._levels: dict[str, asyncio.TimerHandle] = {}

    def acts(self) -> Acts:
        """All of them."""
        acts: dict[str, Act] = {
            "snapshot": self.snapshot,
            "maintenance": self.maintenance,
            "test-device": self.test,
            "restart-app": self._power("restart"),
            "reboot": self._power("reboot"),
            "log-level": self.log_level,
            "notice": self._announcing.notice,
            "queue-call": self._calling.command,
            "hours": self._sent.hours,
            "catalogue": self._sent.catalogue,
            "collect-bundle": Collected(self._app).collect,
            **Updating(self._app).acts(),
            "config-confirm": self._applied.confirm,
            "config-rollback": self._applied.roll_back,
        }
        writes: dict[str, Write] = {"ack-alarm": self.ack}
        return Acts(
            acts={name: self._noted(name, act) for name, act in acts.items()},
            writes=writes,
            check=self._applied.check,
            apply=self._applied.apply,
            phase=self._applied.phase,
        )

    # -- the acts --------------------------------------------------------------------------

    async def snapshot(self, args: specs.Nothing, by: By) -> Done:
        """Everything that stands, once more."""
        self._uplink.again()
        return Done()

    async def maintenance(self, args: specs.MaintenanceArgs, by: By) -> Done:
        """A citizen who is being served finishes first."""
        inside = self._app.console.inside
        when = await inside.maintenance(args.on, args.reason, float(args.for_s))
        return Done(code="when_free" if when == "when_free" else "ok")

    async def test(self, args: specs.TestArgs, by: By) -> Done:
        """The verdicts of a test, without the picture."""
        wanted = TrialArgs(device=args.device, wait=False, seconds=TRIAL_SECONDS)
        rows = await self._app.console.trials.run(wanted, nobody(self._app, by))
        return Done(result={row.device: row.verdict for row in rows})

    async def log_level(self, args: specs.LogArgs, by: By) -> Done:
        """For a while; then as it was."""
        logger = logging.getLogger(args.room)
        before = self._levels.pop(args.room, None)
        if before is not None:
            before.cancel()
        logger.setLevel(args.level.upper())
        loop = asyncio.get_running_loop()
        self._levels[args.room] = loop.call_later(args.for_s, logger.setLevel, logging.NOTSET)
        return Done()

    def ack(self, args: specs.AckArgs, by: By) -> Done:
        """In the transaction that keeps the command's id."""
        if not self._uplink.alarms.acknowledge(args.code, args.inst, by.key):
            raise Failed("absent")
        return Done()

    # -- inside ----------------------------------------------------------------------------

    def _power(self, what: str) -> Act:
        async def act(args: specs.RestartArgs, by: By) -> Done:
            wanted = PowerArgs(what=what, reason=args.reason, wait=False)  # type: ignore[arg-type]
            await self._app.console.power.run(wanted, nobody(self._app, by))
            return Done()

        return act

    def _noted(self, name: str, act: Act) -> Act:
        """Runs it, and writes it down whatever comes of it."""
        record: Callable[..., Awaitable[None]] = self._app.console.audit.record

        async def noted(args: Any, by: By) -> Done:
            code = Code.FAILED
            try:
                done = await act(args, by)
                code = Code.OK
                return done
            except ConsoleError as error:
                code = error.code
                log.warning("command %s of %s: %s", name, by.key, error)
                raise Failed(_CODES.get(error.code, "failed")) from None
            finally:
                await record(caller_of(by), name, {}, code)

        return noted


def models_of() -> dict[str, str]:
    """The models of recognition that are installed, with the digest of each file."""
    folder = signed.folder("models", Path(str(resources.files("models"))))
    return {
        file.name.removesuffix(".tflite"): "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name.endswith(".tflite")
    }
