"""Queue numbers: letters, classes, days, pranks, closing, the store."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.events import NumberDrawn, NumberRefused
from daemon.services.queue import Queue, QueueConfig
from daemon.services.queue.waiting import Drawn, clock_seconds, estimate, working_second
from daemon.store import Store
from daemon.store.models.queue import QueueRow
from daemon.uplink.payloads import TicketIssued

SPANS = ((dt.time(7, 30), dt.time(11, 30)), (dt.time(13), dt.time(17)))


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """A moment of November 2026; the 25th is a Wednesday."""
    return dt.datetime(2026, 11, day, hour, minute, second, tzinfo=VIETNAM)


class Clock:
    def __init__(self) -> None:
        self.now = at(25, 8)

    def __call__(self) -> float:
        return self.now.timestamp()

    def on(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "kiosk.sqlite")
    yield opened
    opened.close_now()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(store: Store, clock: Clock) -> Queue:
    return Queue(store, clock=clock)


async def drawn(queue: Queue, service: str, priority: bool = False) -> NumberDrawn:
    answer = await queue.draw(service, priority)
    assert isinstance(answer, NumberDrawn), answer
    return answer


async def test_numbers_count_up_for_each_group(queue: Queue, clock: Clock) -> None:
    numbers = []
    for service in ("certification", "civil_status", "certification", "certification"):
        numbers.append((await drawn(queue, service)).number)
        clock.on(20)
    assert numbers == ["A001", "B001", "A002", "A003"]
    assert (await queue.today())["certification"] == 3


async def test_who_waits_is_counted_over_all_groups(queue: Queue, clock: Clock) -> None:
    assert await queue.waiting() == 0
    for service in ("certification", "civil_status", "certification", "civil_status") * 3:
        await drawn(queue, service)
        clock.on(20)
    many = await queue.waiting()
    assert 0 < many <= 12
    clock.on(3 * 3600)
    assert await queue.waiting() < many
    clock.now = at(25, 20)
    assert await queue.waiting() == 0


async def test_the_priority_class_has_its_own_letter_and_goes_first(
    queue: Queue, clock: Clock
) -> None:
    for _ in range(6):
        await drawn(queue, "civil_status")
        clock.on(20)
    first = await drawn(queue, "civil_status", priority=True)
    assert (first.number, first.before) == ("U001", 0)
    clock.on(20)
    other = await drawn(queue, "land", priority=True)
    assert other.number == "U002"
    clock.on(20)
    assert (await drawn(queue, "civil_status")).before == 6  # five and the priority one


async def test_numbers_restart_each_day_and_old_ones_go(
    queue: Queue, clock: Clock, store: Store
) -> None:
    await drawn(queue, "social")
    clock.now = at(26, 8)
    assert (await drawn(queue, "social")).number == "C001"
    clock.now = at(26, 8) + dt.timedelta(days=40)
    clock.now = clock.now.replace(hour=8)
    await drawn(queue, "social")
    days = await store.read(lambda: sorted({row.day for row in QueueRow.select()}))
    assert len(days) == 2, "today, and the last day before it"


async def test_numbers_outlive_a_restart(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "kiosk.sqlite"
    store = Store.open(path)
    await drawn(Queue(store, clock=clock), "results")
    await store.close()
    clock.on(60)
    store = Store.open(path)
    assert (await drawn(Queue(store, clock=clock), "results")).number == "K002"
    await store.close()


async def test_pranks(queue: Queue, clock: Clock) -> None:
    await drawn(queue, "certification")
    clock.on(19)
    assert await queue.draw("certification") == NumberRefused("certification", "too_soon")
    assert isinstance(await queue.draw("civil_status"), NumberDrawn)
    clock.on(1)
    assert (await drawn(queue, "certification")).number == "A002"


async def test_many_at_once_get_one_number(queue: Queue) -> None:
    answers = await asyncio.gather(*(queue.draw("business") for _ in range(8)))
    assert sum(isinstance(answer, NumberDrawn) for answer in answers) == 1


async def test_a_clock_set_back_does_not_close_the_queue(queue: Queue, clock: Clock) -> None:
    await drawn(queue, "certification")
    clock.on(-3600 / 2 + 1)
    assert (await drawn(queue, "certification")).number == "A002"


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        (at(25, 7, 29, 59), False),
        (at(25, 7, 30), True),
        (at(25, 11, 29, 59), True),
        (at(25, 12), False),
        (at(25, 16, 29, 59), True),
        (at(25, 16, 30), False),
        (at(28, 9), False),
    ],
)
async def test_hours(queue: Queue, clock: Clock, now: dt.datetime, open_: bool) -> None:
    clock.now = now
    answer = await queue.draw("certification")
    assert isinstance(answer, NumberDrawn) == open_
    if not open_:
        assert isinstance(answer, NumberRefused) and answer.reason == "closed"
        opens = dt.datetime.strptime(f"{answer.opens} +0700", "%H:%M, %d/%m/%Y %z")
        assert opens > now and opens.minute in (0, 30)


async def test_always_open_for_a_demonstration(store: Store, clock: Clock) -> None:
    clock.now = at(29, 23)
    queue = Queue(store, QueueConfig(always_open=True, digits=4), clock)
    assert (await drawn(queue, "certification")).number == "A0001"


async def test_an_unknown_service(queue: Queue) -> None:
    assert await queue.draw("fax") == NumberRefused("fax", "unknown")


async def test_the_ward_is_told_in_the_same_transaction(queue: Queue, store: Store) -> None:
    await drawn(queue, "certification", priority=True)
    (fact,) = await store.read(lambda: store.outbox.waiting(2e9))
    assert fact.kind == "event/ticket.issued"
    # As the uplink's type has it: a fact that does not fit would wait for ever.
    told = msgspec.json.decode(bytes(fact.payload), type=TicketIssued)
    assert (told.service, told.priority, told.hour[:10]) == ("certification", True, "2026-11-25")
    assert (await store.read(store.outbox.counters))["tickets"] == 1


async def test_what_fails_to_be_kept_was_not_drawn(
    queue: Queue, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise RuntimeError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(store.outbox, "append", full)
        with pytest.raises(RuntimeError):
            await queue.draw("certification")
    assert (await drawn(queue, "certification")).number == "A001"


def test_settings_that_cannot_be() -> None:
    for wrong in ({"digits": 1}, {"priority_letter": "u"}, {"pause": -1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            QueueConfig(**wrong)


def test_the_priority_letter_is_no_groups_letter(store: Store) -> None:
    with pytest.raises(ValueError, match="priority_letter"):
        Queue(store, QueueConfig(priority_letter="A"))


def test_waiting_grows_with_the_line_and_shrinks_with_counters() -> None:
    line = [Drawn(float(n), False) for n in range(10)]
    assert estimate([], False, 100, 1, 600) == (0, 0)
    before, wait = estimate(line, False, 100, 1, 600)
    assert before == 9  # one is being served, nine wait
    assert wait == 10 * 600 - 100
    fewer, shorter = estimate(line, False, 100, 2, 600)
    assert fewer == 8
    assert shorter < wait
    assert estimate(line, True, 100, 1, 600) == (0, 500)


def test_those_long_ago_are_served() -> None:
    line = [Drawn(n * 600.0, False) for n in range(6)]
    assert estimate(line, False, 6 * 600.0, 1, 600) == (0, 0)


def test_breaks_are_not_working_time() -> None:
    assert working_second(at(25, 7), SPANS) == 0
    assert working_second(at(25, 12), SPANS) == 4 * 3600
    assert working_second(at(25, 14), SPANS) == 5 * 3600
    assert clock_seconds(at(25, 11, 20), 1200, SPANS) == 1200 + 5400
    assert clock_seconds(at(25, 8), 0, SPANS) == 0
    assert clock_seconds(at(25, 16, 50), 1200, SPANS) == 1200
