"""The kernel's simulated chip as a board of the fault matrix."""

from __future__ import annotations

from types import TracebackType

from gpiozero.pins import Factory

from drivers.pins import PinsConfig, factory_for
from tests.kernel.gpio_sim import GpioSim


class SimBoard:
    config = PinsConfig(factory="gpiod", chip="ward-gpio", debounce=0.1, look_every=0.1)
    settles = 0.3

    def __init__(self) -> None:
        self._chip = GpioSim("ward-gpio", 32)
        self._in = True

    def __enter__(self) -> SimBoard:
        self.unplug()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._chip.close()

    def found(self) -> Factory:
        return factory_for(self.config)

    def plug(self) -> None:
        if not self._in:
            self._chip.plug()
            self._in = True
            for line in range(32):
                self._chip.pull(line, high=True)

    def unplug(self) -> None:
        if self._in:
            self._chip.unplug()
            self._in = False

    def contact(self, line: int, closed: bool) -> None:
        self._chip.pull(line, high=not closed)

    def lit(self, line: int) -> bool:
        return self._chip.level(line)
