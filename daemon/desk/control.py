"""Who is there and how many wait: told on a socket of this machine, to whoever may open it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import msgspec

from daemon.desk.desk import Desk

SOCKET = "desk.sock"
WITHIN = 5.0
"""Seconds for an answer."""


class KioskState(msgspec.Struct, frozen=True):
    """One kiosk's line."""

    name: str
    online: bool
    doing: str
    version: str


class DeskState(msgspec.Struct, frozen=True):
    """Counts, officers and kiosks; nothing of a request."""

    officers: tuple[str, ...]
    """Short names of those who are there."""
    may_decide: int
    kiosks: tuple[KioskState, ...]
    waiting: int
    held: int
    decided: int
    """Decisions since the desk was started, as far as they are remembered."""
    median_s: float


def state_of(desk: Desk) -> DeskState:
    """What is so now."""
    states = [one.state for one in desk.board.open_ones()]
    return DeskState(
        tuple(sorted(desk.there)),
        desk.present(),
        tuple(
            KioskState(one.name, one.online, one.doing, one.version)
            for one in sorted(desk.kiosks.all.values(), key=lambda one: one.name)
        ),
        states.count("waiting"),
        states.count("held"),
        len(desk.seconds),
        round(desk.median, 1),
    )


async def serve(desk: Desk) -> asyncio.Server:
    """Listens; every connection is told the state and closed."""
    path = Path(desk.config.runtime) / SOCKET
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)

    async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(msgspec.json.encode(state_of(desk)))
            await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(told, str(path))
    path.chmod(0o660)
    return server


def ask(runtime: str) -> DeskState:
    """The state of the desk that runs here.  Raises OSError, msgspec.MsgspecError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(WITHIN)
        line.connect(str(Path(runtime) / SOCKET))
        data = b""
        while part := line.recv(65536):
            data += part
    return msgspec.json.decode(data, type=DeskState)
