"""Finds a GPIO chip by its label: the numbers of /dev/gpiochipN change from kernel to kernel."""

from __future__ import annotations

from pathlib import Path

import gpiod

__all__ = ["HEADERS", "NoChip", "chip_path"]

HEADERS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Labels of the chip behind the 40-pin header: Pi 5, Pi 4, older.  Its lines 0 … 27 are the BCM
numbers.
"""


class NoChip(LookupError):
    """No chip has one of the labels; tells which there are."""


def chip_path(label: str = "", devices: Path = Path("/dev")) -> Path:
    """The device of the chip `label`, or of the 40-pin header.  Raises NoChip, OSError."""
    wanted = (label,) if label else HEADERS
    found: dict[str, Path] = {}
    for path in sorted(devices.glob("gpiochip*")):
        # A Pi 5 has a second name for one chip: the first that carries the label will do.
        if gpiod.is_gpiochip_device(str(path)):
            with gpiod.Chip(str(path)) as chip:
                found.setdefault(chip.get_info().label, path)
    for name in wanted:
        if name in found:
            return found[name]
    there = ", ".join(found) or "none"
    raise NoChip(f"no GPIO chip {' or '.join(wanted)}; there are: {there}")
