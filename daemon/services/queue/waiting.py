"""How long it takes until a number is called, as far as it can be known from drawing alone.

Where the kiosk does not hear the calls of the counters it lets them work on paper: each counter of
the group serves one visitor after the other, a usual visit long, in opening hours only, the
priority class first.  Working time is counted in seconds since the day's opening, breaks left out.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Sequence

import msgspec

from daemon.catalogue.calendar import VIETNAM, Span


class Drawn(msgspec.Struct, frozen=True):
    """A number that was drawn earlier the same day."""

    at: float
    """Working second."""
    priority: bool


def working_second(at: dt.datetime, spans: Sequence[Span]) -> float:
    """Opening seconds of the day until this moment."""
    return sum(
        max(0.0, (min(at, _moment(at, end)) - _moment(at, start)).total_seconds())
        for start, end in spans
    )


def clock_seconds(at: dt.datetime, work: float, spans: Sequence[Span]) -> float:
    """Seconds at a clock from this moment until `work` opening seconds have passed.

    What does not fit into the day counts as if the day went on.
    """
    now = at
    for start, end in spans:
        begin = max(now, _moment(at, start))
        room = (_moment(at, end) - begin).total_seconds()
        if room <= 0:
            continue
        if work <= room:
            return (begin - at).total_seconds() + work
        work -= room
        now = _moment(at, end)
    return (now - at).total_seconds() + work


def estimate(
    earlier: Sequence[Drawn], priority: bool, second: float, counters: int, visit: float
) -> tuple[int, float]:
    """(people before, working seconds to wait) of a number drawn at this working second.

    `earlier` in the order of drawing; `visit` in seconds.
    """
    free = [0.0] * counters
    heapq.heapify(free)
    line = list(earlier)
    while line and (begins := max(free[0], line[0].at)) < second:
        here = [person for person in line if person.at <= begins]
        line.remove(next((person for person in here if person.priority), here[0]))
        heapq.heapreplace(free, begins + visit)
    before = sum(1 for person in line if person.priority or not priority)
    for _ in range(before):
        heapq.heapreplace(free, max(free[0], second) + visit)
    return before, max(0.0, free[0] - second)


def _moment(day: dt.datetime, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day.astimezone(VIETNAM).date(), time, VIETNAM)
