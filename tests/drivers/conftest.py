from __future__ import annotations

import fcntl
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from drivers.camera_messages import CameraConfig
from drivers.devices import DevicesConfig
from drivers.page_printer import PagePrinterConfig
from drivers.pins import PinsConfig
from drivers.simulated.world import World
from drivers.ticket_printer import TicketPrinterConfig
from drivers.touch import TouchConfig
from tests.drivers.eveprinter import DAEMONS, DnsSd, missing
from tests.drivers.recorder import Recorder

QUICK = DevicesConfig(
    camera=CameraConfig(still_width=1200, still_height=900, preview_width=320, preview_height=240),
    page_printer=PagePrinterConfig(seconds_a_sheet=0.01, dpi=40, sheet_timeout=0.3),
    ticket_printer=TicketPrinterConfig(poll_every=0.05, status_timeout=0.1, job_timeout=5),
    touch=TouchConfig(look_every=0.02),
    pins=PinsConfig(look_every=0.02),
)


@pytest.fixture
async def told() -> Recorder:
    return Recorder()


@pytest.fixture
async def world(tmp_path: Path, told: Recorder) -> AsyncIterator[World]:
    """A started kiosk's devices in a simulated world, without a camera process."""
    world = World(tmp_path / "world", QUICK, told.emit, told.scanned)
    await world.devices.start()
    try:
        yield world
    finally:
        await world.devices.stop()
        world.devices.camera.close()
        world.close()


@pytest.fixture(scope="module")
def dns_sd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DnsSd]:
    """What ippeveprinter needs to start.  Avahi's PID file is the machine's: one at a time."""
    lacking = missing(*DAEMONS)
    if lacking:
        pytest.skip(lacking)
    with (Path(tempfile.gettempdir()) / "ward-kiosk-tests-avahi.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = DnsSd(tmp_path_factory.mktemp("dns-sd"))
        try:
            yield made
        finally:
            made.close()
