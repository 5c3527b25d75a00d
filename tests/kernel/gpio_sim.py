"""The kernel's GPIO simulator: lines that a test pulls and reads from the other side."""

from __future__ import annotations

import itertools
from pathlib import Path

CONFIG = Path("/sys/kernel/config/gpio-sim")
_numbers = itertools.count()


class GpioSim:
    """One chip (Documentation/admin-guide/gpio/gpio-sim.rst of the kernel)."""

    def __init__(self, label: str, lines: int) -> None:
        self._device = CONFIG / f"ward{next(_numbers)}"
        self._bank = self._device / "bank0"
        self._bank.mkdir(parents=True)
        (self._bank / "label").write_text(label)
        (self._bank / "num_lines").write_text(str(lines))
        self.plug()

    def plug(self) -> None:
        """The chip appears, all lines as they are without anybody."""
        (self._device / "live").write_text("1")
        platform = (self._device / "dev_name").read_text().strip()
        self.name = (self._bank / "chip_name").read_text().strip()
        self._lines = Path("/sys/devices/platform") / platform / self.name

    def unplug(self) -> None:
        """It goes, whoever holds its lines; once."""
        if (self._device / "live").read_text().strip() == "1":
            (self._device / "live").write_text("0")

    def pull(self, line: int, high: bool) -> None:
        """What somebody outside does to an input."""
        (self._lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if high else "pull-down")

    def level(self, line: int) -> bool:
        """What stands on the line: an output's value."""
        return (self._lines / f"sim_gpio{line}" / "value").read_text().strip() == "1"

    def close(self) -> None:
        self.unplug()
        self._bank.rmdir()
        self._device.rmdir()
