"""Keys, lamps and sensors on gpiozero's mock pins."""

from __future__ import annotations

import asyncio
import threading
from typing import get_args

import pytest
from gpiozero.pins import Factory
from gpiozero.pins.mock import MockFactory, MockPWMPin

from daemon.machine.events import (
    BedChanged,
    DeviceBack,
    DeviceLost,
    Event,
    Headset,
    KeyPressed,
    Maintenance,
    Presence,
    TrayChanged,
)
from daemon.machine.values import Key, Lamp
from drivers.keys import HELD, STUCK, GpioKeys
from drivers.lights import BLINK, BREATH, GpioLights
from drivers.pin_watch import SharedPins
from drivers.pins import PinsConfig, PinsError
from drivers.sensors import sensors
from drivers.simulated.chip import SimulatedChip
from drivers.simulated.world import World
from tests.drivers.recorder import Recorder, turned


class Hands:
    """Keys with a clock of their own."""

    def __init__(self, told: Recorder) -> None:
        self.now = 100.0
        self.config = PinsConfig()
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.keys = GpioKeys(self.config, lambda: self.pins, told.emit, lambda: self.now)
        self.keys.start()

    def down(self, key: str) -> None:
        self.pins.pin(getattr(self.config, f"key_{key}")).drive_low()

    def up(self, key: str) -> None:
        self.pins.pin(getattr(self.config, f"key_{key}")).drive_high()


@pytest.mark.parametrize("key", get_args(Key))
async def test_each_key_has_its_own_line(world: World, told: Recorder, key: Key) -> None:
    world.press(key)
    await told.event(KeyPressed(key))
    assert [e for e in told.events if isinstance(e, KeyPressed)] == [KeyPressed(key)]


@pytest.mark.parametrize(("seconds", "held"), [(0.05, False), (HELD - 0.01, False), (HELD, True)])
async def test_a_key_is_held_from_two_seconds_on(
    told: Recorder, seconds: float, held: bool
) -> None:
    hands = Hands(told)
    hands.down("back")
    hands.now += seconds
    hands.up("back")
    await told.event(KeyPressed("back", held=held))
    hands.keys.stop()


async def test_a_busy_loop_does_not_make_a_press_a_hold(told: Recorder) -> None:
    hands = Hands(told)
    hands.down("ok")
    hands.up("ok")
    hands.now += 60  # the loop comes to it only now
    await told.event(KeyPressed("ok", held=False))
    hands.keys.stop()


async def test_a_stuck_key_is_a_warning_until_it_comes_up(told: Recorder) -> None:
    hands = Hands(told)
    hands.down("help")
    hands.now += STUCK + 1
    await turned(lambda: hands.keys.health().state == "warn")
    assert hands.keys.health().reason == "stuck"
    assert hands.keys.health().figures["key"] == "help"
    hands.up("help")
    await told.event(KeyPressed("help", held=True))
    assert hands.keys.health().state == "ok"
    hands.keys.stop()


async def test_edges_of_gpiozeros_own_thread_arrive_in_the_loops(told: Recorder) -> None:
    hands = Hands(told)
    threads: list[threading.Thread] = []

    def emit(event: Event) -> None:
        threads.append(threading.current_thread())
        told.emit(event)

    hands.keys._emit = emit

    def press() -> None:
        hands.down("up")
        hands.up("up")

    await asyncio.to_thread(press)
    await told.event(KeyPressed("up"))
    assert threads == [threading.main_thread()]
    hands.keys.stop()


async def test_a_lamp_does_what_it_is_told(told: Recorder) -> None:
    config, pins = PinsConfig(), MockFactory(pin_class=MockPWMPin)
    lights = GpioLights(config, lambda: pins, told.emit)
    lights.start()
    bed = pins.pin(config.lamp_bed)
    lights.set("bed", "steady")
    assert bed.state == 1
    lights.set("bed", "off")
    assert bed.state == 0
    bed.clear_states()
    lights.set("bed", "breathing")
    await turned(lambda: len(bed.states) > 5)
    levels = [state.state for state in bed.states[1:6]]
    assert levels == sorted(levels), "light comes slowly"
    assert 0 < levels[-1] < 1
    lights.set("bed", "blinking")
    await turned(lambda: bed.state == 1)
    assert lights.modes() == {
        lamp: "blinking" if lamp == "bed" else "off" for lamp in get_args(Lamp)
    }
    lights.stop()
    assert BLINK * 2 > 1 / 3, "three flashes a second at most (WCAG 2.3.1)"
    assert BREATH * 2 > 1


async def test_sensors_tell_their_first_state_and_each_change(world: World, told: Recorder) -> None:
    assert told.events[:5] == [
        BedChanged(False),
        TrayChanged(False),
        Maintenance(False, ""),
        Presence(False),
        Headset(False),
    ]
    told.clear()
    world.lay(b"")
    await told.event(BedChanged(True))
    world.lift()
    await told.event(BedChanged(False))
    world.come(True)
    await told.event(Presence(True))
    world.headset(True)
    await told.event(Headset(True))
    world.open_door()
    await told.event(Maintenance(True, "door"))
    assert world.devices.door.active
    world.open_door(False)
    await told.event(Maintenance(False, ""))
    assert not world.devices.bed.active


async def test_pins_that_cannot_be_had_make_lost_devices(told: Recorder) -> None:
    def refuse() -> Factory:
        raise PinsError("no_chip", "TestError")

    config = PinsConfig()
    keys, lights = GpioKeys(config, refuse, told.emit), GpioLights(config, refuse, told.emit)
    bed = sensors(config, refuse, told.emit)["bed"]
    for device in (keys, lights, bed):
        device.start()
        assert (device.health().state, device.health().reason) == ("lost", "no_chip")
    lights.set("bed", "steady")
    for device in (keys, lights, bed):
        device.stop()
    assert told.events == [
        DeviceLost("keys", "no_chip"),
        DeviceLost("lights", "no_chip"),
        DeviceLost("bed", "no_chip"),
    ]
    assert DeviceBack("keys") not in told.events


async def test_a_line_used_twice_is_refused(told: Recorder) -> None:
    config = PinsConfig(key_up=5, lamp_bed=5)
    pins = MockFactory(pin_class=MockPWMPin)
    keys = GpioKeys(config, lambda: pins, told.emit)
    lights = GpioLights(config, lambda: pins, told.emit)
    keys.start()
    lights.start()
    assert lights.health().reason == "pin_refused"
    assert keys.health().state == "ok"
    lights.stop()
    keys.stop()


async def test_a_chip_that_comes_late_and_goes_again(world: World, told: Recorder) -> None:
    """A kiosk that starts without its chip works as soon as it is there."""
    devices = world.devices
    for _ in range(2):
        told.clear()
        world.pull("pins")
        for part in ("keys", "lights", "bed", "tray"):
            await told.event(DeviceLost(part, "no_chip"))
        devices.lights.set("bed", "steady")
        world.plug("pins")
        for part in ("keys", "lights", "bed", "tray"):
            await told.event(DeviceBack(part))  # type: ignore[arg-type]
        told.clear()
        world.press("ok")
        await told.event(KeyPressed("ok"))
        world.lay(b"")
        await told.event(BedChanged(True))
        assert world.pins.pin(PinsConfig().lamp_bed).state == 1, "a lamp shows what it was told"


async def test_a_device_that_starts_without_a_chip(told: Recorder) -> None:
    chip = SimulatedChip()
    chip.unplug()
    config = PinsConfig(look_every=0.01)
    keys = GpioKeys(config, SharedPins(chip.found), told.emit)
    keys.start()
    assert told.events == [DeviceLost("keys", "no_chip")]
    chip.plug()
    await told.event(DeviceBack("keys"))
    keys.stop()
