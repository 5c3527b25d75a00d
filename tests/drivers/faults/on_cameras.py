"""The document camera's process, over three kinds of sensors; the process is real in each."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from msgspec.structs import replace

from drivers.camera import ChildCamera
from drivers.camera_messages import CameraConfig, SimFault, SimulatedFault
from tests.drivers.faults.cells import Cells, Fault, lost, works
from tests.drivers.recorder import Recorder
from tests.drivers.supervised import Supervised

COMMON: Cells = {
    "plug": lost("unplugged"),
    "unplug": lost("unplugged", note="the camera is opened again when it is back"),
    "replug": lost("unplugged"),
    "hang": lost("hung", note="blocked in a driver: the process is killed and started again"),
    "slow": works("under two frames a second"),
}
SIMULATED: Cells = {
    **COMMON,
    "garbage": lost("black", note="black pictures"),
    "half": lost("frozen", note="the same picture again and again"),
    "dip": lost("lost", note="its process dies"),
}
WEBCAM: Cells = {
    **COMMON,
    "garbage": lost("stall", note="frames that are no JPEG are left out"),
    "half": lost("stall", note="frames that are cut off are left out"),
    "dip": lost("stall", "unplugged", note="the old capture stays dead: a new one is made"),
}
PICAMERA2: Cells = {
    **COMMON,
    "garbage": lost("stall", note="frames whose time stands still"),
    "half": lost("frozen", note="the same picture again and again"),
    "dip": lost("stall", note="the pipeline stops: it is opened again"),
}
CONFIG = CameraConfig(
    still_width=1456, still_height=1088, preview_width=320, preview_height=240, stuck_after=0.8
)


class _StandInCamera(ChildCamera):
    COMMAND = ("-m", "tests.drivers.standin.camera_child")


class CameraRig:
    """Common to all: the supervisor, the live view, stills."""

    def __init__(
        self, told: Recorder, cells: Cells, camera: ChildCamera, arguments: tuple[str, ...] = ()
    ) -> None:
        self.told = told
        self.cells = cells
        self._camera = camera
        self._process = Supervised(camera, arguments)
        self.health = camera.health

    async def begin(self) -> None:
        await self._process.start()
        await self._camera.preview(True)

    async def end(self) -> None:
        await self._process.stop()
        self._camera.close()

    async def works(self) -> None:
        jpeg = await self._camera.capture()
        assert await asyncio.to_thread(_size, jpeg) == (CONFIG.still_height, CONFIG.still_width)

    async def strike(self, fault: Fault) -> None:
        if fault == "hang":
            os.kill(self._process.pid, signal.SIGSTOP)
        else:
            self.sensor(fault)
        if fault == "slow":
            await self.works()

    async def mend(self) -> None:
        self.sensor("")

    def sensor(self, fault: Fault | Literal[""]) -> None:
        """Breaks the sensor; the empty fault mends it."""
        raise NotImplementedError


class SimulatedRig(CameraRig):
    def __init__(self, told: Recorder) -> None:
        super().__init__(told, SIMULATED, ChildCamera(CONFIG, told.emit))
        self._fault: SimulatedFault = "unplugged"
        self._camera.when_up(self._again)

    def sensor(self, fault: Fault | Literal[""]) -> None:
        if fault == "dip":
            os.kill(self._process.pid, signal.SIGKILL)
            return
        words: dict[str, SimulatedFault] = {
            "": "",
            "slow": "slow",
            "garbage": "black",
            "half": "frozen",
        }
        self._fault = words.get(fault, "unplugged")
        self._again()

    def _again(self) -> None:
        """A process that has just started knows of no fault."""
        self._camera.simulate(SimFault(self._fault))


class StandInRig(CameraRig):
    """The sensor's fault stands in a file that its process reads."""

    def __init__(
        self, told: Recorder, folder: Path, sensor: Literal["webcam", "libcamera"]
    ) -> None:
        self._sensor = sensor
        self._fault = folder / "fault"
        self._device = folder / "video0"
        config = replace(
            CONFIG,
            backend="v4l2" if sensor == "webcam" else "picamera2",
            device=str(self._device),
        )
        self._write("" if sensor == "webcam" else "unplugged")
        super().__init__(
            told,
            WEBCAM if sensor == "webcam" else PICAMERA2,
            _StandInCamera(config, told.emit),
            ("--sensor", sensor, str(folder)),
        )

    def sensor(self, fault: Fault | Literal[""]) -> None:
        if self._sensor == "webcam":
            self._webcam(fault)
        else:
            words = {"": "", "slow": "slow", "garbage": "clock", "half": "frozen", "dip": "stall"}
            self._write(words.get(fault, "unplugged"))

    def _webcam(self, fault: Fault | Literal[""]) -> None:
        self._write(fault if fault in ("slow", "garbage", "half") else "")
        if fault in ("unplug", "replug"):
            self._device.unlink()
        elif fault == "dip" or (fault == "" and not self._device.exists()):
            new = self._device.with_suffix(".new")
            new.touch()
            new.replace(self._device)  # another device under the same name

    def _write(self, fault: str) -> None:
        new = self._fault.with_suffix(".new")
        new.write_text(fault)
        new.replace(self._fault)


def _size(jpeg: bytes) -> tuple[int, int]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[0], picture.shape[1]
