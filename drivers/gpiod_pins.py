"""gpiozero's pins on libgpiod 2, the kernel's own interface to GPIO lines.

Debouncing is the kernel's: it looks at the line until it rests, so a short press is not lost as it
is where edges after the first are thrown away (gpiozero#1039, #550).
"""

from __future__ import annotations

import contextlib
import errno
from datetime import timedelta
from functools import partial

import gpiod
from gpiod.line import Bias, Direction, Edge, Value
from gpiozero import (
    GPIOPinInUse,
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidFunction,
    PinInvalidPull,
    PinPWMFixedValue,
    PinSetInput,
    PinUnknownPi,
)
from gpiozero.pins.local import LocalPiFactory, LocalPiPin
from gpiozero.pins.pi import PiBoardInfo

from drivers.gpiod_chips import chip_path
from drivers.gpiod_dimmer import Dimmer
from drivers.gpiod_edges import Edges

__all__ = ["GpiodFactory"]

CONSUMER = "ward-kiosk"
"""What `gpioinfo` shows as the user of a line."""

ANY_HEADER = 0xC04170
"""A Pi 5: for boards that tell no revision; the header is the same on all since the model B+."""

EDGES = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING}
PULLS = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
FUNCTIONS = {"input": Direction.INPUT, "output": Direction.OUTPUT}


class GpiodFactory(LocalPiFactory):  # type: ignore[misc]  # gpiozero has no types
    """Makes pins on the chip `label`, or on that of the 40-pin header.

    Raises `gpiod_chips.NoChip`; OSError when the chip may not be opened.
    """

    def __init__(self, label: str = "") -> None:
        super().__init__()
        self.chip = gpiod.Chip(str(chip_path(label)))
        self.edges = Edges()
        self.dimmer = Dimmer()
        self.pin_class = GpiodPin

    def close(self) -> None:
        for pin in tuple(self.pins.values()):
            pin.close()
        # They are the class's: a device that nobody closed must not hold its line for ever.
        self._reservations.clear()
        self.dimmer.close()
        self.edges.close()
        self.chip.close()

    @property
    def gone(self) -> bool:
        """Whether the chip was taken away (ENODEV); its lines are dead then."""
        try:
            self.chip.get_line_info(0)  # what gpiod knows of the chip itself, it keeps
        except (OSError, gpiod.ChipClosedError):
            return True
        return False

    def _get_board_info(self) -> PiBoardInfo:
        try:
            return super()._get_board_info()
        except PinUnknownPi:
            self._info = PiBoardInfo.from_revision(ANY_HEADER)
            return self._info


class GpiodPin(LocalPiPin):  # type: ignore[misc]
    """One line, requested for as long as the pin lives."""

    def __init__(self, factory: GpiodFactory, info: object) -> None:
        super().__init__(factory, info)
        self._edges = Edge.BOTH
        self._listening = False
        self._frequency: float | None = None
        self._duty = 0.0
        self._settings = gpiod.LineSettings(direction=Direction.INPUT)
        try:
            self._line = factory.chip.request_lines({self._number: self._settings}, CONSUMER)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            raise GPIOPinInUse(f"another program holds line {self._number}") from None
        self._switch = partial(_write, self._line, self._number)

    def close(self) -> None:
        if not self._line:
            return
        with contextlib.suppress(OSError):  # the chip may be gone
            self.when_changed = None
        self.factory.dimmer.forget(self._switch)
        with contextlib.suppress(OSError):
            self.frequency = None
        # A line that nobody holds is an input again: a lamp goes dark.
        self._line.release()
        # Who asks for it again gets a new request, not this closed one.
        self.factory.pins.pop(self.info, None)

    # -- what gpiozero sets and reads ------------------------------------------------------

    def _get_function(self) -> str:
        return "output" if self._settings.direction is Direction.OUTPUT else "input"

    def _set_function(self, value: str) -> None:
        if value not in FUNCTIONS:
            raise PinInvalidFunction(f"invalid function {value!r} for pin {self!r}")
        self._settings.direction = FUNCTIONS[value]
        if value == "output":
            self._settings.bias = Bias.AS_IS
            self._settings.debounce_period = timedelta()
        self._apply()

    def _get_state(self) -> float:
        if self._frequency:
            return self._duty
        return float(self._line.get_value(self._number) is Value.ACTIVE)

    def _set_state(self, value: float) -> None:
        if self._settings.direction is not Direction.OUTPUT:
            raise PinSetInput(f"cannot set state of pin {self!r}")
        if self._frequency:
            self._duty = float(value)
            self.factory.dimmer.set(self._switch, self._duty)
        else:
            self._switch(bool(value))

    def _get_pull(self) -> str:
        return next((k for k, v in PULLS.items() if v is self._settings.bias), "floating")

    def _set_pull(self, value: str) -> None:
        if self._settings.direction is not Direction.INPUT:
            raise PinFixedPull(f"cannot set pull on non-input pin {self!r}")
        if value not in PULLS:
            raise PinInvalidPull(f"invalid pull {value!r} for pin {self!r}")
        self._settings.bias = PULLS[value]
        self._apply()

    def _get_frequency(self) -> float | None:
        return self._frequency

    def _set_frequency(self, value: float | None) -> None:
        if value and self._settings.direction is not Direction.OUTPUT:
            raise PinPWMFixedValue(f"cannot start PWM on pin {self!r}")
        if self._frequency and not value:
            self.factory.dimmer.forget(self._switch)
            self._switch(False)
        self._frequency, self._duty = value or None, 0.0

    def _get_bounce(self) -> float | None:
        return self._settings.debounce_period.total_seconds() or None

    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("bounce must be 0 or greater")
        self._settings.debounce_period = timedelta(seconds=value or 0)
        self._apply()

    def _get_edges(self) -> str:
        return next(name for name, edge in EDGES.items() if edge is self._edges)

    def _set_edges(self, value: str) -> None:
        self._edges = EDGES[value]
        self._apply()

    # -- edges -----------------------------------------------------------------------------

    def _enable_event_detect(self) -> None:
        self._listening = True
        self._apply()
        self.factory.edges.add(self._line, self._call_when_changed)

    def _disable_event_detect(self) -> None:
        self.factory.edges.remove(self._line)
        self._listening = False
        self._apply()

    def _apply(self) -> None:
        listens = self._listening and self._settings.direction is Direction.INPUT
        self._settings.edge_detection = self._edges if listens else Edge.NONE
        self._line.reconfigure_lines({self._number: self._settings})


def _write(line: gpiod.LineRequest, number: int, on: bool) -> None:
    """A lamp whose chip was taken away stays dark; `GpiodFactory.gone` tells of it."""
    with contextlib.suppress(OSError, gpiod.RequestReleasedError):
        line.set_value(number, Value.ACTIVE if on else Value.INACTIVE)
