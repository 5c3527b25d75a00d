"""What is told of the day: the calendar's hours, who waits, and changes only."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from daemon.catalogue import calendar
from daemon.catalogue.calendar import VIETNAM
from daemon.hands.today import tell, today
from daemon.machine.events import Today
from daemon.store import StoreError


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of November 2026; the 25th is a Wednesday, the 29th a Sunday."""
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(25, 8), ""),
        (at(25, 12), "13:00, 25/11/2026"),
        (at(25, 20), "07:30, 26/11/2026"),
        (at(29, 9), "07:30, 30/11/2026"),
    ],
)
def test_the_day_of_the_calendar(now: dt.datetime, opens: str) -> None:
    days = calendar.default()
    told = today(days, 3, now)
    assert told.opens == opens
    assert told.waiting == 3
    assert len(told.hours) == len(days.spans(now.date()))


async def test_only_a_change_is_told() -> None:
    answers = [2, 2, 2, 5, 5]
    told: list[Today] = []
    done = asyncio.Event()

    async def waiting() -> int:
        if not answers:
            done.set()
            return 5
        return answers.pop(0)

    task = asyncio.create_task(
        tell(calendar.default(), waiting, told.append, at(25, 8).timestamp, every=0.0)
    )
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    assert [one.waiting for one in told] == [2, 5]


async def test_a_store_that_fails_leaves_the_queue_unknown() -> None:
    told: list[Today] = []
    heard = asyncio.Event()

    async def waiting() -> int:
        raise StoreError("full")

    def post(one: Today) -> None:
        told.append(one)
        heard.set()

    task = asyncio.create_task(tell(calendar.default(), waiting, post, at(25, 8).timestamp))
    async with asyncio.timeout(10):
        await heard.wait()
    task.cancel()
    assert told[0].waiting == -1
