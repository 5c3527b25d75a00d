"""What concerns the ward: the line, what waits for it, queue numbers, visits, the register."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from peewee import fn

from daemon.broker import BrokerLine
from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import (
    CertificateRow,
    ClockRow,
    DayRow,
    LineRow,
    OutboxRow,
    RegisterRow,
    TurnRow,
)
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.clock import read_clock
from daemon.inside.there import database
from daemon.register import audit as register_audit
from daemon.register import export as register_export
from daemon.register.errors import RegisterError
from daemon.services.queue.desk import QueueError
from daemon.services.queue.queue import Queue
from daemon.store.models.outbox import Fact
from daemon.store.models.visits import Daily
from daemon.store.outbox import written_at

if TYPE_CHECKING:
    from daemon.wiring import App

FLUSH_WITHIN = 30.0
DAYS = 7


class YearArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`register.export`: one year; 0 = all."""

    year: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0


class QueueArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`queue.act`: as an officer at a counter would."""

    act: Literal["call", "recall", "skip", "transfer"]
    counter: Annotated[str, msgspec.Meta(pattern=r"^\d{0,2}$")] = ""
    number: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]\d{2,6})?$")] = ""
    group: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}$")] = ""


_NOT_DONE = {
    "no_counter": "no group is served at this counter; see queue.groups",
    "no_number": "this number was not given today",
    "no_group": "no such group; `queue show` lists them",
    "nobody": "nobody is there",
    "elsewhere": "the first kiosk of queue.kiosks calls for the whole ward; ask there",
    "down": "the ward's queue service cannot be reached",
}


class Ward:
    """Looks, and what acts: `again`, flush, reset of the queue."""

    def __init__(self, app: App) -> None:
        self._app = app

    def verbs(self) -> dict[str, Verb]:
        return {
            "mqtt": Verb(role="view", run=self.mqtt),
            "mqtt.again": Verb(role="tech", run=self.again),
            "outbox": Verb(role="view", run=self.outbox),
            "outbox.flush": Verb(role="tech", run=self.flush, talks=True, within=60.0),
            "time": Verb(role="view", run=self.time),
            "queue": Verb(role="view", run=self.queue),
            "queue.line": Verb(role="view", run=self.line),
            "queue.act": Verb(role="tech", args=QueueArgs, run=self.act, within=30.0),
            "queue.reset": Verb(role="tech", run=self.reset, talks=True, within=660.0),
            "sessions": Verb(role="view", run=self.sessions),
            "register.verify": Verb(role="view", run=self.register, within=300.0),
            "register.certificates": Verb(role="view", run=self.certificates, within=60.0),
            "register.export": Verb(
                role="admin", args=YearArgs, run=self.export, talks=True, within=300.0
            ),
        }

    async def mqtt(self, args: NoArgs, talk: Talk) -> BrokerLine:
        uplink = self._app.uplink
        if uplink is None:
            raise ConsoleError(Code.FAILED, "the uplink has not started; see alarms")
        return await uplink.status()

    async def again(self, args: NoArgs, talk: Talk) -> bool:
        """Tells once more what stands at the broker, and the alarms; True = there is a line now.

        Facts that the broker took are gone from here: they cannot be told again.
        """
        uplink = self._app.uplink
        if uplink is None or not self._app.config.uplink.broker:
            raise ConsoleError(Code.FAILED, "no broker is configured: uplink.broker is empty")
        uplink.again()
        return (await uplink.status()).connected

    async def outbox(self, args: NoArgs, talk: Talk) -> tuple[OutboxRow, ...]:
        """Kinds of facts that wait; never what they tell."""
        now = time.time()

        def read() -> tuple[OutboxRow, ...]:
            size = fn.SUM(fn.LENGTH(Fact.payload))
            delayed = fn.SUM(Fact.not_before > now)
            query: Any = (
                Fact.select(Fact.kind, fn.COUNT(Fact.id), delayed, fn.MIN(Fact.id), size)
                .group_by(Fact.kind)
                .order_by(Fact.kind)
                .tuples()
            )
            return tuple(
                OutboxRow(
                    kind=kind,
                    count=count,
                    delayed=int(late or 0),
                    oldest=written_at(oldest),
                    size=int(whole or 0),
                )
                for kind, count, late, oldest, whole in query
            )

        return await database(self._app).read(read)

    async def flush(self, args: NoArgs, talk: Talk) -> int:
        """Tries now; returns what still waits.  Visits' reports keep their random delay."""
        uplink = self._app.uplink
        if uplink is None or not self._app.config.uplink.broker:
            raise ConsoleError(Code.FAILED, "no broker is configured: uplink.broker is empty")
        uplink.hurry()
        ends = time.monotonic() + FLUSH_WITHIN
        while True:
            rows = await self.outbox(NoArgs(), talk)
            due = sum(row.count - row.delayed for row in rows)
            told = await uplink.status()
            state = "connected" if told.connected else told.error or "dialling"
            await talk.live(f"{due} facts are due; {state}", due=due)
            if due == 0 and told.connected:
                return told.waiting
            kinds = {row.kind for row in rows if row.count > row.delayed}
            if told.connected and kinds <= told.refused.keys():
                why = "; ".join(f"{kind}: {told.refused[kind]}" for kind in sorted(kinds))
                raise ConsoleError(Code.FAILED, f"{due} facts are refused: {why}")
            if time.monotonic() > ends:
                text = f"{due} facts still wait: {state}"
                raise ConsoleError(Code.TIMED_OUT, text)
            await asyncio.sleep(0.5)

    async def time(self, args: NoArgs, talk: Talk) -> ClockRow:
        return read_clock(self._app.clock_trusted())

    async def queue(self, args: NoArgs, talk: Talk) -> dict[str, int]:
        """Numbers given today, by group."""
        return await self._queue().today()

    async def line(self, args: NoArgs, talk: Talk) -> LineRow:
        """Who waits and who is served; numbers only, nobody's name is known."""
        desk = self._queue().desk
        return LineRow(
            waiting={name: tuple(row) for name, row in (await desk.waiting()).items()},
            serving={turn.counter: turn.number for turn in await desk.serving(99)},
        )

    async def act(self, args: QueueArgs, talk: Talk) -> TurnRow:
        """Where the ward has a queue service, that one decides."""
        desk, ward_line = self._queue().desk, self._app.ward_line
        try:
            if ward_line is not None:
                turn = await ward_line.act(args.act, args.counter, args.number, args.group)
            elif args.act == "call":
                turn = await desk.call(args.counter, args.number)
            elif args.act == "recall":
                turn = await desk.recall(args.counter)
            elif args.act == "skip":
                turn = await desk.skip(args.counter)
            else:
                turn = await desk.transfer(args.number, args.group)
        except QueueError as error:
            raise ConsoleError(Code.FAILED, _NOT_DONE.get(error.code, error.code)) from error
        return TurnRow(act=turn.act, number=turn.number, group=turn.service, counter=turn.counter)

    async def reset(self, args: NoArgs, talk: Talk) -> int:
        """Asked twice: people may stand there with numbers in their hands."""
        queue = self._queue()
        if queue.leases is not None:
            raise ConsoleError(
                Code.FAILED, "numbers are leased for the whole ward and never given again"
            )
        given = sum((await queue.today()).values())
        await talk.line(f"{given} numbers were given today. After this they begin with 1 again,")
        await talk.line("and people who wait with a number may meet the same number again.")
        for question in ("Forget today's numbers?", "Really? Nobody must be waiting any more."):
            if not await talk.yes(question):
                raise ConsoleError(Code.FAILED, "not confirmed; nothing was changed")
        return await queue.reset()

    async def sessions(self, args: NoArgs, talk: Talk) -> tuple[DayRow, ...]:
        """Totals of the last days; of a visit itself nothing is kept."""

        def read() -> tuple[DayRow, ...]:
            days: dict[str, dict[str, int]] = {}
            names = ("outcome.", "refusal.", "rating.")
            for row in Daily.select().order_by(Daily.day.desc(), Daily.name):
                if row.name.startswith(names) or row.name in ("sessions", "copies_ok", "tickets"):
                    days.setdefault(row.day, {})[row.name] = row.value
            return tuple(
                DayRow(day=day, counts=counts) for day, counts in list(days.items())[:DAYS]
            )

        return await database(self._app).read(read)

    async def register(self, args: NoArgs, talk: Talk) -> RegisterRow:
        found = await database(self._app).read(register_audit.audit)
        return RegisterRow(
            good=found.good,
            entries=found.entries,
            valid=found.valid,
            voided=found.voided,
            links=found.links,
            head=f"{found.head.seq}:{found.head.hash}",
            findings=tuple(f"{one.code}: {one.where}: {one.detail}" for one in found.findings[:20]),
        )

    async def certificates(self, args: NoArgs, talk: Talk) -> tuple[CertificateRow, ...]:
        """Looks now: at the token or the service, and what responders said last."""
        watch, register = self._app.certificates, self._app.register
        if watch is None or register is None:
            raise ConsoleError(Code.FAILED, "the register has not started; see alarms")
        try:
            await watch.look(register)
        except RegisterError as error:
            raise ConsoleError(Code.FAILED, f"{error.code}: {error}") from error
        return tuple(CertificateRow(**msgspec.structs.asdict(one)) for one in watch.states)

    async def export(self, args: YearArgs, talk: Talk) -> int:
        """The book's pages as CSV, without the requesters' names, which are not here."""
        first = dt.date(args.year or 2000, 1, 1)
        last = dt.date(args.year or 9999, 12, 31)
        rows = await database(self._app).read(lambda: list(register_export.rows(first, last)))
        text = await asyncio.to_thread(register_export.written, rows)
        await talk.file("register.csv", text.encode())
        return len(rows)

    # -- inside ----------------------------------------------------------------------------

    def _queue(self) -> Queue:
        if self._app.queue is None:
            raise ConsoleError(Code.FAILED, "the queue has not started; see alarms")
        return self._app.queue
