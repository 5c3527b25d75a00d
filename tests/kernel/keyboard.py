"""A scanner that types: a real input device of the kernel, made by uinput."""

from __future__ import annotations

from pathlib import Path

import evdev
from evdev import ecodes

from drivers.scanner import EventScanner, ScannerConfig
from tests.drivers.faults.cells import Cells, works
from tests.drivers.faults.on_scanners import COMMON, GAP, ScannerRig
from tests.drivers.recorder import Recorder

TYPING: Cells = {**COMMON, "garbage": works("keys without a meaning")}
DIGITS = {str(n): getattr(ecodes, f"KEY_{n}") for n in range(10)}


class Keyboard:
    """A scanner that types, behind a link that udev would make."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plug()

    def plug(self) -> None:
        if self.link.exists():
            return
        self.device = evdev.UInput(
            {ecodes.EV_KEY: [*DIGITS.values(), ecodes.KEY_ENTER, ecodes.KEY_F13]}
        )
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(self.device.device.path)

    def unplug(self) -> None:
        self.device.close()
        self.link.unlink(missing_ok=True)

    def scan(self, code: str) -> None:
        for key in (*(DIGITS[letter] for letter in code), ecodes.KEY_ENTER):
            self._type(key)

    def _type(self, key: int) -> None:
        for value in (1, 0):
            self.device.write(ecodes.EV_KEY, key, value)
            self.device.syn()

    # -- as the wire of a rig --------------------------------------------------------------

    def pieces(self, code: str) -> list[bytes]:
        return [letter.encode() for letter in code] + [b""]

    def send(self, piece: bytes) -> None:
        self._type(DIGITS[piece.decode()] if piece else ecodes.KEY_ENTER)

    def noise(self) -> None:
        for _ in range(5):
            self._type(ecodes.KEY_F13)


def scanner_on(keyboard: Keyboard, told: Recorder) -> ScannerRig:
    config = ScannerConfig(device=str(keyboard.link))
    return ScannerRig(
        told,
        keyboard,
        TYPING,
        lambda scanned: EventScanner(config, told.emit, scanned, gap=GAP),
    )
