"""What the counters do with the line: call, recall, skip, transfer.  Kept before it is told."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.services import Group
from daemon.services.queue.config import QueueConfig
from daemon.services.queue.line import Place, order, pick
from daemon.store import Store
from daemon.store.models.outbox import Kept
from daemon.store.models.queue import QueueAct, QueueRow

Act = Literal["call", "recall", "skip", "transfer", "end"]


class QueueError(Exception):
    """What cannot be done; `code` ∈ no_counter · no_number · no_group · nobody ·
    elsewhere.
    """

    def __init__(self, code: str, read: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {read}" if read else code)


class Turn(msgspec.Struct, frozen=True):
    """One thing that was done."""

    act: Act
    number: str
    """As printed: `A007`."""
    service: str
    counter: str
    at: float
    """Seconds since 1970."""


class Happening(msgspec.Struct, frozen=True):
    """What the ward's own queue service says that happened, in its order."""

    seq: int
    day: str
    act: Literal["drawn", "call", "recall", "skip", "transfer", "end"]
    letter: str
    number: int
    service: str
    priority: bool
    at: float
    counter: str = ""
    kiosk: str = ""


PLACE = "queue.told"
"""Lasting counter: the last happening that was taken in; of each source its own."""


class Desk:
    """The counters of this kiosk's line."""

    def __init__(
        self,
        store: Store,
        groups: Mapping[str, Group],
        config: QueueConfig,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._groups = groups
        self._config = config
        self._clock = clock
        self.caller = ""
        """The kiosk that calls, where it is another one."""
        self._told: list[Callable[[Turn], None]] = []

    def watch(self, told: Callable[[Turn], None]) -> None:
        """`told` hears of each turn, in the loop, after it was kept."""
        self._told.append(told)

    async def call(self, counter: str, number: str = "") -> Turn:
        """The next one, or this number, to a counter; whoever was there has been served.

        Raises QueueError, StoreError.
        """
        served = self._served_at(counter)

        def work() -> Turn:
            row = self._row(number) if number else self._next(served)
            if row is not None and (row.state, row.counter) == ("called", counter):
                return self._act("recall", row, counter, keep=True)
            self._end(counter)
            if row is None:
                raise _Nobody
            return self._act("call", row, counter, state="called")

        return await self._keep(work)

    async def recall(self, counter: str) -> Turn:
        """Calls again whoever was called last to this counter.  Raises QueueError, StoreError."""
        self._served_at(counter)
        return await self._keep(
            lambda: self._act("recall", self._present(counter), counter, keep=True)
        )

    async def skip(self, counter: str) -> Turn:
        """Whoever was called did not come; the number may still be called by name.

        Raises QueueError, StoreError.
        """
        self._served_at(counter)
        return await self._keep(
            lambda: self._act("skip", self._present(counter), counter, state="skipped")
        )

    async def transfer(self, number: str, service: str) -> Turn:
        """Sends a number to another group's line, at the place of the hour of its drawing: whoever
        was sent to the wrong counter has waited already.  Raises QueueError, StoreError.
        """
        if service not in self._groups:
            raise QueueError("no_group", service)

        def work() -> Turn:
            row = self._row(number)
            row.service = service
            return self._act("transfer", row, row.counter, state="waiting")

        return await self._keep(work)

    async def take_in(self, one: Happening, kiosk: str, source: str = "") -> None:
        """Follows the ward's queue service, or the kiosk `source` that calls for all; `kiosk` =
        this one's id.  A happening that was taken in before does nothing.  Raises StoreError.
        """
        name = PLACE + source

        def work() -> Turn | None:
            known = Kept.get_or_none(Kept.name == name)
            if known is not None and one.seq <= known.value:
                return None
            Kept.insert(name=name, value=one.seq).on_conflict(
                conflict_target=[Kept.name], update={Kept.value: one.seq}
            ).execute()
            return self._followed(one, kiosk)

        turn = await self._store.write(work)
        if turn is not None and one.day == self.day():
            self._tell(turn)

    async def place(self) -> int:
        """Of the last happening that was taken in; 0 = none yet."""

        def work() -> int:
            known = Kept.get_or_none(Kept.name == PLACE)
            return 0 if known is None else int(known.value)

        return await self._store.read(work)

    async def waiting(self) -> dict[str, list[str]]:
        """Numbers that wait, by group, in the order of drawing.  Raises StoreError."""

        def work() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {name: [] for name in self._groups}
            for place in sorted(places(self.day()), key=order):
                found.setdefault(place.service, []).append(self.label(place.letter, place.number))
            return found

        return await self._store.read(work)

    async def serving(self, most: int = 8) -> tuple[Turn, ...]:
        """Who was called last to each counter and is there still, the newest first."""

        def work() -> tuple[Turn, ...]:
            rows = (
                QueueRow.select()
                .where((QueueRow.day == self.day()) & (QueueRow.state == "called"))
                .order_by(QueueRow.called_at.desc())
                .limit(most)
            )
            return tuple(
                Turn(
                    "call",
                    self.label(row.letter, row.number),
                    row.service,
                    row.counter,
                    row.called_at or 0.0,
                )
                for row in rows
            )

        return await self._store.read(work)

    def label(self, letter: str, number: int) -> str:
        """As printed."""
        return f"{letter}{number:0{self._config.digits}d}"

    def day(self) -> str:
        """Today in Vietnam, as ISO date."""
        return dt.datetime.fromtimestamp(self._clock(), VIETNAM).date().isoformat()

    # -- inside ----------------------------------------------------------------------------

    async def _keep(self, work: Callable[[], Turn]) -> Turn:
        """In one transaction, then told.  Raises QueueError with `elsewhere` where another calls.

        Whoever was at the counter has gone, even where nobody comes after: that is kept.
        """

        def kept() -> Turn | None:
            try:
                return work()
            except _Nobody:
                return None

        if self.caller:
            raise QueueError("elsewhere", self.caller)
        turn = await self._store.write(kept)
        if turn is None:
            raise QueueError("nobody")
        self._tell(turn)
        return turn

    def _tell(self, turn: Turn) -> None:
        for told in self._told:
            told(turn)

    def _followed(self, one: Happening, kiosk: str) -> Turn | None:
        QueueRow.insert(
            day=one.day,
            letter=one.letter,
            number=one.number,
            service=one.service,
            priority=one.priority,
            drawn_at=one.at,
            kiosk="" if one.kiosk == kiosk else one.kiosk or "ward",
        ).on_conflict_ignore().execute()
        if one.act == "drawn":
            return None
        row = QueueRow.get(
            (QueueRow.day == one.day)
            & (QueueRow.letter == one.letter)
            & (QueueRow.number == one.number)
        )
        row.service = one.service
        seconds = None
        if one.act == "end" and row.called_at is not None:
            seconds = max(0.0, one.at - row.called_at)
        return self._act(
            one.act,
            row,
            one.counter,
            state=_AFTER.get(one.act, ""),
            keep=one.act == "recall",
            seconds=seconds,
            at=one.at,
        )

    def _served_at(self, counter: str) -> tuple[str, ...]:
        served = tuple(name for name, group in self._groups.items() if counter in group.counters)
        if not served:
            raise QueueError("no_counter", counter)
        return served

    def _row(self, number: str) -> Any:
        match = re.fullmatch(r"([A-Z])(\d{1,6})", number)
        row = match and QueueRow.get_or_none(
            (QueueRow.day == self.day())
            & (QueueRow.letter == match[1])
            & (QueueRow.number == int(match[2]))
        )
        if row is None:
            raise QueueError("no_number", number)
        return row

    def _next(self, served: tuple[str, ...]) -> Any:
        day = self.day()
        calls = (
            QueueAct.select(QueueAct.priority)
            .where(
                (QueueAct.day == day)
                & (QueueAct.act == "call")
                & QueueAct.service.in_(list(served))
            )
            .order_by(QueueAct.seq.desc())
            .limit(self._config.priority_run)
        )
        recent = [bool(call.priority) for call in calls]
        chosen = pick(places(day, served), recent[::-1], self._config.priority_run)
        return None if chosen is None else self._row(f"{chosen.letter}{chosen.number}")

    def _present(self, counter: str) -> Any:
        row = (
            QueueRow.select()
            .where(
                (QueueRow.day == self.day())
                & (QueueRow.counter == counter)
                & (QueueRow.state == "called")
            )
            .order_by(QueueRow.called_at.desc())
            .first()
        )
        if row is None:
            raise QueueError("nobody", f"counter {counter}")
        return row

    def _end(self, counter: str) -> None:
        rows = QueueRow.select().where(
            (QueueRow.day == self.day())
            & (QueueRow.counter == counter)
            & (QueueRow.state == "called")
        )
        for row in list(rows):
            self._act("end", row, counter, state="served", seconds=self._length(row))

    def _length(self, row: Any) -> float:
        return max(0.0, self._clock() - float(row.called_at))

    def _act(
        self,
        act: Act,
        row: Any,
        counter: str,
        *,
        state: str = "",
        keep: bool = False,
        seconds: float | None = None,
        at: float | None = None,
    ) -> Turn:
        """In the writer's thread: the row as it is now, and the line of the log."""
        at = self._clock() if at is None else at
        if not keep:
            row.state, row.counter = state, counter if state != "waiting" else ""
            row.called_at = at if state == "called" else row.called_at
            QueueRow.update(
                state=row.state,
                counter=row.counter,
                called_at=row.called_at,
                service=row.service,
            ).where(
                (QueueRow.day == row.day)
                & (QueueRow.letter == row.letter)
                & (QueueRow.number == row.number)
            ).execute()
        QueueAct.insert(
            day=row.day,
            at=at,
            act=act,
            letter=row.letter,
            number=row.number,
            service=row.service,
            counter=counter,
            priority=row.priority,
            seconds=seconds,
        ).execute()
        return Turn(act, self.label(row.letter, row.number), row.service, counter, at)


_AFTER = {"call": "called", "skip": "skipped", "transfer": "waiting", "end": "served"}
"""What a number is after an act; a recall changes nothing."""


class _Nobody(Exception):
    """Nobody waits; the visit before has ended all the same."""


def places(day: str, services: tuple[str, ...] = ()) -> list[Place]:
    """Who waits on this day, for these groups or all.  Inside the store."""
    rows = QueueRow.select().where((QueueRow.day == day) & (QueueRow.state == "waiting"))
    if services:
        rows = rows.where(QueueRow.service.in_(list(services)))
    return [
        Place(row.drawn_at, row.letter, row.number, bool(row.priority), row.service) for row in rows
    ]
