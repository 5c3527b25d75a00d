"""Draws queue numbers: by group and day, priority class apart, kept in the store."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

from peewee import fn

from daemon.catalogue import calendar as calendars
from daemon.catalogue import services
from daemon.catalogue.calendar import VIETNAM, Span
from daemon.catalogue.services import Group
from daemon.machine.events import NumberDrawn, NumberRefused
from daemon.services.queue import forecast
from daemon.services.queue.config import QueueConfig
from daemon.services.queue.desk import Desk, places
from daemon.services.queue.leases import Allocator, LeaseError, Leases
from daemon.services.queue.line import Place
from daemon.services.queue.line import before as place_of
from daemon.services.queue.waiting import (
    Drawn,
    clock_seconds,
    estimate,
    working_second,
)
from daemon.store import Store
from daemon.store.models.queue import QueueAct, QueueRow

ISSUED = "event/ticket.issued"
"""Kind of the fact that goes to the ward with each number."""

DRAWN = "event/queue.drawn"
"""Kind of the fact by which the ward's queue service learns of a number of this kiosk."""

_ALL_DAY: tuple[Span, ...] = ((dt.time(0), dt.time(23, 59, 59)),)
_KEPT_DAYS = 31
"""Numbers older than this are dropped when a day's first number is drawn."""
_MEASURED = 200
"""Visits that a forecast rests on: the last ones."""
_AT_WORK = 2700.0
"""Seconds after its last act in which a counter is taken to be staffed."""
_GUESS = (0.6, 1.5)
"""Shares of the wait on paper that are told where no call was heard yet."""


class LeasesNeeded(Exception):
    """In the writer's thread: no number is left that this kiosk may give."""


class Queue:
    """The numbers of this kiosk."""

    def __init__(
        self,
        store: Store,
        config: QueueConfig | None = None,
        clock: Callable[[], float] = time.time,
        allocator: Allocator | None = None,
        kiosk: str = "",
    ) -> None:
        """`allocator`: who leases blocks, where several kiosks draw for one ward; `kiosk`: its own
        id, for the ward's queue service.

        Raises CatalogueError where the ward's groups or calendar do not hold.
        """
        self._store = store
        self._config = config or QueueConfig()
        self._clock = clock
        self._kiosk = kiosk
        self.groups = (
            services.load(Path(self._config.groups)) if self._config.groups else services.load()
        )
        self._calendar = (
            calendars.load(Path(self._config.calendar))
            if self._config.calendar
            else calendars.load()
        )
        for group in self.groups.values():
            if group.letter == self._config.priority_letter:
                raise ValueError(
                    f"queue.priority_letter: read {group.letter!r}, which is the letter of"
                    f" {group.id!r}; one that no group has is right"
                )
        self.desk = Desk(store, self.groups, self._config, clock)
        letters = [group.letter for group in self.groups.values()] + [self._config.priority_letter]
        self.leases = (
            None
            if allocator is None
            else Leases(store, allocator, self._config.block, self.desk.day, letters)
        )

    async def draw(self, service: str, priority: bool = False) -> NumberDrawn | NumberRefused:
        """Takes the next number.  Raises StoreError where it cannot be kept."""
        group = self.groups.get(service)
        if group is None:
            return NumberRefused(service, "unknown")
        now = dt.datetime.fromtimestamp(self._clock(), VIETNAM)
        spans = self._open(now)
        if spans is None:
            opens = self._calendar.next_opening(now)
            return NumberRefused(
                service, "closed", f"{opens:%H:%M, %d/%m/%Y}" if opens is not None else ""
            )
        try:
            return await self._store.write(lambda: self._drawn(group, priority, now, spans))
        except LeasesNeeded:
            pass
        assert self.leases is not None
        letter = self._config.priority_letter if priority else group.letter
        try:
            await self.leases.ask(now.date().isoformat(), letter)
            return await self._store.write(lambda: self._drawn(group, priority, now, spans))
        except (LeaseError, LeasesNeeded):
            return NumberRefused(service, "cut")

    async def today(self) -> dict[str, int]:
        """How many numbers each group has given today."""
        day = dt.datetime.fromtimestamp(self._clock(), VIETNAM).date().isoformat()

        def counted() -> dict[str, int]:
            rows = QueueRow.select(QueueRow.service).where(QueueRow.day == day)
            services_drawn = [row.service for row in rows]
            return {name: services_drawn.count(name) for name in self.groups}

        return await self._store.read(counted)

    async def waiting(self) -> int:
        """People who wait with a number now: as the counters' calls say, or as an estimate."""
        now = dt.datetime.fromtimestamp(self._clock(), VIETNAM)
        spans = self._open(now)
        if spans is None:
            return 0
        day = now.date().isoformat()

        def counted() -> int:
            if QueueAct.select().where(QueueAct.day == day).count():
                return len(places(day))
            rows = list(QueueRow.select().where(QueueRow.day == day).order_by(QueueRow.drawn_at))
            return sum(
                self._on_paper(
                    group,
                    Place(now.timestamp(), group.letter, 0, False, group.id),
                    [row for row in rows if row.service == group.id],
                    now,
                    spans,
                )[0]
                for group in self.groups.values()
            )

        return await self._store.read(counted)

    async def reset(self) -> int:
        """Forgets today's numbers, so that the next of each letter is 1; returns how many.

        Raises ValueError where blocks are leased: what was given is never given again.
        """
        if self.leases is not None:
            raise ValueError("numbers are leased for the whole ward and never given again")
        day = dt.datetime.fromtimestamp(self._clock(), VIETNAM).date().isoformat()
        gone = QueueRow.delete().where(QueueRow.day == day)
        return await self._store.write(lambda: int(gone.execute()))

    # -- inside ----------------------------------------------------------------------------

    def _open(self, now: dt.datetime) -> tuple[Span, ...] | None:
        """The day's opening hours, or None where no number is given now."""
        if self._config.always_open:
            return _ALL_DAY
        spans = self._calendar.spans(now.date())
        if not self._calendar.is_open(now):
            return None
        last = dt.datetime.combine(now.date(), spans[-1][1], VIETNAM)
        if now >= last - dt.timedelta(seconds=self._config.stop_before_close):
            return None
        return spans

    def _drawn(
        self, group: Group, priority: bool, now: dt.datetime, spans: tuple[Span, ...]
    ) -> NumberDrawn | NumberRefused:
        """In the store's writer thread, inside one transaction."""
        day, at = now.date().isoformat(), now.timestamp()
        rows = list(
            QueueRow.select()
            .where((QueueRow.day == day) & (QueueRow.service == group.id))
            .order_by(QueueRow.drawn_at, QueueRow.letter, QueueRow.number)
        )
        # A clock set back must not close the queue: only a number of the past counts.
        if rows and 0 <= at - rows[-1].drawn_at < self._config.pause:
            return NumberRefused(group.id, "too_soon")
        if self._full(group, day, now, spans):
            return NumberRefused(group.id, "full")
        letter = self._config.priority_letter if priority else group.letter
        number = self._number(day, letter)
        QueueRow.insert(
            day=day, letter=letter, number=number, service=group.id, priority=priority, drawn_at=at
        ).execute()
        label = f"{letter}{number:0{self._config.digits}}"
        self._store.outbox.append(
            ISSUED,
            {"service": group.id, "priority": priority, "hour": f"{now:%Y-%m-%dT%H}+07:00"},
        )
        self._store.outbox.count("tickets")
        if self._config.numbers == "ward":
            self._store.outbox.append(
                DRAWN,
                {
                    "day": day,
                    "letter": letter,
                    "number": number,
                    "service": group.id,
                    "priority": priority,
                    "at": at,
                    "kiosk": self._kiosk,
                },
            )
        mine = Place(at, letter, number, priority, group.id)
        before, least, most = self._wait(group, mine, rows, now, spans)
        low, high = forecast.minutes(
            clock_seconds(now, least, spans), clock_seconds(now, most, spans)
        )
        return NumberDrawn(group.id, label, before, low, high)

    def _number(self, day: str, letter: str) -> int:
        """The next one of the letter.  Raises LeasesNeeded."""
        if self.leases is not None:
            leased = self.leases.next(day, letter)
            if leased is None:
                raise LeasesNeeded
            return leased
        last = (
            QueueRow.select(QueueRow.number)
            .where((QueueRow.day == day) & (QueueRow.letter == letter))
            .order_by(QueueRow.number.desc())
            .first()
        )
        if last is None:
            oldest = (dt.date.fromisoformat(day) - dt.timedelta(days=_KEPT_DAYS)).isoformat()
            # A clock that is ahead for a while must not forget the day that it comes back to.
            before = QueueRow.select(fn.MAX(QueueRow.day)).where(QueueRow.day < day).scalar()
            oldest = min(oldest, before or oldest)
            QueueRow.delete().where(QueueRow.day < oldest).execute()
            QueueAct.delete().where(QueueAct.day < oldest).execute()
        return last.number + 1 if last is not None else 1

    def _full(self, group: Group, day: str, now: dt.datetime, spans: tuple[Span, ...]) -> bool:
        """Has the group given as many numbers as it takes in this half day?

        A half day is one span of the opening hours; a number drawn between two counts for the
        next one.
        """
        if not group.capacity:
            return False
        ends = [dt.datetime.combine(now.date(), end, VIETNAM) for _, end in spans]
        since = max((end.timestamp() for end in ends if end <= now), default=0.0)
        given = QueueRow.select().where(
            (QueueRow.day == day) & (QueueRow.service == group.id) & (QueueRow.drawn_at >= since)
        )
        return int(given.count()) >= group.capacity

    def _wait(
        self,
        group: Group,
        mine: Place,
        earlier: list[QueueRow],
        now: dt.datetime,
        spans: tuple[Span, ...],
    ) -> tuple[int, float, float]:
        """(people before, least and most working seconds to wait)."""
        day, at = now.date().isoformat(), now.timestamp()
        acts = list(
            QueueAct.select()
            .where((QueueAct.day == day) & QueueAct.counter.in_(list(group.counters)))
            .order_by(QueueAct.seq)
        )
        if not acts:
            return self._on_paper(group, mine, earlier, now, spans)
        recent = [bool(act.priority) for act in acts if act.act == "call"]
        before = place_of(places(day, (group.id,)), mine, recent, self._config.priority_run)
        staffed = {act.counter for act in acts if at - act.at < _AT_WORK}
        called = QueueRow.select().where(
            (QueueRow.day == day)
            & (QueueRow.state == "called")
            & QueueRow.counter.in_(list(group.counters))
        )
        busy = {row.counter: max(0.0, at - (row.called_at or at)) for row in called}
        measured = [
            float(act.seconds or 0.0)
            for act in QueueAct.select(QueueAct.seconds)
            .where((QueueAct.service == group.id) & (QueueAct.act == "end"))
            .order_by(QueueAct.seq.desc())
            .limit(_MEASURED)
        ]
        visits = forecast.samples(measured, group.minutes * 60)
        idle = len(staffed - busy.keys())
        least, most = forecast.spread(before, tuple(busy.values()), idle, visits)
        return before, least, most

    def _on_paper(
        self,
        group: Group,
        mine: Place,
        earlier: list[QueueRow],
        now: dt.datetime,
        spans: tuple[Span, ...],
    ) -> tuple[int, float, float]:
        """The same where the counters' calls are not heard."""
        line = [
            Drawn(
                working_second(dt.datetime.fromtimestamp(row.drawn_at, VIETNAM), spans),
                row.priority,
            )
            for row in earlier
            if row.drawn_at <= mine.drawn_at
        ]
        before, wait = estimate(
            line,
            mine.priority,
            working_second(now, spans),
            len(group.counters),
            group.minutes * 60,
        )
        return before, wait * _GUESS[0], wait * _GUESS[1]
