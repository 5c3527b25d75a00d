"""The audit log: every command of the console, in a hash chain; entries and head go upward."""

from __future__ import annotations

import asyncio
import collections
import logging
import re
import time
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from daemon.console.inside import Code
from daemon.console.rows import AuditRecord, AuditVerdict
from daemon.console.talk import Caller, NoArgs, Talk, Verb
from daemon.inside.there import database
from daemon.register.chain import GENESIS, link
from daemon.store import StoreError
from daemon.store.models.console import AuditRow
from daemon.uplink import clock
from daemon.uplink.payloads import AuditHead, CommandGiven

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

KEPT = 100_000
"""Entries that stay; the trigger of the table knows the same number."""
WAITING = 200
"""Entries that are kept in memory while the database cannot be written."""
TELL_EVERY = 300.0
"""Seconds between two heads upward (docs/mqtt.md), unless a hundred entries came."""
TELL_AFTER = 100
LOOKS_WAITING = 1000
"""Facts that wait for the ward, above which a mere look is told by the head alone."""


class TailArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`audit.tail`."""

    lines: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20


class Entry(NamedTuple):
    """One entry that was written."""

    record: AuditRecord
    hash: bytes


class Audit:
    """Writes, shows and checks the log.  A log that cannot be written stops no repair."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._waiting: collections.deque[dict[str, object]] = collections.deque(maxlen=WAITING)
        self._last: dict[int, tuple[object, ...]] = {}
        self._new = asyncio.Event()
        self._since_told = 0

    def verbs(self) -> dict[str, Verb]:
        return {
            "audit.tail": Verb(role="view", args=TailArgs, run=self.tail),
            "audit.verify": Verb(role="view", run=self.verify, within=120.0),
        }

    async def record(self, caller: Caller, verb: str, args: dict[str, str], code: Code) -> None:
        """Takes one command.  A look that is only repeated (`status --watch`) stands there once."""
        same = (caller, verb, tuple(args.items()), code)
        if self._last.get(caller.uid) == same and verb in ("status", "devices"):
            return
        self._last[caller.uid] = same
        self._waiting.append(
            {
                "at": time.time(),
                "who": caller.name,
                "uid": caller.uid,
                "role": caller.role,
                "origin": caller.origin,
                "command": verb,
                "args": args,
                "result": code.name.lower(),
            }
        )
        await self._write()

    async def look_after(self) -> None:
        """Tells the head upward; never ends."""
        while True:
            await self._write()
            await self._tell()
            self._new.clear()
            try:
                async with asyncio.timeout(TELL_EVERY):
                    while self._since_told < TELL_AFTER:
                        await self._new.wait()
                        self._new.clear()
            except TimeoutError:
                pass

    async def _write(self) -> None:
        store = self._app.store
        if store is None or not self._waiting:
            return
        taken = list(self._waiting)
        self._waiting.clear()
        try:
            await store.write(lambda: self._report(_append(taken)))
        except StoreError as error:
            log.error("audit log: %d entries wait: %s", len(taken), error.reason)
            self._waiting.extendleft(reversed(taken))
            return
        self._since_told += len(taken)
        self._new.set()

    def _report(self, entries: list[Entry]) -> None:
        """Each entry goes upward, kept in the transaction of the entry itself."""
        uplink, store = self._app.uplink, self._app.store
        if uplink is None or store is None or not self._app.config.uplink.broker:
            return
        many = store.outbox.depth() >= LOOKS_WAITING
        for entry in entries:
            if not (many and entry.record.role == "view" and entry.record.result == "ok"):
                uplink.append(fact_of(entry))

    async def _tell(self) -> None:
        store, uplink = self._app.store, self._app.uplink
        if store is None or uplink is None:
            return
        n, hashed = await store.read(_head)
        if n:
            self._since_told = 0
            uplink.head(AuditHead(chain="console", n=n, hash="sha256:" + hashed.hex()))

    # -- the commands ----------------------------------------------------------------------

    async def tail(self, args: TailArgs, talk: Talk) -> tuple[AuditRecord, ...]:
        """The last entries, the latest last."""

        def read() -> tuple[AuditRecord, ...]:
            rows = AuditRow.select().order_by(AuditRow.n.desc()).limit(args.lines)
            found = [msgspec.json.decode(bytes(row.record), type=AuditRecord) for row in rows]
            return tuple(reversed(found))

        return await database(self._app).read(read)

    async def verify(self, args: NoArgs, talk: Talk) -> AuditVerdict:
        """Walks the whole chain."""
        return await database(self._app).read(checked)


def checked() -> AuditVerdict:
    """The chain from its oldest kept entry.  Inside a transaction."""
    first = n = entries = 0
    before, wrong = GENESIS, ""
    for row in AuditRow.select().order_by(AuditRow.n).iterator():
        if not entries:
            first, n = row.n, row.n - 1
            before = GENESIS if row.n == 1 else _raw(row.previous)
        entries += 1
        record, hashed = _raw(row.record), _raw(row.hash)
        if row.n != n + 1:
            wrong = f"entry {n + 1} is missing"
        elif _raw(row.previous) != before or link(before, record) != hashed:
            wrong = f"entry {row.n} does not follow from the one before"
        elif _number(record) != row.n:
            wrong = f"entry {row.n} holds another's text"
        n, before = row.n, hashed
        if wrong:
            break
    return AuditVerdict(
        good=not wrong, entries=entries, first=first, n=n, hash=before.hex(), wrong=wrong
    )


def _raw(value: bytes | str) -> bytes:
    """As stored; whoever changes the table may have left a text."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _number(record: bytes) -> int:
    try:
        return msgspec.json.decode(record, type=AuditRecord).n
    except msgspec.MsgspecError:
        return 0


def _head() -> tuple[int, bytes]:
    last = AuditRow.select().order_by(AuditRow.n.desc()).first()
    return (0, GENESIS) if last is None else (last.n, bytes(last.hash))


def _append(entries: list[dict[str, object]]) -> list[Entry]:
    n, previous = _head()
    written = []
    for entry in entries:
        n += 1
        record = msgspec.convert({"n": n, **entry}, AuditRecord)
        data = msgspec.json.encode(record)
        hashed = link(previous, data)
        AuditRow.insert(n=n, record=data, previous=previous, hash=hashed).execute()
        previous = hashed
        written.append(Entry(record, hashed))
    if n % 100 < len(entries):
        AuditRow.delete().where(AuditRow.n <= n - KEPT).execute()
    return written


def fact_of(entry: Entry) -> CommandGiven:
    """What the ward hears of an entry: no argument, and the kind of line without its address."""
    record = entry.record
    name = re.sub(r"\d{5,}", "", re.sub(r"[^A-Za-z0-9_.-]", "_", record.who))[:32]
    line: Any = record.origin.partition(" ")[0]
    return CommandGiven(
        n=record.n,
        hash="sha256:" + entry.hash.hex(),
        who=name if re.match(r"[A-Za-z_]", name) else "_" + name[:31],
        role=record.role,  # type: ignore[arg-type]
        line=line if line in ("ssh", "serial", "local") else "unknown",
        command=record.command if record.command[0].isalpha() else "unknown",
        result=record.result,
        when=clock.stamp(record.at),
    )
