"""The five lamps that show where to act: off, breathing, steady, blinking."""

from __future__ import annotations

from typing import Protocol, get_args

from gpiozero import PWMLED
from gpiozero.pins import Factory

from daemon.machine.values import Lamp, LampMode
from drivers.health import Emit, Health, HealthKeeper
from drivers.pin_watch import PinWatch
from drivers.pins import MakeFactory, PinsConfig

BREATH = 1.6
"""Seconds in, and as many out: slow enough for nobody to be hurried or to get a fit."""

BLINK = 0.7
"""Seconds on, and as many off: well under three flashes a second (WCAG 2.3.1)."""


class Lights(Protocol):
    """What the shell asks of the lamps."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def set(self, lamp: Lamp, mode: LampMode) -> None:
        """Never fails: a dark lamp has its twin on the screen."""
        ...

    def modes(self) -> dict[Lamp, LampMode]:
        """What each lamp does now."""
        ...

    def health(self) -> Health: ...


class GpioLights:
    """Lamps on PWM lines; with mock pins the twin is the same class."""

    def __init__(self, config: PinsConfig, factory: MakeFactory, emit: Emit) -> None:
        self._config = config
        self._keeper = HealthKeeper("lights", "lights", emit)
        self._lamps: dict[Lamp, PWMLED] = {}
        self._modes: dict[Lamp, LampMode] = dict.fromkeys(get_args(Lamp), "off")
        self._watch = PinWatch(
            self._keeper, factory, self._open, self._close, every=config.look_every
        )

    def start(self) -> None:
        self._watch.start()

    def stop(self) -> None:
        self._watch.stop()

    def set(self, lamp: Lamp, mode: LampMode) -> None:
        if self._modes[lamp] == mode:
            return
        self._modes[lamp] = mode
        self._show(lamp)

    def modes(self) -> dict[Lamp, LampMode]:
        return dict(self._modes)

    def health(self) -> Health:
        return self._keeper.health

    def _open(self, factory: Factory) -> None:
        for lamp in get_args(Lamp):
            pin = getattr(self._config, f"lamp_{lamp}")
            self._lamps[lamp] = PWMLED(pin, frequency=200, pin_factory=factory)
            self._show(lamp)
        self._keeper.ok(lamps=len(self._lamps))

    def _close(self) -> None:
        lamps = list(self._lamps.values())
        self._lamps.clear()
        for led in lamps:
            led.close()

    def _show(self, lamp: Lamp) -> None:
        led = self._lamps.get(lamp)
        if led is None:
            return
        match self._modes[lamp]:
            case "off":
                led.off()
            case "steady":
                led.on()
            case "breathing":
                led.pulse(BREATH, BREATH)
            case "blinking":
                led.blink(BLINK, BLINK)
