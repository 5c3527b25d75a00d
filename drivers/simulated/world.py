"""The world around a simulated kiosk: what people and paper do to its devices.

It acts where nature does: on pins, on a terminal, on a stream of key events, on the paper path, on
what lies under the camera.  The drivers do not know that it is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from evdev import ecodes
from msgspec.structs import replace

from daemon.machine.values import Key, Lamp, LampMode
from drivers.camera_messages import SimFault, SimLay, SimLift, SimulatedFault
from drivers.devices import Devices, DevicesConfig, build
from drivers.health import Emit
from drivers.key_codes import keystrokes
from drivers.keys import HELD
from drivers.scanner import Scanned, records
from drivers.simulated.chip import SimulatedChip
from drivers.simulated.page_printer import PaperPath
from drivers.simulated.scan_port import ScanPort
from drivers.simulated.ticket_paper import TicketPaper
from drivers.simulated.ticket_port import TicketPort

_PIPE_SIZE = 1 << 20
"""Bytes of key events that may wait: some thousand characters."""


class World:
    """Everything outside the kiosk.  Its methods belong to the loop's thread."""

    def __init__(self, folder: Path, config: DevicesConfig, emit: Emit, scanned: Scanned) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.pins = SimulatedChip()
        self.paper = PaperPath(folder / "sheets")
        self.roll = TicketPaper(folder / "tickets")
        self.port = TicketPort(self.roll, folder)
        self._scanner = folder / "scanner"
        self._serial = ScanPort(self._scanner) if config.scanner.driver == "serial" else None
        self._scanner_fd = -1
        self._touch = folder / "touch"
        self._lines = config.pins
        self._lying: tuple[bytes, float | None] | None = None
        self._camera_plugged = True
        self._held = 0.0
        """Seconds that keys were held without anybody waiting for them."""
        config = replace(
            config,
            ticket_printer=replace(
                config.ticket_printer, transport="serial", device=str(self.port.device)
            ),
            scanner=replace(config.scanner, device=str(self._scanner)),
            touch=replace(config.touch, device=str(self._touch)),
            pins=replace(config.pins, factory="mock"),
        )
        self.plug("scanner")
        self.plug("touch")
        self.port.plug()
        self.devices: Devices = build(
            config, emit, scanned, pins=self.pins.found, paper=self.paper, clock=self._clock
        )
        self.devices.camera.when_up(self._camera_up)
        self.paper.follow(lambda: self._set("tray", bool(self.paper.tray)))

    # -- the bed ---------------------------------------------------------------------------

    def lay(self, picture: Path | bytes, angle: float | None = None) -> None:
        """Lays a paper (a flat page or a photograph of a desk) under the camera."""
        data = picture if isinstance(picture, bytes) else picture.read_bytes()
        self._lying = (data, angle)
        self._show_bed()
        self._set("bed", True)

    def lift(self) -> None:
        """Takes it away."""
        self._lying = None
        self._show_bed()
        self._set("bed", False)

    def camera_fault(self, fault: SimulatedFault) -> None:
        """Breaks the sensor; the empty fault mends it, and so does a new camera process, unless the
        sensor is unplugged.
        """
        self._camera_plugged = fault != "unplugged"
        self.devices.camera.simulate(SimFault(fault))

    # -- hands -----------------------------------------------------------------------------

    def press(self, key: Key, held: bool = False) -> None:
        """Presses and lets go, at once or after the time that counts as held."""
        self._set(f"key_{key}", True)
        if held:
            self._held += HELD
        self._set(f"key_{key}", False)

    def scan(self, text: str) -> None:
        """Holds a code under the scanner."""
        if self._serial is not None:
            self._serial.scan(text)
        elif self._scanner_fd >= 0:
            os.write(self._scanner_fd, records(keystrokes(text)))

    def finger(self) -> None:
        """A finger on the glass, for whoever reads the panel's events now."""
        with contextlib.suppress(OSError):  # ENXIO: nobody reads
            fd = os.open(self._touch, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(fd, records([(ecodes.BTN_TOUCH, 1), (ecodes.BTN_TOUCH, 0)]))
            finally:
                os.close(fd)

    def come(self, near: bool) -> None:
        """Somebody comes near or goes."""
        self._set("proximity", near)

    def headset(self, plugged: bool) -> None:
        self._set("headset", plugged)

    # -- paper -----------------------------------------------------------------------------

    @property
    def tray(self) -> list[Path]:
        """Pictures of the sheets that lie in the tray."""
        return self.paper.tray

    @property
    def sheets(self) -> list[Path]:
        """Pictures of every sheet ever printed."""
        return self.paper.output

    @property
    def tickets(self) -> list[Path]:
        """Pictures of every ticket ever cut."""
        return self.roll.tickets

    @property
    def lamps(self) -> dict[Lamp, LampMode]:
        return self.devices.lights.modes()

    def take_sheets(self) -> list[Path]:
        """Somebody takes all sheets out of the tray."""
        return self.paper.take()

    def load_paper(self, sheets: int = 500) -> None:
        self.paper.load(sheets)

    def paper_out(self) -> None:
        self.paper.load(0)

    def jam(self, now: bool = True) -> None:
        """Paper is stuck, now or with the next sheet."""
        self.paper.jam(now)

    def clear(self) -> None:
        """Stuck paper is taken out and the printer's door shut."""
        self.paper.clear()

    def open_door(self, is_open: bool = True) -> None:
        """The door of the kiosk's case."""
        self._set("door", is_open)

    # -- plugs -----------------------------------------------------------------------------

    def pull(self, device: str) -> None:
        """Pulls a device's plug.  Raises KeyError for one without."""
        match device:
            case "camera":
                self.camera_fault("unplugged")
            case "page_printer":
                self.paper.connect(False)
            case "ticket_printer":
                self.port.unplug()
            case "scanner":
                self._close_scanner()
            case "touch":
                self._touch.unlink(missing_ok=True)
            case "pins":
                self.pins.unplug()
            case _:
                raise KeyError(device)

    def plug(self, device: str) -> None:
        """Plugs it in again, mended.  Raises KeyError for one without a plug."""
        match device:
            case "camera":
                self.camera_fault("")
            case "page_printer":
                self.paper.hang(False)
                self.paper.connect(True)
            case "ticket_printer":
                self.port.fault = ""
                self.port.plug()
            case "scanner":
                self._plug_scanner()
            case "touch":
                self._touch.unlink(missing_ok=True)
                os.mkfifo(self._touch)
            case "pins":
                self.pins.plug()
            case _:
                raise KeyError(device)

    def hang(self, device: str) -> None:
        """Makes a device stop answering.  Raises KeyError for one that cannot."""
        match device:
            case "camera":
                self.camera_fault("hang")
            case "page_printer":
                self.paper.hang(True)
            case "ticket_printer":
                self.port.fault = "hang"
            case _:
                raise KeyError(device)

    def close(self) -> None:
        """The end of the world."""
        self._close_scanner()
        self.port.unplug()

    # -- inside ----------------------------------------------------------------------------

    def _plug_scanner(self) -> None:
        self._close_scanner()
        if self._serial is not None:
            self._serial.plug()
            return
        os.mkfifo(self._scanner)
        # Open at both ends, so that a reader never meets the end of the stream.
        self._scanner_fd = os.open(self._scanner, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._scanner_fd, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    def _close_scanner(self) -> None:
        if self._serial is not None:
            self._serial.unplug()
        if self._scanner_fd >= 0:
            os.close(self._scanner_fd)
            self._scanner_fd = -1
        self._scanner.unlink(missing_ok=True)

    def _set(self, line: str, active: bool) -> None:
        """Contacts close to ground."""
        pin = self.pins.pin(getattr(self._lines, line))
        if active:
            pin.drive_low()
        else:
            pin.drive_high()

    def _clock(self) -> float:
        return time.monotonic() + self._held

    def _camera_up(self) -> None:
        """A camera process has just started: it knows nothing."""
        if not self._camera_plugged:
            self.devices.camera.simulate(SimFault("unplugged"))
        self._show_bed()

    def _show_bed(self) -> None:
        """What the sensor sees."""
        if self._lying is None:
            self.devices.camera.simulate(SimLift())
            return
        data, angle = self._lying
        fd = os.memfd_create("bed", os.MFD_CLOEXEC)
        try:
            with os.fdopen(os.dup(fd), "wb") as file:
                file.write(data)
            self.devices.camera.simulate(SimLay(angle=angle), [fd])
        finally:
            os.close(fd)
