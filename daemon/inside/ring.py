"""The daemon's own last lines of log, for the console where the system has no journal."""

from __future__ import annotations

import asyncio
import collections
import logging
import re
from typing import Annotated

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import LogLine
from daemon.console.talk import Talk, Verb

LINES = 2000
"""That are kept: some hours of a quiet kiosk, in about half a megabyte."""
LONGEST = 400
_NUMBER = re.compile(r"\d{9,}")
"""Citizen numbers, telephone numbers, accounts: nothing logs them; if something does, not here."""


class LogArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`logs`."""

    follow: bool = False
    since: float = 0.0
    """Seconds since 1970."""
    unit: str = ""
    """How the name of the logger begins, after `daemon.` or `drivers.`."""
    grep: Annotated[str, msgspec.Meta(max_length=80)] = ""
    """A part of the line, without regard to case."""
    last: Annotated[int, msgspec.Meta(ge=0, le=LINES)] = 100
    """At most so many lines of the past."""


class Ring(logging.Handler):
    """Keeps the last lines; wakes whoever follows."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(logging.INFO)
        self._lines: collections.deque[LogLine] = collections.deque(maxlen=LINES)
        self._count = 0
        self._loop = loop
        self._news = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        text = _NUMBER.sub("***", record.getMessage())[:LONGEST]
        line = LogLine(record.created, record.levelname, record.name, text)
        self._lines.append(line)
        self._count += 1
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._news.set)

    def begin(self) -> None:
        """Listens to all loggers; belongs to the running loop."""
        self._loop = asyncio.get_running_loop()
        logging.getLogger().addHandler(self)

    async def end(self) -> None:
        logging.getLogger().removeHandler(self)
        self._loop = None

    def verbs(self) -> dict[str, Verb]:
        return {"logs": Verb(role="view", args=LogArgs, run=self.show, talks=True, within=86400.0)}

    def lines(self) -> tuple[LogLine, ...]:
        """All that are kept, the oldest first."""
        return tuple(self._lines)

    async def show(self, args: LogArgs, talk: Talk) -> int:
        """Sends matching lines, and goes on where it is to follow; returns how many."""
        seen = self._count
        found = [line for line in self.lines() if _fits(line, args)]
        found = found[len(found) - min(len(found), args.last) :]
        for line in found:
            await _send(talk, line)
        sent = len(found)
        while args.follow:
            self._news.clear()
            if seen == self._count:
                await self._news.wait()
            new, seen = self._count - seen, self._count
            for line in self.lines()[-min(new, LINES) :]:
                if _fits(line, args):
                    await _send(talk, line)
                    sent += 1
        if args.unit and not sent and not any(_unit(line.name, args.unit) for line in self.lines()):
            raise ConsoleError(Code.FAILED, f"nothing was logged by {args.unit[:40]!r}")
        return sent


def _fits(line: LogLine, args: LogArgs) -> bool:
    return (
        line.at >= args.since
        and _unit(line.name, args.unit)
        and args.grep.casefold() in f"{line.name} {line.text}".casefold()
    )


def _unit(name: str, unit: str) -> bool:
    short = name.removeprefix("daemon.")
    return any(one == unit or one.startswith(unit + ".") for one in (name, short)) or not unit


async def _send(talk: Talk, line: LogLine) -> None:
    await talk.line(line.shown(), at=line.at, level=line.level, name=line.name)
