"""Each child killed or stopped in the middle of a visit: it is back, and the visitor goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from typing import Literal

import pytest

from daemon.children import Child
from tests.patience import LOADED
from tests.visits.papers import DECISION, DEGREE
from tests.visits.visit import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

BACK_WITHIN = 3.0
"""Seconds until the next process answers, the time in which a hang is noticed included."""

Name = Literal["screen", "camera", "documents"]
SIGNALS = pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
Record = Callable[[str, object], None]


def child_of(visitor: Visitor, name: Name) -> Child:
    return next(child for child in visitor.app.children if child.name == name)


class Blow:
    """What a child is dealt, and how long it is away."""

    def __init__(self, visitor: Visitor, name: Name, number: signal.Signals) -> None:
        self._number = number
        self._child = child = child_of(visitor, name)
        starts, struck = child.starts, time.monotonic()
        os.kill(child.pid, number)

        async def back() -> float:
            await visitor.soon(lambda: child.starts > starts and child.ready.is_set())
            return time.monotonic() - struck

        self._back = asyncio.create_task(back())

    async def over(self, record: Record) -> None:
        """Waits until the next process answers."""
        took = await self._back
        record(f"{self._child.name} {self._number.name}", round(took, 2))
        print(f"{self._child.name} {self._number.name}: back after {took:.2f} s")
        assert took < BACK_WITHIN * LOADED


@SIGNALS
async def test_the_screen(
    visitor: Visitor, number: signal.Signals, record_property: Record
) -> None:
    """Back on the same screen, drawn, and the next touch counts."""
    await visitor.begin()
    await visitor.page(DEGREE)
    await visitor.see("kind")
    drawn: list[int] = []
    visitor.app.when_drawn = drawn.append
    blow = Blow(visitor, "screen", number)
    await blow.over(record_property)
    assert visitor.name == "kind"
    await visitor.soon(lambda: bool(drawn))
    await visitor.touch("yes")
    await visitor.see("pages")
    await end(visitor)


@pytest.mark.long
@SIGNALS
async def test_the_camera_while_it_shows_the_bed(
    visitor: Visitor, number: signal.Signals, record_property: Record
) -> None:
    await visitor.begin()
    blow = Blow(visitor, "camera", number)
    view = await visitor.page(DEGREE)
    await blow.over(record_property)
    if view.name == "copy.trouble":
        # Drawing the simulated bed anew takes a second: the first picture may show it empty.
        assert view.title.key in ("q.camera", "q.empty")
        await visitor.press("retry")
        view = await visitor.page(DEGREE)
    assert view.name == "copy.kind"
    await visitor.press("yes")
    await end(visitor)


@SIGNALS
async def test_the_camera_while_it_takes_a_picture(
    visitor: Visitor, number: signal.Signals, record_property: Record
) -> None:
    """The shot is asked again of the next process, or the visitor is told and tries again."""
    await visitor.begin()
    visitor.lay(DEGREE)
    await visitor.see("shooting")
    blow = Blow(visitor, "camera", number)
    view = await visitor.see("kind", "trouble")
    await blow.over(record_property)
    if view.name == "copy.trouble":
        # Drawing the simulated bed anew takes a second: the first picture may show it empty.
        assert view.title.key in ("q.camera", "q.empty")
        await visitor.press("retry")
        view = await visitor.page(DEGREE)
    assert view.name == "copy.kind"
    await visitor.press("yes")
    await end(visitor)


@SIGNALS
async def test_the_worker_while_it_examines(
    visitor: Visitor, number: signal.Signals, record_property: Record
) -> None:
    """The page is examined again, and nobody notices."""
    await visitor.begin()
    visitor.lay(DEGREE)
    await visitor.see("examining")
    blow = Blow(visitor, "documents", number)
    view = await visitor.see("kind", "trouble")
    assert view.name == "copy.kind"
    await blow.over(record_property)
    await visitor.press("yes")
    await end(visitor)


async def test_the_worker_while_it_makes_the_pdf(visitor: Visitor, record_property: Record) -> None:
    """Paid is paid: the copies come all the same."""
    await visitor.begin()
    await visitor.paper(*DECISION)
    await visitor.choose()
    await visitor.pay()
    await visitor.see("sealing")
    blow = Blow(visitor, "documents", signal.SIGKILL)
    await visitor.collect()
    await blow.over(record_property)
    await visitor.leave(slip=False)
    assert (await visitor.steps())[-1] == "handed_over"


@pytest.mark.long
async def test_all_three_at_once(visitor: Visitor, record_property: Record) -> None:
    await visitor.begin()
    await visitor.page(DEGREE)
    await visitor.see("kind")
    names: tuple[Name, ...] = ("screen", "camera", "documents")
    blows = [Blow(visitor, name, signal.SIGKILL) for name in names]
    for blow in blows:
        await blow.over(record_property)
    assert visitor.name == "kind"
    await visitor.press("yes")
    await visitor.press("next")
    await visitor.page(DECISION[0])
    await visitor.see("other_kind")
    await visitor.press("back")
    await end(visitor)


async def end(visitor: Visitor) -> None:
    """Away with everything."""
    visitor.world.lift()
    await visitor.press("home")
    if visitor.shown.overlay is not None:
        await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()
