"""`alarms ack`: somebody has seen it.  The fault stays; it only stops asking for attention."""

from __future__ import annotations

import time
from typing import Annotated

import msgspec

from daemon.console.inside import Code, ConsoleError, Inside, PartRow
from daemon.console.rows import AlarmRow
from daemon.console.talk import NoArgs, Talk, Verb


class AckArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`alarms.ack`: `device.reason`, or the device alone."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,32}(\.[a-z0-9_]{1,48})?$")]


class _Seen(msgspec.Struct, frozen=True):
    at: float
    who: str


class Alarms:
    """What is wrong now, and who has seen it.  A fault that goes and comes back is a new one."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._seen: dict[str, _Seen] = {}

    def verbs(self) -> dict[str, Verb]:
        return {
            "alarms": Verb(role="view", run=self.show),
            "alarms.ack": Verb(role="tech", args=AckArgs, run=self.ack),
        }

    async def show(self, args: NoArgs, talk: Talk) -> tuple[AlarmRow, ...]:
        """Worst first; what nobody has seen before what somebody has."""
        now = await self._inside.status()
        wrong = [part for part in (*now.devices, *now.services) if part.state in ("lost", "warn")]
        codes = {_code(part) for part in wrong}
        self._seen = {code: seen for code, seen in self._seen.items() if code in codes}
        rows = [self._row(part) for part in wrong]
        return tuple(sorted(rows, key=lambda row: (row.ack_at is not None, row.state, row.name)))

    async def ack(self, args: AckArgs, talk: Talk) -> tuple[AlarmRow, ...]:
        """Returns what was acknowledged."""
        rows = await self.show(NoArgs(), talk)
        chosen = [row for row in rows if args.code in (row.name, row.code)]
        if not chosen:
            there = ", ".join(row.code for row in rows) or "none"
            raise ConsoleError(Code.ABSENT, f"no alarm {args.code!r}; there are: {there}")
        for row in chosen:
            self._seen[row.code] = _Seen(time.time(), talk.caller.name)
            await self._inside.acknowledged(row.name, row.reason)
        codes = {row.code for row in chosen}
        return tuple(row for row in await self.show(NoArgs(), talk) if row.code in codes)

    def _row(self, part: PartRow) -> AlarmRow:
        code = _code(part)
        seen = self._seen.get(code)
        return AlarmRow(
            code=code,
            name=part.name,
            state="lost" if part.state == "lost" else "warn",
            reason=part.reason,
            remedy=part.remedy,
            ack_at=None if seen is None else seen.at,
            ack_who="" if seen is None else seen.who,
        )


def _code(part: PartRow) -> str:
    return f"{part.name}.{part.reason}" if part.reason else part.name
