"""What the first screen tells of the day: opening hours, and how many wait with a number."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Awaitable, Callable

from daemon.catalogue.calendar import VIETNAM, Calendar
from daemon.machine.events import Today
from daemon.store import StoreError

log = logging.getLogger(__name__)

LOOK_EVERY = 20.0
"""Seconds between two looks; a change is told, the same is not."""


def today(calendar: Calendar, waiting: int, now: dt.datetime) -> Today:
    """The day at this moment."""
    spans = calendar.spans(now.date())
    hours = tuple((f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in spans)
    opens = None if calendar.is_open(now) else calendar.next_opening(now)
    return Today(hours, f"{opens:%H:%M, %d/%m/%Y}" if opens is not None else "", waiting)


async def tell(
    calendar: Calendar,
    waiting: Callable[[], Awaitable[int]],
    post: Callable[[Today], None],
    clock: Callable[[], float] = time.time,
    every: float = LOOK_EVERY,
) -> None:
    """Keeps telling what the day is like, where it changes; never ends."""
    told: Today | None = None
    while True:
        try:
            many = await waiting()
        except StoreError as error:
            log.warning("how many wait cannot be read: %s", error.reason)
            many = -1
        found = today(calendar, many, dt.datetime.fromtimestamp(clock(), VIETNAM))
        if found != told:
            told = found
            post(found)
        await asyncio.sleep(every)
