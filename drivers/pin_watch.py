"""Keeps a device on its GPIO lines: opens them, and again when their chip was not there or went.

A chip may come late (a module that udev loads, an expander on USB) and may go (its plug); neither
needs a new start of the daemon.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from gpiozero import GPIOZeroError
from gpiozero.pins import Factory

from drivers.health import HealthKeeper
from drivers.pins import LOOK_EVERY, MakeFactory, reported

__all__ = ["PinWatch", "SharedPins", "gone"]


def gone(factory: Factory) -> bool:
    """Whether the chip behind a factory was taken away; mock pins never are."""
    return bool(getattr(factory, "gone", False))


class SharedPins:
    """One factory for all devices: made when first asked for, made anew when its chip went.

    What `make` raises comes through, and the next caller tries again.
    """

    def __init__(self, make: MakeFactory) -> None:
        self._make = make
        self._made: Factory | None = None

    def __call__(self) -> Factory:
        made = self._made
        if made is not None and gone(made):
            self._made = None
            made.close()
        if self._made is None:
            self._made = self._make()
        return self._made


class PinWatch:
    """`opens` takes the lines of one device and tells its health; `closes` gives them back.

    `start` tries once before it returns, so that a device that is there is told at once.
    """

    def __init__(
        self,
        keeper: HealthKeeper,
        factory: MakeFactory,
        opens: Callable[[Factory], None],
        closes: Callable[[], None],
        every: float = LOOK_EVERY,
    ) -> None:
        self._keeper = keeper
        self._factory = factory
        self._opens = opens
        self._closes = closes
        self._every = every
        self._open: Factory | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._try()
        self._task = asyncio.create_task(self._watch(), name="pins")

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._close()

    def look(self) -> None:
        """Looks once: at the chip that is open, or for one."""
        if self._open is None:
            self._try()
        elif gone(self._open):
            self._close()
            self._keeper.lost("no_chip")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self.look()

    def _try(self) -> None:
        with reported(self._keeper):
            factory = self._factory()
            try:
                self._opens(factory)
            except BaseException:
                self._close()  # some of its lines may have been taken
                raise
            self._open = factory

    def _close(self) -> None:
        self._open = None
        with contextlib.suppress(GPIOZeroError, OSError):  # of a chip that went
            self._closes()
