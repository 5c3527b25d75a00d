"""All devices of a kiosk together: made by one call, started and stopped together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from drivers.camera import ChildCamera
from drivers.camera_messages import CameraConfig
from drivers.health import Emit, Health
from drivers.ipp_printer import IppPagePrinter
from drivers.keys import GpioKeys, Keys
from drivers.lights import GpioLights, Lights
from drivers.page_printer import NoPagePrinter, PagePrinter, PagePrinterConfig
from drivers.pin_watch import SharedPins
from drivers.pins import Clock, MakeFactory, PinsConfig, factory_for
from drivers.scanner import EventScanner, Scanned, Scanner, ScannerConfig
from drivers.sensors import Sensor, sensors
from drivers.serial_scanner import SerialScanner
from drivers.simulated.page_printer import PaperPath, SimulatedPagePrinter
from drivers.speech import VOICES, EspeakSpeech, SilentSpeech, Speech, SpeechConfig
from drivers.ticket_printer import EscposTicketPrinter, TicketPrinter, TicketPrinterConfig
from drivers.touch import PanelWatch, Touch, TouchConfig


class DevicesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of all devices."""

    camera: CameraConfig = CameraConfig()
    page_printer: PagePrinterConfig = PagePrinterConfig()
    ticket_printer: TicketPrinterConfig = TicketPrinterConfig()
    pins: PinsConfig = PinsConfig()
    scanner: ScannerConfig = ScannerConfig()
    speech: SpeechConfig = SpeechConfig()
    touch: TouchConfig = TouchConfig()


@dataclass(eq=False)
class Devices:
    """Every device, by its port."""

    camera: ChildCamera
    page_printer: PagePrinter
    ticket_printer: TicketPrinter
    keys: Keys
    lights: Lights
    bed: Sensor
    tray: Sensor
    door: Sensor
    proximity: Sensor
    headset: Sensor
    scanner: Scanner
    speech: Speech
    touch: Touch

    def health(self) -> dict[str, Health]:
        """Health of each, in the order a technician reads them."""
        return {name: device.health() for name, device in vars(self).items()}

    async def start(self) -> None:
        """Begins with all of them; what is missing is reported and looked for."""
        for device in (self.keys, self.lights, *self._sensors()):
            device.start()
        await asyncio.gather(
            self.page_printer.start(),
            self.ticket_printer.start(),
            self.scanner.start(),
            self.touch.start(),
            self.speech.start(),
        )

    async def stop(self) -> None:
        await asyncio.gather(
            self.page_printer.stop(),
            self.ticket_printer.stop(),
            self.scanner.stop(),
            self.touch.stop(),
            self.speech.stop(),
        )
        for device in (self.keys, self.lights, *self._sensors()):
            device.stop()

    def _sensors(self) -> tuple[Sensor, ...]:
        return self.bed, self.tray, self.door, self.proximity, self.headset


def build(
    config: DevicesConfig,
    emit: Emit,
    scanned: Scanned,
    *,
    pins: MakeFactory | None = None,
    voices: Mapping[str, str] | None = None,
    paper: PaperPath | None = None,
    clock: Clock = time.monotonic,
) -> Devices:
    """The devices that the configuration names; what is missing is told when they start.

    `voices` has eSpeak NG's voice of each language.  `pins`, `paper` and `clock` come from a
    simulated world.
    """
    factory = SharedPins(pins or (lambda: factory_for(config.pins)))
    lines = sensors(config.pins, factory, emit)
    speech: Speech = (
        SilentSpeech(emit)
        if config.speech.driver == "silent"
        else EspeakSpeech(config.speech, emit, voices or VOICES)
    )
    return Devices(
        camera=ChildCamera(config.camera, emit),
        page_printer=_page_printer(config.page_printer, emit, paper),
        ticket_printer=EscposTicketPrinter(config.ticket_printer, emit),
        keys=GpioKeys(config.pins, factory, emit, clock),
        lights=GpioLights(config.pins, factory, emit),
        scanner=_scanner(config.scanner, emit, scanned),
        speech=speech,
        touch=PanelWatch(config.touch, emit),
        bed=lines["bed"],
        tray=lines["tray"],
        door=lines["door"],
        proximity=lines["proximity"],
        headset=lines["headset"],
    )


def _page_printer(config: PagePrinterConfig, emit: Emit, paper: PaperPath | None) -> PagePrinter:
    if config.driver == "ipp":
        return IppPagePrinter(config, emit)
    return NoPagePrinter(emit) if paper is None else SimulatedPagePrinter(config, paper, emit)


def _scanner(config: ScannerConfig, emit: Emit, scanned: Scanned) -> Scanner:
    if config.driver == "serial":
        return SerialScanner(config, emit, scanned)
    return EventScanner(config, emit, scanned)


def folder_of(state: Path) -> Path:
    """Where simulated devices keep sheets, tickets and their lines."""
    return state / "devices"
