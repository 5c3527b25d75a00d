"""`net set|commit|rollback`, `time sync|set`: asked of a service that may."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
import time
from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import ClockRow, NetRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.alone import SAY_EVERY, Alone
from daemon.inside.clock import read_clock
from daemon.privileged.netfile import BadRequest, setting
from daemon.uplink.network import Network

if TYPE_CHECKING:
    from daemon.wiring import App

REQUEST = "machine"
"""File in the runtime folder, for `kiosk-machine.path`, whose service runs as root."""
ANSWER = "answer"
TAKEN_WITHIN = 5.0
DONE_WITHIN = 100.0
"""Seconds: three programs, each with its own limit."""
Text = Annotated[str, msgspec.Meta(max_length=400)]


class NetworkArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`net.set`: without an address, DHCP."""

    interface: Text
    address: Text = ""
    gateway: Text = ""
    dns: Text = ""
    ntp: Text = ""
    seconds: Annotated[float, msgspec.Meta(ge=60, le=3600)] = 600.0
    """Until it is undone."""
    wait: bool = True


class TimeArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`time.set`: a moment in Vietnam's time."""

    at: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$")]
    wait: bool = True


class Told(msgspec.Struct, frozen=True):
    """What the service answered last."""

    id: str
    error: str
    trial: str
    """Interface on trial; empty = none."""
    until: float
    """On the monotonic clock."""


class Machine:
    """The daemon's side: it writes down what is wanted and waits for the answer."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone
        self._asking = asyncio.Lock()

    def verbs(self) -> dict[str, Verb]:
        return {
            "net.set": Verb(
                role="admin", args=NetworkArgs, run=self.network, talks=True, within=3600.0
            ),
            "net.commit": Verb(role="admin", run=self.keep, talks=True, within=120.0),
            "net.rollback": Verb(role="admin", run=self.undo, talks=True, within=120.0),
            "time.sync": Verb(role="tech", run=self.sync, talks=True, within=180.0),
            "time.set": Verb(
                role="admin", args=TimeArgs, run=self.clock, talks=True, within=3600.0
            ),
        }

    def laid_over(self, row: NetRow) -> NetRow:
        """The row, with the trial that runs."""
        told = self._told()
        left = told.until - time.monotonic() if told is not None and told.trial else 0.0
        if told is None or left <= 0:
            return row
        return msgspec.structs.replace(row, trial=told.trial, trial_s=round(left, 1))

    # -- the commands ----------------------------------------------------------------------

    async def network(self, args: NetworkArgs, talk: Talk) -> float:
        """Tries it; returns the seconds after which it is undone."""
        wanted = msgspec.to_builtins(args)
        try:
            setting(wanted)
        except BadRequest as error:
            raise ConsoleError(Code.USAGE, str(error)) from None
        names = [one.name for one in Network().interfaces()]
        if args.interface not in names:
            there = ", ".join(names) or "none"
            raise ConsoleError(Code.ABSENT, f"no interface {args.interface}; there are: {there}")
        async with self._alone(talk, wait=args.wait):
            await self._ask("network.try", wanted)
        return args.seconds

    async def keep(self, args: NoArgs, talk: Talk) -> str:
        """Keeps what is on trial, also over a restart of the machine; returns the interface."""
        return await self._end("network.keep")

    async def undo(self, args: NoArgs, talk: Talk) -> str:
        """The network before it holds again."""
        return await self._end("network.undo")

    async def sync(self, args: NoArgs, talk: Talk) -> ClockRow:
        """Asks the time servers now, and waits for one."""
        asking = asyncio.create_task(self._ask("clock.sync", {}))
        waited = 0.0
        try:
            while not (await asyncio.wait({asking}, timeout=SAY_EVERY))[0]:
                waited += SAY_EVERY
                await talk.live(f"waiting for a time server  ({waited:.0f} s)")
            await asking
        finally:
            asking.cancel()
        return read_clock(self._app.clock_trusted())

    async def clock(self, args: TimeArgs, talk: Talk) -> ClockRow:
        """By hand: enough for certificates to be read; it does not count as synchronised."""
        try:
            moment = dt.datetime.fromisoformat(args.at).replace(tzinfo=VIETNAM)
        except ValueError:
            raise ConsoleError(Code.USAGE, f"{args.at} is no moment") from None
        by = moment.timestamp() - time.time()
        began = time.monotonic()
        await talk.line(f"The clock goes {abs(by):.0f} s {'forward' if by > 0 else 'back'}.")
        if not await talk.yes("Set it?"):
            raise ConsoleError(Code.FAILED, "not confirmed; nothing was changed")
        async with self._alone(talk, wait=args.wait):
            at = moment.timestamp() + time.monotonic() - began
            await self._ask("clock.set", {"at": at})
        return read_clock(self._app.clock_trusted())

    # -- inside ----------------------------------------------------------------------------

    async def _end(self, do: str) -> str:
        told = self._told()
        if told is None or not told.trial:
            raise ConsoleError(Code.FAILED, "no network is on trial: net set comes first")
        await self._ask(do, {})
        return told.trial

    async def _ask(self, do: str, wanted: dict[str, object]) -> None:
        """Raises ConsoleError where nobody takes the request, or it fails."""
        number = secrets.token_hex(8)
        path = self._app.runtime_folder / REQUEST
        async with self._asking:
            part = path.with_suffix(".part")
            text = msgspec.json.encode({**wanted, "do": do, "id": number})
            await asyncio.to_thread(part.write_bytes, text)
            part.replace(path)
            loop = asyncio.get_running_loop()
            began = loop.time()
            while (told := self._told()) is None or told.id != number:
                took = loop.time() - began
                if path.exists() and took > TAKEN_WITHIN:
                    with contextlib.suppress(FileNotFoundError):
                        path.unlink()
                    raise ConsoleError(
                        Code.ABSENT, "nobody took the request: systemctl status kiosk-machine.path"
                    )
                if took > DONE_WITHIN:
                    raise ConsoleError(Code.TIMED_OUT, f"no answer within {DONE_WITHIN:.0f} s")
                await asyncio.sleep(0.1)
        if told.error:
            raise ConsoleError(Code.FAILED, told.error)

    def _told(self) -> Told | None:
        folder = self._app.runtime_folder
        path = folder.with_name(folder.name + "-machine") / ANSWER
        try:
            return msgspec.json.decode(path.read_bytes(), type=Told)
        except (OSError, msgspec.MsgspecError):
            return None
