"""A citizen who makes two copies of a two-page paper: looks at the screen, touches, lays, takes.

Everything goes the way a person's does: touches are put on the drawn targets, papers under the
camera's sensor, sheets out of the tray.  The bank's notice comes from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from daemon.kiosk import Kiosk
from daemon.machine.events import AnyEvent, Typed
from daemon.machine.state import State, Step
from daemon.machine.views import Camera
from daemon.wiring import App

NAME_KEYS = (
    *("shift", "n", "g", "u", "y", "ê", "n", "tone:x", "space"),
    *("shift", "t", "h", "i", "tone:j", "space"),
    *("shift", "m", "â", "u", "tone:x"),
)
"""The keys of the on-screen keyboard for Nguyễn Thị Mẫu."""

AGAIN = 3.0
"""Seconds after which a person touches again."""

TOUCHES = 6

SCREEN_WITHIN = 60.0
"""Seconds the next screen may take."""


class LostWayError(Exception):
    """Another screen came than a visitor would expect; the text names both."""


class Visitor:
    """One visit.  `budget(step)` = seconds a person takes for it; pictures go to `folder`."""

    def __init__(
        self,
        app: App,
        photos: list[Path],
        folder: Path | None,
        budget: Callable[[str], float] = lambda step: 0.0,
        copies: int = 2,
    ) -> None:
        assert app.world is not None
        self._app, self._world = app, app.world
        self._photos = photos
        self._folder = folder
        self._budget = budget
        self._copies = copies
        self._touched = 0.0
        self.screens: list[str] = []
        """Names of the screens in the order in which they came."""
        self._typed = 0
        app.screen.missed = self._missed
        app.watchers.append(self._count)

    async def play(self) -> None:
        """The whole visit.  Raises LostWayError."""
        await self._identify()
        for number, photo in enumerate(self._photos):
            await self._page(photo, first=number == 0)
        await self._tap("pages", "done")
        await self._tap("product", "digital")
        await self._tap("copies", "copies", str(self._copies), step="copies")
        await self._see("deciding")
        await self._see("take_back")
        await self._pause("take_back")
        self._world.lift()
        await self._tap("fee", "pay")
        await self._pay()
        await self._until_collect()
        await self._see("collect")
        self._world.take_sheets()
        await self._tap("receipt", "paper")
        await self._tap("rate", "star", "5")
        await self._tap("bye", "ok", flow="")
        await self._see("attract", flow="")

    # -- parts -----------------------------------------------------------------------------

    async def _identify(self) -> None:
        await self._tap("attract", "copy", flow="")
        await self._tap("begin", "start")
        await self._tap("consent", "yes", step="consent")
        await self._see("name")
        for key in NAME_KEYS:
            await self._key(key)
        await self._shoot("name")
        await self._tap("name", "ok")

    async def _key(self, key: str) -> None:
        """Touches a key of the keyboard, again where it was not taken."""
        before = self._typed
        for _ in range(TOUCHES):
            self._app.screen.tap("key", key)
            await asyncio.sleep(max(0.25, self._budget("identify") / len(NAME_KEYS)))
            if key == "shift":
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await self._app.kiosk.until(partial(self._typed_more_than, before))
                return
        raise LostWayError(f"the key {key} does nothing")

    async def _page(self, photo: Path, *, first: bool) -> None:
        await self._see("place")
        await self._pause("place" if first else "pages")
        if not first:
            self._world.lift()
        self._world.lay(photo)
        await self._app.kiosk.until(_holding)
        await self._shoot("hold_still")
        await self._wait(lambda name: name not in ("copy.place", "copy.shooting"))
        if first:
            await self._tap("kind", "yes", step="kind")
            await self._tap("pages", "next")
        elif self._app.kiosk.shown.name == "copy.other_kind":
            await self._tap("other_kind", "same")

    async def _pay(self) -> None:
        await self._see("pay")
        await self._pause("pay")
        money = self._app.money
        assert money is not None
        await money.notice(f"MBVCB.123 {money.memo} chuyen tien", money.amount, "FT-DEMO-1")

    async def _until_collect(self) -> None:
        for name in ("sealing", "printing"):
            await self._wait((f"copy.{name}", "copy.collect").__contains__)
            await self._shoot(self._app.kiosk.shown.name.removeprefix("copy."))

    # -- what a person does ----------------------------------------------------------------

    async def _tap(
        self,
        name: str,
        action: str,
        value: str | None = None,
        *,
        flow: str = "copy.",
        step: str = "",
    ) -> None:
        await self._see(name, flow=flow)
        if step:
            await self._pause(step)
        for _ in range(TOUCHES):
            # A second touch so soon is taken for a slip of the finger.
            await asyncio.sleep(max(0.0, self._touched + 0.45 - time.monotonic()))
            self._touched = time.monotonic()
            self._app.screen.tap(action, value)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await self._app.kiosk.until(lambda it: it.shown.name != flow + name)
                return
        raise LostWayError(f"{action} on {name} does nothing; so far: {' → '.join(self.screens)}")

    async def _see(self, name: str, *, flow: str = "copy.") -> None:
        await self._wait(lambda shown: shown == flow + name)
        await self._shoot(name)

    async def _wait(self, true: Callable[[str], bool]) -> None:
        kiosk = self._app.kiosk
        try:
            async with asyncio.timeout(SCREEN_WITHIN):
                await kiosk.until(lambda it: true(it.shown.name))
        except TimeoutError:
            raise LostWayError(
                f"the screen is {kiosk.shown.name} ({kiosk.shown.title.key}); "
                f"so far: {' → '.join(self.screens)}"
            ) from None

    async def _pause(self, step: str) -> None:
        await asyncio.sleep(self._budget(step))

    async def _shoot(self, name: str) -> None:
        """A picture of each screen in the order of the visit; a name being typed has only one."""
        if not self.screens or self.screens[-1] != name:
            self.screens.append(name)
        if self._folder is not None:
            path = self._folder / f"{len(self.screens):02d}-{name}.png"
            await self._app.screen.photograph(path)

    def _typed_more_than(self, before: int, _kiosk: Kiosk) -> bool:
        return self._typed > before

    def _count(self, event: AnyEvent, before: State, step: Step) -> None:
        self._typed += isinstance(event, Typed)

    def _missed(self, action: str, value: str | None) -> None:
        self.screens.append(f"(no target {action} {value or ''})")


def _holding(kiosk: Kiosk) -> bool:
    """Is the paper found and the ring running, or the picture taken already?"""
    body = kiosk.shown.body
    return not isinstance(body, Camera) or body.ring is not None
