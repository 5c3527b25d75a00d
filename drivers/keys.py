"""The six hardware keys ▲ ▼ ● ◄ ? ♪: contacts to ground."""

from __future__ import annotations

import time
from functools import partial
from typing import Protocol, get_args

from gpiozero import DigitalInputDevice
from gpiozero.pins import Factory

from daemon.machine.events import KeyPressed
from daemon.machine.values import Key
from drivers.health import Emit, Health, HealthKeeper
from drivers.pin_watch import PinWatch
from drivers.pins import Clock, MakeFactory, PinsConfig, in_loop

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

    def __init__(
        self,
        config: PinsConfig,
        factory: MakeFactory,
        emit: Emit,
        clock: Clock = time.monotonic,
    ) -> None:
        self._config = config
        self._clock = clock
        self._emit = emit
        self._keeper = HealthKeeper("keys", "keys", emit)
        self._buttons: dict[Key, DigitalInputDevice] = {}
        self._down: dict[Key, float] = {}
        self._presses = 0
        self._watch = PinWatch(
            self._keeper, factory, self._open, self._close, every=config.look_every
        )

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        self._watch.stop()

    def health(self) -> Health:
        now = self._clock()
        stuck = [key for key, since in self._down.items() if now - since > STUCK]
        if stuck:
            self._keeper.warn("stuck", key=stuck[0])
        return self._keeper.health

    def _open(self, factory: Factory) -> None:
        for key in get_args(Key):
            # Not gpiozero's Button: its thread for holds makes close() wait 0.1 s a key.
            button = DigitalInputDevice(
                getattr(self._config, f"key_{key}"),
                pull_up=True,
                bounce_time=self._config.debounce if self._config.factory != "mock" else None,
                pin_factory=factory,
            )
            button.when_activated = in_loop(partial(self._pressed, key), self._clock)
            button.when_deactivated = in_loop(partial(self._released, key), self._clock)
            self._buttons[key] = button
        self._keeper.ok(presses=self._presses)

    def _close(self) -> None:
        self._down.clear()  # a key that went with its chip never comes up
        buttons = list(self._buttons.values())
        self._buttons.clear()
        for button in buttons:
            button.close()

    def _pressed(self, key: Key, now: float) -> None:
        self._down[key] = now

    def _released(self, key: Key, now: float) -> None:
        since = self._down.pop(key, None)
        if since is None:
            return
        self._presses += 1
        self._keeper.ok(presses=self._presses)
        self._emit(KeyPressed(key, held=now - since >= HELD))
