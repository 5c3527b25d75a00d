"""The barcode scanner as a real input device of the kernel, made by uinput."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import evdev
import pytest

from daemon.machine.events import DeviceBack, DeviceLost
from drivers.scanner import EventScanner, ScannerConfig
from tests.drivers.recorder import Recorder, turned
from tests.kernel.keyboard import Keyboard


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[Keyboard]:
    made = Keyboard(tmp_path / "scanner")
    yield made
    made.unplug()


async def test_a_code_is_read_and_nothing_is_typed_elsewhere(
    keyboard: Keyboard, told: Recorder
) -> None:
    scanner = EventScanner(ScannerConfig(device=str(keyboard.link)), told.emit, told.scanned)
    await scanner.start()
    await turned(lambda: scanner.health().state == "ok")
    with pytest.raises(OSError, match="busy"):
        evdev.InputDevice(str(keyboard.link)).grab()
    keyboard.scan("079200001234")
    await told.until(lambda: told.codes == ["079200001234"])
    await scanner.stop()


async def test_unplugged_and_plugged_again_a_hundred_times(
    keyboard: Keyboard, told: Recorder
) -> None:
    """python-evdev#252, #191: ENODEV, another number of eventN; the grab is renewed."""
    scanner = EventScanner(ScannerConfig(device=str(keyboard.link)), told.emit, told.scanned)
    await scanner.start()
    await turned(lambda: scanner.health().state == "ok")
    for n in range(100):
        told.clear()
        await asyncio.to_thread(keyboard.unplug)
        await told.event(DeviceLost("scanner", "unplugged"))
        keyboard.plug()
        await told.event(DeviceBack("scanner"))
        keyboard.scan(f"{n:03}")
        await _read(told, f"{n:03}")
    await scanner.stop()


async def _read(told: Recorder, code: str) -> None:
    await told.until(lambda: told.codes[-1:] == [code])
