"""`app restart`, `reboot`, `poweroff`: when nobody is served, with a reason that is kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.talk import Talk, Verb
from daemon.inside.alone import Alone

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

REQUEST = "power"
"""File in the runtime folder: one word, for `kiosk-power.path`, whose service runs as root."""
TAKEN_WITHIN = 5.0

Reason = Annotated[str, msgspec.Meta(pattern=r"^(?!.*\d{5})[A-Za-z0-9][A-Za-z0-9_.-]{2,47}$")]


class PowerArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All three."""

    what: Literal["restart", "reboot", "poweroff"]
    reason: Reason
    wait: bool = True


class Power:
    """The daemon ends itself; the machine is ended by a service that may."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone

    def verbs(self) -> dict[str, Verb]:
        return {"power": Verb(role="tech", args=PowerArgs, run=self.run, talks=True, within=3600.0)}

    async def run(self, args: PowerArgs, talk: Talk) -> str:
        """A machine asks for its own name to be typed: nobody switches the wrong one off."""
        kiosk = self._app.config.kiosk.id
        if args.what != "restart":
            effect = "goes off and stays off" if args.what == "poweroff" else "starts anew"
            await talk.line(f"The whole machine {effect}; somebody may have to drive there.")
            if await talk.typed(f"Type {kiosk} to confirm:") != kiosk:
                raise ConsoleError(Code.FAILED, "not confirmed; nothing was done")
        async with self._alone(talk, wait=args.wait):
            if args.what == "restart":
                self._app.leave_soon(args.what, args.reason)
            else:
                await handed(self._app.runtime_folder / REQUEST, args.what, "kiosk-power.path")
                log.warning("%s: %s", args.what, args.reason)
                # systemd ends the daemon soon; nobody begins a visit until then
                self._app.maintenance.set("technician", True)
        return args.what


async def handed(path: Path, word: str, unit: str) -> None:
    """Leaves a line in a file for a unit of systemd.  Raises ConsoleError where nobody takes it."""
    part = path.with_suffix(".part")
    await asyncio.to_thread(part.write_text, word + "\n", "ascii")
    part.replace(path)
    loop = asyncio.get_running_loop()
    ends = loop.time() + TAKEN_WITHIN
    while await asyncio.to_thread(path.exists):
        if loop.time() > ends:
            with contextlib.suppress(FileNotFoundError):
                await asyncio.to_thread(path.unlink)
            raise ConsoleError(Code.ABSENT, f"nobody took the request: systemctl status {unit}")
        await asyncio.sleep(0.1)
