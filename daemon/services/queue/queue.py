"""Draws queue numbers: by group and day, priority class apart, kept in the store."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from daemon.catalogue import calendar as calendars
from daemon.catalogue import services
from daemon.catalogue.calendar import VIETNAM, Span
from daemon.catalogue.services import Group
from daemon.machine.events import NumberDrawn, NumberRefused
from daemon.services.queue.config import QueueConfig
from daemon.services.queue.waiting import (
    Drawn,
    clock_seconds,
    estimate,
    rounded,
    working_second,
)
from daemon.store import Store
from daemon.store.models.queue import QueueRow

ISSUED = "event/ticket.issued"
"""Kind of the fact that goes to the ward with each number."""

_ALL_DAY: tuple[Span, ...] = ((dt.time(0), dt.time(23, 59, 59)),)
_KEPT_DAYS = 31
"""Numbers older than this are dropped when a day's first number is drawn."""


class Queue:
    """The numbers of this kiosk."""

    def __init__(
        self,
        store: Store,
        config: QueueConfig | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises CatalogueError where the ward's groups or calendar do not hold."""
        self._store = store
        self._config = config or QueueConfig()
        self._clock = clock
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
        return await self._store.write(lambda: self._drawn(group, priority, now, spans))

    async def today(self) -> dict[str, int]:
        """How many numbers each group has given today."""
        day = dt.datetime.fromtimestamp(self._clock(), VIETNAM).date().isoformat()

        def counted() -> dict[str, int]:
            rows = QueueRow.select(QueueRow.service).where(QueueRow.day == day)
            services_drawn = [row.service for row in rows]
            return {name: services_drawn.count(name) for name in self.groups}

        return await self._store.read(counted)

    async def waiting(self) -> int:
        """People who wait with a number now, as far as drawing alone can tell."""
        now = dt.datetime.fromtimestamp(self._clock(), VIETNAM)
        spans = self._open(now)
        if spans is None:
            return 0
        day = now.date().isoformat()

        def counted() -> int:
            rows = list(QueueRow.select().where(QueueRow.day == day).order_by(QueueRow.drawn_at))
            return sum(
                _ahead([row for row in rows if row.service == group.id], group, now, spans)[0]
                for group in self.groups.values()
            )

        return await self._store.read(counted)

    async def reset(self) -> int:
        """Forgets today's numbers, so that the next of each letter is 1; returns how many."""
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
        letter = self._config.priority_letter if priority else group.letter
        last = (
            QueueRow.select(QueueRow.number)
            .where((QueueRow.day == day) & (QueueRow.letter == letter))
            .order_by(QueueRow.number.desc())
            .first()
        )
        if last is None:
            oldest = (now.date() - dt.timedelta(days=_KEPT_DAYS)).isoformat()
            QueueRow.delete().where(QueueRow.day < oldest).execute()
        number = last.number + 1 if last is not None else 1
        QueueRow.insert(
            day=day, letter=letter, number=number, service=group.id, priority=priority, drawn_at=at
        ).execute()
        label = f"{letter}{number:0{self._config.digits}}"
        self._store.outbox.append(
            ISSUED,
            {"service": group.id, "priority": priority, "hour": f"{now:%Y-%m-%dT%H}+07:00"},
        )
        self._store.outbox.count("tickets")
        before, wait = _ahead(rows, group, now, spans, priority)
        return NumberDrawn(group.id, label, before, rounded(clock_seconds(now, wait, spans)))


def _ahead(
    rows: Sequence[QueueRow],
    group: Group,
    now: dt.datetime,
    spans: Sequence[Span],
    priority: bool = False,
) -> tuple[int, float]:
    """(people before, working seconds to wait) of a number of this group drawn now."""
    earlier = [
        Drawn(working_second(dt.datetime.fromtimestamp(row.drawn_at, VIETNAM), spans), row.priority)
        for row in rows
        if row.drawn_at <= now.timestamp()
    ]
    second = working_second(now, spans)
    return estimate(earlier, priority, second, len(group.counters), group.minutes * 60)
