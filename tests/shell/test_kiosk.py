"""The shell's rules: slots, late answers, late touches, faults that cost nobody a visit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from daemon.kiosk import Hands, Kiosk, Reply
from daemon.machine import effects as fx
from daemon.machine.events import (
    AnyEvent,
    Captured,
    CardRead,
    DeviceLost,
    Pressed,
    Typed,
)
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step
from daemon.machine.views import View
from tests.machine.walk import HOUSE

SECRET = "Huỳnh Thị Đánh Dấu"


class Screen:
    """Numbers Views like the real one."""

    def __init__(self) -> None:
        self.shown: list[View] = []

    def show(self, drawn: View) -> int:
        self.shown.append(drawn)
        return len(self.shown) - 1


class Bench:
    """A shell with handlers that only remember."""

    def __init__(self, **handlers: Callable[[Any, Reply], Any]) -> None:
        self.done: list[fx.AnyEffect] = []
        self.seen: list[tuple[AnyEvent, State, Step]] = []
        self.screen = Screen()
        hands = Hands()
        for kind in fx.AnyEffect.__args__:
            if kind in (fx.After, fx.Forget):
                continue
            name = kind.__name__
            durable = name.startswith("Durable") or kind is fx.Later
            hands.on(kind, handlers.get(name, self._note), durable=durable)
        self.kiosk = Kiosk(HOUSE, hands, self.screen, lambda *seen: self.seen.append(seen))

    def _note(self, effect: fx.AnyEffect, reply: Reply) -> None:
        self.done.append(effect)

    def __call__(self, *events: AnyEvent) -> None:
        for event in events:
            self.kiosk.turn(event)

    @property
    def scene(self) -> str:
        return type(self.kiosk.state.scene).__name__


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[Kiosk]:
    task = asyncio.create_task(bench.kiosk.run())
    try:
        yield bench.kiosk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


TO_PLACE = (
    Pressed("copy"),
    Pressed("start"),
    Pressed("yes"),
    Typed(Personal(SECRET)),
    Pressed("ok"),
)


async def test_an_answer_comes_back_as_an_event() -> None:
    async def capture(effect: fx.Capture, reply: Reply) -> None:
        reply(Captured(effect.page))

    bench = Bench(Capture=capture)
    async with running(bench) as kiosk:
        bench(*TO_PLACE, Pressed("shoot"))
        await asyncio.wait_for(kiosk.until(lambda it: bench.scene == "Examining"), 5)


async def test_the_answer_of_an_ended_visit_is_dropped() -> None:
    gate = asyncio.Event()
    cancelled: list[bool] = []

    async def capture(effect: fx.Capture, reply: Reply) -> None:
        try:
            await gate.wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            reply(Captured(effect.page))
            raise

    bench = Bench(Capture=capture)
    async with running(bench) as kiosk:
        bench(*TO_PLACE, Pressed("shoot"))
        await asyncio.sleep(0)
        bench(Pressed("home"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert cancelled == [True]
        assert kiosk.state.scene == bench.kiosk.state.scene
        assert bench.scene == "Home"


async def test_what_touches_paper_or_money_runs_to_its_end() -> None:
    gate, ended = asyncio.Event(), asyncio.Event()

    async def later(effect: fx.Later, reply: Reply) -> None:
        await gate.wait()
        ended.set()

    bench = Bench(Later=later)
    async with running(bench):
        bench.kiosk._do(fx.Later("no_printer", (), 1, "digital", Personal("")))
        await asyncio.sleep(0)
        bench.kiosk._do(fx.EndVisit("done", "copy", "Rate"))
        gate.set()
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_broken_handler_is_told_to_the_visitor_in_words_and_to_nobody_in_detail(
    caplog: Any,
) -> None:
    async def capture(effect: fx.Capture, reply: Reply) -> None:
        raise RuntimeError(f"cannot store {SECRET}")

    bench = Bench(Capture=capture)
    async with running(bench) as kiosk:
        bench(*TO_PLACE, Pressed("shoot"))
        await asyncio.wait_for(kiosk.until(lambda it: bench.scene == "Trouble"), 5)
    assert kiosk.faults["Capture"] == 1
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


async def test_a_touch_aimed_at_a_screen_that_is_gone_is_dropped() -> None:
    bench = Bench()
    async with running(bench) as kiosk:
        await asyncio.sleep(0)
        bench(*TO_PLACE[:3])
        old = len(bench.screen.shown) - 1
        bench(CardRead("ok", Personal("A"), Personal("•••• 1")))
        kiosk.did(Pressed("back"), old)
        await asyncio.sleep(0)
        assert bench.scene == "CardShown"
        assert kiosk.unexpected["late Pressed"] == 1


async def test_a_touch_counts_where_only_details_of_the_screen_changed() -> None:
    bench = Bench()
    async with running(bench) as kiosk:
        await asyncio.sleep(0)
        bench(Pressed("touch"))
        old = len(bench.screen.shown) - 1
        bench(DeviceLost("page_printer"), Pressed("language"))
        kiosk.did(Pressed("copy"), old)
        await asyncio.wait_for(kiosk.until(lambda it: bench.scene == "Begin"), 5)


async def test_timers_come_back_as_events_and_can_be_forgotten() -> None:
    bench = Bench()
    async with running(bench) as kiosk:
        kiosk._do(fx.After(0.01, "one"))
        kiosk._do(fx.After(0.01, "two"))
        kiosk._do(fx.Forget("two"))
        await asyncio.wait_for(kiosk.until(lambda it: bool(bench.seen)), 5)
        kiosk._do(fx.After(0.01, "three"))
        await asyncio.wait_for(kiosk.until(lambda it: len(bench.seen) > 1), 5)
    assert [event.token for event, _, _ in bench.seen] == ["one", "three"]


async def test_every_effect_has_a_handler_or_is_the_shells_own() -> None:
    bench = Bench()
    own = {fx.After, fx.Forget}
    assert bench.kiosk._hands.handled | own == set(fx.AnyEffect.__args__)


async def test_unexpected_events_are_counted_by_name() -> None:
    bench = Bench()
    bench(Captured("page-1"))
    assert bench.kiosk.unexpected["Captured in Attract"] == 1
