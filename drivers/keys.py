"""The six hardware keys ▲ ▼ ● ◄ ? ♪ (kiosk-experience §1.2): contacts to ground."""

from __future__ import annotations

import time
from typing import Protocol, get_args

from gpiozero import Button
from gpiozero.pins import Factory

from daemon.machine.events import KeyPressed
from daemon.machine.values import Key
from drivers.health import Emit, Health, HealthKeeper
from drivers.pins import PinsConfig, in_loop

HELD = 2.0
"""Seconds after which a key counts as held."""

STUCK = 30.0
"""Seconds after which a key that is still down counts as stuck."""


class Keys(Protocol):
    """What the shell asks of the keys; presses come as events."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def health(self) -> Health: ...


class GpioKeys:
    """The keys on GPIO lines; with mock pins the twin is the same class."""

    def __init__(self, config: PinsConfig, factory: Factory, emit: Emit) -> None:
        self._config = config
        self._factory = factory
        self._emit = emit
        self._keeper = HealthKeeper("keys", "keys", emit)
        self._buttons: dict[Key, Button] = {}
        self._down: dict[Key, float] = {}
        self._presses = 0

    def start(self) -> None:
        for key in get_args(Key):
            button = Button(
                getattr(self._config, f"key_{key}"),
                pull_up=True,
                bounce_time=self._config.debounce if self._config.factory != "mock" else None,
                pin_factory=self._factory,
            )
            button.when_pressed = in_loop(lambda key=key: self._pressed(key))
            button.when_released = in_loop(lambda key=key: self._released(key))
            self._buttons[key] = button
        self._keeper.ok(presses=0)

    def stop(self) -> None:
        for button in self._buttons.values():
            button.close()
        self._buttons.clear()

    def health(self) -> Health:
        now = time.monotonic()
        stuck = [key for key, since in self._down.items() if now - since > STUCK]
        if stuck:
            self._keeper.warn("stuck", key=stuck[0])
        return self._keeper.health

    def _pressed(self, key: Key) -> None:
        self._down[key] = time.monotonic()

    def _released(self, key: Key) -> None:
        since = self._down.pop(key, None)
        if since is None:
            return
        self._presses += 1
        self._keeper.ok(presses=self._presses)
        self._emit(KeyPressed(key, held=time.monotonic() - since >= HELD))
