"""A whole visit by the six hardware keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.machine.events import Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step
from daemon.machine.views import Pages
from tests.visits.by_keys import Fingers, keys_of
from tests.visits.papers import DECISION
from tests.visits.visit import NAME, Visitor, audit, verify

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_copy_by_the_six_keys(visitor: Visitor, tmp_path: Path) -> None:
    touched: list[object] = []

    def watch(event: object, before: State, step: Step) -> None:
        if isinstance(event, Pressed):
            touched.append(event)

    visitor.app.watchers.append(watch)
    before, keys = len(await visitor.copies()), Fingers(visitor)
    await visitor.see("attract")
    await keys.press("copy")
    await keys.on("begin", "start")
    await keys.on("consent", "yes")
    await visitor.see("name")
    await keys.write(NAME)
    assert visitor.shown.body.text == Personal(NAME)
    await keys.press("ok")
    await visitor.page(DECISION[0])
    await keys.on("kind", "yes")
    await keys.on("pages", "next")
    await visitor.page(DECISION[1])
    await visitor.see("pages")

    # A thumbnail is chosen, moved to the front and back again.
    first, second = _pages(visitor)
    await keys.press("page", second)
    await keys.press("up")
    assert _pages(visitor) == (second, first)
    await keys.press("down")
    assert _pages(visitor) == (first, second)
    await keys.press("page", second)

    await keys.press("done")
    await keys.on("product", "digital")
    await keys.on("copies", "copies", "1")
    certifier = visitor.app.certifier
    await visitor.soon(lambda: certifier.waiting is not None)
    assert certifier.answer("accepted", "")
    await visitor.see("take_back")
    visitor.world.lift()
    await visitor.see("fee")
    await keys.press("pay")
    await visitor.transfer()
    assert await visitor.collect() >= 1
    await keys.on("receipt", "none")
    await keys.on("rate", "star", "5")
    await keys.on("bye", "ok")
    await visitor.rest()
    visitor.app.watchers.remove(watch)

    assert not touched, "every choice was made by a key"
    made = (await visitor.copies())[before:]
    assert len(made) == 1 and not verify(visitor.app, made[0], tmp_path)
    assert not audit(visitor.app)
    assert not visitor.shown.prefs.keys, "the next visitor's screen has no focus"


async def test_the_journal_does_not_tell_what_the_keys_spelt(visitor: Visitor) -> None:
    journal = visitor.app.state_folder / "journal.jsonl"
    keys, spelt = Fingers(visitor), "Lê Hoà"
    await visitor.see("attract")
    await keys.press("copy")
    await keys.on("begin", "start")
    await keys.on("consent", "yes")
    await visitor.see("name")
    await visitor.soon(journal.exists)
    length = journal.stat().st_size
    await keys.write(spelt)
    step = await visitor.happens(Typed(Personal(spelt + "a")))
    assert step.expected
    await visitor.soon(lambda: journal.read_bytes()[length:].count(b"Typed") > len(keys_of(spelt)))
    after = journal.read_text(encoding="utf-8")[length:]
    moves = [line for line in after.splitlines() if "KeyPressed" in line]
    # To the letters and into them: nothing of the way among them.
    assert len(moves) <= 2 and "row:" not in after and "Spelt" not in after
    await visitor.away()


def _pages(visitor: Visitor) -> tuple[str, ...]:
    body = visitor.shown.body
    assert isinstance(body, Pages)
    return body.pages
