"""Queue numbers when the machine's clock jumps: none is given twice on one day."""

from __future__ import annotations

import datetime as dt

import pytest

from daemon.services.queue import Queue
from tests.services.test_services_queue import Clock, at, clock, drawn, queue, store

__all__ = ["clock", "queue", "store"]  # fixtures

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    "away",
    [-DAY, DAY, -30 * DAY, 365 * DAY],
    ids=["a day back", "a day ahead", "thirty days back", "a year ahead"],
)
async def test_queue_numbers_never_repeat_on_a_day(
    queue: Queue, clock: Clock, away: dt.timedelta
) -> None:
    """A day is wrong for a while, with numbers drawn in it, and right again."""
    given: set[tuple[dt.date, str]] = set()
    minutes = 0
    here = at(25, 9)
    elsewhere = (here + away).replace(hour=9)
    if elsewhere.weekday() >= 5:
        elsewhere += (7 - elsewhere.weekday()) * (DAY if away > DAY else -DAY)
    for moment in (here, elsewhere, here, elsewhere, here):
        minutes += 5
        clock.now = moment + dt.timedelta(minutes=minutes)
        for _ in range(2):
            one = (moment.date(), (await drawn(queue, "certification")).number)
            assert one not in given
            given.add(one)
            clock.on(20)


async def test_numbers_begin_anew_at_the_midnight_of_the_new_year(
    queue: Queue, clock: Clock
) -> None:
    clock.now = dt.datetime(2026, 12, 31, 16, tzinfo=clock.now.tzinfo)
    assert (await drawn(queue, "civil_status")).number == "B001"
    clock.on(20)
    assert (await drawn(queue, "civil_status")).number == "B002"
    # the first is a holiday, then a week end
    clock.now = dt.datetime(2027, 1, 4, 8, tzinfo=clock.now.tzinfo)
    assert (await drawn(queue, "civil_status")).number == "B001"
