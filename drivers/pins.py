"""GPIO through gpiozero: which factory makes the pins, and calls back into the asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec
from gpiozero import GPIOZeroError
from gpiozero.pins import Factory
from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.errors import DeviceError
from drivers.health import HealthKeeper

MakeFactory = Callable[[], Factory]
"""Opens the pins when a device starts, not before: a kiosk without them still builds."""

Clock = Callable[[], float]
"""Monotonic seconds."""

LOOK_EVERY = 2.0
"""Seconds between two looks for the chip."""


class PinsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[pins]: BCM numbers of the lines of the 40-pin header."""

    factory: Literal["mock", "gpiod"] = "mock"
    chip: str = ""
    """Label of the GPIO chip (`gpiodetect` shows it); empty = the chip of the 40-pin header."""
    key_up: int = 5
    key_down: int = 6
    key_ok: int = 13
    key_back: int = 19
    key_help: int = 26
    key_speech: int = 21
    lamp_card: int = 12
    lamp_bed: int = 18
    lamp_tray: int = 23
    lamp_ticket: int = 24
    lamp_help: int = 25
    bed: int = 16
    tray: int = 20
    door: int = 17
    proximity: int = 27
    headset: int = 22
    debounce: float = 0.03
    """Seconds a contact may bounce; 30 ms is usual for arcade buttons."""
    look_every: float = LOOK_EVERY
    """Seconds between two looks whether the chip is (still) there."""


class PinsError(DeviceError):
    """The pins cannot be used: `no_chip`, `not_allowed`."""


def factory_for(config: PinsConfig) -> Factory:
    """The factory that the configuration names.  Raises PinsError."""
    if config.factory == "mock":
        return MockFactory(pin_class=MockPWMPin)
    from drivers.gpiod_chips import NoChip
    from drivers.gpiod_pins import GpiodFactory

    try:
        return GpiodFactory(config.chip)
    except NoChip as error:
        raise PinsError("no_chip", str(error)) from None
    except PermissionError:
        raise PinsError("not_allowed", "the daemon's account is not in the group gpio") from None


@contextlib.contextmanager
def reported(keeper: HealthKeeper) -> Iterator[None]:
    """Pins that cannot be used make a lost device, never an exception."""
    try:
        yield
    except PinsError as error:
        keeper.lost(error.reason)
    except GPIOZeroError:
        keeper.lost("pin_refused")
    except OSError:
        keeper.lost("pin_refused")


def in_loop(call: Callable[[float], Any], clock: Clock = time.monotonic) -> Callable[[], None]:
    """A function that gpiozero's threads may call: `call` then runs in the present loop.

    It gets the time of the edge, which a busy loop must not lengthen.
    """
    loop = asyncio.get_running_loop()

    def passed() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, clock())

    return passed
