"""A GPIO chip that can be taken away: gpiozero's mock pins, and whether there are any."""

from __future__ import annotations

from gpiozero.pins.mock import MockFactory, MockPWMPin

from drivers.pins import PinsError

__all__ = ["SimulatedChip"]


class SimulatedChip(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """After a re-plug all contacts are open."""

    def __init__(self) -> None:
        super().__init__(pin_class=MockPWMPin)
        self.gone = False

    def found(self) -> SimulatedChip:
        """The chip.  Raises PinsError (`no_chip`) while it is unplugged."""
        if self.gone:
            raise PinsError("no_chip", "unplugged")
        return self

    def unplug(self) -> None:
        self.gone = True

    def plug(self) -> None:
        self.gone = False
