"""Keeps alarms and hands them to the outbox, both in one transaction."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import msgspec

from daemon.store import Store, StoreError
from daemon.store.models.uplink import AlarmRow
from daemon.uplink import clock
from daemon.uplink.alarms.book import AlarmBook, Change
from daemon.uplink.alarms.payload import Ack, Alarm
from daemon.uplink.envelope import checked

log = logging.getLogger(__name__)

SETTLES = 90.0
"""Seconds after a start in which every source of alarms has spoken: longer than any hold-off of a
device, and than the devices take to be found."""
TICK = 1.0


class _State(msgspec.Struct):
    state: str = ""


class Alarms:
    """The kiosk's alarms, durable.  Belongs to the loop."""

    def __init__(
        self,
        store: Store,
        mono: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        *,
        told: bool = True,
    ) -> None:
        """`told`: there is a broker.  Without one alarms stand here only; whoever configures one
        later hears of those that stand then.
        """
        self._told = told
        self.book = AlarmBook(mono, wall)
        self._store = store
        self._wall = wall
        self._trouble = ""
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Reads what stood before the start, and tells the active ones again.  Raises StoreError"""
        self._loop = asyncio.get_running_loop()
        self.book.load(await self._store.read(_kept))
        self.book.again()
        await self.keep()

    async def run(self, *, settles: float = SETTLES, tick: float = TICK) -> None:
        """Never ends."""
        loop = asyncio.get_running_loop()
        settled_at = loop.time() + settles
        settled = False
        while True:
            await asyncio.sleep(tick)
            if not settled and loop.time() >= settled_at:
                settled = True
                self.book.settled()
            self.book.tick()
            await self.keep()

    async def keep(self) -> None:
        """Writes what changed; what cannot be written now is kept for the next time."""
        changes = self.book.take()
        if not changes:
            return
        try:
            await self._store.write(lambda: self._write(changes))
        except StoreError as error:
            if error.reason != self._trouble:
                log.error("alarms: %d changes wait: %s", len(changes), error)
            self._trouble = error.reason
            self.book.back(changes)
        else:
            self._trouble = ""

    def acknowledge(self, code: str, inst: str, by: str) -> bool:
        """Inside `Store.write`: somebody has seen it; False where there is no such active alarm."""
        row = AlarmRow.get_or_none((AlarmRow.code == code) & (AlarmRow.inst == inst))
        if row is None or row.state == "cleared":
            return False
        told = msgspec.json.decode(bytes(row.body), type=Alarm)
        ack = Ack(by=by, at=clock.stamp(self._wall()))
        seen = msgspec.structs.replace(told, ack=ack)
        put(self._store, Change((code, inst), seen), self._wall(), self._told)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.book.acked, code, inst, ack)
        return True

    def _write(self, changes: list[Change]) -> None:
        for change in changes:
            put(self._store, change, self._wall(), self._told)


def put(store: Store, change: Change, at: float, tell: bool) -> None:
    """One change: the row, and where `tell` the fact.  Inside `Store.write`.

    Raising and clearing is never dropped; an update takes the place of one that still waits.
    """
    code, inst = change.key
    AlarmRow.delete().where((AlarmRow.code == code) & (AlarmRow.inst == inst)).execute()
    told = change.alarm
    body = b"" if told is None else checked(told)
    if told is not None:
        AlarmRow.insert(code=code, inst=inst, state=told.state, body=body, at=at).execute()
    if not tell:
        return
    store.outbox.recall(change.topic, lambda waits: waits == body or _updates(waits))
    store.outbox.append_raw(change.topic, body)


def _updates(body: bytes) -> bool:
    """Is it an update, that a newer state says again?"""
    try:
        return msgspec.json.decode(body, type=_State).state == "updated"
    except msgspec.MsgspecError:
        return False


def _kept() -> list[tuple[Alarm, float]]:
    found: list[tuple[Alarm, float]] = []
    for row in AlarmRow.select().order_by(AlarmRow.code, AlarmRow.inst):
        try:
            found.append((msgspec.json.decode(bytes(row.body), type=Alarm), float(row.at)))
        except msgspec.MsgspecError:
            log.error(
                "alarm %s %s: what is kept cannot be read; it begins anew", row.code, row.inst
            )
    return found
