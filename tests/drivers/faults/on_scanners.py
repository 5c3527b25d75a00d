"""Barcode scanners: one that types, one on a serial line."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from evdev import ecodes

from drivers.key_codes import keystrokes
from drivers.scanner import EVENT, EventScanner, Scanner, ScannerConfig, records
from drivers.serial_scanner import GARBLED, SerialScanner
from drivers.simulated.scan_port import ScanPort
from tests.drivers.faults.cells import Cells, Fault, lost, warned, works
from tests.drivers.recorder import Recorder, turned

GONE = lost("unplugged")
SILENT = works("a silent scanner is one that nobody holds a card under")
COMMON: Cells = {
    "plug": GONE,
    "unplug": GONE,
    "replug": GONE,
    "hang": SILENT,
    "slow": works("a code may come piece by piece"),
    "half": works("half a code is forgotten, the next is whole"),
    "dip": lost("unplugged", note="half a code does not outlive its cable"),
}


class Wire(Protocol):
    """The device's end."""

    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def pieces(self, code: str) -> list[bytes]:
        """What a code is sent as; the last piece ends it."""
        ...

    def send(self, piece: bytes) -> None: ...
    def noise(self) -> None: ...


TYPING: Cells = {
    **COMMON,
    "garbage": works("keys without a meaning, numbers that are no characters"),
}


class Typing:
    """A keyboard wedge: a pipe with the kernel's records."""

    def __init__(self, device: Path) -> None:
        self._device = device
        self._fd = -1

    def plug(self) -> None:
        if self._fd < 0:
            os.mkfifo(self._device)
            self._fd = os.open(self._device, os.O_RDWR | os.O_NONBLOCK)

    def unplug(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._device.unlink()

    def pieces(self, code: str) -> list[bytes]:
        *keys, down, up = keystrokes(code)
        return [*(records([key]) for key in keys), records([down, up])]

    def send(self, piece: bytes) -> None:
        os.write(self._fd, piece)

    def noise(self) -> None:
        for code in (ecodes.KEY_F13, ecodes.KEY_MUTE, 700):
            self.send(records([(code, 1), (code, 0)]))
        self.send(EVENT.pack(0, 0, 999, 999, -1))
        # ALT and the number of a surrogate
        digits = [(getattr(ecodes, f"KEY_KP{n}"), 1) for n in "55296"]
        self.send(records([(ecodes.KEY_LEFTALT, 1), *digits, (ecodes.KEY_LEFTALT, 0)]))


SERIAL: Cells = {
    **COMMON,
    "garbage": warned("garbled", note="bytes that are no text, as at a wrong speed"),
}


class Serial(ScanPort):
    """A pseudo terminal."""

    def pieces(self, code: str) -> list[bytes]:
        return [*(bytes([byte]) for byte in code.encode()), b"\r"]

    def noise(self) -> None:
        for _ in range(GARBLED):
            self.send(b"\xff\xfe\x80\x00\r")


class ScannerRig:
    def __init__(
        self,
        told: Recorder,
        wire: Wire,
        cells: Cells,
        make: Callable[[Callable[..., None]], Scanner],
    ) -> None:
        self.told = told
        self.cells = cells
        self._wire = wire
        self._scanner = make(told.scanned)
        self.health = self._scanner.health
        self._numbers = itertools.count(1)

    async def begin(self) -> None:
        await self._scanner.start()

    async def end(self) -> None:
        await self._scanner.stop()
        self._wire.unplug()

    async def strike(self, fault: Fault) -> None:
        self.told.codes.clear()
        pieces = self._wire.pieces("0792010")
        match fault:
            case "slow":
                for piece in pieces:
                    self._wire.send(piece)
                    await asyncio.sleep(0)
                await self.told.until(lambda: self.told.codes == ["0792010"])
            case "garbage":
                self._wire.noise()
            case "half":
                for piece in pieces[:-1]:
                    self._wire.send(piece)
                await turned(lambda: self._half() > 0)
                await turned(lambda: self._half() == 0)
            case "dip":
                for piece in pieces[:-1]:
                    self._wire.send(piece)
                await turned(lambda: self._half() > 0)
                self._wire.unplug()
            case "unplug" | "replug":
                self._wire.unplug()
            case _:
                return

    async def mend(self) -> None:
        self._wire.plug()
        if self.health().state == "warn":
            for piece in self._wire.pieces("readable"):
                self._wire.send(piece)

    async def works(self) -> None:
        self.told.codes.clear()
        code = f"079{next(self._numbers):09}"
        for piece in self._wire.pieces(code):
            self._wire.send(piece)
            await asyncio.sleep(0)  # the kernel keeps some sixty events for who does not read
        await self.told.until(lambda: code in self.told.codes)
        assert all(told.isprintable() for told in self.told.codes)
        assert self.told.codes in ([code], ["readable", code])

    def _half(self) -> int:
        if isinstance(self._scanner, SerialScanner):
            return self._scanner._lines.half
        assert isinstance(self._scanner, EventScanner)
        return len(self._scanner._typist._text)


GAP = 0.15
"""Seconds after which half a code is forgotten here."""


def typing(told: Recorder, folder: Path) -> ScannerRig:
    device = folder / "typing"
    config = ScannerConfig(device=str(device))
    return ScannerRig(
        told,
        Typing(device),
        TYPING,
        lambda scanned: EventScanner(config, told.emit, scanned, gap=GAP),
    )


def serial(told: Recorder, folder: Path) -> ScannerRig:
    device = folder / "serial"
    config = ScannerConfig(driver="serial", device=str(device))
    return ScannerRig(
        told,
        Serial(device),
        SERIAL,
        lambda scanned: SerialScanner(config, told.emit, scanned, gap=GAP),
    )
