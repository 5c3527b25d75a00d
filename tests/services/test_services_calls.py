"""Calls, recalls, skips, transfers: one kiosk's line at its counters."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.events import NumberDrawn, NumberRefused
from daemon.services.queue import Queue, QueueConfig, forecast
from daemon.services.queue.desk import QueueError, Turn
from daemon.store import Store
from daemon.store.models.queue import QueueAct


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 25, 8, tzinfo=VIETNAM)

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
    return Queue(store, QueueConfig(pause=0.0), clock)


async def draw(queue: Queue, clock: Clock, service: str, priority: bool = False) -> NumberDrawn:
    answer = await queue.draw(service, priority)
    clock.on(10)
    assert isinstance(answer, NumberDrawn), answer
    return answer


async def test_first_come_first_called_and_the_visit_before_ends(
    queue: Queue, clock: Clock, store: Store
) -> None:
    for _ in range(3):
        await draw(queue, clock, "certification")
    told: list[Turn] = []
    queue.desk.watch(told.append)
    assert (await queue.desk.call("1")).number == "A001"
    assert (await queue.desk.call("2")).number == "A002"
    clock.on(300)
    assert (await queue.desk.call("1")).number == "A003"
    assert [turn.number for turn in told] == ["A001", "A002", "A003"]
    assert [(one.number, one.counter) for one in await queue.desk.serving()] == [
        ("A003", "1"),
        ("A002", "2"),
    ]
    lengths = await store.read(
        lambda: [row.seconds for row in QueueAct.select().where(QueueAct.act == "end")]
    )
    assert lengths == [300.0]
    with pytest.raises(QueueError, match="nobody"):
        await queue.desk.call("1")
    assert [one.number for one in await queue.desk.serving()] == ["A002"], "A003 has gone"


async def test_priority_goes_first_but_not_for_ever(queue: Queue, clock: Clock) -> None:
    for _ in range(2):
        await draw(queue, clock, "certification")
    for _ in range(5):
        await draw(queue, clock, "certification", priority=True)
    called = [(await queue.desk.call("1")).number for _ in range(7)]
    assert called == ["U001", "U002", "U003", "A001", "U004", "U005", "A002"]


async def test_a_recall_says_it_again_and_a_skip_can_be_called_by_name(
    queue: Queue, clock: Clock
) -> None:
    for _ in range(2):
        await draw(queue, clock, "civil_status")
    first = await queue.desk.call("3")
    again = await queue.desk.recall("3")
    assert (again.act, again.number) == ("recall", first.number)
    assert (await queue.desk.skip("3")).number == "B001"
    with pytest.raises(QueueError, match="nobody"):
        await queue.desk.recall("3")
    assert (await queue.desk.call("3")).number == "B002", "a skipped one is not next"
    assert (await queue.desk.call("3", "B001")).act == "call", "it came after all"
    assert (await queue.desk.call("3", "B001")).act == "recall"


async def test_a_transfer_keeps_the_hour_of_drawing(queue: Queue, clock: Clock) -> None:
    await draw(queue, clock, "certification")
    await draw(queue, clock, "civil_status")
    await queue.desk.call("1")
    sent = await queue.desk.transfer("A001", "civil_status")
    assert (sent.service, sent.counter) == ("civil_status", "1")
    assert (await queue.desk.waiting())["civil_status"] == ["A001", "B001"]
    assert (await queue.desk.call("3")).number == "A001"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("call 99", "no_counter"),
        ("call 1 A777", "no_number"),
        ("call 1 nonsense'; --", "no_number"),
        ("skip 1", "nobody"),
        ("transfer A001 fax", "no_group"),
        ("transfer A777 land", "no_number"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(
    queue: Queue, clock: Clock, store: Store, act: str, code: str
) -> None:
    await draw(queue, clock, "certification")
    verb, *rest = act.split(" ", 2)
    with pytest.raises(QueueError) as refused:
        await getattr(queue.desk, verb)(*rest)
    assert refused.value.code == code
    assert await store.read(lambda: QueueAct.select().count()) == 0


async def test_the_line_outlives_a_restart(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "kiosk.sqlite"
    store = Store.open(path)
    queue = Queue(store, QueueConfig(pause=0.0), clock)
    for _ in range(3):
        await draw(queue, clock, "certification")
    await queue.desk.call("1")
    await queue.desk.skip("1")
    await queue.desk.call("1")
    await store.close()
    store = Store.open(path)
    queue = Queue(store, QueueConfig(pause=0.0), clock)
    assert [one.number for one in await queue.desk.serving()] == ["A002"]
    assert (await queue.desk.call("1")).number == "A003"
    await store.close()


async def test_a_half_day_is_full_and_the_next_one_is_not(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    groups = tmp_path / "groups.toml"
    groups.write_text(
        '[[group]]\nid = "land"\nletter = "E"\nname_vi = "Đất"\nname_en = "Land"\nfields = []\n'
        'counters = ["6"]\nminutes = 15\ncapacity = 2\n',
        "utf-8",
    )
    queue = Queue(store, QueueConfig(pause=0.0, groups=str(groups)), clock)
    await draw(queue, clock, "land")
    await draw(queue, clock, "land", priority=True)
    assert await queue.draw("land") == NumberRefused("land", "full")
    clock.now = clock.now.replace(hour=13, minute=5)
    assert (await draw(queue, clock, "land")).number == "E002"


async def test_the_wait_is_told_from_measured_visits(queue: Queue, clock: Clock) -> None:
    for _ in range(30):
        await draw(queue, clock, "civil_status")
    for _ in range(25):
        await queue.desk.call("3")
        clock.on(120)  # quick: a tenth of what the file says
    told = await draw(queue, clock, "civil_status")
    assert told.before == 5
    # Six visits of two minutes, one of them nearly over.
    assert (told.minutes, told.most) == (10, 15)


def test_the_range_holds_what_happens() -> None:
    """Visits of very different length: eight of ten real waits lie in what was told."""
    dice = random.Random(7)
    lengths = [dice.expovariate(1 / 600) for _ in range(200)]
    told = forecast.spread(6, (100.0,), 1, lengths)
    waits = []
    for _ in range(500):
        free = [max(forecast.SHORTEST, dice.choice(lengths) - 100.0), 0.0]
        for _ in range(6):
            free.sort()
            free[0] += dice.choice(lengths)
        waits.append(min(free))
    inside = sum(told[0] <= wait <= told[1] for wait in waits) / len(waits)
    assert 0.7 <= inside <= 0.9
    assert told[1] > told[0] > 0


def test_more_counters_and_fewer_people_wait_less() -> None:
    visits = [600.0] * 20
    assert forecast.spread(6, (0.0, 0.0), 0, visits) < forecast.spread(6, (0.0,), 0, visits)
    assert forecast.spread(2, (0.0,), 0, visits) < forecast.spread(6, (0.0,), 0, visits)
    assert forecast.spread(0, (), 1, visits) == (0.0, 0.0)
    assert forecast.minutes(299, 301) == (0, 10)


async def test_numbers_of_yesterday_are_not_called(queue: Queue, clock: Clock) -> None:
    await draw(queue, clock, "certification")
    clock.now += dt.timedelta(days=1)
    with pytest.raises(QueueError, match="nobody"):
        await queue.desk.call("1")
    with pytest.raises(QueueError, match="no_number"):
        await queue.desk.call("1", "A001")
