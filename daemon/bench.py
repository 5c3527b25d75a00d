"""The bench: a socket on which a person plays the world around a kiosk with simulated devices.

One JSON object a line: `{"do": "lay", "path": "…"}`.  Each is answered by `{"ok": …, "error": …}`;
in between come lines `{"state": {…}}` whenever something changed.  It exists only where devices are
simulated, and only its own user may open it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast, get_args

import msgspec

from daemon.certifier import Asked, Verdict
from daemon.machine.values import Key
from daemon.wiring import App
from drivers.simulated.world import World

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
"""Seconds between two looks whether something changed."""


class Ask(msgspec.Struct, frozen=True):
    """One wish."""

    do: str
    key: str = ""
    path: str = ""
    angle: float | None = None
    device: str = ""
    text: str = ""
    reason: str = ""
    sheets: int = 500
    on: bool = True


class BenchState(msgspec.Struct, frozen=True):
    """What a person at the bench sees."""

    screen: str
    lamps: dict[str, str]
    tray: tuple[str, ...]
    """Pictures of the sheets in the tray."""
    tickets: tuple[str, ...]
    bed: bool
    paper: int
    """Sheets in the cassette."""
    asked: str
    """What the certifier is asked, empty while nothing."""
    memo: str
    """The payment code that is shown."""
    amount: int
    lost: tuple[str, ...]


class WishError(Exception):
    """The wish cannot be done; the text is for the person at the bench."""


class BenchServer:
    """Serves the socket inside the daemon's loop."""

    def __init__(self, app: App, path: Path) -> None:
        if app.world is None:
            raise ValueError("the bench needs simulated devices")
        self._app = app
        self._world: World = app.world
        self._path = path
        self._server: asyncio.Server | None = None
        self._pushing: set[asyncio.Task[None]] = set()
        self._wishes: dict[str, Callable[[Ask], Any]] = {
            "press": self._press,
            "lay": self._lay,
            "lift": lambda _: self._world.lift(),
            "take_sheets": lambda _: self._world.take_sheets(),
            "load_paper": lambda ask: self._world.load_paper(ask.sheets),
            "paper_out": lambda _: self._world.paper_out(),
            "jam": lambda _: self._world.jam(),
            "clear": lambda _: self._world.clear(),
            "door": lambda ask: self._world.open_door(ask.on),
            "pull": lambda ask: self._plug(ask, self._world.pull),
            "plug": lambda ask: self._plug(ask, self._world.plug),
            "headset": lambda ask: self._world.headset(ask.on),
            "come": lambda ask: self._world.come(ask.on),
            "scan": lambda ask: self._world.scan(ask.text),
            "accept": lambda _: self._decide("accepted", ""),
            "refuse": lambda ask: self._decide("refused", ask.reason or "unclear"),
            "relay": lambda ask: self._decide("relay", ask.reason),
            "counter": lambda ask: self._decide("counter", ask.reason),
            "pay": self._pay,
            "waive": self._waive,
        }

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, path=str(self._path))
        self._path.chmod(0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._pushing:
            task.cancel()
        await asyncio.gather(*self._pushing, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    def state(self) -> BenchState:
        """What is to be seen now."""
        app, world = self._app, self._world
        asked = app.certifier.waiting
        return BenchState(
            screen=app.kiosk.shown.name,
            lamps={str(lamp): str(mode) for lamp, mode in world.lamps.items()},
            tray=tuple(str(path) for path in world.tray),
            tickets=tuple(str(path) for path in world.tickets[-5:]),
            bed=app.kiosk.state.world.bed,
            paper=world.paper.sheets,
            asked="" if asked is None else _said(asked),
            memo=app.money.memo if app.money is not None else "",
            amount=app.money.amount if app.money is not None else 0,
            lost=tuple(sorted(app.kiosk.state.world.lost)),
        )

    # -- the line --------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._push(writer))
        self._pushing.add(task)
        try:
            while line := await reader.readline():
                await _send(writer, await self._answer(line))
        except (ConnectionError, ValueError) as error:
            log.debug("bench: %s", error)
        finally:
            task.cancel()
            self._pushing.discard(task)
            writer.close()

    async def _push(self, writer: asyncio.StreamWriter) -> None:
        told: BenchState | None = None
        with contextlib.suppress(ConnectionError):
            while True:
                now = self.state()
                if now != told:
                    told = now
                    await _send(writer, {"state": msgspec.to_builtins(now)})
                await asyncio.sleep(LOOK_EVERY)

    async def _answer(self, line: bytes) -> dict[str, object]:
        try:
            ask = msgspec.json.decode(line, type=Ask)
            wish = self._wishes.get(ask.do)
            if wish is None:
                raise WishError(f"{ask.do}: one of {', '.join(sorted(self._wishes))} is right")
            answer = wish(ask)
            if asyncio.iscoroutine(answer):
                await answer
        except (WishError, OSError, KeyError, msgspec.MsgspecError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True}

    # -- wishes ----------------------------------------------------------------------------

    def _press(self, ask: Ask) -> None:
        if ask.key not in get_args(Key):
            raise WishError(f"key {ask.key}: one of {', '.join(get_args(Key))} is right")
        self._world.press(cast(Key, ask.key))

    async def _lay(self, ask: Ask) -> None:
        data = await asyncio.to_thread(Path(ask.path).read_bytes)
        self._world.lay(data, ask.angle)

    def _plug(self, ask: Ask, act: Callable[[str], None]) -> None:
        try:
            act(ask.device)
        except KeyError:
            raise WishError(f"device {ask.device}: it has no plug here") from None

    def _decide(self, verdict: Verdict, reason: str) -> None:
        if not self._app.certifier.answer(verdict, reason):
            raise WishError("the certifier is asked nothing now")

    async def _waive(self, ask: Ask) -> None:
        money = self._app.money
        if money is None or not money.memo:
            raise WishError("no payment code is shown now")
        await money.waive(money.memo)

    async def _pay(self, ask: Ask) -> None:
        money = self._app.money
        if money is None or not money.memo:
            raise WishError("no payment code is shown now")
        await money.notice(money.memo, money.amount)


def _said(asked: Asked) -> str:
    pages = sum(asked.pages)
    return f"{', '.join(asked.kinds)}: {pages} pages × {asked.copies}, {asked.product}"


async def _send(writer: asyncio.StreamWriter, value: object) -> None:
    writer.write(msgspec.json.encode(value) + b"\n")
    await writer.drain()


def connect(path: Path) -> socket.socket:
    """A connection for a client."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(str(path))
    return sock
