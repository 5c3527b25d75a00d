"""The rows of the fault matrix that any machine can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.drivers.eveprinter import DAEMONS, missing
from tests.drivers.faults import on_cameras, on_pins, on_scanners, on_sheets, on_small, on_tickets
from tests.drivers.faults.cells import Cells
from tests.drivers.faults.engine import Rig
from tests.drivers.recorder import Recorder

Make = Callable[[pytest.FixtureRequest, Path, Recorder, pytest.MonkeyPatch], Rig]


WITH_PICAMERA2 = find_spec("libcamera") is None
"""Seen before any test has put its stand-in in libcamera's place."""


@dataclass(frozen=True)
class Row:
    through: str
    """What stands in for the device, and below what."""
    cells: Cells
    make: Make


def _ipp(request: pytest.FixtureRequest, folder: Path, told: Recorder) -> Rig:
    lacking = missing(*DAEMONS)
    if lacking:
        pytest.skip(lacking)
    return on_sheets.IppRig(told, folder, request.getfixturevalue("dns_sd").address)


def _picamera2(folder: Path, told: Recorder) -> Rig:
    if not WITH_PICAMERA2:
        pytest.skip("a real libcamera is installed, which the stand-in would hide")
    return on_cameras.StandInRig(told, folder, "libcamera")


ROWS: dict[str, Row] = {
    "camera, simulated": Row(
        "a sensor that draws desks",
        on_cameras.SIMULATED,
        lambda _, __, told, ___: on_cameras.SimulatedRig(told),
    ),
    "camera, V4L2": Row(
        "a capture in OpenCV's place",
        on_cameras.WEBCAM,
        lambda _, folder, told, __: on_cameras.StandInRig(told, folder, "webcam"),
    ),
    "camera, picamera2": Row(
        "the real picamera2 on a stand-in for libcamera",
        on_cameras.PICAMERA2,
        lambda _, folder, told, __: _picamera2(folder, told),
    ),
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
    "page printer, twin": Row(
        "the paper path",
        on_sheets.TWIN,
        lambda _, folder, told, __: on_sheets.TwinRig(told, folder),
    ),
    "page printer, IPP": Row(
        "a real ippeveprinter behind a cable",
        on_sheets.IPP,
        lambda request, folder, told, __: _ipp(request, folder, told),
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
