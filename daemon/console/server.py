"""The control socket: answers commands of people the kernel vouches for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from daemon.console.inside import Code, ConsoleError, Inside
from daemon.console.roles import Groups, peer, role
from daemon.console.wire import LONGEST, Answer, Ask, Hello, Role, may

log = logging.getLogger(__name__)

VERSION = 1
ANSWER_WITHIN = 5.0
"""Seconds for one command; what takes longer is given up and named."""
CONNECTIONS = 16
LONGEST_MAINTENANCE = 24 * 3600.0

Verb = Callable[[Ask], Awaitable[Any]]


class ConsoleServer:
    """Serves one Unix socket inside the daemon's loop."""

    def __init__(
        self, socket_path: str | Path, inside: Inside, groups: Groups | None = None
    ) -> None:
        self._path = Path(socket_path)
        self._inside = inside
        self._groups = groups or Groups()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._verbs: dict[str, tuple[Role, Verb]] = {
            "status": ("view", lambda ask: inside.status()),
            "devices": ("view", lambda ask: inside.devices()),
            "faults": ("view", lambda ask: inside.faults()),
            "settings": ("view", lambda ask: inside.settings()),
            "maintenance": ("tech", self._maintenance),
        }

    async def start(self) -> None:
        """Listens; takes the place of a socket that a killed daemon left.  Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_clear, self._path)
        self._server = await asyncio.start_unix_server(
            self._connected, path=str(self._path), limit=LONGEST
        )
        # Anybody may knock: who gets in is decided by the peer's groups, not by the file's mode.
        self._path.chmod(0o666)

    async def stop(self) -> None:
        """Ends all connections and removes the socket."""
        if self._server is None:
            return
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._server = None
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    # -- one connection --------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        full = len(self._open) >= CONNECTIONS
        self._open.add(task)
        try:
            if full:
                await _send(writer, Hello(VERSION, None, "too many consoles are open"))
                return
            await self._talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # gone, or the daemon ends
        except ValueError:
            log.warning("a line of more than %s bytes on the control socket", LONGEST)
        finally:
            self._open.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock: socket.socket = writer.get_extra_info("socket")
        who = peer(sock)
        has = role(who, self._groups)
        if has is None:
            log.warning("uid %s was refused at the control socket", who.uid)
            await _send(
                writer,
                Hello(
                    VERSION,
                    None,
                    f"this user may not use the console: put it into the group "
                    f"{self._groups.view}, {self._groups.tech} or {self._groups.admin}",
                ),
            )
            return
        await _send(writer, Hello(VERSION, has))
        while line := await reader.readline():
            answer = await self._answer(line, has, who.uid)
            await _send(writer, answer)

    async def _answer(self, line: bytes, has: Role, uid: int) -> Answer:
        try:
            ask = msgspec.json.decode(line, type=Ask)
        except msgspec.MsgspecError as error:
            return Answer(0, Code.USAGE, error=f"not a command: {error}")
        answer = await self._run(ask, has)
        # Only names we know are written: a text from outside could forge lines of the log.
        verb = ask.verb if ask.verb in self._verbs else "(unknown)"
        log.info("console: uid %s (%s) %s: %s", uid, has, verb, answer.code.name)
        return answer

    async def _run(self, ask: Ask, has: Role) -> Answer:
        needed, verb = self._verbs.get(ask.verb, (None, None))
        if needed is None or verb is None:
            return Answer(ask.id, Code.USAGE, error=f"unknown command {ask.verb[:40]!r}")
        if not may(has, needed):
            return Answer(
                ask.id, Code.NOT_ALLOWED, error=f"{ask.verb} needs the role {needed}; yours: {has}"
            )
        try:
            data = await asyncio.wait_for(verb(ask), ANSWER_WITHIN)
        except ConsoleError as error:
            return Answer(ask.id, error.code, error=str(error))
        except TimeoutError:
            return Answer(ask.id, Code.TIMED_OUT, error=f"no result within {ANSWER_WITHIN:g} s")
        except Exception as error:
            # The text of an unforeseen error may quote anything: only its name leaves.
            log.error("console: %s broke: %s", ask.verb, type(error).__name__)
            return Answer(ask.id, Code.FAILED, error=f"{ask.verb} broke: {type(error).__name__}")
        return Answer(ask.id, Code.OK, msgspec.Raw(msgspec.json.encode(data)))

    async def _maintenance(self, ask: Ask) -> str:
        on, seconds = ask.args.get("on"), ask.args.get("seconds", 7200)
        reason = str(ask.args.get("reason", ""))[:80]
        if not isinstance(on, bool):
            raise ConsoleError(Code.USAGE, f"maintenance: on is {on!r}; true or false is right")
        if isinstance(seconds, str | bool) or not 60 <= seconds <= LONGEST_MAINTENANCE:
            raise ConsoleError(
                Code.USAGE, f"maintenance: {seconds!r} seconds; 60 to 86400 is right"
            )
        return await self._inside.maintenance(on, reason, float(seconds))


async def _send(writer: asyncio.StreamWriter, message: Hello | Answer) -> None:
    writer.write(msgspec.json.encode(message) + b"\n")
    await writer.drain()


def _clear(path: Path) -> None:
    """Removes the socket of a dead daemon; leaves a live one's, and any other file, alone."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(f"console.socket: {path} is a file, not a socket; name a free path")
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(os.fspath(path))
    except ConnectionRefusedError:
        path.unlink()
        return
    finally:
        probe.close()
    raise FileExistsError(f"console.socket: another daemon listens on {path}")
