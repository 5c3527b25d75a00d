"""Nobody is being served, and nobody can begin: the frame of everything that needs the kiosk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from daemon.console.inside import Code, ConsoleError
from daemon.console.talk import Talk
from daemon.kiosk import Kiosk
from daemon.machine.house import OutOfService

if TYPE_CHECKING:
    from daemon.wiring import App

SETTLE = 2.0
"""Seconds that closing takes where nobody is served; longer means that somebody has come."""
SAY_EVERY = 2.0


class Alone:
    """Closes the kiosk to visitors while a technician's command uses its devices."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._taken = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def __call__(self, talk: Talk, *, wait: bool) -> AsyncIterator[None]:
        """Waits until the citizen has finished, or raises ConsoleError BUSY where `wait` is off.

        Whatever ends the command, the kiosk is opened again.
        """
        if self._taken.locked():
            raise ConsoleError(Code.BUSY, "another technician's command uses the devices")
        kiosk, switch = self._app.kiosk, self._app.maintenance
        if not wait and kiosk.state.visit:
            raise ConsoleError(Code.BUSY, "a citizen is being served; leave out --no-wait")
        async with self._taken:
            switch.set("console", True)
            try:
                if not wait:
                    await self._at_once()
                elif not closed(kiosk):
                    await self._patiently(talk)
                yield
            finally:
                switch.set("console", False)

    async def _at_once(self) -> None:
        try:
            await asyncio.wait_for(self._app.kiosk.until(closed), SETTLE)
        except TimeoutError:
            raise ConsoleError(Code.BUSY, "a citizen is being served") from None

    async def _patiently(self, talk: Talk) -> None:
        closing = asyncio.ensure_future(self._app.kiosk.until(closed))
        waited = 0.0
        try:
            while not (await asyncio.wait({closing}, timeout=SAY_EVERY))[0]:
                waited += SAY_EVERY
                await talk.live(f"A citizen is being served; waiting, {waited:.0f} s. Ctrl-C ends.")
        finally:
            closing.cancel()


def closed(kiosk: Kiosk) -> bool:
    """Does the screen say that the kiosk is closed?"""
    return isinstance(kiosk.state.scene, OutOfService)
