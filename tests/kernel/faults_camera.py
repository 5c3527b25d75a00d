"""The document camera on a real V4L2 device of the kernel, through the real OpenCV."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
from pathlib import Path

import cv2
import numpy as np
from msgspec.structs import replace

from daemon.link import Link, pair
from drivers.camera import ChildCamera
from drivers.camera_messages import CameraConfig, FromCamera, ToCamera
from drivers.camera_process import CameraProcess
from tests.drivers.faults.cells import Cells, Fault, lost, works
from tests.drivers.recorder import Recorder

VIVID: Cells = {
    "plug": lost("unplugged"),
    "unplug": lost("unplugged"),
    "replug": lost("unplugged"),
    "hang": lost("stall", note="no buffer is ever filled"),
    "slow": works("most buffers are dropped"),
    "garbage": works("a buffer with the error flag is left out"),
    "half": lost("stall", note="streaming breaks off with an error"),
    "dip": lost("stall", "unplugged", note="the device is another one at once"),
}
DRIVER = Path("/sys/bus/platform/drivers/vivid")
NODES = Path("/sys/bus/platform/devices/vivid.0/video4linux")
CONFIG = CameraConfig(
    backend="v4l2",
    still_width=640,
    still_height=360,
    preview_width=320,
    preview_height=180,
    stuck_after=3.0,
    capture_timeout=10.0,
)

_QUERYCTRL = 0xC0445624
_S_CTRL = 0xC008561C
_NEXT = 0x80000000
_QUERY = struct.Struct("=II32siiiiI8x")


def controls(device: int) -> dict[str, int]:
    """Numbers of the controls by their names (VIDIOC_QUERYCTRL of linux/videodev2.h)."""
    found: dict[str, int] = {}
    number = 0
    while True:
        asked = bytearray(_QUERY.pack(number | _NEXT, 0, b"", 0, 0, 0, 0, 0))
        try:
            fcntl.ioctl(device, _QUERYCTRL, asked)
        except OSError:
            return found
        number, _, name, *_ = _QUERY.unpack(asked)
        found[name.rstrip(b"\0").decode()] = number


class VividRig:
    """The process's loop runs in a thread here, and is begun again when it gives up."""

    def __init__(self, folder: Path, told: Recorder) -> None:
        self.told = told
        self.cells = VIVID
        self._link_path = folder / "camera"
        self._camera = ChildCamera(replace(CONFIG, device=str(self._link_path)), told.emit)
        self.health = self._camera.health
        self._running: asyncio.Task[None] | None = None
        self._link: Link[FromCamera] | None = None
        self._dropping = False
        self._unplug()

    async def begin(self) -> None:
        self._running = asyncio.create_task(self._processes())
        await self._camera.preview(True)

    async def end(self) -> None:
        running, self._running = self._running, None
        if self._link is not None:
            self._link.close()
        if running is not None:
            await running
        self._camera.close()
        self._plug()

    async def strike(self, fault: Fault) -> None:
        match fault:
            case "hang":
                self._control("Percentage of Dropped Buffers", 100)
            case "slow":
                self._control("Percentage of Dropped Buffers", 60)
                await self.works()
            case "garbage":
                self._control("Inject V4L2_BUF_FLAG_ERROR", 1)
            case "half":
                self._control("Inject Fatal Streaming Error", 1)
            case "dip":
                await asyncio.to_thread(self._unplug)
                await asyncio.to_thread(self._plug)
            case _:
                await asyncio.to_thread(self._unplug)

    async def mend(self) -> None:
        await asyncio.to_thread(self._plug)
        if self._dropping:
            self._control("Percentage of Dropped Buffers", 0)

    async def works(self) -> None:
        jpeg = await self._camera.capture()
        picture = await asyncio.to_thread(
            cv2.imdecode, np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR
        )
        assert picture is not None
        assert picture.shape[:2] == (CONFIG.still_height, CONFIG.still_width)
        assert picture.std() > 20, "vivid's bars are seen"

    def _control(self, name: str, value: int) -> None:
        self._dropping = name.startswith("Percentage") and value > 0
        device = os.open(self._link_path, os.O_RDWR | os.O_NONBLOCK)
        try:
            fcntl.ioctl(device, _S_CTRL, struct.pack("=Ii", controls(device)[name], value))
        finally:
            os.close(device)

    def _plug(self) -> None:
        """The device comes; its number is another while somebody holds the old one, so it gets a
        name that stays, as udev makes.
        """
        if not (DRIVER / "vivid.0").exists():
            (DRIVER / "bind").write_text("vivid.0")
        self._link_path.unlink(missing_ok=True)
        self._link_path.symlink_to(Path("/dev") / next(NODES.iterdir()).name)

    def _unplug(self) -> None:
        if (DRIVER / "vivid.0").exists():
            (DRIVER / "unbind").write_text("vivid.0")
        self._link_path.unlink(missing_ok=True)

    async def _processes(self) -> None:
        while self._running is not None:
            ours, theirs = pair()
            link: Link[FromCamera] = Link(ours, FromCamera)
            self._link = link
            process = CameraProcess(Link(theirs, ToCamera))
            ended = asyncio.get_running_loop().run_in_executor(None, process.run)
            self._camera.up(link)
            listening = asyncio.create_task(self._listen(link))
            await ended
            listening.cancel()
            await asyncio.wait((listening,))
            self._camera.down("lost")
            theirs.close()
            link.close()

    async def _listen(self, link: Link[FromCamera]) -> None:
        while True:
            self._camera.message(*await link.receive_soon())
