"""Supervision of the child processes: screen, camera, document worker.

A child holds nothing that matters, so the cure for every trouble is the same: kill it, start it
again, and tell it anew what it needs to know.  Trouble is: it died, its link broke, or it owed a
Pong for too long (blocked in a native library, or stopped).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from daemon.link import Link, LinkError, Ping, Pong, pair

log = logging.getLogger(__name__)

PING_EVERY = 0.3
"""Seconds between two questions to a child."""


class ChildrenConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[children]: how patient the daemon is with its child processes, in seconds."""

    answer_within: float = 1.2
    """Silence after which an idle child counts as hung; with a start that stays under the 3 s that
    a visitor may see."""
    busy_within: float = 5.0
    """The same for a child that is computing or waits for a loaded processor: what is stopped or
    blocked in a driver uses no processor time."""
    start_within: float = 15.0
    """From a child's start to its first answer: libraries come from an SD card."""

    def __post_init__(self) -> None:
        for name in ("answer_within", "busy_within", "start_within"):
            if not 0.5 <= getattr(self, name) <= 900:
                raise ValueError(f"{name}: read {getattr(self, name)}, 0.5 to 900 is right")


BACK_OFF = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the n-th start in a row that led to no Pong; the last one repeats."""


class Client(Protocol):
    """The daemon's end of a child: what it is started as, and what is said to it."""

    @property
    def COMMAND(self) -> tuple[str, ...]:  # noqa: N802 (a constant of its class)
        """Arguments of the interpreter, such as ("-m", "drivers.camera_process")."""

    @property
    def INCOMING(self) -> Any:  # noqa: N802
        """Union of the messages that come from it."""

    def up(self, link: Link[Any]) -> None:
        """A process was started; what it must know can be sent (it reads when it is ready)."""

    def down(self, reason: str) -> None:
        """The process is gone: `lost` or `hung`."""

    def message(self, message: Any, fds: list[int]) -> None:
        """One message; closes the descriptors."""


class Child:
    """One supervised child.  `run` never ends by itself; cancel it to stop the child."""

    def __init__(
        self,
        name: str,
        client: Client,
        *,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        answered: Callable[[], None] | None = None,
        config: ChildrenConfig | None = None,
    ) -> None:
        self.name = name
        self.pid = 0
        """Of the process that runs now, 0 between two."""
        self.starts = 0
        self.ready = asyncio.Event()
        """Set while a process answers."""
        self._client = client
        self._arguments = tuple(arguments)
        self._environment = dict(environment or {})
        self._answered = answered
        self._patience = config or ChildrenConfig()
        self._failures = 0

    @property
    def up(self) -> bool:
        """Does a process answer?"""
        return self.ready.is_set()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1
            reason = await self._life()
            self.ready.clear()
            self._client.down(reason)
            log.warning("child %s %s (start %d)", self.name, reason, self.starts)

    def kill(self) -> None:
        """Ends the process that runs now; `run` starts the next one."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def _life(self) -> str:
        """One process from start to end; returns why it ended."""
        ours, theirs = pair()
        ours.setblocking(False)
        link: Link[Any] = Link(ours, self._client.INCOMING)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._client.COMMAND,
                "--fd",
                str(theirs.fileno()),
                *self._arguments,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self._environment, "PYTHONPATH": _import_path()},
            )
        finally:
            theirs.close()
        self.pid = process.pid
        self.starts += 1
        talk = asyncio.create_task(self._talk(link, process.pid), name=f"{self.name}-talk")
        died = asyncio.create_task(process.wait(), name=f"{self.name}-wait")
        try:
            await asyncio.wait((talk, died), return_when=asyncio.FIRST_COMPLETED)
            return talk.result() if talk.done() else "lost"
        finally:
            talk.cancel()
            # SIGKILL works on a stopped process too; nothing in a child needs a farewell.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await asyncio.gather(talk, died, return_exceptions=True)
            link.close()
            self.pid = 0

    async def _talk(self, link: Link[Any], pid: int) -> str:
        """Passes messages on until the process is `lost` or `hung`."""
        clock = asyncio.get_running_loop().time
        limits = self._patience
        patience, answered, pinged, count, worked = limits.start_within, clock(), 0.0, 0, 0
        self._client.up(link)
        while True:
            now = clock()
            if now - pinged >= PING_EVERY:
                if now - pinged > 2 * PING_EVERY:
                    answered = now  # this loop was late itself: what came meanwhile is unread
                silent, before, worked = now - answered, worked, _worked(pid)
                busy = worked > before or _waits_for_processor(pid)
                if count and silent > (max(patience, limits.busy_within) if busy else patience):
                    return "hung"
                count, pinged = count + 1, now
                with contextlib.suppress(LinkError):
                    link.send(Ping(count))
            try:
                async with asyncio.timeout(pinged + PING_EVERY - now):
                    message, fds = await link.receive_soon()
            except TimeoutError:
                continue
            except LinkError as error:
                log.warning("child %s: %s", self.name, error)
                return "lost"
            if isinstance(message, Pong):
                answered, patience = clock(), limits.answer_within
                self._alive()
            self._client.message(message, fds)

    def _alive(self) -> None:
        self._failures = 0
        if not self.ready.is_set():
            self.ready.set()
            if self._answered is not None:
                self._answered()


def _worked(pid: int) -> int:
    """Processor time that the process and its threads have used, in ticks (proc(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _waits_for_processor(pid: int) -> bool:
    """Is any thread running or ready to run (state R)?"""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with contextlib.suppress(OSError):
            if stat.read_bytes().rpartition(b") ")[2][:1] == b"R":
                return True
    return False


def _import_path() -> str:
    return os.pathsep.join(filter(None, sys.path))
