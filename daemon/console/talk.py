"""What a command can use while it runs in the daemon: who called, lines out, answers in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.wire import Part, Role

ANSWER_WITHIN = 5.0
"""Seconds for a command that answers at once; what takes longer is given up and named."""

REPLY_WITHIN = 300.0
"""Seconds a question waits for the technician, who may have to walk round the case."""

Figures = dict[str, int | float | str]


class Caller(msgspec.Struct, frozen=True):
    """Who gave a command."""

    uid: int
    name: str
    """Account name, as the system knows it."""
    role: Role
    origin: str = ""
    """`ssh ADDRESS`, `serial ttyS0`, `local`; told by the caller's own program."""


class Talk:
    """The two directions between a running command and the technician."""

    def __init__(self, caller: Caller, send: Callable[[Part], Awaitable[None]]) -> None:
        self.caller = caller
        self._send = send
        self._said: asyncio.Queue[str] = asyncio.Queue(64)

    # -- for the server --------------------------------------------------------------------

    def heard(self, text: str) -> None:
        """The technician typed a line.  What nobody waits for is dropped."""
        if not self._said.full():
            self._said.put_nowait(text)

    # -- for commands ----------------------------------------------------------------------

    async def line(self, text: str, **figures: int | float | str) -> None:
        """One line that stays."""
        await self._send(Part(kind="line", text=text, figures=figures))

    async def live(self, text: str, **figures: int | float | str) -> None:
        """A line in the place of the last live one."""
        await self._send(Part(kind="live", text=text, figures=figures))

    async def file(self, name: str, content: bytes) -> None:
        """A file for the technician; their program decides where it is kept."""
        await self._send(Part(kind="file", text=name, content=content))

    async def yes(self, question: str) -> bool | None:
        """Asks y or n; None where nobody can answer.  Raises ConsoleError after five minutes."""
        self.deaf()
        while True:
            await self._send(Part(kind="ask", text=question))
            word = (await self._reply()).strip().casefold()
            if word in ("y", "yes", "c", "co", "có"):
                return True
            if word in ("n", "no", "k", "khong", "không"):
                return False
            if word == "skip":
                return None

    async def typed(self, question: str) -> str | None:
        """Asks for a text; None where nobody can answer.  Raises ConsoleError."""
        self.deaf()
        await self._send(Part(kind="type", text=question))
        said = (await self._reply()).strip()
        return None if said == "skip" else said

    def deaf(self) -> None:
        """Forgets what was typed before it was asked for."""
        while not self._said.empty():
            self._said.get_nowait()

    async def _reply(self) -> str:
        try:
            return await asyncio.wait_for(self._said.get(), REPLY_WITHIN)
        except TimeoutError:
            raise ConsoleError(
                Code.TIMED_OUT, f"no answer within {REPLY_WITHIN / 60:.0f} minutes"
            ) from None

    async def enough(self, seconds: float) -> bool:
        """Waits so long, or until a line is typed: True."""
        try:
            await asyncio.wait_for(self._said.get(), seconds)
        except TimeoutError:
            return False
        return True


class NoArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command without arguments."""


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """One command of the daemon."""

    role: Role
    run: Callable[[Any, Talk], Awaitable[Any]]
    """Gets its arguments as an `args`, and the way to the technician."""
    args: type[msgspec.Struct] = NoArgs
    talks: bool = False
    """Goes on: may send parts and ask; is cancelled where the technician stops or goes away."""
    within: float | None = None
    """Seconds it may take; None = those of a command that answers at once."""
    hides: frozenset[str] = frozenset()
    """Arguments that never stand in the audit log."""
