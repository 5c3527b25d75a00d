"""A whole visit by real touches: an X server, the real window, and a pointer that presses it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from daemon.machine.events import Headset, KeyPressed
from daemon.machine.personal import Personal
from daemon.machine.views import Keyboard
from tests.visits.papers import DEGREE
from tests.visits.visit import TOUCH_PACE, Visitor, audit, running, verify
from ui_kivy.screens.compose import compose
from ui_kivy.screens.draft import Local
from ui_kivy.theme import Theme
from ui_kivy.words import Words

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Debian's xvfb and xdotool",
    ),
]
WIDTH, HEIGHT, PX_PER_MM = 540, 960, 2.015
PRESS = 0.1
"""Seconds that the finger rests."""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of the panel's size; the number is the server's own choice."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten",
         "tcp"],
        pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        assert number, "no X server"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hand(
    display: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Visitor, Hand]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", display)
        patch.delenv("SDL_VIDEODRIVER", raising=False)
        async with running(tmp_path_factory.mktemp("kiosk")) as visitor:
            await visitor.ready()
            yield visitor, Hand(visitor, display)


class Hand:
    """Touches the glass where the screen's own layout has its targets."""

    def __init__(self, visitor: Visitor, display: str) -> None:
        self.visitor = visitor
        self._environment = {**os.environ, "DISPLAY": display}
        self._touched = 0.0

    async def touch(self, action: str, value: str | None = None) -> None:
        shown = self.visitor.shown
        theme, words = Theme(shown.prefs, PX_PER_MM), Words(shown.prefs.language)
        sheet, _ = compose(shown, (float(WIDTH), float(HEIGHT)), theme, words, Local())
        target = sheet.find(action, value)
        assert target is not None, f"no target {action} {value} on {shown.name}"
        x, y = target.rect.centre
        # The pace of a person, and never before the screen has drawn what is touched.
        screen = self.visitor.app.screen
        await self.visitor.soon(lambda: screen.undrawn() == 0.0)
        await asyncio.sleep(max(0.0, self._touched + TOUCH_PACE - time.monotonic()))
        self._touched = time.monotonic()
        await self._pointer("mousemove", str(round(x)), str(round(y)), "mousedown", "1")
        await asyncio.sleep(PRESS)
        await self._pointer("mouseup", "1")

    async def on(self, screen: str, action: str, value: str | None = None) -> None:
        """Waits for a screen and touches it away."""
        await self.visitor.see(screen)
        await self.touch(action, value)
        await self.visitor.until(
            lambda kiosk: kiosk.shown.name.rpartition(".")[2] != screen, within=30
        )

    async def write(self, keys: list[str]) -> None:
        """Keys of the drawn keyboard; each counts when its text has come."""
        for key in keys:
            before = self._text()
            await self.touch("key", key)
            await self._changed(before)

    async def _changed(self, before: Personal[str]) -> None:
        await self.visitor.until(lambda _: self._text() != before, within=30)

    def _text(self) -> Personal[str]:
        body = self.visitor.shown.body
        assert isinstance(body, Keyboard)
        return body.text

    async def _pointer(self, *words: str) -> None:
        process = await asyncio.create_subprocess_exec("xdotool", *words, env=self._environment)
        assert await process.wait() == 0


async def test_a_copy_by_touches(hand: tuple[Visitor, Hand], tmp_path: Path) -> None:
    visitor, finger = hand
    await finger.on("attract", "copy")
    await finger.on("begin", "start")
    await finger.on("consent", "yes")
    await visitor.see("name")
    await finger.write([*"l", "ê", "space", *"ho", "a", "tone:f"])
    assert finger._text() == Personal("lê hoà")
    await finger.on("name", "ok")
    await visitor.page(DEGREE)
    await finger.on("kind", "yes")
    await finger.on("pages", "done")
    await finger.on("product", "digital")
    await finger.on("copies", "copies", "1")
    certifier = visitor.app.certifier
    await visitor.soon(lambda: certifier.waiting is not None)
    assert certifier.answer("accepted", "")
    await visitor.see("take_back")
    visitor.world.lift()
    await visitor.see("fee")
    await visitor.until(lambda kiosk: kiosk.shown.primary is not None or bool(kiosk.shown.choices))
    await finger.on("fee", "pay")
    await visitor.transfer()
    assert await visitor.collect() >= 1
    await finger.on("receipt", "none")
    await finger.on("rate", "star", "5")
    await finger.on("bye", "ok")
    await visitor.rest()
    made = await visitor.copies()
    assert len(made) == 1 and not verify(visitor.app, made[0], tmp_path)
    assert not audit(visitor.app)


async def test_a_touch_opens_the_curtain_and_nothing_under_it(
    hand: tuple[Visitor, Hand],
) -> None:
    visitor, finger = hand
    await visitor.see("attract")
    await visitor.happens(Headset(True))
    visitor.app.kiosk.post(KeyPressed("up", held=True))
    await visitor.until(lambda kiosk: kiosk.shown.prefs.curtain)
    name = visitor.shown.name
    await finger.touch("curtain")
    await visitor.until(lambda kiosk: not kiosk.shown.prefs.curtain)
    assert visitor.shown.name == name
    await visitor.happens(Headset(False))
