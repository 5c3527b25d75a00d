"""The rows of the fault matrix that any machine can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drivers.faults import on_pins, on_scanners, on_small, on_tickets
from tests.drivers.faults.cells import Cells
from tests.drivers.faults.engine import Rig
from tests.drivers.recorder import Recorder

Make = Callable[[pytest.FixtureRequest, Path, Recorder, pytest.MonkeyPatch], Rig]


@dataclass(frozen=True)
class Row:
    through: str
    """What stands in for the device, and below what."""
    cells: Cells
    make: Make


ROWS: dict[str, Row] = {
    "ticket printer, serial": Row(
        "python-escpos on a pty",
        on_tickets.TICKETS,
        lambda _, folder, told, __: on_tickets.TicketRig(told, folder, "serial"),
    ),
    "ticket printer, network": Row(
        "python-escpos on a TCP port",
        on_tickets.TICKETS,
        lambda _, folder, told, __: on_tickets.TicketRig(told, folder, "network"),
    ),
    "scanner, keyboard": Row(
        "a pipe with the kernel's records",
        on_scanners.TYPING,
        lambda _, folder, told, __: on_scanners.typing(told, folder),
    ),
    "scanner, serial": Row(
        "pyserial on a pty",
        on_scanners.SERIAL,
        lambda _, folder, told, __: on_scanners.serial(told, folder),
    ),
    "keys": Row(
        "gpiozero's mock pins",
        on_pins.KEYS,
        lambda _, __, told, ___: on_pins.KeysRig(told, on_pins.MockBoard()),
    ),
    "lights": Row(
        "gpiozero's mock pins",
        on_pins.LIGHTS,
        lambda _, __, told, ___: on_pins.LightsRig(told, on_pins.MockBoard()),
    ),
    "bed, tray, door, proximity, headset": Row(
        "gpiozero's mock pins (the bed's)",
        on_pins.BED,
        lambda _, __, told, ___: on_pins.BedRig(told, on_pins.MockBoard()),
    ),
    "speech": Row(
        "a program in eSpeak NG's place",
        on_small.SPEECH,
        lambda _, folder, told, __: on_small.SpeechRig(told, folder),
    ),
    "touch": Row(
        "a pipe with the kernel's records",
        on_small.TOUCH,
        lambda _, folder, told, __: on_small.TouchRig(told, folder),
    ),
    "watchdog": Row(
        "a socket in systemd's place",
        on_small.WATCHDOG,
        lambda _, folder, told, patch: on_small.WatchdogRig(told, folder, patch),
    ),
}
