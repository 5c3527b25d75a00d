"""The line as a whole: fair, no number twice, nobody lost, priority first and nobody starving."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from daemon.machine.events import NumberDrawn
from daemon.services.queue import Queue, QueueConfig
from daemon.services.queue.desk import QueueError
from daemon.services.queue.line import Place, before, order, pick
from daemon.store import Store
from daemon.store.models.queue import QueueRow

RUN = 3
PLACES = st.lists(
    st.builds(Place, st.floats(0, 1e6), st.just("A"), st.integers(1, 10**6), st.booleans()),
    min_size=1,
    max_size=40,
    unique_by=lambda place: place.number,
)


@given(PLACES, st.integers(1, 5))
def test_everybody_is_called_once_and_nobody_starves(line: list[Place], run: int) -> None:
    waiting, called = list(line), list[Place]()
    while (chosen := pick(waiting, [place.priority for place in called], run)) is not None:
        waiting.remove(chosen)
        called.append(chosen)
    assert sorted(called, key=order) == sorted(line, key=order), "nobody lost, nobody twice"
    others = [at for at, place in enumerate(called) if not place.priority]
    assert all(at < (k + 1) * (run + 1) for k, at in enumerate(others)), "nobody starves"
    for priority in (True, False):
        mine = [place for place in called if place.priority == priority]
        assert mine == sorted(mine, key=order), "first come, first called"
    # Priority is passed over once in a run, never twice in a row.
    left = sum(place.priority for place in line)
    for at, place in enumerate(called):
        if not place.priority and left:
            assert at >= run and all(one.priority for one in called[at - run : at])
        left -= place.priority


@given(PLACES, st.integers(1, 5))
def test_the_people_before_are_those_who_are_called_before(line: list[Place], run: int) -> None:
    waiting, called = list(line), list[Place]()
    told = {place.number: before(line, place, [], run) for place in line}
    while (chosen := pick(waiting, [place.priority for place in called], run)) is not None:
        assert told[chosen.number] == len(called)
        waiting.remove(chosen)
        called.append(chosen)


class Day(RuleBasedStateMachine):
    """One kiosk's queue over a real database, and a day of draws and acts."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.now = 1764036000.0  # 25 November 2025, 09:00 in Vietnam
        self.state: dict[str, str] = {}
        self.hours: dict[str, float] = {}
        self.open()

    def open(self) -> None:
        self.store = Store.open(Path(self.folder.name) / "kiosk.db")
        config = QueueConfig(pause=0.0, always_open=True, priority_run=RUN)
        self.queue = Queue(self.store, config, lambda: self.now)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close_now()
            self.loop.close()
            self.folder.cleanup()

    @rule(service=st.sampled_from(("certification", "civil_status")), priority=st.booleans())
    def draw(self, service: str, priority: bool) -> None:
        self.now += 7
        told = self.loop.run_until_complete(self.queue.draw(service, priority))
        assert isinstance(told, NumberDrawn)
        assert told.number not in self.state, "no number twice"
        self.state[told.number] = "waiting"
        self.hours[told.number] = self.now

    @rule(counter=st.sampled_from("123"))
    def call(self, counter: str) -> None:
        self.now += 60
        for number, where in self.state.items():
            if where == counter:
                self.state[number] = "served"
        try:
            turn = self.loop.run_until_complete(self.queue.desk.call(counter))
        except QueueError as error:
            assert error.code == "nobody"
            return
        assert self.state[turn.number] == "waiting", "only who waits is called"
        self.state[turn.number] = counter

    @rule(counter=st.sampled_from("123"))
    def skip(self, counter: str) -> None:
        there = [number for number, where in self.state.items() if where == counter]
        try:
            turn = self.loop.run_until_complete(self.queue.desk.skip(counter))
        except QueueError:
            assert not there
            return
        assert there == [turn.number]
        self.state[turn.number] = "skipped"

    @rule(data=st.data(), service=st.sampled_from(("certification", "civil_status", "land")))
    def transfer(self, data: st.DataObject, service: str) -> None:
        if self.state:
            number = data.draw(st.sampled_from(sorted(self.state)))
            self.loop.run_until_complete(self.queue.desk.transfer(number, service))
            self.state[number] = "waiting"

    @rule()
    def restart(self) -> None:
        self.store.close_now()
        self.open()

    @invariant()
    def nobody_is_lost(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.store.read_now(lambda: list(QueueRow.select()))
        found = {
            self.queue.desk.label(row.letter, row.number): (
                row.counter if row.state == "called" else row.state
            )
            for row in rows
        }
        assert found == self.state
        waiting = self.loop.run_until_complete(self.queue.desk.waiting())
        for line in waiting.values():
            assert line == sorted(line, key=lambda number: self.hours[number])
        assert sorted(number for line in waiting.values() for number in line) == sorted(
            number for number, where in self.state.items() if where == "waiting"
        )


Day.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestDay = Day.TestCase
