"""Keys, lamps and sensors, on any board of lines."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from gpiozero.pins import Factory

from daemon.machine.events import KeyPressed
from drivers.health import Health
from drivers.keys import HELD, STUCK, GpioKeys
from drivers.lights import GpioLights
from drivers.pin_watch import SharedPins
from drivers.pins import PinsConfig
from drivers.sensors import sensors
from drivers.simulated.chip import SimulatedChip
from tests.drivers.faults.cells import Cells, Fault, lost, never, warned, works
from tests.drivers.recorder import Recorder, turned


class Board(Protocol):
    """A chip with lines, and what is soldered to them."""

    config: PinsConfig
    settles: float
    """Seconds a level must last to count: nothing tells when the kernel has seen it."""

    def found(self) -> Factory:
        """What makes the driver's pins.  Raises PinsError without the chip."""
        ...

    def plug(self) -> None: ...
    def unplug(self) -> None: ...
    def contact(self, line: int, closed: bool) -> None: ...
    def lit(self, line: int) -> bool: ...


class MockBoard:
    """gpiozero's mock pins."""

    config = PinsConfig(look_every=0.02)
    settles = 0.0

    def __init__(self) -> None:
        self._chip = SimulatedChip()
        self._chip.unplug()
        self.found = self._chip.found
        self.plug = self._chip.plug
        self.unplug = self._chip.unplug

    def contact(self, line: int, closed: bool) -> None:
        pin = self._chip.pin(line)
        if closed:
            pin.drive_low()
        else:
            pin.drive_high()

    def lit(self, line: int) -> bool:
        return bool(self._chip.pin(line).state)


NO_CHIP = lost("no_chip")
BOUNCES = works("a contact that bounces is not told")


KEYS: Cells = {
    "plug": NO_CHIP,
    "unplug": NO_CHIP,
    "replug": NO_CHIP,
    "hang": warned("stuck", note="a key that stays down"),
    "slow": works("a press of two seconds counts as held"),
    "garbage": never("the kernel debounces: see the row on gpio-sim"),
    "half": works("a release without its press is no press"),
    "dip": works("lines that rest are taken up again"),
}


async def bounced(board: Board, line: int, told: Recorder) -> None:
    """A contact bounces, in all for less than what counts as a press.

    A machine that is too busy to be so quick tries again.
    """
    for _ in range(50):
        told.clear()
        begun = time.monotonic()
        for _ in range(5):
            board.contact(line, closed=True)
            board.contact(line, closed=False)
        took = time.monotonic() - begun
        await asyncio.sleep(board.settles)
        if took < board.config.debounce / 2:
            return
    raise AssertionError("this machine is too slow to bounce a contact")


class KeysRig:
    def __init__(self, told: Recorder, board: Board, cells: Cells = KEYS) -> None:
        self.told = told
        self.cells = cells
        self._board = board
        self._later = 0.0
        self._keys = GpioKeys(board.config, SharedPins(board.found), told.emit, self._clock)
        self.health = self._keys.health

    async def begin(self) -> None:
        self._keys.start()

    async def end(self) -> None:
        self._keys.stop()

    async def strike(self, fault: Fault) -> None:
        line = self._board.config.key_ok
        match fault:
            case "hang":
                self._board.contact(line, closed=True)
                await self._settled()
                await turned(lambda: bool(self._keys._down))
                self._later += STUCK + 1
            case "slow":
                await self._press(HELD)
                await self.told.event(KeyPressed("ok", held=True))
            case "garbage":
                await bounced(self._board, line, self.told)
                assert self.told.events == []
            case "half":
                self._board.contact(self._board.config.key_up, closed=False)
                await self._settled()
                assert self.told.events == []
            case "dip":
                self._board.unplug()
                self._board.plug()
            case _:
                self._board.unplug()

    async def mend(self) -> None:
        self._board.plug()
        if self._keys._down:
            self._board.contact(self._board.config.key_ok, closed=False)

    async def works(self) -> None:
        presses = [event for event in self.told.events if isinstance(event, KeyPressed)]
        await self._press()
        wanted = [*presses, KeyPressed("ok")]
        await self.told.until(
            lambda: [event for event in self.told.events if isinstance(event, KeyPressed)] == wanted
        )

    async def _press(self, held: float = 0.0) -> None:
        self._board.contact(self._board.config.key_ok, closed=True)
        await self._settled()
        self._later += held
        self._board.contact(self._board.config.key_ok, closed=False)

    async def _settled(self) -> None:
        await asyncio.sleep(self._board.settles)

    def _clock(self) -> float:
        return time.monotonic() + self._later


LIGHTS: Cells = {
    "plug": NO_CHIP,
    "unplug": NO_CHIP,
    "replug": NO_CHIP,
    "hang": never("a lamp gives no answer"),
    "slow": never("a lamp gives no answer"),
    "garbage": never("a lamp gives no answer"),
    "half": never("a lamp gives no answer"),
    "dip": works("lamps show again what they showed"),
}


class LightsRig:
    def __init__(self, told: Recorder, board: Board, cells: Cells = LIGHTS) -> None:
        self.told = told
        self.cells = cells
        self._board = board
        self._lights = GpioLights(board.config, SharedPins(board.found), told.emit)
        self.health = self._lights.health

    async def begin(self) -> None:
        self._lights.start()

    async def end(self) -> None:
        self._lights.stop()

    async def strike(self, fault: Fault) -> None:
        self._board.unplug()
        if fault == "dip":
            self._board.plug()
        self._lights.set("tray", "breathing")  # nobody waits for a chip with a lamp

    async def mend(self) -> None:
        self._board.plug()

    async def works(self) -> None:
        for lamp in ("bed", "tray"):
            line = getattr(self._board.config, f"lamp_{lamp}")
            self._lights.set(lamp, "steady")
            await turned(lambda line=line: self._board.lit(line))  # type: ignore[misc]
        self._lights.set("tray", "off")
        await turned(lambda: not self._board.lit(self._board.config.lamp_tray))


BED: Cells = {
    "plug": NO_CHIP,
    "unplug": NO_CHIP,
    "replug": NO_CHIP,
    "hang": never("a contact that stays closed is a paper that lies there"),
    "slow": never("a level is there or not"),
    "garbage": never("the kernel debounces: see the row on gpio-sim"),
    "half": never("a level has no halves"),
    "dip": works("lines that rest are taken up again"),
}


class BedRig:
    def __init__(self, told: Recorder, board: Board, cells: Cells = BED) -> None:
        self.told = told
        self.cells = cells
        self._board = board
        self._bed = sensors(board.config, SharedPins(board.found), told.emit)["bed"]

    def health(self) -> Health:
        return self._bed.health()

    async def begin(self) -> None:
        self._bed.start()

    async def end(self) -> None:
        self._bed.stop()

    async def strike(self, fault: Fault) -> None:
        if fault == "garbage":
            await bounced(self._board, self._board.config.bed, self.told)
            assert self.told.events == []
            return
        self._board.unplug()
        if fault == "dip":
            self._board.plug()

    async def mend(self) -> None:
        self._board.plug()

    async def works(self) -> None:
        self._board.contact(self._board.config.bed, closed=True)
        await turned(lambda: self._bed.active)
        self._board.contact(self._board.config.bed, closed=False)
        await turned(lambda: not self._bed.active)
