"""Contacts and light barriers: bed, tray, door, proximity, headphone jack.

All close to ground when something is there: paper, sheets, a person, a plug; the door's when it is
open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gpiozero import DigitalInputDevice
from gpiozero.pins import Factory

from daemon.machine.events import (
    AnyEvent,
    BedChanged,
    Headset,
    Maintenance,
    Presence,
    TrayChanged,
)
from daemon.machine.values import Device
from drivers.health import Emit, Health, HealthKeeper
from drivers.pin_watch import PinWatch
from drivers.pins import LOOK_EVERY, MakeFactory, PinsConfig, in_loop

SAID = {
    "bed": ("empty", "paper"),
    "tray": ("empty", "sheets"),
    "door": ("closed", "open"),
    "proximity": ("nobody", "somebody"),
    "headset": ("out", "in"),
}
"""What a technician reads of each sensor: at rest, and with something there."""


class Sensor(Protocol):
    """What the shell asks of a sensor; changes come as events, the first state too."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def active(self) -> bool:
        """Is something there?"""
        ...

    def health(self) -> Health: ...


class GpioSensor:
    """One line."""

    def __init__(
        self,
        name: str,
        pin: int,
        made: Callable[[bool], AnyEvent],
        factory: MakeFactory,
        emit: Emit,
        *,
        part: Device | None = None,
        debounce: float | None = None,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._name = name
        self._pin = pin
        self._made = made
        self._emit = emit
        self._debounce = debounce
        self._keeper = HealthKeeper(name, part, emit)
        self._device: DigitalInputDevice | None = None
        self._told: bool | None = None
        self._changes = 0
        self._watch = PinWatch(self._keeper, factory, self._open, self._close, every=look_every)

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        self._watch.stop()

    @property
    def active(self) -> bool:
        return bool(self._told)

    def health(self) -> Health:
        return self._keeper.health

    def _open(self, factory: Factory) -> None:
        self._device = DigitalInputDevice(
            self._pin, pull_up=True, bounce_time=self._debounce, pin_factory=factory
        )
        changed = in_loop(self._changed)
        self._device.when_activated = changed
        self._device.when_deactivated = changed
        self._keeper.ok(changes=self._changes)
        self._changed()

    def _close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _changed(self, _: float = 0.0) -> None:
        if self._device is None:
            return
        active = bool(self._device.is_active)
        if active != self._told:
            self._told = active
            self._changes += 1
            self._keeper.ok(now=SAID[self._name][active], changes=self._changes)
            self._emit(self._made(active))


def sensors(config: PinsConfig, factory: MakeFactory, emit: Emit) -> dict[str, GpioSensor]:
    """All sensors of a kiosk by name."""
    debounce = config.debounce if config.factory != "mock" else None

    def one(name: str, made: Callable[[bool], AnyEvent], part: Device | None = None) -> GpioSensor:
        pin = getattr(config, name)
        return GpioSensor(
            name,
            pin,
            made,
            factory,
            emit,
            part=part,
            debounce=debounce,
            look_every=config.look_every,
        )

    return {
        "bed": one("bed", BedChanged, "bed"),
        "tray": one("tray", TrayChanged, "tray"),
        # An open case is a reason to stop when free: somebody works inside (D1).
        "door": one("door", lambda is_open: Maintenance(is_open, "door" if is_open else "")),
        "proximity": one("proximity", Presence),
        "headset": one("headset", Headset),
    }
