"""One command on the control socket: may they, is it right, run it, write it down."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from daemon.console import talk
from daemon.console.alarms import Alarms
from daemon.console.inside import Code, ConsoleError, Inside
from daemon.console.talk import Caller, Talk, Verb
from daemon.console.wire import SAY, STOP, Answer, Ask, Part, may

log = logging.getLogger(__name__)

LONGEST_MAINTENANCE = 24 * 3600.0

Record = Callable[[Caller, str, dict[str, str], Code], Awaitable[None]]
"""Takes a command's caller, name, redacted arguments and result."""

_ORIGIN = re.compile(r"(ssh [0-9A-Fa-f.:%]{2,45}|serial [A-Za-z0-9/]{1,24}|local)")
_PLAIN = re.compile(r"(?!.*\d{5})[A-Za-z0-9_.:/-]{1,48}")
"""What may stand in the audit log: no blank, no letter of a name with marks, no long number."""


class Call:
    """One command, from its line to its answer."""

    def __init__(
        self,
        verbs: Mapping[str, Verb],
        ask: Ask,
        caller: Caller,
        answer: Callable[[Answer], Awaitable[None]],
        record: Record | None,
    ) -> None:
        self._ask = ask
        self._verb = verbs.get(ask.verb)
        origin = ask.origin if _ORIGIN.fullmatch(ask.origin) else ""
        self._caller = msgspec.structs.replace(caller, origin=origin)
        self._answer = answer
        self._record = record
        self._talk = Talk(self._caller, self._part)
        self._task: asyncio.Task[Any] | None = None

    @property
    def talks(self) -> bool:
        """Does it go on, so that its caller has to be listened to?"""
        return self._verb is not None and self._verb.talks

    def heard(self, ask: Ask) -> None:
        """What came while it runs."""
        if ask.verb == SAY:
            self._talk.heard(str(ask.args.get("text", ""))[:200])
        elif ask.verb == STOP and self._task is not None:
            self._task.cancel()

    async def run(self) -> Answer:
        """Never raises, but for the daemon's own end or a caller who is gone."""
        code = Code.FAILED
        try:
            answer = await self._answered()
            code = answer.code
        finally:
            await self._note(code)
        return answer

    async def _answered(self) -> Answer:
        ask, verb = self._ask, self._verb
        if verb is None:
            return Answer(ask.id, Code.USAGE, error=f"unknown command {ask.verb[:40]!r}")
        if not may(self._caller.role, verb.role):
            has = self._caller.role
            text = f"{ask.verb} needs the role {verb.role}; yours: {has}"
            return Answer(ask.id, Code.NOT_ALLOWED, error=text)
        try:
            args = msgspec.convert(ask.args, verb.args, strict=True)
        except msgspec.ValidationError as error:
            return Answer(ask.id, Code.USAGE, error=f"{ask.verb}: {error}")
        within = talk.ANSWER_WITHIN if verb.within is None else verb.within
        self._task = asyncio.ensure_future(verb.run(args, self._talk))
        try:
            async with asyncio.timeout(within):
                data = await self._task
        except ConsoleError as error:
            return Answer(ask.id, error.code, error=str(error))
        except TimeoutError:
            return Answer(ask.id, Code.TIMED_OUT, error=f"no result within {within:g} s")
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return Answer(ask.id, Code.FAILED, error="stopped")
        except OSError as error:
            if isinstance(error, ConnectionError) and verb.talks:
                raise  # the caller is gone
            return self._broke(error)
        except Exception as error:
            return self._broke(error)
        return Answer(ask.id, Code.OK, msgspec.Raw(msgspec.json.encode(data)))

    def _broke(self, error: Exception) -> Answer:
        # The text of an unforeseen error may quote anything: only its name leaves.
        log.error("console: %s broke: %s", self._ask.verb, type(error).__name__)
        text = f"{self._ask.verb} broke: {type(error).__name__}"
        return Answer(self._ask.id, Code.FAILED, error=text)

    async def _part(self, part: Part) -> None:
        data = msgspec.Raw(msgspec.json.encode(part))
        await self._answer(Answer(self._ask.id, Code.OK, data, more=True))

    async def _note(self, code: Code) -> None:
        # Only names we know are written: a text from outside could forge lines of the log.
        verb = self._ask.verb if self._verb is not None else "(unknown)"
        caller = self._caller
        log.info("console: %s (%s) %s: %s", caller.uid, caller.role, verb, code.name)
        if self._record is not None:
            hides = self._verb.hides if self._verb is not None else frozenset(self._ask.args)
            await self._record(caller, verb, redacted(self._ask.args, hides), code)


def redacted(args: Mapping[str, object], hides: frozenset[str]) -> dict[str, str]:
    """Arguments as they may be kept: what is no plain code word shows only its length."""
    shown: dict[str, str] = {}
    for name, value in list(args.items())[:16]:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        plain = _PLAIN.fullmatch(text) is not None and name not in hides
        if _PLAIN.fullmatch(name):
            shown[name] = text if plain or not text else f"***({len(text)})"
    return shown


class MaintenanceArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`maintenance`."""

    on: bool
    reason: str = ""
    seconds: float = 7200.0


def basic(inside: Inside) -> dict[str, Verb]:
    """The commands that every daemon has."""

    async def maintenance(args: MaintenanceArgs, _: Talk) -> str:
        if not 60 <= args.seconds <= LONGEST_MAINTENANCE:
            raise ConsoleError(
                Code.USAGE, f"maintenance: {args.seconds:g} seconds; 60 to 86400 is right"
            )
        return await inside.maintenance(args.on, args.reason[:80], args.seconds)

    return {
        "status": Verb(role="view", run=lambda args, _: inside.status()),
        "devices": Verb(role="view", run=lambda args, _: inside.devices()),
        "faults": Verb(role="view", run=lambda args, _: inside.faults()),
        "settings": Verb(role="view", run=lambda args, _: inside.settings()),
        "maintenance": Verb(role="tech", args=MaintenanceArgs, run=maintenance),
        **Alarms(inside).verbs(),
    }
