"""The control socket: answers commands of people the kernel vouches for."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import logging
import os
import pwd
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from daemon.console.call import Call, Record, basic
from daemon.console.inside import Code, Inside
from daemon.console.roles import Groups, peer, role
from daemon.console.talk import Caller, Verb
from daemon.console.wire import LONGEST, SAY, STOP, Answer, Ask, Hello

log = logging.getLogger(__name__)

VERSION = 1
CONNECTIONS = 24
CONNECTIONS_A_USER = 8
"""So that one account's forgotten or hostile programs do not lock the others out."""
QUEUE = 8
"""Connections taken in one turn of the loop, which also serves a citizen."""
IDLE = 900.0
"""Seconds after which a connection without a command is closed: more than the console's own."""
SEND_WITHIN = 10.0
"""Seconds a reader may leave us waiting before it counts as gone."""
BURST, A_SECOND = 40, 20.0
"""Commands of one connection that are answered at once, and how many a second after that."""
BAD_LINES = 20
"""Lines that are no command, after which a connection is closed."""


class ConsoleServer:
    """Serves one Unix socket inside the daemon's loop."""

    def __init__(
        self,
        socket_path: str | Path,
        inside: Inside,
        groups: Groups | None = None,
        *,
        verbs: Mapping[str, Verb] | None = None,
        record: Record | None = None,
    ) -> None:
        """`verbs`: commands besides those of `inside`; `record` is told of each command."""
        self._path = Path(socket_path)
        self._groups = groups or Groups()
        self._record = record
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._users: collections.Counter[int] = collections.Counter()
        self._verbs: dict[str, Verb] = {**basic(inside), **(verbs or {})}

    def verb(self, name: str) -> Verb:
        """The command of this name.  Raises KeyError."""
        return self._verbs[name]

    async def start(self) -> None:
        """Listens; takes the place of a socket that a killed daemon left.  Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_clear, self._path)
        self._server = await asyncio.start_unix_server(
            self._connected, path=str(self._path), limit=LONGEST, backlog=QUEUE
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
            await self._welcome(reader, writer)
        except TimeoutError:  # an OSError too, hence first
            log.info("console: a connection that was idle, or did not read, was closed")
            writer.transport.abort()  # what waits for a reader who takes nothing would wait on
        except (OSError, asyncio.CancelledError):
            pass  # gone, or the daemon ends
        except ValueError:
            log.warning("a line of more than %s bytes on the control socket", LONGEST)
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock: socket.socket = writer.get_extra_info("socket")
        who = peer(sock)
        has = role(who, self._groups)
        if has is None:
            log.warning("uid %s was refused at the control socket", who.uid)
            names = f"{self._groups.view}, {self._groups.tech} or {self._groups.admin}"
            refusal = f"this user may not use the console: put it into the group {names}"
            await _send(writer, Hello(VERSION, None, refusal))
            return
        if self._users[who.uid] >= CONNECTIONS_A_USER:
            await _send(writer, Hello(VERSION, None, "too many consoles of this user are open"))
            return
        self._users[who.uid] += 1
        try:
            await _send(writer, Hello(VERSION, has))
            name = await asyncio.to_thread(_account, who.uid)
            await self._talk(reader, writer, Caller(who.uid, name, has))
        finally:
            self._users[who.uid] -= 1

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caller: Caller
    ) -> None:
        loop = asyncio.get_running_loop()
        bad, free, since = 0, float(BURST), loop.time()

        async def answer(told: Answer) -> None:
            await _send(writer, told)

        while True:
            async with asyncio.timeout(IDLE):
                line = await reader.readline()
            if not line:
                return
            free, since = min(BURST, free + (loop.time() - since) * A_SECOND), loop.time()
            free -= 1
            if free < 0:
                await asyncio.sleep(-free / A_SECOND)
            try:
                ask = msgspec.json.decode(line, type=Ask)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                await answer(Answer(0, Code.USAGE, error=f"not a command: {error}"))
                bad += 1
                if bad >= BAD_LINES:
                    return
                continue
            if ask.verb in (SAY, STOP):
                continue  # what it was for is over
            call = Call(self._verbs, ask, caller, answer, self._record)
            if call.talks:
                await _listening(call, reader, answer)
            else:
                await answer(await call.run())


async def _listening(
    call: Call, reader: asyncio.StreamReader, answer: Callable[[Answer], Awaitable[None]]
) -> None:
    """Runs a command that goes on while its technician may type; without them it is ended."""
    running = asyncio.create_task(call.run())
    reading = asyncio.create_task(reader.readline())
    try:
        while True:
            await asyncio.wait({running, reading}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await answer(running.result())
                return
            line = reading.result()
            if not line:
                raise ConnectionResetError
            reading = asyncio.create_task(reader.readline())
            try:
                call.heard(msgspec.json.decode(line, type=Ask))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
    finally:
        for task in (running, reading):
            task.cancel()
        await asyncio.gather(running, reading, return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, message: Hello | Answer) -> None:
    writer.write(msgspec.json.encode(message) + b"\n")
    async with asyncio.timeout(SEND_WITHIN):
        await writer.drain()


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name[:32]
    except KeyError:
        return f"uid {uid}"


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
