"""All devices by one call: simulated in a world, and real ones on a machine that has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.machine.events import DeviceBack, DeviceLost, KeyPressed
from drivers.devices import DevicesConfig, build
from drivers.errors import PrintStopped, TicketError
from drivers.pins import PinsConfig
from drivers.scanner import ScannerConfig
from drivers.simulated.world import World
from drivers.speech import SpeechConfig
from drivers.ticket_printer import TicketPrinterConfig
from drivers.touch import TouchConfig
from tests.drivers.recorder import Recorder, turned
from tests.drivers.sheets import pdf
from tests.drivers.tickets import ticket

NAMES = {
    "camera", "page_printer", "ticket_printer", "keys", "lights", "bed", "tray", "door",
    "proximity", "headset", "scanner", "speech", "touch",
}  # fmt: skip


async def test_a_simulated_kiosk_is_well(world: World, told: Recorder) -> None:
    await turned(
        lambda: all(
            health.state == "ok"
            for name, health in world.devices.health().items()
            if name != "camera"  # nobody has started its process here
        )
    )
    assert set(world.devices.health()) == NAMES
    assert not [event for event in told.events if isinstance(event, DeviceLost)]


async def test_real_devices_on_a_machine_without_any(tmp_path: Path, told: Recorder) -> None:
    """Everything is built and started; everything says what it lacks; nothing fails."""
    gone = str(tmp_path / "gone")
    config = DevicesConfig(
        pins=PinsConfig(factory="gpiod", chip="no such chip"),
        scanner=ScannerConfig(device=gone),
        touch=TouchConfig(device=gone),
        ticket_printer=TicketPrinterConfig(device=gone),
        speech=SpeechConfig(driver="espeak", program=gone),
    )
    devices = build(config, told.emit, told.scanned)
    await devices.start()
    await turned(lambda: devices.ticket_printer.health().state == "lost")
    health = devices.health()
    assert set(health) == NAMES
    told_of = {name: h.reason for name, h in health.items() if h.state == "lost"}
    assert told_of["scanner"] == told_of["touch"] == told_of["ticket_printer"] == "unplugged"
    assert told_of["page_printer"] == "no_driver"
    assert told_of["speech"] == "no_program"
    for name in ("keys", "lights", "bed", "tray", "door", "proximity", "headset"):
        assert told_of[name] == "no_chip"
    devices.lights.set("bed", "steady")
    devices.speech.say("Xin chào", "vi", personal=False)
    devices.speech.hush()
    with pytest.raises(PrintStopped):
        await devices.page_printer.print(pdf(1), 1, told.emit)
    with pytest.raises(TicketError):
        await devices.ticket_printer.print(ticket())
    await devices.stop()
    devices.camera.close()


async def test_a_key_held_in_the_world(world: World, told: Recorder) -> None:
    world.press("back", held=True)
    world.press("back")
    await told.until(lambda: KeyPressed("back") in told.events)
    pressed = [event for event in told.events if isinstance(event, KeyPressed)]
    assert pressed == [KeyPressed("back", held=True), KeyPressed("back")]


@pytest.mark.parametrize("device", ["page_printer", "ticket_printer", "scanner", "touch"])
async def test_every_plug(world: World, told: Recorder, device: str) -> None:
    for _ in range(2):
        told.clear()
        world.pull(device)
        await told.event(DeviceLost(device, "unplugged"))  # type: ignore[arg-type]
        world.plug(device)
        await told.event(DeviceBack(device))  # type: ignore[arg-type]


async def test_a_hung_ticket_printer_is_mended_by_its_plug(world: World, told: Recorder) -> None:
    await turned(lambda: world.devices.ticket_printer.health().state == "ok")
    world.hang("ticket_printer")
    await told.event(DeviceLost("ticket_printer", "hung"))
    world.pull("ticket_printer")
    world.plug("ticket_printer")
    await told.event(DeviceBack("ticket_printer"))
    await world.devices.ticket_printer.print(ticket())
    assert len(world.tickets) == 1


async def test_lamps_as_a_person_sees_them(world: World) -> None:
    world.devices.lights.set("tray", "blinking")
    assert world.lamps["tray"] == "blinking"
    assert world.lamps["bed"] == "off"


@pytest.mark.parametrize("name", ["pull", "plug", "hang"])
def test_what_has_no_plug_is_refused(world: World, name: str) -> None:
    with pytest.raises(KeyError):
        getattr(world, name)("moon")


async def test_a_world_leaves_no_descriptor_behind(tmp_path: Path, told: Recorder) -> None:
    async def live(n: int) -> None:
        world = World(tmp_path / str(n), DevicesConfig(), told.emit, told.scanned)
        await world.devices.start()
        await turned(lambda: world.devices.ticket_printer.health().state == "ok")
        await world.devices.stop()
        world.devices.camera.close()
        world.close()

    await live(0)
    before = _descriptors()
    for n in range(1, 4):
        await live(n)
    assert _descriptors() <= before


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
