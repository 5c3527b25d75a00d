"""The rows of the fault matrix on the kernel's own devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drivers.faults import on_pins
from tests.drivers.faults.cells import Cells, lost
from tests.drivers.faults.engine import Rig
from tests.drivers.recorder import Recorder
from tests.kernel.boards import SimBoard
from tests.kernel.faults_camera import VIVID, VividRig
from tests.kernel.faults_printer import USB, UsbRig
from tests.kernel.keyboard import TYPING, Keyboard, scanner_on

Make = Callable[[Path, Recorder], AbstractContextManager[Rig]]
GONE = lost("no_chip", note="the lines of a chip that went are dead: new ones are taken")


@dataclass(frozen=True)
class KernelRow:
    through: str
    cells: Cells
    make: Make


KEYS: Cells = {**on_pins.KEYS, "garbage": on_pins.BOUNCES, "dip": GONE}
LIGHTS: Cells = {**on_pins.LIGHTS, "dip": GONE}
BED: Cells = {**on_pins.BED, "garbage": on_pins.BOUNCES, "dip": GONE}


@contextmanager
def _keys(_: Path, told: Recorder) -> Iterator[Rig]:
    with SimBoard() as board:
        yield on_pins.KeysRig(told, board, KEYS)


@contextmanager
def _lights(_: Path, told: Recorder) -> Iterator[Rig]:
    with SimBoard() as board:
        yield on_pins.LightsRig(told, board, LIGHTS)


@contextmanager
def _bed(_: Path, told: Recorder) -> Iterator[Rig]:
    with SimBoard() as board:
        yield on_pins.BedRig(told, board, BED)


@contextmanager
def _scanner(folder: Path, told: Recorder) -> Iterator[Rig]:
    keyboard = Keyboard(folder / "scanner")
    keyboard.unplug()
    yield scanner_on(keyboard, told)


@contextmanager
def _usb(folder: Path, told: Recorder) -> Iterator[Rig]:
    yield UsbRig(folder, told)


@contextmanager
def _vivid(folder: Path, told: Recorder) -> Iterator[Rig]:
    yield VividRig(folder, told)


KERNEL_ROWS: dict[str, KernelRow] = {
    "keys, on kernel lines": KernelRow("the kernel's gpio-sim", KEYS, _keys),
    "lights, on kernel lines": KernelRow("the kernel's gpio-sim", LIGHTS, _lights),
    "bed, on kernel lines": KernelRow("the kernel's gpio-sim", BED, _bed),
    "scanner, kernel keyboard": KernelRow("an input device of uinput", TYPING, _scanner),
    "ticket printer, kernel USB": KernelRow("a printer gadget behind usblp", USB, _usb),
    "camera, kernel V4L2": KernelRow("the kernel's vivid, through the real OpenCV", VIVID, _vivid),
}
