"""Keys, lamps and sensors on the kernel's GPIO lines, as on the mock pins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import gpiod
import pytest
from gpiozero import GPIOPinInUse

from daemon.machine.events import BedChanged, KeyPressed, Maintenance
from drivers.gpiod_chips import NoChip, chip_path
from drivers.gpiod_pins import GpiodFactory
from drivers.keys import GpioKeys
from drivers.lights import GpioLights
from drivers.pins import PinsConfig, PinsError, factory_for
from drivers.sensors import sensors
from tests.drivers.recorder import Recorder, turned
from tests.kernel.gpio_sim import GpioSim

CONFIG = PinsConfig(factory="gpiod", chip="ward-gpio", debounce=0.01)


@pytest.fixture
def pins(chip: GpioSim) -> Iterator[GpiodFactory]:
    for line in range(32):
        chip.pull(line, high=True)
    made = factory_for(CONFIG)
    assert isinstance(made, GpiodFactory)
    yield made
    made.close()


def test_a_chip_is_found_by_its_label(chip: GpioSim) -> None:
    assert chip_path("ward-gpio").name == chip.name
    with pytest.raises(NoChip, match=r"there are: .*ward-gpio"):
        chip_path("pinctrl-rp1")
    with pytest.raises(PinsError) as none:
        factory_for(PinsConfig(factory="gpiod"))
    assert none.value.reason == "no_chip"


async def test_a_key_is_pressed(chip: GpioSim, pins: GpiodFactory, told: Recorder) -> None:
    keys = GpioKeys(CONFIG, lambda: pins, told.emit)
    keys.start()
    assert keys.health().state == "ok"
    chip.pull(CONFIG.key_ok, high=False)
    await turned(lambda: not chip.level(CONFIG.key_ok))
    await asyncio.sleep(0.05)  # longer than the kernel debounces: there is nothing to wait for
    chip.pull(CONFIG.key_ok, high=True)
    await told.event(KeyPressed("ok"))
    keys.stop()


async def test_sensors_tell_their_first_state_and_changes(
    chip: GpioSim, pins: GpiodFactory, told: Recorder
) -> None:
    made = sensors(CONFIG, lambda: pins, told.emit)
    for sensor in made.values():
        sensor.start()
    # The simulator takes the pull-up that the driver asks for: an open contact.
    assert BedChanged(False) in told.events
    chip.pull(CONFIG.bed, high=False)
    await told.event(BedChanged(True))
    told.clear()
    chip.pull(CONFIG.bed, high=True)
    await told.event(BedChanged(False))
    chip.pull(CONFIG.door, high=False)
    await told.event(Maintenance(True, "door"))
    for sensor in made.values():
        sensor.stop()


async def test_lamps_shine_dim_and_go_dark(
    chip: GpioSim, pins: GpiodFactory, told: Recorder
) -> None:
    lights = GpioLights(CONFIG, lambda: pins, told.emit)
    lights.start()
    lights.set("bed", "steady")
    assert chip.level(CONFIG.lamp_bed)
    lights.set("bed", "breathing")
    seen: set[bool] = set()

    def both() -> bool:
        seen.add(chip.level(CONFIG.lamp_bed))
        return seen == {True, False}

    await turned(both)
    lights.set("bed", "off")
    await turned(lambda: not chip.level(CONFIG.lamp_bed))
    lights.stop()


async def test_a_line_that_another_program_holds(
    chip: GpioSim, pins: GpiodFactory, told: Recorder
) -> None:
    line = gpiod.request_lines(f"/dev/{chip.name}", {CONFIG.bed: None}, "another")
    with pytest.raises(GPIOPinInUse):
        pins.pin(CONFIG.bed)
    made = sensors(CONFIG, lambda: pins, told.emit)
    made["bed"].start()
    assert made["bed"].health().reason == "pin_refused"
    line.release()


async def test_pins_are_used_again_after_a_stop(
    chip: GpioSim, pins: GpiodFactory, told: Recorder
) -> None:
    for _ in range(3):
        keys = GpioKeys(CONFIG, lambda: pins, told.emit)
        keys.start()
        assert keys.health().state == "ok"
        keys.stop()
